package iso

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"csuis-offline/finding"
	"csuis-offline/internal/testtool"
)

func ruleSet(vs []Violation) []string {
	var ids []string
	for _, v := range vs {
		if !slices.Contains(ids, v.Rule) {
			ids = append(ids, v.Rule)
		}
	}
	slices.Sort(ids)
	return ids
}

// TestLintVectors judges the published images.
func TestLintVectors(t *testing.T) {
	t.Parallel()
	tested := map[string]bool{ruleTooLarge: true} // TestLintTooLarge
	for _, v := range testtool.Vectors(t, "image") {
		b := v.Image(t)
		want := strings.Fields(v.Get("rule") + " " + v.Get("also"))
		slices.Sort(want)
		vs := lint(t, bytes.NewReader(b), int64(len(b)))
		if got := ruleSet(vs); !slices.Equal(got, want) {
			t.Errorf("%s: found %v\n%+v", v.Name, got, vs)
		}
		tested[v.Get("rule")] = true
	}
	for _, r := range Rules() {
		if !tested[r.ID] {
			t.Errorf("no image breaks rule %s", r.ID)
		}
	}
}

// TestRules has what a message catalogue relies on.
func TestRules(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.ID] || r.Clause == "" || r.Text == "" || strings.HasSuffix(r.Text, ".") ||
			r.Severity != finding.Error && r.Severity != finding.Warning {
			t.Errorf("%+v", r)
		}
		seen[r.ID] = true
	}
}

// sparse is a small image in front of zeros without end.
type sparse []byte

func (s sparse) ReadAt(p []byte, off int64) (int, error) {
	clear(p)
	if off < int64(len(s)) {
		copy(p, s[off:])
	}
	return len(p), nil
}

// TestLintTooLarge has a root directory of 4 GiB.
func TestLintTooLarge(t *testing.T) {
	t.Parallel()
	b := unmarked(image(t, fewFiles(), testOptions))
	const sectors = 1<<21 - 1
	for _, r := range [][]byte{b[pvd+156:], b[sectorRoot*SectorSize:], b[sectorRoot*SectorSize+minRecord:]} {
		putBoth32(r[10:], sectors*SectorSize)
	}
	putBoth32(b[pvd+80:], 3*sectors)
	if vs := lint(t, sparse(b), 3*sectors*SectorSize); !slices.Contains(ruleSet(vs), ruleTooLarge) {
		t.Errorf("%+v", vs)
	}
	if _, err := Open(sparse(b), 3*sectors*SectorSize); err == nil {
		t.Error("Open accepts it")
	}
}

// TestLintCountsTheRest has more violations than are listed.
func TestLintCountsTheRest(t *testing.T) {
	t.Parallel()
	c := manyFiles(150)
	b := image(t, c, testOptions)
	for name := range c {
		primaryRecord(b, name)[25] = flagHidden
	}
	n := 0
	var last Violation
	for _, v := range lint(t, bytes.NewReader(b), int64(len(b))) {
		if v.Rule == ruleHidden {
			n++
			last = v
		}
	}
	if n != maxViolations || !strings.Contains(last.Detail, "100 more") {
		t.Errorf("%d listed, the last one: %+v", n, last)
	}
}

// failingAt reads with an error from one sector.
type failingAt struct {
	io.ReaderAt
	sector int64
	err    error
}

func (f failingAt) ReadAt(p []byte, off int64) (int, error) {
	if off <= f.sector*SectorSize && off+int64(len(p)) > f.sector*SectorSize {
		return 0, f.err
	}
	return f.ReaderAt.ReadAt(p, off)
}

// TestLintReadError has a scratch in every sector that Lint reads.
func TestLintReadError(t *testing.T) {
	t.Parallel()
	b := image(t, fewFiles(), testOptions)
	scratch := errors.New("scratch")
	for n := int64(0); n < int64(len(b)/SectorSize); n++ {
		_, err := Lint(context.Background(), failingAt{bytes.NewReader(b), n, scratch}, int64(len(b)))
		// R.XM6 fills its sector and the first sector of RECORD_1.XM6 is full:
		// neither has a rest to look at.
		if full := n == 27 || n == 28; errors.Is(err, scratch) == full {
			t.Errorf("sector %d: %v", n, err)
		}
	}
	if _, err := Lint(context.Background(), bytes.NewReader(b[:len(b)/2]), int64(len(b))); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("an image shorter than its size: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Lint(ctx, bytes.NewReader(b), int64(len(b))); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := Lint(context.Background(), bytes.NewReader(b), -1); err == nil {
		t.Error("a negative size is accepted")
	}
}
