package madeup

import (
	"fmt"
	"slices"
	"strings"
)

// published are the elements that the manual names of the form of 2009 (ch. A).
// All are of Rozvaha, and the program knows them.
var published = map[string]string{
	"AKTIVA": "AktivaSoucet", "A": "AktivaStalaSoucet", "A.I": "MajetekNehmotnySoucet", "A.I.1": "VyzkumVyvoj", "A.I.2": "Software",
}

// ElementOf2009 is the element of a position in the form of 2009: the published
// one, or a made-up one, since nobody published the others.
func ElementOf2009(position string) string {
	if n := published[position]; n != "" {
		return n
	}
	return "P_" + strings.ReplaceAll(position, ".", "_")
}

// MapOf2009 is a user's file of rules that tells the positions of the elements
// of ElementOf2009 in some statements.
func MapOf2009(made []*Statement) string {
	var b strings.Builder
	for _, s := range made {
		fmt.Fprintf(&b, "výkaz %s\n", s.Kind)
		for _, section := range s.sections() {
			fmt.Fprintf(&b, "část %s\n", section)
			for _, r := range s.rows {
				if r.section == section && (s.Kind != "Rozvaha" || published[r.position] == "") {
					fmt.Fprintf(&b, "prvek %s = %s\n", ElementOf2009(r.position), r.position)
				}
			}
		}
	}
	return b.String()
}

// elementsOf2009 lists the elements of some statements, each once.
func elementsOf2009(made []*Statement) []string {
	var all []string
	for _, s := range made {
		for _, r := range s.rows {
			all = append(all, ElementOf2009(r.position))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
