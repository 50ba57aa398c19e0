package finding

import (
	"fmt"
	"strconv"
	"strings"
)

// Values are what a finding's texts say where it is no text, so that nobody has
// to read a text back. The methods of Finding set both together. The zero value
// of each means that the finding has none.
type Values struct {
	Sizes       Sizes  // behind Wanted and Found
	Count       int    // of what the finding is about: lines, records, violations
	Disc, Discs int    // the disc judged, and how many its set has
	State       string // of a record in the outbox
	Other       int64  // in Detail: the number in the outbox of the record that this one is a double of

	Day   Day    // behind Found
	Days  []Day  // behind Wanted
	Spans []Span // behind Wanted

	Names     []string // behind Wanted: of elements or types; "…" stands last where there are more
	Positions []string // behind Missing
	Attribute bool     // Detail names an attribute, and not an element
}

// Sizes are numbers of bytes.
type Sizes struct {
	Known         bool // there are sizes, be they 0
	Wanted, Found int64
}

// WithSizes is the finding with two numbers of bytes as what was wanted and found.
func (f Finding) WithSizes(wanted, found int64) Finding {
	f.Sizes = Sizes{Known: true, Wanted: wanted, Found: found}
	f.Wanted, f.Found = strconv.FormatInt(wanted, 10), strconv.FormatInt(found, 10)
	return f
}

// WithCount is the finding with a number as what was found.
func (f Finding) WithCount(n int) Finding {
	f.Count, f.Found = n, strconv.Itoa(n)
	return f
}

// WithDisc is the finding with a disc of a set in its detail.
func (f Finding) WithDisc(disc, discs int) Finding {
	f.Disc, f.Discs = disc, discs
	f.Detail = strconv.Itoa(disc) + " / " + strconv.Itoa(discs)
	return f
}

// WithState is the finding with the state of a record in the outbox as the reason.
func (f Finding) WithState(state string) Finding {
	f.State, f.Why = state, state
	return f
}

// WithOther is the finding with the number of another record in the outbox as its
// detail.
func (f Finding) WithOther(id int64) Finding {
	f.Other, f.Detail = id, strconv.FormatInt(id, 10)
	return f
}

// WithDay is the finding with a day as what was found.
func (f Finding) WithDay(d Day) Finding {
	f.Day, f.Found = d, d.String()
	return f
}

// WithDays is the finding with days as what was wanted, any one of them.
func (f Finding) WithDays(days ...Day) Finding {
	f.Days, f.Wanted = days, join(days)
	return f
}

// WithSpans is the finding with stretches of days as what was wanted, any one of
// them.
func (f Finding) WithSpans(spans []Span) Finding {
	f.Spans, f.Wanted = spans, join(spans)
	return f
}

// WithNames is the finding with names as what was wanted, any one of them.
func (f Finding) WithNames(names []string) Finding {
	f.Names, f.Wanted = names, strings.Join(names, ", ")
	return f
}

// WithPositions is the finding with what is missing.
func (f Finding) WithPositions(positions []string) Finding {
	f.Positions, f.Missing = positions, strings.Join(positions, ", ")
	return f
}

func join[T fmt.Stringer](list []T) string {
	var texts []string
	for _, v := range list {
		texts = append(texts, v.String())
	}
	return strings.Join(texts, ", ")
}
