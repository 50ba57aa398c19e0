package iso

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// randomFiles have distinct names, in name order.
func randomFiles(r *rand.Rand, n int) []File {
	seen := map[string]bool{}
	var fs []File
	for range n {
		name := fmt.Sprintf("%X%s.XM6", r.Uint32(), strings.Repeat("Z", r.IntN(20)))
		if !seen[name] {
			fs = append(fs, File{name, r.Int64N(10_000)})
		}
		seen[name] = true
	}
	slices.SortFunc(fs, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return fs
}

// TestSizerAgreesWithPlan is a property: in name order, with fixed files or
// without, Sectors is what Plan says, after every file; in any order it is no
// less, and little more.
func TestSizerAgreesWithPlan(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	for range 60 {
		files := randomFiles(r, r.IntN(300))
		plan := func(fs []File) int64 {
			l, err := Plan(fs, testOptions)
			if err != nil {
				t.Fatal(err)
			}
			return l.Sectors()
		}
		fixed := []File{{"FORMULAR.PDF", 30_000}, {"0.TXT", 1}}
		var bare Sizer
		with := NewSizer(fixed...)
		for i, f := range files {
			before := bare.Sectors()
			peek := bare
			peek.Add(f)
			if bare.Sectors() != before {
				t.Fatal("adding to a copy changed the original")
			}
			bare.Add(f)
			with.Add(f)
			if i%10 != 0 && i != len(files)-1 {
				continue
			}
			if got, want := bare.Sectors(), plan(files[:i+1]); got != want || !bare.Exact() || peek.Sectors() != got {
				t.Fatalf("%d files: %d sectors, planned %d", i+1, got, want)
			}
			if got, want := with.Sectors(), plan(append(slices.Clone(fixed), files[:i+1]...)); got != want || !with.Exact() {
				t.Fatalf("%d files and fixed ones: %d sectors, planned %d", i+1, got, want)
			}
		}
		r.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		var any Sizer
		for _, f := range files {
			any.Add(f)
		}
		got, want := any.Sectors(), plan(files)
		l, _ := Plan(files, testOptions)
		if slack := 2 + (l.rootSectors+l.jolSectors)*5/100; got < want || got > want+slack || any.Exact() && got != want {
			t.Fatalf("%d files in any order: %d sectors, planned %d", len(files), got, want)
		}
	}
}

// TestSizerFullSector has directory records that fill a sector exactly, where
// another writer loses records.
func TestSizerFullSector(t *testing.T) {
	t.Parallel()
	// 68 bytes of dots and 45 records of 44 bytes are 2,048.
	var fs []File
	var s Sizer
	for i := range 46 {
		fs = append(fs, File{fmt.Sprintf("N%03d.XM6", i), 1})
		s.Add(fs[i])
		l, err := Plan(fs, testOptions)
		if err != nil {
			t.Fatal(err)
		}
		if l.Sectors() != s.Sectors() {
			t.Errorf("%d files: %d sectors, planned %d", i+1, s.Sectors(), l.Sectors())
		}
	}
}

func TestSizerOfNothing(t *testing.T) {
	t.Parallel()
	l, err := Plan(nil, testOptions)
	if err != nil {
		t.Fatal(err)
	}
	if n := new(Sizer).Sectors(); n != l.Sectors() || n != 25+150 {
		t.Errorf("%d sectors, planned %d", n, l.Sectors())
	}
}
