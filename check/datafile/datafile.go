// Package datafile decodes the TOML files with which users replace the data of
// the checks, and says of each mistake in them where it is, what is wrong and
// what is wanted.
package datafile

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"csuis-offline/internal/tomlfile"
)

// File is a decoded file, which knows the place of a mistake in it.
type File struct {
	doc  *tomlfile.Doc
	kind error
}

// Kind is a kind of file.
type Kind struct {
	Err    error  // what an *Error wraps; its text names the kind
	Format string // what the file says under "format"
	Max    int64  // the most that is read, in bytes
}

// Decode reads a file into v, a pointer to a struct, as tomlfile's Decode does;
// a byte order mark is left out. It refuses a file of another format, keys for
// which v has no field and values of another type. A mistake in the file is an
// *Error that wraps k.Err; an error of r does not wrap it.
func Decode(r io.Reader, k Kind, v any) (*File, error) {
	data, err := io.ReadAll(io.LimitReader(r, k.Max+1))
	if err != nil {
		return nil, fmt.Errorf("reading a %w", &readError{k.Err, err})
	}
	f := &File{kind: k.Err}
	if f.doc, err = tomlfile.Parse(data, k.Max); err != nil {
		return nil, f.mistake(err, k)
	}
	// The format is checked first, as everything would be wrong in another kind of
	// file.
	format := ""
	if n := f.doc.Lookup("format"); n != nil && n.Kind == tomlfile.Text {
		format = n.Text
	}
	if format != k.Format {
		return nil, f.Fault(At("", -1, "format"), Format, format, k.Format)
	}
	if err := f.doc.Decode(v); err != nil {
		return nil, f.mistake(err, k)
	}
	return f, nil
}

// mistake turns what tomlfile refuses into an *Error.
func (f *File) mistake(err error, k Kind) error {
	var (
		parse   *tomlfile.Error
		unknown *tomlfile.UnknownError
		kind    *tomlfile.TypeError
	)
	e := &Error{Problem: Syntax, kind: k.Err}
	switch {
	case errors.As(err, &unknown):
		e.Problem, e.Line, e.Key = UnknownKey, unknown.Line, strings.Join(unknown.Path, ".")
		e.Found, e.Wanted = clip(unknown.Path[len(unknown.Path)-1]), strings.Join(unknown.Known, ", ")
	case errors.As(err, &kind):
		e.Problem, e.Line, e.Key = WrongType, kind.Line, strings.Join(kind.Path, ".")
		e.Found, e.Wanted = string(kind.Found), string(kind.Wanted)
	case errors.As(err, &parse):
		e.Line = parse.Line
		switch parse.Problem {
		case tomlfile.TooLarge:
			e.Problem, e.Wanted = TooLarge, strconv.FormatInt(k.Max, 10)
		case tomlfile.Encoding:
			e.Problem = Encoding
		case tomlfile.Nesting:
			e.Problem = Nesting
		default:
			e.Err = err
		}
	}
	return e
}

// Fault is a mistake at a place of the file. Found is what is there; if that is
// one value of a list, the value is shown.
func (f *File) Fault(at Place, p Problem, found, wanted string) error {
	return &Error{Problem: p, Line: f.line(at, found), Key: at.String(), Found: clip(found), Wanted: wanted, kind: f.kind}
}

// readError names the file in its text, but only the reader's error in its
// chain.
type readError struct{ file, err error }

func (e *readError) Error() string { return e.file.Error() + ": " + e.err.Error() }
func (e *readError) Unwrap() error { return e.err }
