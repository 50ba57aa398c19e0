package settings_test

import (
	"errors"
	"fmt"

	"csuis-offline/settings"
)

// A mistake says where it stands and what was perhaps meant.
func ExampleParse() {
	_, err := settings.Parse("csuis.toml", []byte("# our town\n[unit]\nicc = \"09999990\"\n"))
	var wrong *settings.Error
	if errors.As(err, &wrong) {
		fmt.Println(wrong.Path, wrong.Line, wrong.Problem, wrong.Name, wrong.Nearest)
	}
	// Output: csuis.toml 3 unknown-key icc ic
}

// Comments, order and space stay as they are.
func ExampleSet() {
	old := "[unit]            # who hands over\nic   = \"09999990\" # eight digits\n"
	text, err := settings.Set([]byte(old),
		settings.Change{Key: "unit.ic", Value: "00075370"},
		settings.Change{Key: "person.id", Value: "9999000001"})
	if err != nil {
		fmt.Println(err)
	}
	fmt.Print(string(text))
	// Output:
	// [unit]            # who hands over
	// ic   = "00075370" # eight digits
	//
	// [person]
	// id = "9999000001"
}
