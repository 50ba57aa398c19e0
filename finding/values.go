package finding

import "strconv"

// Values are what a finding's texts say where it is no text, so that nobody has
// to read a text back. The methods of Finding set both together. The zero value
// of each means that the finding has none.
type Values struct {
	Sizes       Sizes  // behind Wanted and Found
	Count       int    // of what the finding is about: lines, records, violations
	Disc, Discs int    // the disc judged, and how many its set has
	State       string // of a record in the outbox
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
