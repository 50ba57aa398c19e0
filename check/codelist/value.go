package codelist

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"

	"csuis-offline/finding"
)

// day is a calendar day as the number YYYYMMDD, so that days compare as
// numbers.
type day int32

// The ends of a validity that is open.
const (
	begin day = 0
	never day = 99991231
)

func dayOf(t time.Time) day {
	y, m, d := t.Date()
	switch {
	case y < 1:
		return begin
	case y > 9999:
		return never
	}
	return day(y*10000 + int(m)*100 + d)
}

// known is the day for others, who know an open end as no day.
func (d day) known() finding.Day {
	if d == begin || d == never {
		return 0
	}
	return finding.Day(d)
}

func (d day) valid() bool {
	if d == begin || d == never {
		return true
	}
	t := time.Date(int(d/10000), time.Month(d/100%100), int(d%100), 0, 0, 0, 0, time.UTC)
	return d > begin && d < never && dayOf(t) == d
}

// parseDay reads a date: ISO, with or without a time and a zone (the day is
// taken as it is written), D.M.YYYY, YYYYMMDD or DDMMYYYY. Eight digits are
// never both: the year is at least 1900, and then the last four digits of one
// form are no month and day in the other. Zeros alone mean no date.
func parseDay(s string) (day, bool) {
	switch {
	case strings.Trim(s, "0-./") == "":
		return 0, s != ""
	case len(s) == 8 && strings.Trim(s, "0123456789") == "":
		for _, layout := range []string{"20060102", "02012006"} {
			if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1900 {
				return dayOf(t), true
			}
		}
		return 0, false
	case strings.Contains(s, "."):
		if t, err := time.Parse("2.1.2006", strings.ReplaceAll(s, " ", "")); err == nil {
			return dayOf(t), true
		}
	}
	if len(s) < 10 {
		return 0, false
	}
	t, err := time.Parse(time.DateOnly, s[:10])
	if err != nil || t.Year() < 1 {
		return 0, false
	}
	for _, layout := range []string{"", "Z07:00", "T15:04:05", "T15:04:05Z07:00", " 15:04:05"} {
		if _, err := time.Parse(layout, s[10:]); err == nil {
			return dayOf(t), true
		}
	}
	return 0, false
}

// tidy collapses white space and refuses what a stored row cannot hold.
func tidy(b []byte) (string, bool) {
	if !utf8.Valid(b) {
		return "", false
	}
	f := bytes.Fields(b)
	s := string(bytes.Join(f, []byte(" ")))
	return s, !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// padded fills a number with zeros from the left.
func padded(s string, digits int) string {
	if len(s) >= digits || s == "" || strings.Trim(s, "0123456789") != "" {
		return s
	}
	return strings.Repeat("0", digits-len(s)) + s
}

// statementCode makes "C001" and "001" the same: the published type carries the
// letter, a record's header does not (doc/facts.md 3).
func statementCode(s string) string {
	if len(s) == 4 && (s[0] == 'C' || s[0] == 'c') && strings.Trim(s[1:], "0123456789") == "" {
		return s[1:]
	}
	return s
}
