// Package datafile decodes the TOML files with which users replace the data of
// the checks, and says of each mistake in them where it stands, what is wrong
// and what is wanted. It bounds what the TOML library does not: in a small file,
// tables nested without end would take gigabytes.
package datafile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// Limits of what Decode accepts, whatever a file means by these characters.
const (
	MaxBraces   = 1000    // { in the file
	MaxBrackets = 100_000 // [ in the file
	MaxDots     = 200     // . in a line
)

// File is the text of a file that was decoded, to tell where a mistake in it
// stands.
type File struct {
	text []byte
	kind error
}

// Kind is a kind of file.
type Kind struct {
	Err    error  // what an *Error wraps; its text names the kind
	Format string // what the file says under "format"
	Max    int64  // the most that is read, in bytes
}

// Decode reads a file into v, a pointer to a struct, as toml.Unmarshal does; a
// byte order mark is left out. It refuses a file of another format, keys that v
// has no place for and values of another type. What is wrong with the file is an
// *Error that wraps k.Err; an error of r does not wrap it.
func Decode(r io.Reader, k Kind, v any) (*File, error) {
	data, err := io.ReadAll(io.LimitReader(r, k.Max+1))
	if err != nil {
		return nil, fmt.Errorf("reading a %w", &readError{k.Err, err})
	}
	f := &File{bytes.TrimPrefix(data, []byte("\uFEFF")), k.Err}
	if int64(len(data)) > k.Max {
		return nil, f.fault(0, &Error{Problem: TooLarge, Wanted: strconv.FormatInt(k.Max, 10)})
	}
	if n := foreign(f.text); n > 0 {
		return nil, f.fault(n, &Error{Problem: Encoding})
	}
	if n := unbounded(f.text); n > 0 {
		return nil, f.fault(n, &Error{Problem: Nesting})
	}
	var raw map[string]any
	if err := toml.Unmarshal(f.text, &raw); err != nil {
		return nil, f.syntax(err)
	}
	// Before all else: of another kind of file everything would be wrong.
	if format, _ := raw["format"].(string); format != k.Format {
		return nil, f.Fault(At("", -1, "format"), Format, format, k.Format)
	}
	if err := f.conform(reflect.TypeOf(v).Elem(), raw, At("", -1, "")); err != nil {
		return nil, err
	}
	// What is left to go wrong is a number that is too large.
	if err := toml.Unmarshal(f.text, v); err != nil {
		return nil, f.syntax(err)
	}
	return f, nil
}

func (f *File) syntax(err error) error {
	var parse toml.ParseError
	line := 1
	if errors.As(err, &parse) {
		line = max(parse.Position.Line, 1)
	}
	// A section's line whose bracket is not closed: the library blames the next.
	if lines := strings.Split(string(f.text), "\n"); line > 1 && line <= len(lines) {
		if before := strings.TrimSpace(lines[line-2]); strings.HasPrefix(before, "[") && strings.Count(before, "[") > strings.Count(before, "]") {
			line--
		}
	}
	return f.fault(line, &Error{Problem: Syntax, Err: err})
}

func (f *File) fault(line int, e *Error) error {
	e.Line, e.kind = line, f.kind
	return e
}

// Fault is a mistake at a place of the file.
func (f *File) Fault(at Place, p Problem, found, wanted string) error {
	return f.fault(f.line(at, found), &Error{Problem: p, Key: at.String(), Found: clip(found), Wanted: wanted})
}

// readError names the file in its text, but only the reader's error in its
// chain.
type readError struct{ file, err error }

func (e *readError) Error() string { return e.file.Error() + ": " + e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

// foreign is the first line that is not UTF-8 text; 0 = all are. UTF-16, which
// some editors and shells write, has a zero in each Latin letter.
func foreign(data []byte) int {
	n := 0
	for line := range bytes.Lines(data) {
		if n++; !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0 {
			return n
		}
	}
	return 0
}

// unbounded is the line where a limit is passed; 0 = nowhere.
func unbounded(data []byte) int {
	n, braces, brackets := 0, 0, 0
	for line := range bytes.Lines(data) {
		n++
		braces += bytes.Count(line, []byte("{"))
		brackets += bytes.Count(line, []byte("["))
		if braces > MaxBraces || brackets > MaxBrackets || bytes.Count(line, []byte(".")) > MaxDots {
			return n
		}
	}
	return 0
}
