package main

import (
	"strings"

	"csuis-offline/check/rules"
	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
)

// listedRule is a rule in JSON.
type listedRule struct {
	Rule    string   `json:"rule"`
	Kinds   []string `json:"kinds"`
	Letters []string `json:"letters,omitempty"`
	// Formula is "" where the source has a row without content.
	Formula string `json:"formula"`
	Note    string `json:"note,omitempty"`
	State   string `json:"state"`
	Day     string `json:"day,omitempty"`
	From    string `json:"from,omitempty"`
	To      string `json:"to,omitempty"`
	Own     bool   `json:"own"`
	File    string `json:"file"`
	Line    int    `json:"line"`

	days finding.Span // From and To
}

// The states of a listed rule.
const (
	ruleInForce     = "in-force"
	ruleEmpty       = "empty"
	ruleUnspecified = "unspecified"
)

// runListRules lists the rules that check would apply.
func runListRules(a *app, o checkOptions) error {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	set := rules.Builtin()
	if file := or(o.rules, c.Relative(c.Check.Rules)); file != "" {
		if set, err = a.readRules(file); err != nil {
			return err
		}
	}
	listed := []listedRule{}
	state, own := map[string]int{}, 0
	for _, r := range set.Rules() {
		l := listedRule{
			Rule: r.ID, Kinds: r.Kinds, Letters: r.Letters, Formula: r.Text, Note: r.Note, State: ruleInForce,
			Day: r.Holds.Day, From: r.Holds.From.String(), To: r.Holds.To.String(), Own: !r.Builtin, File: r.File, Line: r.Line,
			days: finding.Span{From: r.Holds.From, To: r.Holds.To},
		}
		switch {
		case r.Empty:
			l.State = ruleEmpty
		case r.Unspecified:
			l.State = ruleUnspecified
		}
		state[l.State]++
		if l.Own {
			own++
		}
		listed = append(listed, l)
	}
	heading := a.cat.Text("summary.rules", catalogue.Args{"rules": len(listed)})
	if !a.json {
		heading = a.rulesText(listed) + "\n" + heading
	}
	a.printSummary("check --list-rules", exitOK, nil, struct {
		Rules []listedRule `json:"rules"`
	}{listed}, heading,
		fact{"rules-in-force", state[ruleInForce]}, fact{"rules-empty", nonZero(state[ruleEmpty])},
		fact{"rules-unspecified", nonZero(state[ruleUnspecified])}, fact{"rules-own", nonZero(own)})
	return nil
}

// rulesText lists rules under the statements that they speak of.
func (a *app) rulesText(listed []listedRule) string {
	var b strings.Builder
	last := ""
	for i := range listed {
		r := &listed[i]
		if heading := a.ruleHeading(r); heading != last {
			if last != "" {
				b.WriteByte('\n')
			}
			last = heading
			b.WriteString(heading + "\n")
		}
		number := r.Rule[strings.LastIndexByte(r.Rule, ' ')+1:]
		body := strings.Join(append([]string{a.ruleFormula(r)}, a.ruleRemarks(r)...), "\n")
		b.WriteString(columns([][2]string{{strings.Repeat(" ", max(0, 3-width(number))) + number, body}}))
	}
	return b.String()
}

// ruleHeading names the statements of a rule: "Rozvaha", or for one between
// statements those and the letters that stand for them in the formula.
func (a *app) ruleHeading(r *listedRule) string {
	if r.Letters == nil {
		return strings.Join(r.Kinds, ", ")
	}
	var kinds []string
	for i, k := range r.Kinds {
		kinds = append(kinds, r.Letters[i]+" = "+k)
	}
	return a.cat.Text("phrase.rules-across", catalogue.Args{"kinds": strings.Join(kinds, ", ")})
}

func (a *app) ruleFormula(r *listedRule) string {
	switch {
	case r.State == ruleEmpty && r.Own:
		return a.cat.Text("phrase.rule-off", nil)
	case r.State == ruleEmpty:
		return a.cat.Text("phrase.rule-empty", nil)
	}
	return catalogue.Visible(r.Formula)
}

// ruleRemarks say when a rule holds, why it is never run, and whose it is.
func (a *app) ruleRemarks(r *listedRule) []string {
	var all []string
	say := func(id string, args catalogue.Args) { all = append(all, a.cat.Text(id, args)) }
	if r.Day != "" {
		say("phrase.rule-day", catalogue.Args{"day": r.Day})
	}
	if r.days != (finding.Span{}) {
		say("phrase.rule-days", catalogue.Args{"days": a.span(r.days)})
	}
	if r.State == ruleUnspecified {
		say("phrase.rule-unspecified", nil)
	}
	if r.Note != "" {
		say("phrase.rule-note", catalogue.Args{"note": catalogue.Visible(r.Note)})
	}
	if r.Own {
		say("phrase.rule-own", catalogue.Args{"file": catalogue.Visible(r.File), "line": r.Line})
	}
	return all
}
