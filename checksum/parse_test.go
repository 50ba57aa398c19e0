package checksum

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"

	"csuis-offline/internal/testtool"
)

const helloHex = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

// entriesOf are the entries that a vector states, each as LINE DIGEST NAME with the
// name as sha256sum escapes it.
func entriesOf(t testing.TB, v *testtool.Vector) []Entry {
	t.Helper()
	var all []Entry
	for _, stated := range v.All("entry") {
		line, rest, _ := strings.Cut(stated, " ")
		digest, name, _ := strings.Cut(rest, " ")
		e := Entry{Name: strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r").Replace(name), Form: v.Get("form")}
		var err error
		if e.Line, err = strconv.Atoi(line); err != nil {
			t.Fatal(err)
		}
		if n, err := hex.Decode(e.Sum[:], []byte(digest)); err != nil || n != len(e.Sum) {
			t.Fatalf("%q: %v", stated, err)
		}
		all = append(all, e)
	}
	return all
}

func TestParseAccepts(t *testing.T) {
	t.Parallel()
	for _, v := range testtool.Vectors(t, "sha") {
		if !v.Accepted() {
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			data, want := v.Body, entriesOf(t, &v)
			for _, r := range []io.Reader{bytes.NewReader(data), iotest.OneByteReader(bytes.NewReader(data)), iotest.DataErrReader(bytes.NewReader(data))} {
				got, err := Parse(r)
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("%+v, %v; want %+v", got, err, want)
				}
			}
			one, err := ParseOne(bytes.NewReader(data))
			if len(want) == 1 {
				if err != nil || one != want[0] {
					t.Errorf("ParseOne: %+v, %v", one, err)
				}
			} else if got := formatError(t, err); got.Rule != Several || got.Line != want[1].Line {
				t.Errorf("ParseOne: %v", err)
			}
		})
	}
}

func formatError(t testing.TB, err error) *FormatError {
	t.Helper()
	var f *FormatError
	if !errors.As(err, &f) {
		t.Fatalf("%v is no FormatError", err)
	}
	if f.Line < 1 || !slices.Contains(Rules(), f.Rule) || f.Detail == "" {
		t.Errorf("%+v", f)
	}
	return f
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, v := range testtool.Vectors(t, "sha") {
		if v.Accepted() {
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			entries, err := Parse(bytes.NewReader(v.Body))
			if got := formatError(t, err); string(got.Rule) != v.Get("reason") || strconv.Itoa(got.Line) != v.Get("line") || entries != nil {
				t.Errorf("%+v, %v entries", got, entries)
			}
			if _, err = ParseOne(bytes.NewReader(v.Body)); err == nil {
				t.Error("ParseOne takes it")
			}
			formatError(t, err)
		})
	}
}

func TestEveryRuleIsTested(t *testing.T) {
	t.Parallel()
	missing := map[Rule]bool{}
	for _, r := range Rules() {
		missing[r] = true
	}
	// Tested with inputs made in memory, below, and with ParseOne above.
	for _, r := range []Rule{LongLine, TooLarge, Several} {
		delete(missing, r)
	}
	for _, v := range testtool.Vectors(t, "sha") {
		delete(missing, Rule(v.Get("reason")))
	}
	if len(missing) > 0 {
		t.Errorf("no vector for %v", missing)
	}
}

func TestParseIsBounded(t *testing.T) {
	t.Parallel()
	fits := helloHex + "  " + strings.Repeat("x", MaxLine-66)
	for _, end := range []string{"", "\n", "\r\n"} {
		entries, err := Parse(strings.NewReader(fits + end))
		if err != nil || len(entries) != 1 || len(entries[0].Name) != MaxLine-66 {
			t.Errorf("the longest line, end %q: %v", end, err)
		}
		for _, more := range []string{"x", "xxxxx", strings.Repeat("x", 1<<20)} {
			_, err = Parse(strings.NewReader("\n" + fits + more + end))
			if got := formatError(t, err); got.Rule != LongLine || got.Line != 2 {
				t.Errorf("%d too long, end %q: %v", len(more), end, err)
			}
		}
	}
	line := helloHex + "  a\n"
	for n, ok := range map[int64]bool{int64(len(line)): true, int64(len(line)) - 1: false, 0: false, 1 << 62: true, 1<<63 - 1: true} {
		_, err := ParseLimit(strings.NewReader(line), n)
		if ok && err != nil {
			t.Errorf("limit %d: %v", n, err)
		}
		if !ok && formatError(t, err).Rule != TooLarge {
			t.Errorf("limit %d: %v", n, err)
		}
	}
	// Blank lines are no way around the limit.
	_, err := ParseOne(io.MultiReader(strings.NewReader(line), &endless{}))
	if got := formatError(t, err); got.Rule != TooLarge {
		t.Errorf("endless blank lines: %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}

func TestParseErrorOfTheSource(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	_, err := Parse(io.MultiReader(strings.NewReader(helloHex+"  a\n"), iotest.ErrReader(broken)))
	var f *FormatError
	if !errors.Is(err, broken) || errors.As(err, &f) {
		t.Errorf("%v", err)
	}
}

// A message names the line; what stands there is a stranger's.
func TestErrorsDoNotQuoteTheFile(t *testing.T) {
	t.Parallel()
	for _, v := range testtool.Vectors(t, "sha") {
		_, err := Parse(bytes.NewReader(v.Body))
		for word := range strings.FieldsSeq(string(v.Body)) {
			if err != nil && len(word) > 10 && strings.Contains(err.Error(), word) {
				t.Errorf("%s: %v", v.Name, err)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, v := range testtool.Vectors(f, "sha") {
		f.Add(v.Body)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := Parse(bytes.NewReader(data))
		one, oneErr := ParseOne(bytes.NewReader(data))
		if err != nil {
			formatError(t, err)
			if oneErr == nil {
				t.Fatal("ParseOne takes what Parse refuses")
			}
			return
		}
		if (len(entries) == 1) != (oneErr == nil) || oneErr == nil && one != entries[0] {
			t.Fatalf("ParseOne: %+v, %v; Parse: %+v", one, oneErr, entries)
		}
		// What was read is written and read again to the same.
		var again bytes.Buffer
		for _, e := range entries {
			again.Write(Line(e.Name, e.Sum))
		}
		back, err := Parse(&again)
		if err != nil || len(back) != len(entries) {
			t.Fatalf("%d of %d entries, %v", len(back), len(entries), err)
		}
		for i, e := range entries {
			// A name of blanks alone reads as none.
			if back[i].Sum != e.Sum || back[i].Name != e.Name && strings.Trim(e.Name, " \t") != "" {
				t.Fatalf("entry %d: %+v, was %+v", i, back[i], e)
			}
		}
	})
}

// FuzzParseUTF16: a text means the same in UTF-16 as in UTF-8.
func FuzzParseUTF16(f *testing.F) {
	for _, v := range testtool.Vectors(f, "sha") {
		f.Add(string(v.Body), true)
		f.Add(string(v.Body), false)
	}
	f.Fuzz(func(t *testing.T, text string, little bool) {
		text = strings.TrimPrefix(text, "\ufeff")
		if !utf8.ValidString(text) || strings.ContainsRune(text, '\uFEFF') || strings.ContainsRune(text, 0) || text == "" {
			return
		}
		var order binary.AppendByteOrder = binary.BigEndian
		if little {
			order = binary.LittleEndian
		}
		wide := order.AppendUint16(nil, 0xFEFF)
		for _, unit := range utf16.Encode([]rune(text)) {
			wide = order.AppendUint16(wide, unit)
		}
		want, err := Parse(strings.NewReader(text))
		got, wideErr := Parse(bytes.NewReader(wide))
		if (err == nil) != (wideErr == nil) || len(got) != len(want) {
			t.Fatalf("in UTF-8 %+v, %v; in UTF-16 %+v, %v", want, err, got, wideErr)
		}
		for i := range want {
			want[i].Form = strings.TrimSuffix("UTF-16, "+want[i].Form, ", ")
			if got[i] != want[i] {
				t.Errorf("in UTF-8 %+v; in UTF-16 %+v", want[i], got[i])
			}
		}
	})
}
