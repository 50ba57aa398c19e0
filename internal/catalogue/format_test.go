package catalogue

import (
	"strings"
	"testing"
	"time"
)

func TestValues(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 12, 31, 9, 5, 0, 0, time.UTC)
	for _, tc := range []struct {
		v      any
		cs, en string
	}{
		{0, "0", "0"}, {999, "999", "999"}, {1000, "1 000", "1,000"}, {int64(-1234567), "-1 234 567", "-1,234,567"},
		{1250.0, "1 250,00", "1,250.00"}, {0.5, "0,50", "0.50"},
		{Bytes(0), "0 B", "0 B"}, {Bytes(999), "999 B", "999 B"}, {Bytes(1000), "1,0 kB", "1.0 kB"},
		{Bytes(1234567), "1,2 MB", "1.2 MB"}, {Bytes(999_999), "1,0 MB", "1.0 MB"}, {Bytes(4_700_372_992), "4,7 GB", "4.7 GB"},
		{Bytes(5e15), "5 000,0 TB", "5,000.0 TB"},
		{Date(day), "31. 12. 2026", "31 December 2026"}, {day, "31. 12. 2026 09:05:00", "31 December 2026 09:05:00"},
		{1500 * time.Millisecond, "1,5 s", "1.5 s"}, {42 * time.Second, "42 s", "42 s"},
		{100 * time.Second, "1 min 40 s", "1 min 40 s"}, {2*time.Hour + 5*time.Minute, "2 h 5 min", "2 h 5 min"},
		{"Příliš žluťoučký", "Příliš žluťoučký", "Příliš žluťoučký"}, {true, "true", "true"},
	} {
		for lang, want := range map[Lang]string{Czech: tc.cs, English: tc.en} {
			if got := strings.ReplaceAll(lang.value(tc.v), noBreak, " "); got != want {
				t.Errorf("%s %v: %q, want %q", lang, tc.v, got, want)
			}
		}
	}
}

func TestNamesCannotSteerTheTerminal(t *testing.T) {
	t.Parallel()
	got := Visible("a\x1b[2J\r\n\u202eb\u200b\x00ž")
	if want := `a\x1b[2J\r\n\u202eb\u200b\x00ž`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := Visible("\xff"); strings.ContainsRune(got, '\xff') || got == "\xff" {
		t.Errorf("broken UTF-8 stays: %q", got)
	}
}

func TestPlurals(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "záznamů", 1: "záznam", 2: "záznamy", 4: "záznamy", 5: "záznamů", 22: "záznamů", 101: "záznamů"} {
		if got := Czech.plural(n, []string{"záznam", "záznamy", "záznamů"}); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
		wantEn := "records"
		if n == 1 {
			wantEn = "record"
		}
		if got := English.plural(int64(n), []string{"record", "records"}); got != wantEn {
			t.Errorf("%d: %s, want %s", n, got, wantEn)
		}
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	c := &Catalogue{lang: Czech}
	for _, tc := range []struct {
		text, want string
		args       Args
	}{
		{"plain", "plain", nil},
		{"{n} {n|soubor|soubory|souborů} v {dir}", "3 soubory v A", Args{"n": 3, "dir": "A"}},
		{"{{ns}Root", "{ns}Root", nil},
		{"{absent} stays", "{absent} stays", nil},
		{"open {", "open {", nil},
		{"{a}{b}", "{b}2", Args{"a": "{b}", "b": 2}},
	} {
		if got := c.fill(tc.text, tc.args); got != tc.want {
			t.Errorf("%q: %q, want %q", tc.text, got, tc.want)
		}
	}
}
