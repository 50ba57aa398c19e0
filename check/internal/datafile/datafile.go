// Package datafile decodes the TOML files with which users replace the data of
// the checks. It bounds what the TOML library does not: in a small file, tables
// nested without end would take gigabytes.
package datafile

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/BurntSushi/toml"
)

// Limits of what Decode accepts, whatever a file means by these characters.
const (
	MaxBraces   = 1000    // { in the file
	MaxBrackets = 100_000 // [ in the file
	MaxDots     = 200     // . in a line
)

// Decode reads a file of at most max bytes into v, as toml.Unmarshal does. It
// refuses keys that v has no place for. What is wrong with the file comes wrapped
// in bad; an error of r does not.
func Decode(r io.Reader, max int64, bad error, v any) error {
	data, err := io.ReadAll(io.LimitReader(r, max+1))
	if err != nil {
		return fmt.Errorf("reading a %w", &readError{bad, err})
	}
	if int64(len(data)) > max {
		return fmt.Errorf("%w: over %d bytes", bad, max)
	}
	if err := bounded(data); err != nil {
		return fmt.Errorf("%w: %w", bad, err)
	}
	meta, err := toml.NewDecoder(bytes.NewReader(data)).Decode(v)
	if err != nil {
		return fmt.Errorf("%w: %w", bad, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return fmt.Errorf("%w: unknown key %s", bad, unknown[0])
	}
	return nil
}

// readError names the file in its text, but only the reader's error in its
// chain.
type readError struct{ file, err error }

func (e *readError) Error() string { return e.file.Error() + ": " + e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

func bounded(data []byte) error {
	if bytes.Count(data, []byte("{")) > MaxBraces || bytes.Count(data, []byte("[")) > MaxBrackets {
		return errors.New("too many brackets")
	}
	for line := range bytes.Lines(data) {
		if bytes.Count(line, []byte(".")) > MaxDots {
			return errors.New("too many dots in a line")
		}
	}
	return nil
}
