package main

import (
	"strings"

	"csuis-offline/check/rules"
	"csuis-offline/internal/catalogue"
)

// wantedRule says in the user's language what a file of rules should hold.
func (a *app) wantedRule(e *rules.ParseError) string {
	id := "mistake." + e.Pattern
	if !a.cat.Has(id) {
		return e.Wanted
	}
	args := catalogue.Args{}
	for i, name := range []string{"a", "b", "c"} {
		if i < len(e.Args) {
			args[name] = e.Args[i]
		}
	}
	return a.cat.Text(id, args)
}

// foundRule says what stands there: the file's own words, or a description.
func (a *app) foundRule(found string) string {
	if text, ok := strings.CutPrefix(found, "the text "); ok {
		return a.cat.Text("mistake.the text %s", catalogue.Args{"found": text})
	}
	if id := "mistake." + found; a.cat.Has(id) {
		return a.cat.Text(id, nil)
	}
	return found
}
