package check

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"

	"csuis-offline/internal/fixture"
	"csuis-offline/internal/testtool"
)

// weighed is a record whose rows are repeated until it has a size. It notes the
// most that is alive on the heap while it is read.
type weighed struct {
	rows, tail []byte
	left, next int // bytes of rows
	peak       uint64
	r          io.Reader
}

func newWeighed(record []byte, size int) *weighed {
	from, to := bytes.Index(record, []byte("    <Radek>")), bytes.Index(record, []byte("  </Aktiva>"))
	return &weighed{r: bytes.NewReader(record[:from]), rows: record[from:to], tail: record[to:], left: size}
}

func (w *weighed) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	switch {
	case err == nil:
		return n, nil
	case w.left > 0:
		w.r = bytes.NewReader(w.rows)
		w.left -= len(w.rows)
		if w.next -= len(w.rows); w.next <= 0 {
			w.next = 4 << 20
			w.peak = max(w.peak, alive())
		}
	case w.tail != nil:
		w.peak = max(w.peak, alive())
		w.r, w.tail = bytes.NewReader(w.tail), nil
	default:
		return 0, io.EOF
	}
	return w.r.Read(p)
}

func alive() uint64 {
	runtime.GC()
	runtime.GC() // what pools keep goes with the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// The heap is measured: nothing else may run meanwhile.
func TestMemoryDoesNotGrowWithTheRecord(t *testing.T) {
	most := 60 << 20
	if testtool.RaceEnabled {
		most = 15 << 20 // everything takes ten times as long
	}
	rnd := rand.New(rand.NewPCG(1, 1))
	var bare, enveloped bytes.Buffer
	fixture.BalanceSheet(&bare, rnd, 160)
	fixture.EnvelopedBalanceSheet(&enveloped, rnd, 160)
	broken := bytes.ReplaceAll(bare.Bytes(), []byte("<PolozkaCislo>A"), []byte("<PolozkaCislo>?"))
	for _, tc := range []struct {
		name   string
		record []byte
	}{{"bare", bare.Bytes()}, {"in an envelope", enveloped.Bytes()}, {"with an error on many rows", broken}} {
		c, err := New(benchOptions(t))
		if err != nil {
			t.Fatal(err)
		}
		peak := func(size int) uint64 {
			before := alive()
			w := newWeighed(tc.record, size)
			if _, err := c.Record(context.Background(), "r.xml", "", w); err != nil {
				t.Fatal(err)
			}
			return w.peak - min(before, w.peak)
		}
		peak(1 << 20) // compiles the schema
		small, large := peak(most/10), peak(most)
		if s := c.Summary(); s.Validated != s.Records || s.RulesNotRun == 0 {
			t.Errorf("%s: not all was checked: %+v", tc.name, s)
		}
		if large > 4<<20 || large > small+256<<10 {
			t.Errorf("%s: %d MB keep %d kB alive, a tenth of it %d kB", tc.name, most>>20, large>>10, small>>10)
		}
	}
}

// What has to wait for the other statements of its unit is small.
func TestLittleIsKeptOfEachRecord(t *testing.T) {
	c, err := New(benchOptions(t))
	if err != nil {
		t.Fatal(err)
	}
	statements := fixture.Statements(1, fixture.YearEnd)
	check := func(units, from int) {
		for i := range units {
			for _, s := range statements {
				var doc bytes.Buffer
				s.Write(&doc)
				record := bytes.ReplaceAll(doc.Bytes(), []byte(fixture.UnitIC), fmt.Appendf(nil, "%08d", from+i))
				if _, err := c.Record(context.Background(), "r.xml", "", bytes.NewReader(record)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	check(10, 1)
	before := alive()
	check(100, 100)
	each := (int64(alive()) - int64(before)) / int64(100*len(statements))
	if each > 400 {
		t.Errorf("%d bytes are kept of each record", each)
	}
	runtime.KeepAlive(c)
	// Of those that are there twice already, nothing.
	before = alive()
	for range 10 {
		check(10, 1)
	}
	if more := int64(alive()) - int64(before); more > 32<<10 {
		t.Errorf("%d bytes more are kept of records that were there", more)
	}
	runtime.KeepAlive(c)
}
