package envelope

import (
	"errors"

	"csuis-offline/c14n"
	"csuis-offline/finding"
)

// FindingOf turns an error of the XML reader or of this package into a finding
// about the record, without severity, file and record, which the caller knows.
// ok is false for an error that is not about the record: of input and output, of
// the configuration, of the context.
func FindingOf(err error) (f finding.Finding, ok bool) {
	var (
		syntax     *c14n.SyntaxError
		structure  *StructureError
		identifier *IdentifierError
		root       *UnknownRootError
	)
	switch {
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
	case errors.Is(err, ErrNoIdentifier):
		return finding.Finding{Code: finding.IdentifierMissing}, true
	case errors.Is(err, ErrNotEnvelope):
		return finding.Finding{Code: finding.EnvelopeNone}, true
	case errors.Is(err, ErrNoConfig):
		return finding.Finding{Code: finding.EnvelopeNoConfig}, true
	case errors.As(err, &root):
		return finding.Finding{Code: finding.EnvelopeUnknownRoot, Found: "{" + root.URI + "}" + root.Local}, true
	}
	return finding.Finding{}, false
}

// Findings lists what in an envelope's header deserves a look but stops
// nothing: numbers and dates that cannot be right (doc/facts.md 3).
func (in *Info) Findings() []finding.Finding {
	var fs []finding.Finding
	warn := func(code finding.Code, wanted, found string) {
		fs = append(fs, finding.Finding{Code: code, Severity: finding.Warning, Wanted: wanted, Found: found})
	}
	if CheckIC(in.Sender.IC) == ICCheckDigit {
		warn(finding.HeaderCheckDigit, "", in.Sender.IC)
	}
	if in.SubjectIC != "" && in.SubjectIC != in.Sender.IC {
		warn(finding.HeaderOtherUnit, in.Sender.IC, in.SubjectIC)
	}
	if r := in.Recipient; r.IC != "" && in.Sender.IC != MinistryIC && (r.IC != MinistryIC || r.Module != "CSUIS" && r.Module != "CSÚIS") {
		warn(finding.HeaderRecipient, MinistryIC+" CSUIS", r.IC+" "+r.Module)
	}
	if t := in.RecordType; t != "" && !isRecordType(t) {
		warn(finding.HeaderRecordType, "", t)
	}
	if d := in.StatementDate; d != "" && !IsDate(d) {
		warn(finding.HeaderDate, "", d)
	}
	return fs
}

// MisreadFinding is the finding that a document in UTF-8 declares the encoding
// named; nil where there is no sample.
func MisreadFinding(m c14n.Misreading, declared string) *finding.Finding {
	if m == (c14n.Misreading{}) {
		return nil
	}
	return &finding.Finding{
		Code: finding.InputMisread, Severity: finding.Warning, Wanted: m.UTF8, Found: m.Declared, Detail: declared,
	}
}
