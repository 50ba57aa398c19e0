package main

import (
	"strings"

	"csuis-offline/internal/catalogue"
)

// mistake translates what package rules says of a file in English into the
// user's language; pattern has %s for each of the names.
func (a *app) mistake(pattern string, names []string, english string) string {
	id := "mistake." + pattern
	if !a.cat.Has(id) {
		return english
	}
	args := catalogue.Args{}
	for i, letter := range []string{"a", "b", "c"} {
		if i < len(names) {
			args[letter] = names[i]
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
