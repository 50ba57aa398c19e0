package outbox

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"csuis-offline/checksum"
	"csuis-offline/stage"
)

// sealedFiles are the files below sealed/.
func sealedFiles(t *testing.T, o *Outbox) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(filepath.Join(o.Dir(), "sealed"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAddKeepsWhatTheCallerSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := meta(1)
	m.SourceSum = checksum.Sum{1, 2, 3}
	d, err := w.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Abort()
	for _, part := range []string{"sea", "led", " bytes"} {
		if _, err := d.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	sum, _, err := checksum.Of(strings.NewReader("sealed bytes"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Commit(t.Context(), m, AddOptions{Sum: sum, Size: 12})
	if err != nil {
		t.Fatal(err)
	}
	got := w.is(r.ID, Prepared)
	if got != r {
		t.Errorf("stored\n%+v\nread\n%+v", r, got)
	}
	if got.Meta != m || got.Size != 12 || got.Sum != sum || !got.Created.Equal(w.clock.now()) || !got.Due.Equal(got.Created) {
		t.Errorf("%+v", got)
	}
	if _, err := d.Write(nil); !errors.Is(err, stage.ErrClosed) {
		t.Errorf("written after Commit: %v", err)
	}
	if _, err := d.Commit(t.Context(), m, AddOptions{}); !errors.Is(err, stage.ErrClosed) {
		t.Errorf("a second Commit: %v", err)
	}
	byID, err := w.ByTransaction(t.Context(), "", strings.ToLower(m.TransactionID))
	if err != nil || byID != r {
		t.Errorf("%+v, %v", byID, err)
	}
}

func TestRefusedAddLeavesNothing(t *testing.T) {
	t.Parallel()
	broken := errors.New("the source broke")
	for _, tc := range []struct {
		name   string
		change func(*Meta, *AddOptions)
		field  string
	}{
		{"no TransactionId", func(m *Meta, _ *AddOptions) { m.TransactionID = "" }, "TransactionId"},
		{"33 digits", func(m *Meta, _ *AddOptions) { m.TransactionID += "0" }, "TransactionId"},
		{"no hexadecimal digits", func(m *Meta, _ *AddOptions) { m.TransactionID = "G" }, "TransactionId"},
		{"a line feed after the TransactionId", func(m *Meta, _ *AddOptions) { m.TransactionID = "A\n" }, "TransactionId"},
		{"no unit", func(m *Meta, _ *AddOptions) { m.Unit = "" }, "unit"},
		{"seven digits", func(m *Meta, _ *AddOptions) { m.Unit = "9999990" }, "unit"},
		{"a Czech date", func(m *Meta, _ *AddOptions) { m.Date = "30092026" }, "date"},
		{"no such day", func(m *Meta, _ *AddOptions) { m.Date = "2026-02-30" }, "date"},
		{"a NUL", func(m *Meta, _ *AddOptions) { m.Source = "a\x00b" }, "source"},
		{"no UTF-8", func(m *Meta, _ *AddOptions) { m.Name = "a\xff" }, "name"},
		{"a long name", func(m *Meta, _ *AddOptions) { m.Name = strings.Repeat("x", 1001) }, "name"},
		{"another digest", func(_ *Meta, o *AddOptions) { o.Sum = checksum.Sum{1} }, ""},
		{"another size", func(_ *Meta, o *AddOptions) { o.Size = 7 }, ""},
		{"no bytes", nil, "record"},
		{"a broken source", nil, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			m, o := meta(1), AddOptions{}
			if tc.change != nil {
				tc.change(&m, &o)
			}
			body := "sealed"
			if tc.name == "no bytes" {
				body = ""
			}
			src := strings.NewReader(body)
			var err error
			if tc.name == "a broken source" {
				_, err = w.Add(t.Context(), m, iotest.TimeoutReader(iotest.ErrReader(broken)), o)
			} else {
				_, err = w.Add(t.Context(), m, src, o)
			}
			var inv *InvalidError
			var mis *checksum.MismatchError
			switch {
			case errors.As(err, &inv):
				if inv.Field != tc.field {
					t.Errorf("%v", err)
				}
			case errors.As(err, &mis):
				if mis.FoundSize != 6 {
					t.Errorf("%v", err)
				}
			case !errors.Is(err, broken):
				t.Errorf("%v", err)
			}
			if files := sealedFiles(t, w.Outbox); len(files) != 0 {
				t.Errorf("left: %q", files)
			}
			if n, err := w.Counts(t.Context()); err != nil || len(n) != 0 {
				t.Errorf("%v, %v", n, err)
			}
		})
	}
}

func TestSameRecordTwiceIsRecognised(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	add := func(m Meta, body string, again bool) (Record, *DuplicateError) {
		t.Helper()
		r, err := w.Add(t.Context(), m, strings.NewReader(body), AddOptions{Again: again})
		var d *DuplicateError
		if err != nil && !errors.As(err, &d) {
			t.Fatal(err)
		}
		return r, d
	}
	m := meta(0xabc)
	m.SourceSum = checksum.Sum{9}
	first, _ := add(m, "one", false)

	lower := m
	lower.TransactionID = strings.ToLower(m.TransactionID)
	if _, d := add(lower, "one", true); d == nil || !d.SameTransaction || !d.SameBytes || d.Existing.ID != first.ID {
		t.Errorf("the very same: %+v", d)
	}
	if _, d := add(lower, "two", true); d == nil || !d.SameTransaction || d.SameBytes {
		t.Errorf("the same TransactionId: %+v", d)
	}
	anew := m
	anew.TransactionID = "1"
	if _, d := add(anew, "three", false); d == nil || d.SameTransaction || d.Existing.ID != first.ID {
		t.Errorf("the same source: %+v", d)
	}
	elsewhere := m
	elsewhere.Unit = "00006947"
	if _, d := add(elsewhere, "one", false); d != nil {
		t.Errorf("a TransactionId is unique in its unit: %+v", d)
	}
	if _, err := w.ByTransaction(t.Context(), "", m.TransactionID); !errors.Is(err, ErrAmbiguous) {
		t.Errorf("%v", err)
	}
	// A correction in between makes the first content a new version again.
	fix := meta(0xdef)
	fix.SourceSum = checksum.Sum{8}
	add(fix, "four", false)
	back, d := add(anew, "five", false)
	if d != nil {
		t.Errorf("back to the first content: %+v", d)
	}
	// What failed may be tried anew.
	if _, err := w.Withdraw(t.Context(), back.ID, ""); err != nil {
		t.Fatal(err)
	}
	anew.TransactionID = "2"
	if _, d := add(anew, "six", false); d != nil {
		t.Errorf("after a withdrawal: %+v", d)
	}
	if got := len(sealedFiles(t, w.Outbox)); got != 5 {
		t.Errorf("%d files", got)
	}
}

func TestDamagedBytesAreNotSent(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		harm func(path string) error
	}{
		{"missing", os.Remove},
		{"cut", func(p string) error { return os.Truncate(p, 3) }},
		{"flipped", func(p string) error {
			b, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			b[len(b)/2] ^= 1
			return os.WriteFile(p, b, 0o600)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			r := w.version()
			if err := tc.harm(sealedFiles(t, w.Outbox)[0]); err != nil {
				t.Fatal(err)
			}
			c := w.claim(r.ID)
			_, err := c.Open(t.Context())
			var f *FileError
			if !errors.Is(err, ErrBytes) || !errors.As(err, &f) || filepath.Ext(f.Path) != ".xm6" {
				t.Fatalf("%v", err)
			}
			if got := w.finish(c, Unreadable(err)); got.State != Waiting || got.Hold != HoldUser || got.Reason != ReasonBytes {
				t.Errorf("%+v", got)
			}
			ps, err := w.Check(t.Context())
			if err != nil || len(ps) != 1 || ps[0].Record != r.ID || !errors.Is(ps[0].Err, ErrBytes) {
				t.Errorf("%+v, %v", ps, err)
			}
		})
	}
}
