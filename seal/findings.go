package seal

import (
	"errors"

	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/finding"
)

// Findings turns an error of Seal or Open into findings on the record, one for
// each joined error. They lack the file and the record's name, which the caller
// knows. The result is nil for an error that is not about the record: of input
// and output, of the configuration, of the context.
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
	switch {
	case errors.Is(err, ErrKey):
		return finding.Finding{Code: finding.ContainerKey}, true
	case errors.Is(err, crypto.ErrDamaged):
		return finding.Finding{Code: finding.ContainerDamaged, Detail: err.Error()}, true
	}
	return envelope.FindingOf(err)
}

// notes returns the findings that did not stop a record from being sealed.
func notes(made *envelope.Result) []finding.Finding {
	var fs []finding.Finding
	if made.Info.Encoding != "UTF-8" {
		fs = append(fs, finding.Finding{Code: finding.InputConverted, Severity: finding.Info, Wanted: "UTF-8", Found: made.Info.Encoding})
	}
	fs = append(fs, misread(&made.Info)...)
	return append(fs, made.Info.Findings()...)
}

// misread is the finding that a document is UTF-8 and was read as it declares.
func misread(in *envelope.Info) []finding.Finding {
	if f := envelope.MisreadFinding(in.Misread, in.Encoding); f != nil {
		return []finding.Finding{*f}
	}
	return nil
}

// openNotes returns the findings on an opened record that are not errors of Open.
func openNotes(in *envelope.Info) []finding.Finding {
	var fs []finding.Finding
	if e := in.Encoding; e != "UTF-8" && e != "US-ASCII" {
		fs = append(fs, finding.Finding{Code: finding.ContainerEncoding, Severity: finding.Warning, Wanted: "UTF-8", Found: e})
	}
	fs = append(fs, misread(in)...)
	return append(fs, in.Findings()...)
}
