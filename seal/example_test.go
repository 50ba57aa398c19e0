package seal_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/seal"
)

// A record is sealed and opened in one pass each way.
func Example() {
	key, err := crypto.NewKey(bytes.Repeat([]byte{7}, crypto.KeySize))
	if err != nil {
		fmt.Println(err)
		return
	}
	record := `<Rozvaha xmlns="urn:cz:isvs:micr:schemas:Rozvaha:v1"><Aktiva>1250.00</Aktiva></Rozvaha>`
	var sealed, opened bytes.Buffer
	made, err := seal.Seal(context.Background(), &sealed, strings.NewReader(record), seal.Options{
		Key: key, Profile: envelope.Exclusive, Now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC),
		Envelope: &envelope.Config{
			Unit:   envelope.Unit{IC: "00075370", Name: "Obec Kůňov"},
			Person: envelope.Person{ID: "99010101", Name: "Žofie Příkladná"},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	back, err := seal.Open(context.Background(), &opened, &sealed, key)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(back.Sum == made.Sum, back.Info.RecordType, back.Info.Profile)
	fmt.Println(strings.Contains(opened.String(), record))
	// Output:
	// true 001 exclusive
	// true
}
