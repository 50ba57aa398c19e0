package datafile_test

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"csuis-offline/check/datafile"
	"csuis-offline/internal/testtool"
)

var errBad = errors.New("file of things")

type thing struct {
	A int            `toml:"a"`
	B map[string]int `toml:"b"`
}

func TestDecode(t *testing.T) {
	t.Parallel()
	var v thing
	if _, err := datafile.Decode(strings.NewReader("a = 1\n[b]\nx = 2\n"), datafile.Kind{Err: errBad, Max: 100}, &v); err != nil || v.A != 1 || v.B["x"] != 2 {
		t.Errorf("got %+v, %v", v, err)
	}
	for name, s := range map[string]string{
		"unknown key":  "c = 1",
		"wrong type":   `a = "1"`,
		"no toml":      "a = ",
		"double key":   "a = 1\na = 2",
		"too long":     strings.Repeat("#", 101),
		"invalid UTF8": "a = 1 # \xff",
	} {
		if _, err := datafile.Decode(strings.NewReader(s), datafile.Kind{Err: errBad, Max: 100}, &thing{}); !errors.Is(err, errBad) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnErrorOfTheReaderIsNoFaultOfTheFile(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	_, err := datafile.Decode(iotest.ErrReader(broken), datafile.Kind{Err: errBad, Max: 100}, &thing{})
	if !errors.Is(err, broken) || errors.Is(err, errBad) || !strings.Contains(err.Error(), "file of things") {
		t.Errorf("got %v", err)
	}
}

// TestNestedTablesAreRefused reads one MiB of tables inside one another.
func TestNestedTablesAreRefused(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	for name, s := range map[string]string{
		"inline tables": "x = {a" + strings.Repeat("={a", size/3-10),
		"header":        "[" + strings.Repeat("a.", size/2-10) + "a]",
		"dotted key":    strings.Repeat("a.", size/2-10) + "a=1",
		"arrays":        "x = " + strings.Repeat("[", size-10),
	} {
		start := time.Now()
		if _, err := datafile.Decode(strings.NewReader(s), datafile.Kind{Err: errBad, Max: size}, &thing{}); !errors.Is(err, errBad) {
			t.Errorf("%s: %v", name, err)
		}
		if d := time.Since(start); d > 10*testtool.Slowdown*time.Second {
			t.Errorf("%s took %s", name, d)
		}
	}
}
