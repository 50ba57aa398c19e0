package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"csuis-offline/internal/catalogue"
)

func TestPasswordFileForms(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"heslo":                             "heslo",
		"heslo\n":                           "heslo",
		"heslo\r\n":                         "heslo",
		"heslo\n\n":                         "heslo\n",
		" heslo \n":                         " heslo ",
		"heslo\r":                           "heslo\r",
		"\xEF\xBB\xBFžluť\n":                "žluť",
		"\xFF\xFEa\x00\x7e\x01\r\x00\n\x00": "až",
		"\xFE\xFF\x00a\x01\x7e\x00\n":       "až",
		"\n":                                "",
		"":                                  "",
	} {
		if got := string(decodePassword([]byte(in))); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestTimestamp(t *testing.T) {
	t.Parallel()
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, tc := range []struct {
		flag, env string
		want      time.Time
		bad       bool
	}{
		{"", "", clock, false},
		{"", "86400", time.Unix(86400, 0), false},
		{"0", "86400", time.Unix(0, 0), false},
		{"2026-12-31T12:00:00+01:00", "", time.Date(2026, 12, 31, 11, 0, 0, 0, time.UTC), false},
		{"2026-12-31", "", clock, true},
		{"-1", "", clock, true},
		{"99999999999", "", clock, true},
		{"", "soon", clock, true},
		{"", "-1", clock, true},
	} {
		a := testApp(t, catalogue.Czech)
		a.now = func() time.Time { return clock }
		a.getenv = func(name string) string {
			if name != "SOURCE_DATE_EPOCH" {
				t.Errorf("asked for %s", name)
			}
			return tc.env
		}
		got, err := a.timestamp(tc.flag)
		if (err != nil) != tc.bad || err == nil && !got.Equal(tc.want) {
			t.Errorf("%q, %q: %v, %v", tc.flag, tc.env, got, err)
		}
		if exit, _, _ := classify(err); tc.bad && exit != exitUsage {
			t.Errorf("%q, %q: exit %d", tc.flag, tc.env, exit)
		}
	}
}

func TestMeterShowsNothingInTheFirstSecondThenRateAndTimeLeft(t *testing.T) {
	t.Parallel()
	a := testApp(t, catalogue.Czech)
	a.meter().Done() // standard error is no terminal here
	if line := a.meterLine(999*time.Millisecond, 1_000_000, 10_000_000); line != "" {
		t.Errorf("drawn too early: %q", line)
	}
	got := strings.ReplaceAll(a.meterLine(2*time.Second, 5_000_000, 10_000_000), "\u00a0", " ")
	if want := "50 %  5,0 MB z 10,0 MB  2,5 MB/s  zbývá 2,0 s"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if line := a.meterLine(2*time.Second, 5_000_000, 0); strings.Contains(line, "%") || line == "" {
		t.Errorf("unknown total: %q", line)
	}
	if line := a.meterLine(2*time.Second, 5_000_000, 1); !strings.HasPrefix(line, "100 %") {
		t.Errorf("over the total: %q", line)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestLostOutputIsAnError(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"version"}, {"version", "--json"}, {"--help"}} {
		var stderr bytes.Buffer
		a := testApp(t, catalogue.Czech)
		a.out, a.err = brokenPipe{}, &stderr
		if code := a.run(t.Context(), args); code != exitIO {
			t.Errorf("%v: exit code %d", args, code)
		}
	}
}

func TestFaultKeepsItsCause(t *testing.T) {
	t.Parallel()
	f := &fault{exit: exitIO, id: "error.other", cause: io.ErrUnexpectedEOF}
	if !errors.Is(f, io.ErrUnexpectedEOF) || f.Error() != "error.other: unexpected EOF" {
		t.Error(f)
	}
}
