package main

import (
	"slices"
	"strings"

	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
	"csuis-offline/xsd"
)

// ruleCodes are the findings whose values are numbers of a statement.
var ruleCodes = []finding.Code{finding.CheckRuleFailed, finding.CheckRuleFailedGap, finding.CheckRuleNotRun}

// fromCheck reports whether a finding's text says all that the finding holds.
func fromCheck(f finding.Finding) bool {
	family, _, _ := strings.Cut(string(f.Code), ".")
	return family == "check" || family == "xsd" || family == "attachment"
}

// checkArgs are the arguments that the texts of the checks have beyond those of
// all findings.
func (a *app) checkArgs(f finding.Finding) catalogue.Args {
	if !fromCheck(f) {
		return nil
	}
	args := catalogue.Args{
		"rule": f.Rule, "position": f.Position, "path": f.Path, "missing": f.Missing, "why": "", "remedy": "",
		"difference": catalogue.Decimal(strings.TrimPrefix(f.Difference, "-")),
	}
	if f.Part != "" {
		args["part"] = a.cat.Text("phrase.part", catalogue.Args{"part": strings.ReplaceAll(f.Part, "_", " ")})
	} else {
		args["part"] = ""
	}
	item := "phrase.statement"
	if f.Position != "" {
		item = "phrase.item"
	}
	args["item"] = a.cat.Text(item, catalogue.Args{"position": f.Position})
	items := "phrase.position"
	if len(f.Positions) > 1 {
		items = "phrase.positions"
	}
	args["items"] = a.cat.Text(items, catalogue.Args{"missing": f.Missing})
	args["nearest"], args["date"] = "", a.cat.Text("phrase.date-none", nil)
	if f.Found != "" {
		args["date"] = a.cat.Text("phrase.date-bad", catalogue.Args{"found": f.Found})
	}
	if f.Code == finding.CheckNoPeriod && len(f.Days) > 0 {
		args["nearest"] = a.cat.Text("phrase.nearest", catalogue.Args{"wanted": a.wantedDays(f)})
	}
	args["count"] = f.Count
	switch {
	case slices.Contains(ruleCodes, f.Code):
		args["found"], args["wanted"] = catalogue.Decimal(f.Found), catalogue.Decimal(f.Wanted)
	case f.Code == finding.CheckSchemaMore:
		args["found"] = f.Count
	case strings.HasPrefix(string(f.Code), "xsd."):
		a.xsdArgs(f, args)
	case f.Code == finding.CheckSchemaTwice:
	default:
		args["wanted"] = a.wantedDays(f)
		if f.Day != 0 {
			args["found"] = a.day(f.Day)
		}
	}
	if f.Why != "" {
		args["why"] = a.cat.Text("why."+f.Why, catalogue.Args{
			"missing": or(f.Missing, "?"), "wanted": args["wanted"], "others": f.Detail,
		})
		if f.Code == finding.CheckRuleNotRun {
			args["remedy"] = a.cat.Text("remedy."+f.Why, nil)
		}
	}
	return args
}

// xsdArgs puts into words what differs from case to case.
func (a *app) xsdArgs(f finding.Finding, args catalogue.Args) {
	rule := xsd.Rule(strings.TrimPrefix(string(f.Code), "xsd."))
	wanted := catalogue.Args{"wanted": f.Wanted, "found": f.Found, "detail": f.Detail}
	args["expected"], args["before"], args["elements"] = "", a.cat.Text("phrase.at-end", wanted), ""
	if f.Found != "" {
		args["before"] = a.cat.Text("phrase.before", wanted)
	}
	place := "phrase.in-element"
	if f.Attribute {
		place = "phrase.in-attribute"
	}
	args["place"] = a.cat.Text(place, wanted)
	if f.Wanted != "" {
		elements := "phrase.element"
		if len(f.Names) > 1 {
			elements = "phrase.elements"
		}
		args["elements"] = a.cat.Text(elements, wanted)
		args["expected"] = a.cat.Text("phrase.expected", catalogue.Args{"elements": args["elements"]})
	}
	if rule == xsd.ValueType {
		var types []string
		for _, name := range f.Names {
			if id := "type." + name; a.cat.Has(id) {
				name = a.cat.Text(id, nil)
			}
			types = append(types, name)
		}
		args["wanted"] = strings.Join(types, a.cat.Text("phrase.or", nil))
	}
}

// wantedDays writes the days, or spans of them, of what was wanted as people do;
// what was wanted otherwise stands for itself.
func (a *app) wantedDays(f finding.Finding) string {
	var parts []string
	for _, d := range f.Days {
		parts = append(parts, a.day(d))
	}
	for _, s := range f.Spans {
		parts = append(parts, a.span(s))
	}
	if parts == nil {
		return f.Wanted
	}
	return strings.Join(parts, ", ")
}

func (a *app) span(s finding.Span) string {
	args, id := catalogue.Args{"from": a.day(s.From), "to": a.day(s.To)}, "phrase.from-to"
	switch {
	case s == finding.Span{}:
		id = "phrase.always"
	case s.To == 0:
		id = "phrase.from"
	case s.From == 0:
		id = "phrase.to"
	}
	return a.cat.Text(id, args)
}

func (a *app) day(d finding.Day) string {
	if d == 0 {
		return ""
	}
	return a.cat.Value(catalogue.Date(d.Time()))
}

// checkDetails are the rows below the text of such a finding.
func (a *app) checkDetails(f finding.Finding) [][2]string {
	detail := ""
	if f.Code == finding.CheckSchemaBroken || f.Code == finding.CheckSchemaLimit || f.Why == "unreadable" {
		detail = f.Detail
	}
	var rows [][2]string
	for _, r := range [][2]string{{"path", f.Path}, {"detail", detail}, {"answer", f.Answer}} {
		if r[1] != "" {
			rows = append(rows, [2]string{a.cat.Text("label."+r[0], nil), catalogue.Visible(r[1])})
		}
	}
	return rows
}

// withoutNotRun leaves one finding for all the rules of a record that could not
// be run: there may be dozens.
func withoutNotRun(fs []finding.Finding) []finding.Finding {
	count := map[string]int{}
	var out []finding.Finding
	for _, f := range fs {
		if f.Code != finding.CheckRuleNotRun || f.Severity != finding.Info {
			out = append(out, f)
			continue
		}
		count[f.File]++
	}
	for _, f := range fs {
		if n := count[f.File]; n > 0 {
			out = append(out, finding.Finding{Code: finding.CheckRuleNotRun, Severity: finding.Info, File: f.File}.WithCount(n))
			delete(count, f.File)
		}
	}
	return out
}
