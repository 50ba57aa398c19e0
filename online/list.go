package online

import "io"

// Listed is a message of the inbox as the list shows it. Values are as written;
// those that the list lacks are empty.
type Listed struct {
	ID        string // ZpravaId: what Fetch takes
	Name      string // ZpravaNazev
	IC        string // of the unit that it is for
	Created   string // ZpravaDatumVytvoreni
	Published string // ZpravaDatumPublikace
	Status    string // ZpravaStatus: "R" read, "N" not read
	Type      string // TypDatoveZpravy
	// Other holds what else the list says of it.
	Other []Field
}

// columns are the names in a SeznamZpravVypis. They are assumed
// (doc/facts.md 5): the names were seen, how they nest was not. Everything that
// is assumed about a list is in this table and in how parseList uses
// node.groups.
var columns = []struct {
	name string
	of   func(*Listed) *string
}{
	{"ZpravaId", func(l *Listed) *string { return &l.ID }},
	{"ZpravaNazev", func(l *Listed) *string { return &l.Name }},
	{"IC", func(l *Listed) *string { return &l.IC }},
	{"ZpravaDatumVytvoreni", func(l *Listed) *string { return &l.Created }},
	{"ZpravaDatumPublikace", func(l *Listed) *string { return &l.Published }},
	{"ZpravaStatus", func(l *Listed) *string { return &l.Status }},
	{"TypDatoveZpravy", func(l *Listed) *string { return &l.Type }},
}

// parseList reads the envelope with a SeznamZpravVypis. A message is known by its
// ZpravaId; what stands beside the messages, such as their number, is passed over.
func parseList(r io.Reader) ([]Listed, error) {
	list, err := readTree(r, "Envelope", "EnvelopeBody", "Inbox", "SeznamZpravVypis")
	if err != nil {
		return nil, err
	}
	if list == nil {
		return nil, shape("the answer holds no SeznamZpravVypis")
	}
	var all []Listed
	for _, fields := range list.groups(isColumn, maxNesting) {
		var l Listed
		for _, f := range fields {
			if i := column(f.Name); i >= 0 {
				*columns[i].of(&l) = f.Value
			} else if f.Value != "" {
				l.Other = append(l.Other, f)
			}
		}
		if l.ID != "" {
			all = append(all, l)
		}
	}
	return all, nil
}

func isColumn(name string) bool { return column(name) >= 0 }

func column(name string) int {
	for i := range columns {
		if columns[i].name == name {
			return i
		}
	}
	return -1
}
