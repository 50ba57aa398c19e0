package bundle_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"csuis-offline/batch"
	"csuis-offline/bundle"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/internal/fixture"
	"csuis-offline/iso"
)

// A package is made of files and folders with records, for one unit and one
// medium. Everything that is wrong with a record is a finding.
func ExamplePack() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for _, r := range fixture.Records(1)[:2] {
		if err := os.WriteFile(filepath.Join(dir, r.File), r.Data, 0o600); err != nil {
			log.Fatal(err)
		}
	}
	key, err := crypto.NewKey(make([]byte, crypto.KeySize))
	if err != nil {
		log.Fatal(err)
	}
	defer key.Wipe()
	// The records are bare: this names who hands them over.
	config := &envelope.Config{
		Unit:   envelope.Unit{IC: fixture.UnitIC, Name: fixture.UnitName},
		Person: envelope.Person{ID: fixture.PersonID, Name: fixture.PersonName},
	}
	cd, _ := iso.MediaByName("cd")
	pkg, findings, err := bundle.Pack(context.Background(), batch.Collect([]string{dir}), bundle.Options{
		Batch: batch.Options{Key: key, Envelope: config, Time: time.Date(2026, time.October, 12, 9, 30, 0, 0, time.UTC)},
		Out:   filepath.Join(dir, "out"), Media: cd, Reason: "The online channel is down.", Generator: "example",
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range findings {
		fmt.Println(f.Severity, f.Code, filepath.Base(f.File))
	}
	if pkg == nil {
		return // one of the findings says why
	}
	fmt.Println(pkg.Manifest.Package)
	for _, r := range pkg.Manifest.Records {
		fmt.Println(r.Name, "from", r.Original, "on disc", r.Disc)
	}
	// Output:
	// info input.converted Výkaz zisku a ztráty 2026.xml
	// CSUIS_09999990_20261012_01
	// ROZVAHA_2026_09 from Rozvaha 2026-09.xml on disc 1
	// VYKAZ_ZISKU_A_ZTRATY_2026 from Výkaz zisku a ztráty 2026.xml on disc 1
}
