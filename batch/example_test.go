package batch_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"csuis-offline/batch"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/internal/fixture"
)

// Records are sealed into a folder that counts only if all of them are good.
func ExampleSeal() {
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
	sealed, findings, err := batch.Seal(context.Background(), batch.Collect([]string{dir}), dir, batch.Options{
		Key: key, Envelope: config, Time: time.Date(2026, time.October, 12, 9, 30, 0, 0, time.UTC),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range findings {
		fmt.Println(f.Severity, f.Code, filepath.Base(f.File))
	}
	if sealed == nil {
		return // one of the findings says why
	}
	for _, r := range sealed.Records {
		fmt.Println(r.Name, r.Info.RecordType, r.Info.StatementDate, filepath.Base(r.Input.Path))
	}
	// Output:
	// info input.converted Výkaz zisku a ztráty 2026.xml
	// ROZVAHA_2026_09 001 2026-09-30 Rozvaha 2026-09.xml
	// VYKAZ_ZISKU_A_ZTRATY_2026 002 2026-09-30 Výkaz zisku a ztráty 2026.xml
}
