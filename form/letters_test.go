package form

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csuis-offline/internal/testtool"
)

// TestNamesOfManyCountriesStandOnTheForm as they are, and can be copied from it.
func TestNamesOfManyCountriesStandOnTheForm(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "pdftotext")
	f := sample(3, 1)
	names := []string{"Nguyễn Thị Hương", "Ђорђевић", "Ștefan Țepeș", "Ґалаґан Ївга", "Παπαδόπουλος Γεώργιος ΐ", "Łukasz Żółć", "Þórður Ægisson", "İbrahim Ağaoğlu", "Gül Çelik", "Ərəbov", "Ԑ"}
	f.Person.Name = strings.Join(names, ", ")
	// Names of files on macOS are decomposed.
	decomposed := "Nguye\u0302\u0303n Thi\u0323 Hu\u031bo\u031bng U\u030c\u0301.xml"
	row := f.Row
	f.Row = func(i int) Row {
		r := row(i)
		r.Original = decomposed
		return r
	}
	if letter, _ := MissingLetter(decomposed); letter == "" {
		t.Fatal("U with a caron and an acute has no composed letter")
	}
	decomposed = strings.ReplaceAll(decomposed, " U\u030c\u0301", "")
	path, l := onDisk(t, f)
	if l.PersonName != f.Person.Name {
		t.Errorf("read back: %q", l.PersonName)
	}
	text := strings.Join(strings.Fields(string(testtool.Run(t, "pdftotext", "-layout", path, "-"))), " ")
	for _, want := range append(names, "Nguyễn Thị Hương.xml") {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the text of the form", want)
		}
	}
	if strings.Contains(text, "\uFFFD") {
		t.Error("a letter was replaced")
	}
}

// TestLettersOfAllPartsOfTheFonts: each letter that is not refused is drawn and can
// be copied.
func TestLettersOfAllPartsOfTheFonts(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "pdftotext", "pdffonts")
	var all strings.Builder
	for r := rune(0x21); r <= 0x1FFF; r++ {
		if letter, _ := MissingLetter(string(r)); letter == "" {
			all.WriteRune(r)
		}
	}
	if n := all.Len(); n < 5_000 {
		t.Fatalf("only %d bytes of letters", n)
	}
	f := sample(1, 1)
	f.Reason = all.String()
	pdf := write(t, f)
	path := filepath.Join(t.TempDir(), "FORMULAR.PDF")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	text := string(testtool.Run(t, "pdftotext", "-raw", path, "-"))
	missing := 0
	for _, r := range newest().clean(all.String()) {
		if !strings.ContainsRune(text, r) {
			if missing++; missing < 10 {
				t.Logf("U+%04X is not in the text", r)
			}
		}
	}
	// The text has a plain space for U+00A0.
	if missing > 1 {
		t.Errorf("%d letters are not in the text", missing)
	}
	if _, err := Read(bytes.NewReader(pdf)); err != nil {
		t.Error(err)
	}
}

// TestLetterTheFontsLackIsNamed with its place, and nothing is written.
func TestLetterTheFontsLackIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Form)
		want   LetterError
	}{
		"another script": {
			func(f *Form) { f.Person.Name = "Li 李" },
			LetterError{Letter: "李", At: 4, Field: "person name", Text: "Li 李"},
		},
		"above U+FFFF": {
			func(f *Form) { f.Unit.Name = "Obec 😀" },
			LetterError{Letter: "😀", At: 6, Field: "unit name", Text: "Obec 😀"},
		},
		"a mark that no letter takes up": {
			func(f *Form) { f.Place = "Bx\u030Cr" },
			LetterError{Letter: "x\u030C", At: 2, Field: "place", Text: "Bx\u030Cr"},
		},
		"from right to left": {
			func(f *Form) { f.Reason = "první\nשלום" },
			LetterError{Letter: "ש", At: 1, Field: "reason", Text: "שלום"},
		},
		"a mark of direction": {
			func(f *Form) { f.Person.Phones = []string{"1", "a\u202Egpj"} },
			LetterError{Letter: "\u202E", At: 2, Field: "telephone", Text: "a\u202Egpj"},
		},
		"a byte that is no letter": {
			func(f *Form) { f.Row = original(f.Row, "V\xFDkaz") },
			LetterError{Letter: "\xFD", At: 2, Field: "original name", Record: 1, Text: "V\xFDkaz"},
		},
		"a soft hyphen": {
			func(f *Form) { f.Row = original(f.Row, "Vý\u00ADkaz") },
			LetterError{Letter: "\u00AD", At: 3, Field: "original name", Record: 1, Text: "Vý\u00ADkaz"},
		},
		"not in the mono font": {
			func(f *Form) { f.Package = "CSUIS_ễ" },
			LetterError{Letter: "ễ", At: 7, Field: "package name", Text: "CSUIS_ễ"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := sample(3, 1)
			c.change(&f)
			var b bytes.Buffer
			err := Write(t.Context(), &b, f, Options{})
			var letter *LetterError
			if !errors.As(err, &letter) || *letter != c.want || !errors.Is(err, ErrForm) || b.Len() > 0 {
				t.Errorf("%v (%+v), and %d bytes", err, letter, b.Len())
			}
		})
	}
}

func original(row func(int) Row, name string) func(int) Row {
	return func(i int) Row {
		r := row(i)
		r.Original = name
		return r
	}
}
