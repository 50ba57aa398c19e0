package verify

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"csuis-offline/finding"
	"csuis-offline/internal/packtest"
)

// rawDisc is the disc of a package in raw sectors of mode 1.
func rawDisc(t *testing.T) (folder, []byte) {
	t.Helper()
	f := folder{t, twoRecords(t)}
	var out []byte
	for b := f.read("disc-1.iso"); len(b) > 0; b = b[2048:] {
		out = append(out, "\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x02\x00\x01"...)
		out = append(append(out, b[:2048]...), make([]byte, 288)...)
	}
	return f, out
}

// sectorOf finds the sector of raw sectors whose data hold a text.
func sectorOf(t *testing.T, raw []byte, text string) int {
	t.Helper()
	i := bytes.Index(raw, []byte(text))
	if i < 0 {
		t.Fatalf("no %q", text)
	}
	return i / 2352
}

// TestBadRawSectorEndedTheVerification: one sector without data gave no verdict.
func TestBadRawSectorEndedTheVerification(t *testing.T) {
	t.Parallel()
	f, raw := rawDisc(t)
	sector := func(n int) func([]byte) []byte {
		return func(b []byte) []byte { clear(b[n*2352:][:2352]); return b }
	}
	form2 := append([]byte("\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x02\x00\x02\x00\x00\x20\x00\x00\x00\x20\x00"), make([]byte, 2328)...)
	audio := bytes.Repeat([]byte("\x12\x34\x00\xff"), 300*2352/4)
	last := len(raw)/2352 - 1
	pdf, table := sectorOf(t, raw, "%PDF-"), 20
	for _, tc := range []struct {
		what   string
		change func([]byte) []byte
		want   []string // errors
	}{
		{"run-out", func(b []byte) []byte { return append(b, make([]byte, 2*2352)...) }, nil},
		{"postgap of form 2", func(b []byte) []byte { return append(b, bytes.Repeat(form2, 150)...) }, nil},
		{"audio track", func(b []byte) []byte { return append(b, audio...) }, nil},
		{"padding", sector(last - 20), nil},
		{"system area", sector(0), nil},
		{"form", sector(pdf), []string{"file.unreadable"}},
		{"path table", sector(table), []string{"image.sector"}},
		{"root directory", sector(sectorOf(t, raw, "FORMULAR.PDF;1")), []string{"image.sector"}},
		{"primary descriptor", sector(16), []string{"image.sector"}},
	} {
		f.write("x.bin", tc.change(slices.Clone(raw)))
		r := mustVerify(t, f.path("x.bin"), packtest.Key(t))
		if tc.want == nil {
			wantErrors(t, tc.what, r.Findings)
		}
		for _, want := range append(tc.want, "image.sector") {
			if !slices.ContainsFunc(r.Findings, func(x finding.Finding) bool {
				return string(x.Code) == want && (tc.want == nil) == (x.Severity == finding.Warning)
			}) && (tc.what != "form" || want != "image.sector") {
				t.Errorf("%s: no %s in\n%s", tc.what, want, strings.Join(lines(r.Findings), "\n"))
			}
		}
		if tc.what != "primary descriptor" && r.Records != 2 {
			t.Errorf("%s: %d records", tc.what, r.Records)
		}
		t.Logf("%s:\n%s", tc.what, strings.Join(lines(r.Findings), "\n"))
	}
}
