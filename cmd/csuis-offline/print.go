package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
)

// The rules of what people read:
//   - Results and findings go to standard output, errors, prompts and progress
//     to standard error. With --json everything but prompts and progress goes
//     to standard output, one JSON object a line (doc/json.md).
//   - A message says what happened and to what; the next step stands on a line
//     of its own.
//   - Text comes from the catalogue. What comes from files or other programs is
//     quoted as a value and cannot steer the terminal.

func (a *app) printJSON(v any) {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil && a.printErr == nil {
		a.printErr = err
	}
}

type jsonFinding struct {
	Type string `json:"type"`
	finding.Finding
	Message string `json:"message"`
	Next    string `json:"next,omitempty"`
}

type jsonError struct {
	Type    string `json:"type"`
	Code    string `json:"code"`
	Exit    int    `json:"exit"`
	Message string `json:"message"`
	Next    string `json:"next,omitempty"`
	Detail  string `json:"detail,omitempty"`
}

type jsonSummary struct {
	Type     string `json:"type"`
	Command  string `json:"command"`
	Exit     int    `json:"exit"`
	Errors   int    `json:"errors"`
	Warnings int    `json:"warnings"`
	Result   any    `json:"result,omitempty"`
}

// technical lists the errors whose cause only the system or a library can name,
// in English.
var technical = []string{"error.other", "error.output", "error.output-made", "error.device", "usage.other", "config.syntax", "config.unreadable", "data.syntax"}

func (a *app) printError(exit int, id string, args catalogue.Args, err error) {
	args = a.withConfig(args)
	text, next := a.cat.Text(id, args), a.cat.Next(id, args)
	if a.json {
		line := jsonError{Type: "error", Code: id, Exit: exit, Message: text, Next: next}
		if err != nil && err.Error() != id {
			line.Detail = err.Error()
		}
		a.printJSON(line)
		return
	}
	fmt.Fprintf(a.err, "%s: %s\n", program, text)
	if detail, _ := args["detail"].(string); detail != "" && slices.Contains(technical, id) {
		fmt.Fprint(a.err, columns([][2]string{{a.cat.Text("label.detail", nil), catalogue.Visible(detail)}}))
	}
	if next != "" {
		fmt.Fprintf(a.err, "%s %s\n", a.cat.Text("label.next", nil), next)
	}
}

// withConfig adds the name of the configuration file, which next steps name.
func (a *app) withConfig(args catalogue.Args) catalogue.Args {
	all := catalogue.Args{"config": a.configName()}
	maps.Copy(all, args)
	return all
}

// printFindings writes a list of findings, in the order given. With --quiet
// only those of error severity are written as text. textOf may name another text
// for a finding; nil = each has the text of its code.
func (a *app) printFindings(fs []finding.Finding, textOf func(finding.Finding) string) {
	for _, f := range fs {
		args := a.withConfig(catalogue.Args{
			"file": f.File, "record": f.Record, "line": f.Line, "column": f.Column, "clause": f.Clause,
			"wanted": f.Wanted, "found": f.Found, "detail": f.Detail, "path": f.Path,
		})
		maps.Copy(args, a.checkArgs(f))
		maps.Copy(args, a.sendArgs(f))
		maps.Copy(args, a.inboxArgs(f))
		id, place := string(f.Code), f
		if textOf != nil {
			if other := textOf(f); other != "" {
				// The text is about the file as a whole.
				id, place.Line, place.Wanted, place.Found, place.Detail = other, 0, "", "", ""
			}
		}
		text, next := a.cat.Text(id, args), a.cat.Next(id, args)
		switch {
		case a.json:
			a.printJSON(jsonFinding{"finding", f, text, next})
		case !a.quiet || f.Severity == finding.Error:
			a.printFinding(place, text, next)
		}
	}
}

func (a *app) printFinding(f finding.Finding, text, next string) {
	fmt.Fprintf(a.out, "%s%s [%s]\n", a.cat.Text("severity."+string(f.Severity), nil), a.place(f), f.Code)
	fmt.Fprintf(a.out, "  %s\n", strings.ReplaceAll(text, "\n", "\n  "))
	fmt.Fprint(a.out, columns(a.details(f, text)))
	if next != "" {
		fmt.Fprintf(a.out, "  %s %s\n", a.cat.Text("label.next", nil), next)
	}
}

// place says which record, file, line and column a finding is about.
func (a *app) place(f finding.Finding) string {
	var parts []string
	if f.Record != "" && !strings.Contains(f.File, f.Record) {
		parts = append(parts, a.cat.Text("place.record", catalogue.Args{"record": f.Record}))
	}
	if f.File != "" {
		parts = append(parts, catalogue.Visible(f.File))
	}
	switch {
	case f.Line > 0 && f.Column > 0:
		parts = append(parts, a.cat.Text("place.column", catalogue.Args{"line": f.Line, "column": f.Column}))
	case f.Line > 0:
		parts = append(parts, a.cat.Text("place.line", catalogue.Args{"line": f.Line}))
	}
	if len(parts) == 0 {
		return ""
	}
	return " " + strings.Join(parts, ", ")
}

// fact is one line of a summary: a label of the catalogue and a value.
type fact struct {
	label string
	value any
}

// printSummary ends a command's output: with --json one line with the result,
// otherwise a heading and facts; facts with an empty string are left out.
func (a *app) printSummary(command string, exit int, findings []finding.Finding, result any, heading string, facts ...fact) {
	var t tally
	t.add(findings)
	a.printCounted(command, exit, t, result, heading, facts...)
}

// printCounted is printSummary for findings of which only a tally was kept.
func (a *app) printCounted(command string, exit int, t tally, result any, heading string, facts ...fact) {
	if a.json {
		t.errors, t.warnings = t.errors+a.before.errors, t.warnings+a.before.warnings
		a.printJSON(jsonSummary{"summary", command, exit, t.errors, t.warnings, result})
		return
	}
	if a.quiet {
		return
	}
	fmt.Fprintln(a.out, heading)
	a.printFacts(facts)
}

// printFacts writes facts in two columns, without those that are empty.
func (a *app) printFacts(facts []fact) {
	var rows [][2]string
	for _, f := range facts {
		if v := a.cat.Value(f.value); v != "" {
			rows = append(rows, [2]string{a.cat.Text("field."+f.label, nil), v})
		}
	}
	fmt.Fprint(a.out, columns(rows))
}

func count(fs []finding.Finding) (errors, warnings int) {
	for _, f := range fs {
		switch f.Severity {
		case finding.Error:
			errors++
		case finding.Warning:
			warnings++
		}
	}
	return errors, warnings
}

// width is the number of columns that a text takes on a terminal.
func width(s string) int { return utf8.RuneCountInString(s) }
