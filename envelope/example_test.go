package envelope_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"csuis-offline/envelope"
)

// A bare record gets an envelope and an integrity identifier, which shows any
// change that is made afterwards.
func Example() {
	record := `<Rozvaha xmlns="urn:cz:isvs:micr:schemas:Rozvaha:v1"><Aktiva>1250.00</Aktiva></Rozvaha>`
	var done bytes.Buffer
	made, err := envelope.Complete(context.Background(), &done, strings.NewReader(record), envelope.Options{
		Config: &envelope.Config{
			Unit:   envelope.Unit{IC: "00075370", Name: "Obec Kůňov"},
			Person: envelope.Person{ID: "99010101", Name: "Žofie Příkladná"},
		},
		Now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(made.Built, made.Info.RecordType, made.Info.Profile)

	document := done.String()
	_, err = envelope.Verify(context.Background(), io.Discard, strings.NewReader(document))
	fmt.Println(err)
	changed := strings.Replace(document, "1250.00", "1251.00", 1)
	_, err = envelope.Verify(context.Background(), io.Discard, strings.NewReader(changed))
	var refused *envelope.IdentifierError
	fmt.Println(errors.As(err, &refused) && refused.Reason == envelope.ReasonDigest)
	// Output:
	// true 001 binding
	// <nil>
	// true
}
