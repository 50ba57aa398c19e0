package rules_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"csuis-offline/c14n"
	"csuis-offline/check/rules"
	"csuis-offline/internal/fixture"
)

// The records in testdata say in a comment what is found in them: kind, unit,
// date, line of the root, positions, then numbers with their lines.
func TestRecords(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/records/*.xml")
	if err != nil || len(files) < 10 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, rest, ok := strings.Cut(string(data), "<!-- expected:")
			want, _, _ := strings.Cut(rest, "-->")
			if !ok {
				t.Fatal("the record has no expectation")
			}
			x := rules.NewExtractor()
			extract(t, x, data)
			if got := describe(x.Statements()); strings.TrimSpace(got) != strings.TrimSpace(want) {
				t.Errorf("found:\n%s\nexpected:\n%s", got, want)
			}
		})
	}
}

func describe(sts []*rules.Statement) string {
	var b strings.Builder
	if len(sts) == 0 {
		return "nothing"
	}
	for _, st := range sts {
		fmt.Fprintf(&b, "%s ic=%q date=%q line=%d\n", st.Kind, st.IC, st.Date, st.Line)
		for _, p := range st.Positions() {
			fmt.Fprintf(&b, "%s:", p)
			for _, c := range []string{"brutto", "KOREKCE", "netto", "minule", "běžné", "hlavní"} {
				if v, line, ok := st.Value(p, c); ok {
					fmt.Fprintf(&b, " %s=%s@%d", c, v, line)
				}
			}
			fmt.Fprintln(&b)
		}
	}
	return b.String()
}

func TestStatementOfTheFirst(t *testing.T) {
	t.Parallel()
	x := rules.NewExtractor()
	if x.Statement() != nil {
		t.Error("a statement of no record")
	}
	extract(t, x, []byte(`<a><Rozvaha/><PenezniToky/></a>`))
	if st := x.Statement(); st == nil || st.Kind != "Rozvaha" || len(x.Statements()) != 2 {
		t.Errorf("%+v", st)
	}
}

// Records of the demo, in an envelope and in windows-1250, are found.
func TestDemoRecords(t *testing.T) {
	t.Parallel()
	kinds := map[string]int{}
	for _, r := range fixture.Records(1) {
		for _, st := range extract(t, rules.NewExtractor(), r.Data) {
			kinds[st.Kind]++
			if st.IC != fixture.UnitIC || st.Date != "2026-09-30" {
				t.Errorf("%s: %+v", r.File, st)
			}
		}
	}
	var b bytes.Buffer
	fixture.EnvelopedBalanceSheet(&b, rand.New(rand.NewPCG(1, 1)), 20)
	if st := extract(t, rules.NewExtractor(), b.Bytes()); len(st) != 1 || st[0].IC != fixture.UnitIC || len(st[0].Positions()) != 20 {
		t.Errorf("in the envelope: %+v", st)
	}
	if fmt.Sprint(kinds) != "map[Rozvaha:1 VykazZiskuAztrat:1]" {
		t.Error(kinds)
	}
}

func TestTooMuchIsNotRun(t *testing.T) {
	t.Parallel()
	set := rules.Builtin()
	var rows, elements strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&rows, "<Radek><PolozkaCislo>A.I.%d.</PolozkaCislo><ObdobiMinule>1</ObdobiMinule></Radek>", i)
		fmt.Fprintf(&elements, "<e%d>1</e%d>", i, i)
	}
	for name, c := range map[string]struct {
		record string
		err    error
	}{
		"rows":       {"<Rozvaha><Aktiva>" + rows.String() + "</Aktiva></Rozvaha>", rules.ErrTooManyPositions},
		"elements":   {"<RozvahaPO><Aktiva><ObdobiMinule>" + elements.String() + "</ObdobiMinule></Aktiva></RozvahaPO>", rules.ErrTooManyPositions},
		"statements": {"<a>" + strings.Repeat("<Rozvaha><Aktiva/></Rozvaha>", 9) + "</a>", rules.ErrTooManyStatements},
	} {
		x := set.NewExtractor()
		sts, err := extractErr(x, []byte(c.record))
		if !errors.Is(err, c.err) {
			t.Errorf("%s: %v", name, err)
		}
		for _, st := range sts {
			if n := len(st.Positions()); n > 4096 {
				t.Errorf("%s: %d positions are kept", name, n)
			}
			for _, r := range set.Within(st) {
				if r.Status != rules.Empty && (r.Status != rules.NotRun || r.Why != rules.TooLarge) {
					t.Errorf("%s: %+v", name, r)
				}
			}
		}
	}
}

// Memory is bounded by the positions, whatever the record's size.
func TestMemoryDoesNotGrow(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	x := rules.NewExtractor()
	long := bytes.Repeat([]byte("9"), 8<<10)
	tok := func(k c14n.Kind, name string, depth int) *c14n.Token {
		return &c14n.Token{Kind: k, Local: []byte(name), Depth: depth, Line: 1}
	}
	feed := func(n int) uint64 {
		for i := range n {
			for _, tk := range []*c14n.Token{
				tok(c14n.Start, "Radek", 3), tok(c14n.Start, "PolozkaCislo", 4),
				{Kind: c14n.Text, Text: []byte(fmt.Sprintf("A.I.%d.", i%300)), Depth: 4}, tok(c14n.End, "PolozkaCislo", 4),
				tok(c14n.Start, "ObdobiMinule", 4), {Kind: c14n.Text, Text: long, Depth: 4}, tok(c14n.End, "ObdobiMinule", 4),
				tok(c14n.End, "Radek", 3),
			} {
				if err := x.Token(tk); err != nil {
					t.Fatal(err)
				}
			}
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for i, name := range []string{"Rozvaha", "Aktiva"} {
		if err := x.Token(tok(c14n.Start, name, i+1)); err != nil {
			t.Fatal(err)
		}
	}
	before := feed(1000)
	if after := feed(100_000); after > before+1<<20 {
		t.Errorf("%d bytes, then %d", before, after)
	}
}

func BenchmarkExtractor(b *testing.B) {
	var record bytes.Buffer
	fixture.BalanceSheet(&record, rand.New(rand.NewPCG(1, 1)), 40_000)
	for _, c := range []struct {
		name string
		x    bool
	}{{"scanner", false}, {"extractor", true}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(record.Len()))
			b.ReportAllocs()
			for b.Loop() {
				s := c14n.NewScanner(bytes.NewReader(record.Bytes()))
				x := rules.NewExtractor()
				for {
					tok, err := s.Next()
					if err != nil {
						break
					}
					if c.x {
						_ = x.Token(tok)
					}
				}
			}
		})
	}
}

func BenchmarkStatement(b *testing.B) {
	set := rules.Builtin()
	record := write(fixture.Statements(1, fixture.YearEnd)[1])
	b.SetBytes(int64(len(record)))
	b.ReportAllocs()
	for b.Loop() {
		x := set.NewExtractor()
		sts, err := extractErr(x, record)
		if err != nil {
			b.Fatal(err)
		}
		if r := set.Within(sts[0]); len(r) < 42 {
			b.Fatal(len(r))
		}
	}
}
