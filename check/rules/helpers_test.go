package rules_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"csuis-offline/c14n"
	"csuis-offline/check/rules"
	"csuis-offline/internal/fixture"
)

// extract reads a record and returns its statements; the reader's error and the
// extractor's first one fail the test.
func extract(t testing.TB, x *rules.Extractor, record []byte) []*rules.Statement {
	t.Helper()
	sts, err := extractErr(x, record)
	if err != nil {
		t.Fatal(err)
	}
	return sts
}

func extractErr(x *rules.Extractor, record []byte) ([]*rules.Statement, error) {
	var first error
	s := c14n.NewScanner(bytes.NewReader(record))
	for {
		tok, err := s.Next()
		if errors.Is(err, io.EOF) {
			return x.Statements(), first
		}
		if err != nil {
			return x.Statements(), err
		}
		if err := x.Token(tok); err != nil && first == nil {
			first = err
		}
	}
}

// write writes a made-up statement in the form since 2010.
func write(s *fixture.Statement) []byte {
	var b bytes.Buffer
	s.Write(&b)
	return b.Bytes()
}

// group extracts the made-up statements of one unit and date.
func group(t testing.TB, set *rules.Set, sts []*fixture.Statement) []*rules.Statement {
	t.Helper()
	var all []*rules.Statement
	for _, s := range sts {
		got := extract(t, set.NewExtractor(), write(s))
		if len(got) != 1 {
			t.Fatalf("%s: %d statements in the record", s.Kind, len(got))
		}
		got[0].File = s.Kind + ".xml"
		all = append(all, got[0])
	}
	return all
}

// with returns the ids of the rules that have a result of some status.
func with(results []rules.Result, status rules.Status) map[string]bool {
	ids := map[string]bool{}
	for _, r := range results {
		if r.Status == status {
			ids[r.Rule] = true
		}
	}
	return ids
}

func of(results []rules.Result, rule string) []rules.Result {
	var all []rules.Result
	for _, r := range results {
		if r.Rule == rule {
			all = append(all, r)
		}
	}
	return all
}

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

func set(t testing.TB, text string) *rules.Set {
	t.Helper()
	s, err := rules.Parse("test.rules", bytes.NewReader([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
