package envelope

import (
	"errors"
	"unicode/utf8"
)

// maxPersonID is the most characters of a PersonId (schema PersonIdType).
const maxPersonID = 15

// Check refuses a header with which an envelope cannot be handed over: without
// a proper TransactionId (1 to 32 hexadecimal digits), the sender's IČ (eight
// digits) or the person's PersonId (1 to 15 characters). The error joins one
// *StructureError for each (doc/facts.md 3, technical manual, chapter A).
func (in *Info) Check() error {
	person := in.Sender.Person.ID
	var errs []error
	for _, must := range []struct {
		part, value string
		ok          bool
	}{
		{"TransactionId", in.TransactionID, isTransactionID(in.TransactionID)},
		{"Sender/IC", in.Sender.IC, CheckIC(in.Sender.IC) != ICMalformed},
		{"Sender/ResponsiblePerson/PersonId", person, person != "" && utf8.RuneCountInString(person) <= maxPersonID},
	} {
		switch {
		case must.ok:
		case must.value == "":
			errs = append(errs, &StructureError{Problem: "missing", Part: must.part})
		default:
			errs = append(errs, &StructureError{Problem: "malformed", Part: must.part, Value: clip(must.value)})
		}
	}
	return errors.Join(errs...)
}
