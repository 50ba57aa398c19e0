package deadline_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csuis-offline/check/deadline"
)

func day(t testing.TB, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func iso(d time.Time) string {
	if d.IsZero() {
		return ""
	}
	return d.Format(time.DateOnly)
}

func override(t testing.TB, name string) *deadline.Terms {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "good", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	terms, err := deadline.Default().Override(f)
	if err != nil {
		t.Fatal(err)
	}
	return terms
}

func TestDueDay(t *testing.T) {
	t.Parallel()
	own := override(t, "own.toml")
	cases := []struct {
		name             string
		terms            *deadline.Terms
		kind, unit, date string
		from, nominal    string
		last             string
		every            deadline.Frequency
		assumed          bool
	}{
		{"quarter, on a Friday", deadline.Default(), "001", "", "2010-03-31", "2010-01-01", "2010-04-30", "2010-04-30", deadline.Quarterly, true},
		{"quarter, Saturday to Monday", deadline.Default(), "001", "", "2010-06-30", "2010-04-01", "2010-07-31", "2010-08-02", deadline.Quarterly, true},
		{"year", deadline.Default(), "001", "OSS", "2011-12-31", "2011-10-01", "2012-02-29", "2012-02-29", deadline.Quarterly, true},
		{"yearly statement", deadline.Default(), "003", "", "2009-12-31", "2009-01-01", "2010-02-28", "2010-03-01", deadline.Yearly, true},
		{"monthly", deadline.Default(), "051", "", "2026-03-31", "2026-03-01", "2026-04-30", "2026-04-30", deadline.Monthly, true},
		{"own, 25 days", own, "001", "", "2011-03-31", "2011-01-01", "2011-04-25", "2011-04-26", deadline.Quarterly, false},
		{"own, before the towns' term holds", own, "001", "USC", "2011-03-31", "2011-01-01", "2011-04-25", "2011-04-26", deadline.Quarterly, false},
		{"own, towns", own, "001", "USC", "2013-12-31", "2013-07-01", "2014-01-20", "2014-01-20", deadline.HalfYearly, false},
		{"own, other units beside the towns'", own, "001", "OSS", "2012-03-31", "2012-01-01", "2012-04-25", "2012-04-25", deadline.Quarterly, false},
		{"own leaves the other kinds", own, "003", "", "2009-12-31", "2009-01-01", "2010-02-28", "2010-03-01", deadline.Yearly, true},
		{"no rolling", override(t, "calendar.toml"), "003", "", "2009-12-31", "2009-01-01", "2010-02-28", "2010-02-28", deadline.Yearly, true},
		{"no working day at all", override(t, "every-day-off.toml"), "003", "", "2009-12-31", "2009-01-01", "2010-02-28", "2010-02-28", deadline.Yearly, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, err := c.terms.Of(c.kind, c.unit, day(t, c.date))
			if err != nil {
				t.Fatal(err)
			}
			if iso(d.From) != c.from || iso(d.To) != c.date || iso(d.Nominal) != c.nominal || iso(d.Last) != c.last {
				t.Errorf("got %s..%s, nominal %s, last %s", iso(d.From), iso(d.To), iso(d.Nominal), iso(d.Last))
			}
			if d.Frequency != c.every || d.Assumed != c.assumed || d.Kind != c.kind || d.Moved != (c.nominal != c.last) {
				t.Errorf("got %+v", d)
			}
			if !d.Opens.Equal(d.To.AddDate(0, 0, 1)) {
				t.Errorf("opens %s", iso(d.Opens))
			}
		})
	}
}

func TestState(t *testing.T) {
	t.Parallel()
	d, err := deadline.Default().Of("003", "", day(t, "2009-12-31"))
	if err != nil {
		t.Fatal(err)
	}
	for on, want := range map[string]deadline.State{
		"2009-01-01": deadline.NotOver,
		"2009-12-30": deadline.NotOver,
		"2009-12-31": deadline.NotOver,
		"2010-01-01": deadline.Open,
		"2010-02-28": deadline.Open, // a Sunday
		"2010-03-01": deadline.Open,
		"2010-03-02": deadline.Late,
		"2030-01-01": deadline.Late,
	} {
		if got := d.State(day(t, on)); got != want {
			t.Errorf("%s: got %s, wanted %s", on, got, want)
		}
	}
}

// TestTheDayIsThatOfTheCallersPlace: at half past midnight in Prague it is
// still the day before in UTC.
func TestTheDayIsThatOfTheCallersPlace(t *testing.T) {
	t.Parallel()
	d, err := deadline.Default().Of("003", "", day(t, "2009-12-31"))
	if err != nil {
		t.Fatal(err)
	}
	prague := time.FixedZone("CET", 3600)
	for _, c := range []struct {
		on   time.Time
		want deadline.State
	}{
		{time.Date(2009, 12, 31, 23, 59, 59, 0, prague), deadline.NotOver},
		{time.Date(2010, 1, 1, 0, 30, 0, 0, prague), deadline.Open},
		{time.Date(2010, 3, 1, 23, 59, 59, 0, prague), deadline.Open},
		{time.Date(2010, 3, 2, 0, 30, 0, 0, prague), deadline.Late},
	} {
		if got := d.State(c.on); got != c.want {
			t.Errorf("%s: got %s", c.on, got)
		}
	}
}

func TestDateThatEndsNoPeriod(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, date, before, after string }{
		{"001", "2010-03-30", "2009-12-31", "2010-03-31"},
		{"001", "2010-04-30", "2010-03-31", "2010-06-30"},
		{"003", "2010-06-30", "2009-12-31", "2010-12-31"},
		{"051", "2012-02-28", "2012-01-31", "2012-02-29"},
	} {
		_, err := deadline.Default().Of(c.kind, "", day(t, c.date))
		var e *deadline.DateError
		if !errors.As(err, &e) {
			t.Errorf("%s of %s: %v", c.kind, c.date, err)
			continue
		}
		if iso(e.Before) != c.before || iso(e.After) != c.after || len(e.Every) != 1 || !e.Assumed || e.Kind != c.kind {
			t.Errorf("%s of %s: got %+v", c.kind, c.date, e)
		}
		if !strings.Contains(e.Error(), c.after) {
			t.Errorf("%s", e)
		}
	}
}

func TestKindsWithoutADueDay(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]error{
		"012": deadline.ErrOnRequest, "016": deadline.ErrOnRequest, "022": deadline.ErrOnRequest,
		"": deadline.ErrNoTerm, "999": deadline.ErrNoTerm, "C001": deadline.ErrNoTerm, "101": deadline.ErrNoTerm,
	} {
		if _, err := deadline.Default().Of(kind, "", day(t, "2010-12-31")); !errors.Is(err, want) {
			t.Errorf("%q: %v", kind, err)
		}
	}
}

func TestWhatIsAssumedSaysSo(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"001", "002", "003", "004", "005", "006", "007", "008", "009", "010", "011", "023", "024", "025", "051", "052"} {
		d, err := deadline.Default().Of(kind, "", day(t, "2010-12-31"))
		if err != nil {
			t.Error(err)
		} else if !d.Assumed || !strings.HasPrefix(d.Source, "assumed") {
			t.Errorf("%s: %+v", kind, d)
		}
	}
}

func TestOverrideRefuses(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "bad", "*.toml"))
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if terms, err := deadline.Default().Override(f); !errors.Is(err, deadline.ErrData) || terms != nil {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOverrideBoundsTheFile(t *testing.T) {
	t.Parallel()
	long := "format = \"csuis-terms/1\"\n#" + strings.Repeat("x", deadline.MaxSize)
	if _, err := deadline.Default().Override(strings.NewReader(long)); !errors.Is(err, deadline.ErrData) {
		t.Errorf("long file: %v", err)
	}
	many := "format = \"csuis-terms/1\"\n" + strings.Repeat("[[term]]\nkinds = [\"001\"]\nevery = \"monthly\"\ndue_days = 1\n", deadline.MaxEntries+1)
	if _, err := deadline.Default().Override(strings.NewReader(many)); !errors.Is(err, deadline.ErrData) {
		t.Errorf("many terms: %v", err)
	}
}

func TestOverrideLeavesTheOriginal(t *testing.T) {
	t.Parallel()
	override(t, "own.toml")
	override(t, "calendar.toml")
	d, err := deadline.Default().Of("001", "", day(t, "2010-06-30"))
	if err != nil || iso(d.Last) != "2010-08-02" {
		t.Errorf("got %s, %v", iso(d.Last), err)
	}
}

func TestBuiltInCanBeReadBack(t *testing.T) {
	t.Parallel()
	terms, err := deadline.Default().Override(strings.NewReader(string(deadline.BuiltIn())))
	if err != nil {
		t.Fatal(err)
	}
	d, err := terms.Of("001", "", day(t, "2010-06-30"))
	if err != nil || iso(d.Last) != "2010-08-02" {
		t.Errorf("got %s, %v", iso(d.Last), err)
	}
}

func TestHolidays(t *testing.T) {
	t.Parallel()
	terms := deadline.Default()
	for date, want := range map[string]bool{
		"2010-01-01": true, "2010-05-01": true, "2010-05-08": true, "2010-07-05": true, "2010-07-06": true,
		"2010-09-28": true, "2010-10-28": true, "2010-11-17": true, "2010-12-24": true, "2010-12-25": true, "2010-12-26": true,
		"2010-04-05": true,  // Easter Monday
		"2010-04-02": false, // Good Friday before it became a holiday
		"2015-04-03": false, "2016-03-25": true, "2026-04-03": true, "2026-04-06": true,
		"2010-04-04": false, // Easter Sunday is no holiday of its own
		"2010-12-31": false, "2010-07-07": false, "2010-01-02": false,
	} {
		if _, got := terms.Holiday(day(t, date)); got != want {
			t.Errorf("%s: got %v", date, got)
		}
	}
	for date, want := range map[string]bool{"2026-04-02": true, "2026-04-03": false, "2026-04-04": false, "2026-04-05": false, "2026-04-06": false, "2026-04-07": true} {
		if got := terms.Working(day(t, date)); got != want {
			t.Errorf("%s: working %v", date, got)
		}
	}
	leap := override(t, "calendar.toml")
	for date, want := range map[string]bool{"2008-02-29": false, "2012-02-29": true, "2016-02-29": true, "2020-02-29": false, "2012-01-01": false} {
		if _, got := leap.Holiday(day(t, date)); got != want {
			t.Errorf("leap day %s: got %v", date, got)
		}
	}
}

// TestLastDayMovesOverEasterAndAWeekend: 2 April 2021 was Good Friday, so a
// day due then moves over four days to Tuesday.
func TestLastDayMovesOverEasterAndAWeekend(t *testing.T) {
	t.Parallel()
	terms, err := deadline.Default().Override(strings.NewReader("format = \"csuis-terms/1\"\n[[term]]\nkinds = [\"051\"]\nevery = \"monthly\"\ndue_days = 2\n"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := terms.Of("051", "", day(t, "2021-03-31"))
	if err != nil || iso(d.Nominal) != "2021-04-02" || iso(d.Last) != "2021-04-06" || !d.Moved {
		t.Errorf("got %+v, %v", d, err)
	}
}

func TestPeriods(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		f                deadline.Frequency
		on, first, last_ string
		ends             bool
	}{
		{deadline.Monthly, "2012-02-29", "2012-02-01", "2012-02-29", true},
		{deadline.Monthly, "2011-02-28", "2011-02-01", "2011-02-28", true},
		{deadline.Monthly, "2012-02-28", "2012-02-01", "2012-02-29", false},
		{deadline.Quarterly, "2012-02-29", "2012-01-01", "2012-03-31", false},
		{deadline.Quarterly, "2012-12-31", "2012-10-01", "2012-12-31", true},
		{deadline.HalfYearly, "2012-06-30", "2012-01-01", "2012-06-30", true},
		{deadline.HalfYearly, "2012-07-01", "2012-07-01", "2012-12-31", false},
		{deadline.Yearly, "9999-12-31", "9999-01-01", "9999-12-31", true},
		{deadline.OnRequest, "2012-07-01", "", "", true},
		{"weekly", "2012-12-31", "", "", false},
	} {
		first, last := c.f.Period(day(t, c.on))
		if iso(first) != c.first || iso(last) != c.last_ || c.f.Ends(day(t, c.on)) != c.ends {
			t.Errorf("%s, %s: got %s..%s, ends %v", c.f, c.on, iso(first), iso(last), c.f.Ends(day(t, c.on)))
		}
	}
}
