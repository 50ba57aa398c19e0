package codelist_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"csuis-offline/check/codelist"
)

// Of imports at once, all but one of the same list failed ("already exists"), or
// stored it a second time under another number.
func TestImportsAtOnceStoreEachListOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const imports, lists = 12, 3
	var wg sync.WaitGroup
	for i := range imports {
		wg.Add(1)
		go func() {
			defer wg.Done()
			list := strings.NewReader(fmt.Sprintf(`<cus0014><r Kod="%d"/></cus0014>`, i%lists))
			if _, err := codelist.Import(context.Background(), dir, list, "", codelist.Options{}); err != nil {
				t.Errorf("import %d: %v", i, err)
			}
		}()
	}
	wg.Wait()
	entries, err := os.ReadDir(filepath.Join(dir, "cus0014"))
	must(t, err)
	if len(entries) != lists {
		t.Errorf("stored %v", entries)
	}
	for i, e := range entries {
		if !strings.HasPrefix(e.Name(), fmt.Sprintf("%06d-", i+1)) {
			t.Errorf("version %d is called %s", i+1, e.Name())
		}
	}
}

// A unit that only the damaged version names was said to be unknown to CSÚIS, by
// the older version beside it.
func TestADamagedVersionDeniesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	importText(t, dir, `<cus0001><r IC="09999990"/></cus0001>`)
	newer := filepath.Join(dir, "cus0001", "000002-0123456789abcdef.list")
	must(t, os.WriteFile(newer, []byte("rubbish"), 0o600))
	l, err := codelist.Open(dir)
	if !errors.Is(err, codelist.ErrStore) {
		t.Fatal(err)
	}
	on := day(t, "2010-01-01")
	if a := l.Unit("09999990", on); a.Verdict != codelist.Yes {
		t.Errorf("a unit of the older version: %s", show(a))
	}
	a := l.Unit("00006947", on)
	if a.Verdict != codelist.Unknown || a.Reason != codelist.Unreadable || !strings.Contains(a.Detail, newer) {
		t.Errorf("a unit of neither: %s %s", show(a), a.Detail)
	}
	must(t, os.RemoveAll(filepath.Join(dir, "cus0001")))
	must(t, os.Mkdir(filepath.Join(dir, "cus0001"), 0o700))
	must(t, os.WriteFile(newer, []byte("rubbish"), 0o600))
	l, err = codelist.Open(dir)
	if a := l.Unit("00006947", on); err == nil || a.Verdict != codelist.Unknown || a.Reason != codelist.Unreadable {
		t.Errorf("alone: %s", show(a))
	}
}

// A unit whose number lost its zeros in the list was said to be unknown.
func TestUnitsKeepTheirZeros(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	importText(t, dir, `<cus0001><r IC="20478" PersonId="0010"/></cus0001>`)
	l, err := codelist.Open(dir)
	must(t, err)
	on := day(t, "2010-01-01")
	for _, a := range []codelist.Answer{l.Unit("00020478", on), l.Person("0010", "00020478", on)} {
		if a.Verdict != codelist.Yes {
			t.Error(show(a))
		}
	}
	// The record's own number is compared as it stands there.
	for _, a := range []codelist.Answer{l.Unit("20478", on), l.Person("10", "00020478", on)} {
		if a.Verdict != codelist.No {
			t.Error(show(a))
		}
	}
}
