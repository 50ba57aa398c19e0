package rules_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"csuis-offline/check/rules"
	"csuis-offline/internal/fixture"
)

// FuzzParse: a file of rules is parsed or refused with a place inside it; what was
// parsed can be added and applied, and parses again from what it says of itself.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"builtin/*.rules", "testdata/refused/*.rules"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatal(pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Add([]byte(ownMap + "1: (A nebo (B - 1.5))[plán] >= A.1 až n [2] ± 2 %; k 31.12.; pozn. \"x\"\nmezi R = Rozvaha, P = Rozpocet\n1: R/C[1] = P/A[2]\n"))
	builtin := rules.Builtin()
	var sts []*rules.Statement
	for _, r := range fixture.StatementRecords(1, fixture.YearEnd) {
		sts = append(sts, extract(f, builtin.NewExtractor(), r.Data)...)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := rules.Parse("x", bytes.NewReader(data))
		if err != nil {
			var p *rules.ParseError
			if errors.As(err, &p) {
				lines := bytes.Split(data, []byte("\n"))
				if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > len(lines[p.Line-1])+1 || p.Wanted == "" || p.Found == "" {
					t.Fatalf("%#v", p)
				}
			} else if !errors.Is(err, rules.ErrTooLarge) {
				t.Fatal(err)
			}
			return
		}
		known := map[string]rules.Rule{}
		for _, r := range s.Rules() {
			known[r.ID] = r
		}
		again := append(sts, extract(t, s.NewExtractor(), []byte(own))...)
		for _, r := range rules.Evaluate(s, again) {
			d, ok := known[r.Rule]
			if !ok || r.Text != d.Text || (r.Status == rules.NotRun) != (r.Why != "") || (r.Status == rules.Empty) != d.Empty || d.Unspecified && r.Status != rules.NotRun && r.Status != rules.NotDue {
				t.Fatalf("%+v of %+v", r, d)
			}
			if r.Status == rules.Failed && (r.Left == "" && r.Position != "") {
				t.Fatalf("%+v", r)
			}
		}
		_ = rules.Builtin().Add(s)
	})
}

// FuzzExtractor: whatever the record, what is kept is bounded, and its values are
// numbers of the record.
func FuzzExtractor(f *testing.F) {
	files, err := filepath.Glob("testdata/records/*.xml")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, s := range fixture.Statements(1, fixture.YearEnd)[2:] {
		f.Add(write(s))
		var b bytes.Buffer
		s.WriteOf2009(&b, element)
		f.Add(b.Bytes())
	}
	set := rules.Builtin()
	f.Fuzz(func(t *testing.T, data []byte) {
		sts, err := extractErr(set.NewExtractor(), data)
		if len(sts) > 8 {
			t.Fatalf("%d statements", len(sts))
		}
		for _, st := range sts {
			if len(st.Positions()) > 4096 || len(st.IC) > 96 || len(st.Date) != 0 && len(st.Date) != 10 || st.Line < 1 {
				t.Fatalf("%+v", st)
			}
			if err != nil {
				continue
			}
			for _, r := range rules.Evaluate(set, []*rules.Statement{st}) {
				if r.Line < st.Line {
					t.Fatalf("%+v", r)
				}
			}
			whole := set.Across([]*rules.Statement{st, st})
			if h, ok := set.Hold(st); ok {
				held := h.Statement()
				if got := set.Across([]*rules.Statement{held, held}); !reflect.DeepEqual(got, whole) {
					t.Fatalf("%+v\nwhere held %+v", whole, got)
				}
			} else if len(whole) > 0 {
				t.Fatalf("%s is not held", st.Kind)
			}
		}
	})
}
