package main

import (
	"fmt"
	"maps"
	"slices"

	"csuis-offline/finding"
)

// printAnswers says what the codes of CSÚIS mean that the findings named: each
// once, since the findings repeat them.
func (a *app) printAnswers(fs []finding.Finding) {
	named := map[string]bool{}
	for _, f := range fs {
		if f.Answer != "" {
			named[f.Answer] = true
		}
	}
	if a.json || a.quiet || len(named) == 0 {
		return
	}
	var rows [][2]string
	for _, code := range slices.Sorted(maps.Keys(named)) {
		rows = append(rows, [2]string{code, a.cat.Text("answer."+code, nil)})
	}
	fmt.Fprintln(a.out, a.cat.Text("label.answers", nil))
	fmt.Fprint(a.out, columns(rows))
}
