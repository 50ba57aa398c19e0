package main

import "csuis-offline/finding"

// tally is what the end of a command needs to know of findings that were already
// printed, of which there may be more than memory should hold.
type tally struct {
	errors, warnings int
	kinds            []finding.Finding // one of each code, severity and answer, without the rest
}

func (t *tally) add(fs []finding.Finding) {
	for _, f := range fs {
		switch f.Severity {
		case finding.Error:
			t.errors++
		case finding.Warning:
			t.warnings++
		default:
			continue
		}
		if !t.has(f) {
			t.kinds = append(t.kinds, finding.Finding{Code: f.Code, Severity: f.Severity, Answer: f.Answer})
		}
	}
}

func (t *tally) has(f finding.Finding) bool {
	for _, k := range t.kinds {
		if k.Code == f.Code && k.Severity == f.Severity && k.Answer == f.Answer {
			return true
		}
	}
	return false
}

// teller prints findings as they come and keeps what the end of the command needs
// to know of them.
type teller struct {
	a     *app
	tally tally
	text  func(finding.Finding) string // as for printFindings; nil for none
}

func (t *teller) tell(fs ...finding.Finding) {
	t.tally.add(fs)
	t.a.printFindings(fs, t.text)
}

// one is tell for a single finding.
func (t *teller) one(f finding.Finding) { t.tell(f) }
