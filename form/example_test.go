package form_test

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"csuis-offline/checksum"
	"csuis-offline/form"
)

// The form is a PDF for people, and what is printed on it can be read back.
func ExampleRead() {
	record := form.Row{
		Name: "R_1.XM6", TransactionID: "A970E763D149462BB1EBB0E7831996DB", Size: 2080, Disc: 1,
		Sum: checksum.Sum{1, 2, 3},
	}
	var pdf bytes.Buffer
	err := form.Write(context.Background(), &pdf, form.Form{
		Package: "CSUIS_00075370_20261122_01", Unit: form.Unit{IC: "00075370", Name: "Obec Kůňov"},
		Person: form.Person{Name: "Žofie Příkladná", ID: "99010101"},
		Medium: form.Medium{Kind: "CD", Volumes: []string{"CSUIS_00075370_20261122_01_1_1"}},
		Date:   time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC),
		Count:  1, Row: func(int) form.Row { return record },
	}, form.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	listing, err := form.Read(&pdf)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(listing.Package, listing.IC, listing.Rows[0].Name, listing.Rows[0].Size)
	// Output: CSUIS_00075370_20261122_01 00075370 R_1.XM6 2080
}
