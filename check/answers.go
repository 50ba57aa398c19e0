package check

import (
	"strings"

	"csuis-offline/finding"
)

// The codes of CSÚIS that findings carry (technical manual, chapter C;
// check/answer has all).
const (
	errSyntax     = "ERRSYN"
	errUnknown    = "MSGUNK"
	errWithin     = "ERRVVK"
	errAcross     = "ERRMVK"
	errContent    = "ERRBWL" // codes: content that is no rule between numbers
	errPerson     = "ERRREP"
	errUnit       = "ERRAUT"
	errUnexpected = "REJECT"
	errAttachment = "ERRATT"
	errDecrypt    = "ERRDEC"
	errIntegrity  = "ERRINT"
)

// AnswerOf is the code with which CSÚIS would answer a sealed record, or one in
// its envelope, about which a finding of sealing and opening says that it cannot
// be used; "" if it is about something else.
func AnswerOf(code finding.Code) string {
	switch family, _, _ := strings.Cut(string(code), "."); {
	case code == finding.ContainerEncoding, family == "xml", family == "envelope":
		return errSyntax
	case family == "container":
		return errDecrypt
	case family == "identifier":
		return errIntegrity
	}
	return ""
}
