package deadline

import (
	"bytes"
	_ "embed"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"csuis-offline/check/datafile"
)

// Limits of a file of terms.
const (
	// MaxSize is the greatest size in bytes of a file that Override reads.
	MaxSize = 1 << 20
	// MaxEntries is the most terms, and the most holidays, that a file may hold.
	MaxEntries = 5000
)

// ErrData says that a file of terms cannot be used. It is wrapped together with
// the reason.
var ErrData = errors.New("deadline: invalid file of terms")

//go:embed terms.toml
var builtIn []byte

// Terms says when statements are due. It never changes once made and is safe for
// use by several goroutines at once.
type Terms struct {
	terms    []term
	calendar calendar
}

type term struct {
	Kinds []string  `toml:"kinds"` // three digits each
	Units []string  `toml:"units"` // kinds of unit; none means all
	Every Frequency `toml:"every"`
	// Ends are the months whose last day this term is about; none means all
	// that the frequency has.
	Ends []int `toml:"ends"`
	// DueDays counts from the day after the statement's date, which is day 1.
	DueDays int `toml:"due_days"`
	// DueDay is a day of the DueMonths-th month after the statement's; 31 means
	// the month's last.
	DueDay    int `toml:"due_day"`
	DueMonths int `toml:"due_months"`
	// From and To are the statement dates for which the term holds.
	From    string `toml:"from"`
	To      string `toml:"to"`
	Assumed bool   `toml:"assumed"`
	Source  string `toml:"source"`

	from, to time.Time
}

type file struct {
	Format   string    `toml:"format"`
	Calendar *calendar `toml:"calendar"`
	Terms    []term    `toml:"term"`
}

// format is the name and version of the file's form.
const format = "csuis-terms/1"

var defaults = sync.OnceValue(func() *Terms {
	t, err := (&Terms{}).Override(bytes.NewReader(builtIn))
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return t
})

// Default returns the terms that ship with the program.
func Default() *Terms { return defaults() }

// BuiltIn returns the text of the file that ships with the program, for users
// who want to write their own.
func BuiltIn() []byte { return bytes.Clone(builtIn) }

// Override returns these terms with those of a user's file of at most MaxSize
// bytes: for a kind that the file names, only the file's terms count; a calendar
// in the file replaces the holidays. Errors are a *datafile.Error that wraps
// ErrData, or the reader's.
func (t *Terms) Override(r io.Reader) (*Terms, error) {
	var f file
	src, err := datafile.Decode(r, datafile.Kind{Err: ErrData, Format: format, Max: MaxSize}, &f)
	if err != nil {
		return nil, err
	}
	if err := f.check(src); err != nil {
		return nil, err
	}
	return t.with(&f), nil
}

func (t *Terms) with(f *file) *Terms {
	named := map[string]bool{}
	for i := range f.Terms {
		for _, k := range f.Terms[i].Kinds {
			named[k] = true
		}
	}
	out := &Terms{terms: slices.Clone(f.Terms), calendar: t.calendar}
	for _, old := range t.terms {
		old.Kinds = slices.DeleteFunc(slices.Clone(old.Kinds), func(k string) bool { return named[k] })
		if len(old.Kinds) > 0 {
			out.terms = append(out.terms, old)
		}
	}
	if f.Calendar != nil {
		out.calendar = *f.Calendar
	}
	return out
}

// fitting returns the terms of a kind, unit and date: those for this kind of
// unit if there are any, otherwise those for all units; in the file's order.
func (t *Terms) fitting(kind, unit string, date time.Time) []*term {
	var own, all []*term
	for i := range t.terms {
		f := &t.terms[i]
		if !slices.Contains(f.Kinds, kind) || date.Before(f.from) || !f.to.IsZero() && date.After(f.to) {
			continue
		}
		switch {
		case len(f.Units) == 0:
			all = append(all, f)
		case unit != "" && slices.Contains(f.Units, unit):
			own = append(own, f)
		}
	}
	if len(own) > 0 {
		return own
	}
	return all
}

func (f *term) endsOn(day time.Time) bool {
	return f.Every.Ends(day) && (len(f.Ends) == 0 || slices.Contains(f.Ends, int(day.Month())))
}

// lastDay is the last day of the time allowed, by the count alone.
func (f *term) lastDay(date time.Time) time.Time {
	if f.DueDays > 0 {
		return date.AddDate(0, 0, f.DueDays)
	}
	y, m, _ := date.Date()
	first := time.Date(y, m+time.Month(f.DueMonths), 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, min(f.DueDay, first.AddDate(0, 1, -1).Day())-1)
}
