package form

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
)

// LetterError says that a form cannot be printed because its fonts lack a letter.
// It wraps [ErrForm].
type LetterError struct {
	// Letter is the letter with the marks that stand on it, and At its place in
	// Text, in characters from 1.
	Letter string
	At     int
	// Field is what holds the text: "person name", "original name".
	Field string
	// Record is the number of the row, from 1; 0 for what stands before the table.
	Record int
	Text   string
}

func (e *LetterError) Error() string {
	where := e.Field
	if e.Record > 0 {
		where = fmt.Sprintf("%s of record %d", e.Field, e.Record)
	}
	return fmt.Sprintf("%v: the fonts lack %q (%+q), character %d of the %s %q", ErrForm, e.Letter, e.Letter, e.At, where, e.Text)
}

// Unwrap returns [ErrForm].
func (e *LetterError) Unwrap() error { return ErrForm }

// MissingLetter returns the first letter of a text that Write cannot print, with the
// marks that stand on it, and its place in the composed text (Unicode NFC), in
// characters from 1. The letter is "" if Write can print them all.
func MissingLetter(text string) (letter string, at int) {
	e := newest()
	return e.missing(regular, e.clean(text))
}

// prints reports whether a text stands on a form of this edition as it is.
func (e *edition) prints(f face, s string) bool {
	if e.clean(s) != s {
		return false
	}
	letter, _ := e.missing(f, s)
	return letter == "" || !e.strict
}

// missing is MissingLetter for a clean text in one of the faces.
func (e *edition) missing(f face, s string) (letter string, at int) {
	w := e.metrics()[f]
	base, n := 0, 0
	for i, r := range s {
		if !unicode.In(r, unicode.M) {
			base, n = i, n+1
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		if broken := r == utf8.RuneError && size == 1; broken || r > 0xFFFF || w[r] == 0 {
			end := i + size
			for end < len(s) {
				m, size := utf8.DecodeRuneInString(s[end:])
				if !unicode.In(m, unicode.M) {
					break
				}
				end += size
			}
			return s[base:end], max(n, 1)
		}
	}
	return "", 0
}

// standsAlone reports whether a character can be drawn by its own glyph at the end
// of what was drawn before. Marks that no composed letter takes up, control and
// direction marks, and letters written from right to left cannot.
func standsAlone(r rune) bool {
	if unicode.In(r, unicode.C, unicode.M) {
		return false
	}
	p, _ := bidi.LookupRune(r)
	switch p.Class() {
	case bidi.R, bidi.AL, bidi.AN:
		return false
	}
	return true
}
