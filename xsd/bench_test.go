package xsd

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"csuis-offline/c14n"
	"csuis-offline/internal/testtool"
)

// statement writes a balance sheet for testdata/schemas/statement.xsd.
func statement(w io.Writer, rows int) {
	b := bufio.NewWriter(w)
	r := rand.New(rand.NewPCG(1, 1))
	fmt.Fprint(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Rozvaha xmlns=\"urn:t\">\n  <VykazHlavicka><SubjektICO>00006947</SubjektICO><DatumVykaz>2025-12-31</DatumVykaz></VykazHlavicka>\n  <Aktiva>\n")
	for i := range rows {
		fmt.Fprintf(b, "    <Radek>\n      <PolozkaCislo>%c.%s.%d.</PolozkaCislo>\n      <ObdobiBezneBrutto>%d.%02d</ObdobiBezneBrutto>\n      <ObdobiBezneKorekce>%d.%02d</ObdobiBezneKorekce>\n      <ObdobiBezneNetto>%d.%02d</ObdobiBezneNetto>\n      <ObdobiMinule>%d.%02d</ObdobiMinule>\n    </Radek>\n",
			'A'+rune(i%4), []string{"I", "II", "IV"}[i%3], i%90+1, r.IntN(1e9), r.IntN(100), r.IntN(1e9), r.IntN(100), r.IntN(1e9), r.IntN(100), r.IntN(1e9), r.IntN(100))
	}
	fmt.Fprint(b, "  </Aktiva>\n</Rozvaha>\n")
	b.Flush()
}

func BenchmarkValidate(b *testing.B) {
	var doc strings.Builder
	statement(&doc, 20000)
	s := compile(b, "testdata/schemas", "statement.xsd")
	b.SetBytes(int64(doc.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if err := Validate(context.Background(), s, strings.NewReader(doc.String()), func(v Violation) { b.Fatal(v) }); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSmallStatement(b *testing.B) {
	var doc strings.Builder
	statement(&doc, 170) // 50 kB
	s := compile(b, "testdata/schemas", "statement.xsd")
	b.SetBytes(int64(doc.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if err := Validate(context.Background(), s, strings.NewReader(doc.String()), nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	dir := testtool.Shared(b, "schemas", "iissp")
	for b.Loop() {
		compile(b, dir, "iissp_messaging_risre.xsd")
	}
}

// BenchmarkAgainstXmllint validates one file of 40 MB with both in turn and
// reports how many times as fast as xmllint --stream --schema we are.
func BenchmarkAgainstXmllint(b *testing.B) {
	testtool.Need(b, "xmllint")
	f := filepath.Join(b.TempDir(), "r.xml")
	w, err := os.Create(f)
	if err != nil {
		b.Fatal(err)
	}
	statement(w, 135_000)
	size, _ := w.Seek(0, io.SeekCurrent)
	w.Close()
	s := compile(b, "testdata/schemas", "statement.xsd")
	var ours, theirs time.Duration
	b.SetBytes(size)
	for b.Loop() {
		start := time.Now()
		if out, err := exec.Command("xmllint", "--stream", "--nonet", "--noout", "--schema", "testdata/schemas/statement.xsd", f).CombinedOutput(); err != nil {
			b.Fatalf("%v %.300s", err, out)
		}
		theirs += time.Since(start)
		start = time.Now()
		r, err := os.Open(f)
		if err != nil {
			b.Fatal(err)
		}
		if err := Validate(context.Background(), s, r, func(v Violation) { b.Fatal(v) }); err != nil {
			b.Fatal(err)
		}
		r.Close()
		ours += time.Since(start)
	}
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "times-xmllint")
	b.ReportMetric(float64(size)*float64(b.N)/1e6/ours.Seconds(), "ours-MB/s")
	b.ReportMetric(float64(size)*float64(b.N)/1e6/theirs.Seconds(), "xmllint-MB/s")
}

// TestNoGarbage validates a long document and counts what was allocated on the way.
func TestNoGarbage(t *testing.T) {
	s := compile(t, "testdata/schemas", "statement.xsd")
	run := func(rows int) uint64 {
		var doc strings.Builder
		statement(&doc, rows)
		sc := c14n.NewScanner(strings.NewReader(doc.String()))
		v := s.Validator(func(v Violation) { t.Error(v) })
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for {
			tok, err := sc.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := v.Token(tok); err != nil {
				t.Fatal(err)
			}
		}
		runtime.ReadMemStats(&after)
		return after.Mallocs - before.Mallocs
	}
	short, long := run(100), run(20000)
	if long > short+200 {
		t.Errorf("100 rows make %d allocations, 20,000 rows %d", short, long)
	}
}
