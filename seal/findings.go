package seal

import (
	"errors"
	"strings"

	"csuis-offline/c14n"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/finding"
)

// Findings says what an error of Seal or Open tells about the record, as
// findings without a file and a record's name, which the caller knows. It is
// nil for an error that is not about the record: of input and output, of the
// configuration, of the context. Of joined errors each has its finding.
func Findings(err error) []finding.Finding {
	var joined interface{ Unwrap() []error }
	if !errors.Is(err, ErrKey) && errors.As(err, &joined) {
		var all []finding.Finding
		for _, e := range joined.Unwrap() {
			fs := Findings(e)
			if fs == nil {
				return nil
			}
			all = append(all, fs...)
		}
		return all
	}
	f, ok := judge(err)
	if !ok {
		return nil
	}
	f.Severity = finding.Error
	return []finding.Finding{f}
}

func judge(err error) (finding.Finding, bool) {
	var (
		syntax     *c14n.SyntaxError
		structure  *envelope.StructureError
		identifier *envelope.IdentifierError
		root       *envelope.UnknownRootError
	)
	switch {
	case errors.Is(err, ErrKey):
		return finding.Finding{Code: finding.ContainerKey}, true
	case errors.Is(err, crypto.ErrDamaged):
		return finding.Finding{Code: finding.ContainerDamaged, Detail: err.Error()}, true
	case errors.As(err, &syntax):
		return finding.Finding{
			Code: finding.XML(string(syntax.Rule)), Line: syntax.Line, Column: syntax.Column, Detail: syntax.Detail,
		}, true
	case errors.As(err, &structure):
		return finding.Finding{
			Code: finding.Code("envelope." + structure.Problem), Line: structure.Line, Column: structure.Column,
			Detail: structure.Part, Found: structure.Value,
		}, true
	case errors.As(err, &identifier):
		f := finding.Finding{
			Code: finding.Code("identifier." + string(identifier.Reason)), Line: identifier.Line, Column: identifier.Column,
			Wanted: identifier.Wanted, Found: identifier.Found, Detail: identifier.Reference,
		}
		if identifier.Algorithm != "" {
			f.Detail += ", " + identifier.Algorithm
		}
		return f, true
	case errors.Is(err, envelope.ErrNoIdentifier):
		return finding.Finding{Code: finding.IdentifierMissing}, true
	case errors.Is(err, envelope.ErrNotEnvelope):
		return finding.Finding{Code: finding.EnvelopeNone}, true
	case errors.Is(err, envelope.ErrNoConfig):
		return finding.Finding{Code: finding.EnvelopeNoConfig}, true
	case errors.As(err, &root):
		return finding.Finding{Code: finding.EnvelopeUnknownRoot, Found: "{" + root.URI + "}" + root.Local}, true
	}
	return finding.Finding{}, false
}

// notes are the findings on a record that was sealed all the same.
func notes(made *envelope.Result) []finding.Finding {
	var fs []finding.Finding
	if made.Info.Encoding != "UTF-8" {
		fs = append(fs, finding.Finding{Code: finding.InputConverted, Severity: finding.Info, Wanted: "UTF-8", Found: made.Info.Encoding})
	}
	return append(fs, judgeInfo(&made.Info)...)
}

// openNotes are the findings on a sealed record beside what Open fails with.
func openNotes(in *envelope.Info) []finding.Finding {
	var fs []finding.Finding
	if e := in.Encoding; e != "UTF-8" && e != "US-ASCII" {
		fs = append(fs, finding.Finding{Code: finding.ContainerEncoding, Severity: finding.Warning, Wanted: "UTF-8", Found: e})
	}
	return append(fs, judgeInfo(in)...)
}

// judgeInfo lists what in an envelope's header deserves a look but stops
// nothing: numbers and dates that cannot be right (FACTS 3).
func judgeInfo(in *envelope.Info) []finding.Finding {
	var fs []finding.Finding
	warn := func(code finding.Code, wanted, found string) {
		fs = append(fs, finding.Finding{Code: code, Severity: finding.Warning, Wanted: wanted, Found: found})
	}
	if envelope.CheckIC(in.Sender.IC) == envelope.ICCheckDigit {
		warn(finding.HeaderCheckDigit, "", in.Sender.IC)
	}
	if in.SubjectIC != "" && in.SubjectIC != in.Sender.IC {
		warn(finding.HeaderOtherUnit, in.Sender.IC, in.SubjectIC)
	}
	if r := in.Recipient; r.IC != "" && in.Sender.IC != envelope.MinistryIC && (r.IC != envelope.MinistryIC || r.Module != "CSUIS" && r.Module != "CSÚIS") {
		warn(finding.HeaderRecipient, envelope.MinistryIC+" CSUIS", r.IC+" "+r.Module)
	}
	if t := in.RecordType; t != "" && !isRecordType(t) {
		warn(finding.HeaderRecordType, "", t)
	}
	if d := in.StatementDate; d != "" && !envelope.IsDate(d) {
		warn(finding.HeaderDate, "", d)
	}
	return fs
}

// isRecordType reports whether a RecordType is three digits (FACTS 3).
func isRecordType(s string) bool {
	return len(s) == 3 && strings.Trim(s, "0123456789") == ""
}
