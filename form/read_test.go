package form

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"csuis-offline/checksum"
	"csuis-offline/internal/testtool"
)

// wanted is what Read must say of a form.
func wanted(f Form, pages int) *Listing {
	l := &Listing{
		Layout: newest().number, Package: f.Package, IC: f.Unit.IC, UnitName: f.Unit.Name,
		PersonID: f.Person.ID, PersonName: f.Person.Name, Email: f.Person.Email, Medium: f.Medium.Kind,
		Volumes: f.Medium.Volumes, PackageDigest: f.PackageDigest, Pages: pages,
	}
	for i := range f.Count {
		r := f.Row(i)
		l.Rows = append(l.Rows, ListingRow{i + 1, r.Name, r.TransactionID, r.Size, r.Sum, r.Disc})
	}
	return l
}

func TestReadReturnsWhatWriteWrote(t *testing.T) {
	t.Parallel()
	for name, f := range forms() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pdf := write(t, f)
			got, err := Read(iotest.OneByteReader(bytes.NewReader(pdf)))
			if err != nil {
				t.Fatal(err)
			}
			want := wanted(f, got.Pages)
			want.Length = int64(len(pdf))
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %.2000v\nwant %.2000v", got, want)
			}
		})
	}
}

// sum parses a digest.
func sum(t *testing.T, digits string) checksum.Sum {
	t.Helper()
	s, err := parseSum(digits)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestFormOfAnEarlierVersionIsStillRead holds Read to the bytes that lie on discs: a
// form there lacks the fields that came later. What a later field says is empty.
func TestFormOfAnEarlierVersionIsStillRead(t *testing.T) {
	t.Parallel()
	pkg := sum(t, "5fc7aefdd089744831cc9118aef987a684640ce8c84eb0ed10821701b1fc365d")
	for file, want := range map[string]*Listing{
		"2026-10.PDF": {
			Layout: 1, Length: 49570, Package: "CSUIS_00075370_20261012_01", IC: "00075370", UnitName: "Obec Kůňov",
			PersonID: "99010101", PersonName: "Žofie Příkladná", Medium: "CD",
			Volumes: []string{"CSUIS_00075370_20261012_01_1_1"}, PackageDigest: pkg, Pages: 1,
			Rows: []ListingRow{
				{1, "ROZVAHA.XM6", "A970E763", 2080, sum(t, "8bc97cf5dc1fe38c9fc5410dc0f63130cf690e9c751a0e33ef44a970c93518f7"), 1},
				{2, "ROZVAHA_2009.XM6", "A970E763D149462BB1EBB0E7831996DB", 2640, sum(t, "2c4a2bdccf9de80d422e0b98b3f03b573b3ccd18ad1bfe02050768ba5984b909"), 1},
			},
		},
	} {
		pdf, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Read(bytes.NewReader(pdf)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v\ngot  %+v\nwant %+v", file, err, got, want)
		}
	}
}

// TestEveryFlippedBitIsFound also shows that damage is never taken for another
// file. Of the fonts, which are most of the file and are judged by the digest
// alone, it flips some bits; of everything else all.
func TestEveryFlippedBitIsFound(t *testing.T) {
	t.Parallel()
	pdf := write(t, sample(2, 1))
	fonts := bytes.Index(pdf, []byte("/Pages /Kids"))
	tables := bytes.LastIndex(pdf, []byte("xref\n0 "))
	var bits []int
	for i := range 8 * len(pdf) {
		stride := 1
		if i/8 > len(newest().fileHead())+200 && i/8 < fonts-100 {
			stride = 7 // compressed content
		}
		if i/8 > fonts && i/8 < tables {
			stride = 499
		}
		if testing.Short() || testtool.RaceEnabled {
			stride *= 17
		}
		if i%stride == 0 {
			bits = append(bits, i)
		}
	}
	workers := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			b := bytes.Clone(pdf)
			for n := w; n < len(bits); n += workers {
				i := bits[n]
				b[i/8] ^= 1 << (i % 8)
				var damage *DamageError
				if _, err := Read(bytes.NewReader(b)); !errors.As(err, &damage) {
					t.Errorf("bit %d of byte %d: %v", i%8, i/8, err)
				}
				b[i/8] ^= 1 << (i % 8)
			}
		})
	}
	wg.Wait()
	t.Logf("%d of %d bits", len(bits), 8*len(pdf))
}

func TestEveryTruncationIsFound(t *testing.T) {
	t.Parallel()
	pdf := write(t, sample(40, 1))
	for n := range pdf {
		if n > 600 && n < len(pdf)-400 && n%211 != 0 {
			continue
		}
		_, err := Read(bytes.NewReader(pdf[:n]))
		var damage *DamageError
		switch {
		case n <= len("%PDF-1.3\n%"):
			if !errors.Is(err, ErrNotOurForm) {
				t.Errorf("%d bytes: %v", n, err)
			}
		case !errors.As(err, &damage):
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if l, err := Read(bytes.NewReader(append(bytes.Clone(pdf), '\n'))); err != nil || l.Appended != 1 {
		t.Errorf("a byte too many: %+v, %v", l, err)
	}
}

func TestReadOtherFiles(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "%PDF-", "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj\n", "<xml/>", strings.Repeat("x", 200_000)} {
		if _, err := Read(strings.NewReader(s)); !errors.Is(err, ErrNotOurForm) {
			t.Errorf("%.20q: %v", s, err)
		}
	}
}

func TestReadPassesTheReadersErrorOn(t *testing.T) {
	t.Parallel()
	pdf := write(t, sample(5, 1))
	broken := errors.New("broken disc")
	for _, n := range []int{0, 5, 60, 2000, len(pdf) - 500} {
		_, err := Read(io.MultiReader(bytes.NewReader(pdf[:n]), iotest.ErrReader(broken)))
		var damage *DamageError
		if !errors.Is(err, broken) || errors.As(err, &damage) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}

func TestReadIsStrict(t *testing.T) {
	t.Parallel()
	utf16be := func(s string) string {
		var b []byte
		for _, r := range s {
			b = appendEscaped(appendEscaped(b, byte(r>>8)), byte(r))
		}
		return string(b)
	}
	swap := func(old, new string) func(int, string) string {
		return func(_ int, c string) string {
			return strings.Replace(c, "("+utf16be(old)+")Tj", "("+utf16be(new)+")Tj", 1)
		}
	}
	onPage := func(n int, f func(int, string) string) func(int, string) string {
		return func(i int, c string) string {
			if i == n {
				return f(i, c)
			}
			return c
		}
	}
	digest := sample(1, 1).PackageDigest.String()
	row := sample(40, 3).Row(0)
	for name, change := range map[string]func(int, string) string{
		"page number":             onPage(2, swap("strana 2 z 3", "strana 3 z 3")),
		"page total":              swap("strana 1 z 3", "strana 1 z 4"),
		"row number":              swap("7", "8"),
		"row left out":            onPage(2, swap("25", "26")),
		"record count":            swap("40", "41"),
		"upper-case digest":       swap(digest, strings.ToUpper(digest)),
		"another digest":          onPage(1, swap(digest, strings.Repeat("0", 64))),
		"another package":         onPage(2, swap("CSUIS_00123456_20100115_01", "CSUIS_00123456_20100115_02")),
		"another volume":          onPage(2, swap("CSUIS_00123456_01_2Z3", "CSUIS_00123456_01_2Z4")),
		"disc out of order":       swap("Disk 2 z 3 –", "Disk 1 z 3 –"),
		"disc beyond the set":     swap("Disk 3 z 3 –", "Disk 4 z 3 –"),
		"size with other groups":  swap(grouped(row.Size), strings.ReplaceAll(grouped(row.Size), " ", "")),
		"another size":            swap(grouped(row.Size), grouped(row.Size+1)),
		"short sum":               swap(row.Sum.String(), row.Sum.String()[:63]),
		"a label twice":           swap(labelIC, labelPersonID),
		"a label missing":         swap(labelIC, "ICO"),
		"unknown heading":         onPage(2, swap(columnName, "Jiné")),
		"unknown operator":        func(_ int, c string) string { return strings.Replace(c, "BT\n", "BT\n1 Tr\n", 1) },
		"unknown graphics":        func(_ int, c string) string { return "/X Do\n" + c },
		"text outside the page":   func(_ int, c string) string { return strings.Replace(c, "BT\n", "BT\n-900 0 Td\n", 1) },
		"odd number of bytes":     func(_ int, c string) string { return strings.Replace(c, "(\x00", "(", 1) },
		"an unclosed string":      func(_ int, c string) string { return strings.TrimSuffix(c, ")Tj\nET\n") + "ET\n" },
		"nothing after the texts": func(_ int, c string) string { return c + "q\n" },
		"no content":              func(int, string) string { return "" },
		"too long":                func(_ int, c string) string { return strings.Repeat(" ", maxContent) + c },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := false
			bad := altered(t, sample(40, 3), func(i int, c string) string {
				n := change(i, c)
				changed = changed || n != c
				return n
			})
			if !changed {
				t.Fatal("the case changes nothing")
			}
			var damage *DamageError
			if _, err := Read(bytes.NewReader(bad)); !errors.As(err, &damage) {
				t.Fatalf("got %v", err)
			} else {
				t.Log(err)
			}
		})
	}
}

// TestReadChecksTheTables changes what follows the pages and seals it anew.
func TestReadChecksTheTables(t *testing.T) {
	t.Parallel()
	pdf := write(t, sample(40, 1))
	for old, new := range map[string]string{
		"/Kids [\n3 0 R\n": "/Kids [\n5 0 R\n",
		"/Count 3 ":        "/Count 2 ",
		"/Pages 1 0 R":     "/Pages 5 0 R",
		"\nxref\n0 ":       "\nxref\n1 ",
		fmt.Sprintf(xrefEntry, len(newest().fileHead())): fmt.Sprintf(xrefEntry, len(newest().fileHead())+1),
		"/Info ":                        "/Inf0 ",
		"startxref\n":                   "startxref\n1",
		"\n5 0 obj\n":                   "\n6 0 obj\n",
		"trailer\n":                     "2 0 obj\n<<>>\nendobj\ntrailer\n",
		"\n2 0 obj\n":                   "\n3 0 obj\n<<>>\nendobj\n2 0 obj\n",
		"0000000000 65535 f \n":         "0000000000 65535 f \n0000000000 65535 f \n",
		"/MediaBox [0 0 595.28 841.89]": "/MediaBox [0 0 295.28 841.89]",
	} {
		if bytes.Count(pdf, []byte(old)) < 1 {
			t.Fatalf("%q is not in the form", old)
		}
		var damage *DamageError
		if _, err := Read(bytes.NewReader(seal(t, bytes.Replace(pdf, []byte(old), []byte(new), 1)))); !errors.As(err, &damage) {
			t.Errorf("%q: %v", old, err)
		} else if strings.Contains(err.Error(), "digest") {
			t.Errorf("%q was found by the digest only: %v", old, err)
		}
	}
	if _, err := Read(bytes.NewReader(seal(t, pdf))); err != nil {
		t.Error(err)
	}
}

func TestListingIsCompact(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	const n = 20_000
	pdf := write(t, sample(n, 1))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	l, err := Read(bytes.NewReader(pdf))
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / int64(len(l.Rows))
	if each > 300 {
		t.Errorf("a row takes %d bytes", each)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range [][2]int{{1, 1}, {30, 2}} {
		f.Add(write(f, sample(s[0], s[1])))
	}
	f.Add([]byte(newest().fileHead()))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := Read(bytes.NewReader(b))
		if (l == nil) == (err == nil) {
			t.Fatal("a listing or an error")
		}
		// The digest would keep most changes from being looked at any further.
		if digestLine.Match(b) {
			Read(bytes.NewReader(seal(t, b)))
		}
	})
}

// FuzzContent feeds the page parser, which the digest keeps FuzzRead from
// reaching.
func FuzzContent(f *testing.F) {
	altered(f, sample(30, 2), func(_ int, c string) string {
		f.Add([]byte(c))
		return c
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		p := newParser(newest())
		if p.page(b) == nil {
			p.listing(1)
		}
	})
}
