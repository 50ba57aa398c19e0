package checksum_test

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"csuis-offline/checksum"
)

func ExampleLine() {
	sum, _, err := checksum.Of(strings.NewReader("hello"))
	fmt.Printf("%s%v\n", checksum.Line("R_1.XM6", sum), err)
	// Output:
	// 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  R_1.XM6
	// <nil>
}

// The reader fails before io.EOF where the bytes are not those of the checksum.
func ExampleReader() {
	file := "SHA256 (R_1.XM6) = 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\n"
	entry, err := checksum.ParseOne(strings.NewReader(file))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = io.Copy(io.Discard, checksum.NewReader(strings.NewReader("hallo"), entry.Sum, -1))
	var mismatch *checksum.MismatchError
	fmt.Println(entry.Name, errors.As(err, &mismatch))
	// Output: R_1.XM6 true
}
