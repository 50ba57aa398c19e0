package check

import (
	"time"

	"csuis-offline/check/attachment"
	"csuis-offline/check/codelist"
	"csuis-offline/check/deadline"
	"csuis-offline/check/rules"
)

// Part is one kind of check.
type Part uint8

// The parts; they can be joined with |.
const (
	Schema    Part = 1 << iota // structure and types
	Rules                      // what numbers say to one another
	CodeLists                  // units, persons, expected statements, deadlines
	All       = Schema | Rules | CodeLists
)

// Options say what a Checker checks and against what. The zero value checks all
// that can be checked with the built-in data.
type Options struct {
	// Only are the parts to check; 0 is All.
	Only Part
	// Schemas are the ministry's; nil checks the envelope alone.
	Schemas *Schemas
	// Rules are the content rules; nil is the manual's.
	Rules *rules.Set
	// Lists are the imported code lists; nil is none.
	Lists *codelist.Lists
	// Terms are the deadlines, Attachments the kinds of files allowed; nil means
	// the built-in data.
	Terms       *deadline.Terms
	Attachments *attachment.List
	// Places say where records have codes of the lists; nil means the built-in
	// data.
	Places *codelist.Places
	// On is the day on which the records are handed over. Its calendar day
	// counts, in its own location.
	On time.Time
	// Unit and Person are the IČ and the PersonId that the envelope around a bare
	// record will name; "" if that is not known.
	Unit, Person string
	// Type finds the RecordType of a bare record from its root element; nil
	// finds none.
	Type func(uri, local string) (string, bool)
}

func (o Options) withDefaults() Options {
	if o.Only == 0 {
		o.Only = All
	}
	if o.Rules == nil {
		o.Rules = rules.Builtin()
	}
	if o.Terms == nil {
		o.Terms = deadline.Default()
	}
	if o.Attachments == nil {
		o.Attachments = attachment.Default()
	}
	if o.Places == nil {
		o.Places = codelist.DefaultPlaces()
	}
	if o.Type == nil {
		o.Type = func(string, string) (string, bool) { return "", false }
	}
	return o
}
