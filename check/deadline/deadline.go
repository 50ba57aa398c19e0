// Package deadline computes from a statement's kind and date which period it
// covers, and from which day and until which day it can be handed over
// (technical manual, chapter C, REJECT; chapter I, the time plan of delivery;
// chapter L).
//
// Two rules are certain: the date is the last day of a period (chapter A,
// DatumVykaz), and the time allowed begins on the day after it (chapter L).
// Annexes 3 and 5 of the decree, which are not published to us, say how often
// each kind is due and for how long the time runs. Those figures are data, in
// terms.toml, marked as assumed, and a user's file replaces them.
//
// A time.Time given to this package means its calendar day in its own
// location; those it returns are midnight UTC.
package deadline

import (
	"errors"
	"fmt"
	"time"
)

var (
	// ErrNoTerm says that the data holds no term of this kind of statement on
	// its date, for this kind of unit.
	ErrNoTerm = errors.New("deadline: no term is known")
	// ErrOnRequest says that the statement is due when CSÚIS asks for it, so its
	// date alone gives no due date.
	ErrOnRequest = errors.New("deadline: the statement is due on request")
)

// DateError says that a statement's date is not the last day of any period for
// which its kind is due.
type DateError struct {
	Kind  string
	Date  time.Time
	Every []Frequency // how often the kind is due, without doubles
	// Before and After are the nearest such days; zero if there is none within a
	// year.
	Before, After time.Time
	Assumed       bool // the frequencies are assumed
}

// Error names the kind, the date and the nearest days that would do.
func (e *DateError) Error() string {
	return fmt.Sprintf("statement %s: %s is no last day of a period (%v); the nearest are %s and %s",
		e.Kind, e.Date.Format(time.DateOnly), e.Every, e.Before.Format(time.DateOnly), e.After.Format(time.DateOnly))
}

// Due is what is known about handing over one statement.
type Due struct {
	Kind      string
	Frequency Frequency
	From, To  time.Time // the period, both days in it; To is the statement's date
	Opens     time.Time // the first day on which it can be handed over
	// Nominal is the last day by the count alone, Last the last day after it
	// was moved off a day of rest. Both are equal unless Moved.
	Nominal, Last time.Time
	Moved         bool
	// Assumed: the frequency or the time allowed is assumed. The rule that moves
	// the last day is always assumed.
	Assumed bool
	Source  string // where the figures are from, as the data says
}

// State says how a day relates to the time allowed for a statement.
type State string

// The states.
const (
	NotOver State = "not-over" // the period is not over yet
	Open    State = "open"     // it can be handed over
	Late    State = "late"     // the last day is past
)

// State says how a day relates to the time allowed, which includes the last day.
func (d Due) State(on time.Time) State {
	switch day := midnight(on); {
	case day.Before(d.Opens):
		return NotOver
	case day.After(d.Last):
		return Late
	}
	return Open
}

// Of returns when the statement of this kind (three digits, "001") and date is
// due from a unit of this kind ("USC", …; "" if not known). Errors: ErrNoTerm,
// ErrOnRequest, *DateError, each about the data or the date.
func (t *Terms) Of(kind, unit string, date time.Time) (Due, error) {
	date = midnight(date)
	fits := t.fitting(kind, unit, date)
	if len(fits) == 0 {
		return Due{}, fmt.Errorf("%w: statement %s of %s", ErrNoTerm, kind, date.Format(time.DateOnly))
	}
	for _, f := range fits {
		if f.Every == OnRequest {
			return Due{}, fmt.Errorf("%w: statement %s", ErrOnRequest, kind)
		}
		if f.endsOn(date) {
			return t.due(f, kind, date), nil
		}
	}
	return Due{}, t.dateError(fits, kind, date)
}

func (t *Terms) due(f *term, kind string, date time.Time) Due {
	from, _ := f.Every.Period(date)
	d := Due{
		Kind: kind, Frequency: f.Every, From: from, To: date, Opens: date.AddDate(0, 0, 1),
		Nominal: f.lastDay(date), Assumed: f.Assumed, Source: f.Source,
	}
	d.Last = t.calendar.move(d.Nominal)
	d.Moved = !d.Last.Equal(d.Nominal)
	return d
}

func (t *Terms) dateError(fits []*term, kind string, date time.Time) error {
	e := &DateError{Kind: kind, Date: date}
	ends := func(day time.Time) bool {
		for _, f := range fits {
			if f.endsOn(day) {
				return true
			}
		}
		return false
	}
	seen := map[Frequency]bool{}
	for _, f := range fits {
		if !seen[f.Every] {
			e.Every = append(e.Every, f.Every)
		}
		seen[f.Every] = true
		e.Assumed = e.Assumed || f.Assumed
	}
	for i := 1; i <= 366 && e.Before.IsZero(); i++ {
		if day := date.AddDate(0, 0, -i); ends(day) {
			e.Before = day
		}
	}
	for i := 1; i <= 366 && e.After.IsZero(); i++ {
		if day := date.AddDate(0, 0, i); ends(day) {
			e.After = day
		}
	}
	return e
}

// midnight is the calendar day of t in UTC, as every day has 24 hours there.
func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
