package envelope

import "slices"

// sharedRoots are types of records that can have one root element: the
// statements of a consolidating unit take the schemas of 001 to 004 (manual
// ch. A, notes to the table), those by decree 503 are the same statements, and
// the others share a schema by its published name.
var sharedRoots = [][]string{
	{"001", "006", "023"},
	{"002", "007", "024"},
	{"003", "008"},
	{"004", "009", "025"},
	{"005", "010"},
	{"013", "015"},
	{"052", "058"},
	{"055", "057"},
}

// SharesRoot reports whether records of two types (three digits each) can have
// the same root element: then it does not tell one type from the other.
func SharesRoot(a, b string) bool {
	return a == b || slices.ContainsFunc(sharedRoots, func(g []string) bool { return slices.Contains(g, a) && slices.Contains(g, b) })
}
