package prompt

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

// TestEditLine is what a raw terminal sends, Ctrl+D among it.
func TestEditLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]struct {
		line string
		err  error
	}{
		"heslo\r":           {"heslo", nil},
		"heslo\n":           {"heslo", nil},
		"\n":                {"", nil},
		"hesla\x7fo\r":      {"heslo", nil},
		"žluť\b\bšť\r":      {"žlšť", nil},
		"\x7f\x7fa\r":       {"a", nil},
		"spatne\x15dobre\r": {"dobre", nil},
		"a\x1bb\r":          {"ab", nil},
		"heslo\x04":         {"heslo", nil},
		"\x04":              {"", io.EOF},
		"\x00":              {"", io.EOF},
		"":                  {"", io.EOF},
		"hes\x03":           {"", context.Canceled},
		strings.Repeat("x", maxPassword+5) + "\r": {strings.Repeat("x", maxPassword), nil},
	} {
		got, err := editLine(strings.NewReader(in))
		if string(got) != want.line || !errors.Is(err, want.err) {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}
