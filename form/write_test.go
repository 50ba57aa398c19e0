package form

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestBytesAreStable: archived forms must be reproducible, so a change of this
// digest is a change of the format.
func TestBytesAreStable(t *testing.T) {
	t.Parallel()
	const want = "0ee183780c074a7ff150529c08e8b9b7e65d1be17b31bc7f83fac714dd2c2c52"
	first, second := write(t, sample(40, 3)), write(t, sample(40, 3))
	if !bytes.Equal(first, second) {
		t.Error("the same form gave other bytes")
	}
	if got := fmt.Sprintf("%x", sha256.Sum256(first)); got != want {
		t.Errorf("sha256 %s, wanted %s", got, want)
	}
}

func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Form){
		"no package":            func(f *Form) { f.Package = "" },
		"no date":               func(f *Form) { f.Date = time.Time{} },
		"no records":            func(f *Form) { f.Count = 0 },
		"no row function":       func(f *Form) { f.Row = nil },
		"too many records":      func(f *Form) { f.Count = MaxRecords + 1 },
		"no disc":               func(f *Form) { f.Medium.Volumes = nil },
		"too many discs":        func(f *Form) { f.Medium.Volumes = slices.Repeat([]string{"A"}, MaxDiscs+1) },
		"volume without a name": func(f *Form) { f.Medium.Volumes = []string{"A", ""} },
		"long volume":           func(f *Form) { f.Medium.Volumes = []string{strings.Repeat("A", MaxVolume+1)} },
		"long unit name":        func(f *Form) { f.Unit.Name = strings.Repeat("č", MaxField+1) },
		"long reason":           func(f *Form) { f.Reason = strings.Repeat("č", MaxReason+1) },
		"many telephones":       func(f *Form) { f.Person.Phones = make([]string, maxPhones+1) },
		"long telephone":        func(f *Form) { f.Person.Phones = []string{strings.Repeat("1", MaxField+1)} },
		"row without a name":    func(f *Form) { f.Row = func(int) Row { return Row{Disc: 1} } },
		"negative size":         func(f *Form) { f.Row = func(int) Row { return Row{Name: "A", Disc: 1, Size: -1} } },
		"enormous size":         func(f *Form) { f.Row = func(int) Row { return Row{Name: "A", Disc: 1, Size: maxSize} } },
		"row on no disc":        func(f *Form) { f.Row = func(int) Row { return Row{Name: "A"} } },
		"row on a missing disc": func(f *Form) { f.Row = func(int) Row { return Row{Name: "A", Disc: 3} } },
		"discs out of order":    func(f *Form) { f.Row = func(i int) Row { return Row{Name: "A", Disc: 2 - i%2} } },
		"long cell":             func(f *Form) { f.Row = func(int) Row { return Row{Name: strings.Repeat("A", MaxCell+1), Disc: 1} } },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := sample(5, 2)
			change(&f)
			var b bytes.Buffer
			if err := Write(context.Background(), &b, f, Options{}); !errors.Is(err, ErrForm) || b.Len() > 0 {
				t.Errorf("%v, and %d bytes", err, b.Len())
			}
		})
	}
}

// TestRowMustAnswerAlike: a caller whose rows change between the two runs gets
// an error, never a form whose page numbers or letters are wrong.
func TestRowMustAnswerAlike(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Row){
		"size":   func(r *Row) { r.Size++ },
		"letter": func(r *Row) { r.Kind = "Ω" },
		"height": func(r *Row) { r.Kind = strings.Repeat(r.Kind, 8) },
	} {
		f := sample(40, 1)
		row, calls := f.Row, 0
		f.Row = func(i int) Row {
			r := row(i)
			if calls++; calls > f.Count {
				change(&r)
			}
			return r
		}
		if err := Write(context.Background(), io.Discard, f, Options{}); !errors.Is(err, ErrForm) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEmbeddedFontsStayAsTheyAre: gofpdf writes into the font it is given, and
// a second form of the process got a damaged one.
func TestEmbeddedFontsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	var before [][]byte
	for _, f := range newest().fonts {
		before = append(before, bytes.Clone(f.ttf))
	}
	write(t, sample(3, 1))
	for i, f := range newest().fonts {
		if !bytes.Equal(before[i], f.ttf) {
			t.Errorf("%s has changed", f.name)
		}
	}
}

type full struct{ left int }

var errFull = errors.New("disk full")

func (w *full) Write(b []byte) (int, error) {
	if w.left -= len(b); w.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestWriteErrorsAreReturned(t *testing.T) {
	t.Parallel()
	size := len(write(t, sample(40, 1)))
	for left := 0; left < size; left += 4987 {
		if err := Write(context.Background(), &full{left}, sample(40, 1), Options{}); !errors.Is(err, errFull) {
			t.Fatalf("room for %d bytes: %v", left, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Write(ctx, io.Discard, sample(40, 1), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

type counter struct{ n int64 }

func (c *counter) SetMax(int64) {}
func (c *counter) Add(n int64)  { c.n += n }
func (c *counter) Done()        {}

func TestProgressCountsEveryByte(t *testing.T) {
	t.Parallel()
	var c counter
	var b bytes.Buffer
	if err := Write(context.Background(), &b, sample(40, 1), Options{Progress: &c}); err != nil {
		t.Fatal(err)
	}
	if c.n != int64(b.Len()) {
		t.Errorf("%d of %d bytes", c.n, b.Len())
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		pangram:                    pangram,
		"Pr\u030ci\u0301lis\u030c": "Příliš", // as macOS names files
		"a\tb\nc":                  "a b c",
		"a\u2028b":                 "a b",
		"Ωж€„“–…\u00A0§":           "Ωж€„“–…\u00A0§",
	} {
		if got := newest().clean(in); got != want {
			t.Errorf("%q: got %q, wanted %q", in, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		width float64 // in letters of the mono face
		want  []string
	}{
		{"", 5, nil},
		{"abc", 5, []string{"abc"}},
		{"abcde", 5, []string{"abcde"}},
		{"abcdef", 5, []string{"abcde", "f"}},
		{"ab cd ef", 5, []string{"ab cd ", "ef"}},
		{"ab cdefghij", 5, []string{"ab ", "cdefg", "hij"}},
		{"abcde fg", 5, []string{"abcde ", "fg"}},
		{"a  b   c", 2, []string{"a  ", "b   ", "c"}},
		{"čč", 0.5, []string{"č", "č"}},
		{"  ", 1, []string{"  "}},
	} {
		got := newest().wrap(mono, 10, c.width*6.01, c.text)
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, wanted %q", c.text, got, c.want)
		}
	}
}

// FuzzWrite: whatever the texts, the form reads back as it was written.
func FuzzWrite(f *testing.F) {
	f.Add(pangram, "reason\nmore", "A.XM6", "TID", "orig")
	f.Add("(\\)\r", "\x00😀", "č(", " ", "  x  ")
	f.Add("Disk 1 z 1 –", "strana 1 z 1", "8. Seznam", "IČ", "5")
	f.Fuzz(func(t *testing.T, unit, reason, name, id, original string) {
		form := sample(3, 2)
		form.Unit, form.Person.ID, form.Reason = Unit{IC: unit, Name: unit}, id, reason
		row := form.Row
		form.Row = func(i int) Row {
			r := row(i)
			r.Name, r.TransactionID, r.Original = name, id, original
			return r
		}
		var b bytes.Buffer
		if err := Write(context.Background(), &b, form, Options{}); err != nil {
			if !errors.Is(err, ErrForm) {
				t.Fatal(err)
			}
			return
		}
		l, err := Read(&b)
		if err != nil {
			t.Fatal(err)
		}
		if l.IC != newest().clean(unit) || l.Rows[2].Name != newest().clean(name) || l.Rows[2].TransactionID != newest().clean(id) {
			t.Errorf("%+v", l)
		}
	})
}
