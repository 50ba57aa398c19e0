// Package answer holds the codes with which CSÚIS answers a record that it does
// not accept (technical manual, chapter C, the list of error codes): what kind
// of check each is about, and whether handing the record over again makes sense.
// The message catalogue says what each means and what to do, under "answer." and
// the code.
//
// It covers what a status message can say. What goes wrong before a record is
// received (no connection, an HTTP error, a SOAP Fault) has no code there.
package answer

import "slices"

// Category is the kind of check that a record did not pass (technical manual,
// chapter C).
type Category string

// The categories of the manual's list. Technical errors have no codes.
const (
	Security Category = "security" // decryption, integrity, person, signature
	Syntax   Category = "syntax"   // structure and data types
	Content  Category = "content"  // the numbers and codes inside the record
	Other    Category = "other"    // the system itself, or its administrator
)

// Resend says whether handing the record over again makes sense. A record that
// was refused for security or syntax counts as not delivered (technical manual,
// chapter D), so the duty to deliver remains in every case.
type Resend string

// What can be said about handing over again.
const (
	// Corrected: it makes sense once the record or its sealing has been put right.
	// The same bytes would be refused again.
	Corrected Resend = "corrected"
	// Unchanged: the same record makes sense once a cause outside of it is gone: a
	// registration must be put right, or another person must send it.
	Unchanged Resend = "unchanged"
	// AskFirst: it makes no sense before the competence centre of CSÚIS has said
	// what happened. Nothing that the unit changes in the record would help.
	AskFirst Resend = "ask-first"
)

// Code is one code of the list.
type Code struct {
	ID       string // six capital letters: "ERRSYN"
	Category Category
	Resend   Resend
}

// All returns all codes of the manual, in the order of their IDs. The slice is
// the caller's own.
func All() []Code { return slices.Clone(codes) }

// ByCode returns the code with this ID; false if the manual has none. IDs are
// compared exactly, as CSÚIS writes them.
func ByCode(id string) (Code, bool) {
	i, ok := slices.BinarySearchFunc(codes, id, func(c Code, id string) int {
		switch {
		case c.ID < id:
			return -1
		case c.ID > id:
			return 1
		}
		return 0
	})
	if !ok {
		return Code{}, false
	}
	return codes[i], true
}

// codes is the manual's list in the order of the IDs.
var codes = []Code{
	{ID: "CANCLD", Category: Other, Resend: AskFirst},
	{ID: "ERRATT", Category: Syntax, Resend: Corrected},
	{ID: "ERRAUT", Category: Security, Resend: AskFirst},
	{ID: "ERRBWI", Category: Other, Resend: AskFirst},
	{ID: "ERRBWL", Category: Content, Resend: Corrected},
	{ID: "ERRDEC", Category: Security, Resend: Corrected},
	{ID: "ERRINT", Category: Security, Resend: Corrected},
	{ID: "ERRKEY", Category: Security, Resend: Corrected},
	{ID: "ERRMVK", Category: Content, Resend: Corrected},
	{ID: "ERRREP", Category: Security, Resend: Unchanged},
	{ID: "ERRSIG", Category: Security, Resend: Corrected},
	{ID: "ERRSYN", Category: Syntax, Resend: Corrected},
	{ID: "ERRSYS", Category: Other, Resend: AskFirst},
	{ID: "ERRVVK", Category: Content, Resend: Corrected},
	{ID: "MSGUNK", Category: Syntax, Resend: Corrected},
	{ID: "REJECT", Category: Other, Resend: Corrected},
}
