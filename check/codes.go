package check

import (
	"csuis-offline/c14n"
	"csuis-offline/check/codelist"
	"csuis-offline/finding"
)

// maxCodeFindings is the number of codes reported for one record.
const maxCodeFindings = 100

// beginCodes starts to gather the codes of the record that begins.
func (rd *reading) beginCodes() {
	if rd.c.o.Only&CodeLists != 0 && rd.c.o.Lists != nil && !rd.c.o.Lists.Empty() {
		rd.codes = rd.c.o.Places.NewCodes(rd.head.local)
	}
}

func (rd *reading) codesToken(t *c14n.Token) {
	if rd.codes == nil {
		return
	}
	rd.codes.Token(t)
	if t.Kind == c14n.End && t.Depth == rd.head.root {
		rd.used, rd.codes = rd.codes, nil
	}
}

// codesUsed compares the codes of the record with the lists (technical manual,
// chapter C, comparison with code lists). It comes at the end, as the record's
// date may come after them. If no list was imported it checks nothing, which the
// summary says.
func (rd *reading) codesUsed() {
	if rd.used == nil {
		return
	}
	type unasked struct {
		list codelist.Kind
		why  codelist.Reason
	}
	told := map[unasked]bool{}
	day, wrong := rd.decisive(), 0
	for _, c := range rd.used.All() {
		a := rd.c.o.Lists.Code(c.List, c.Text, day)
		f := finding.Finding{
			Code: finding.CheckCode, Line: c.Line, Column: c.Column, Path: c.Path, Found: c.Text,
			Why: string(a.Reason), Detail: string(c.List),
		}.WithSpans(a.Spans)
		switch a.Verdict {
		case codelist.No:
			if wrong++; wrong > maxCodeFindings {
				continue
			}
			if c.Assumed {
				// It is only assumed that this is a code.
				f.Severity = finding.Warning
			}
			rd.add(f, errContent)
		case codelist.Unknown:
			if u := (unasked{c.List, a.Reason}); !told[u] {
				told[u] = true
				f := finding.Finding{Code: finding.CheckCodesUnknown, Severity: finding.Info, Found: string(c.List), Why: f.Why}
				rd.add(f.WithSpans(a.Spans), "")
			}
		}
	}
	if over := wrong - maxCodeFindings; over > 0 {
		rd.add(finding.Finding{Code: finding.CheckCodesMore, Severity: finding.Info}.WithCount(over), "")
	}
	if n := rd.used.Dropped(); n > 0 {
		rd.add(finding.Finding{Code: finding.CheckCodesLimit, Severity: finding.Warning}.WithCount(n), "")
	}
}
