package datafile_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"csuis-offline/check/datafile"
)

var update = flag.Bool("update", false, "write the golden files anew")

// full has a setting of each type.
type full struct {
	A     int                            `toml:"a"`
	B     map[string]int                 `toml:"b"`
	Texts []string                       `toml:"texts"`
	T     map[string]map[string][]string `toml:"t"`
	List  []struct {
		X int `toml:"x"`
	} `toml:"list"`
}

// TestEachMistakeIsPlaced: one mistake a file; the golden file has line, problem,
// setting, what was found and what is wanted.
func TestEachMistakeIsPlaced(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "bad", "*.toml"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var got bytes.Buffer
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var wrong *datafile.Error
		_, err = datafile.Decode(bytes.NewReader(data), datafile.Kind{Err: errBad, Max: 1 << 20}, &full{})
		if !errors.As(err, &wrong) || !errors.Is(err, errBad) {
			t.Errorf("%s: %v", path, err)
			continue
		}
		fmt.Fprintf(&got, "%s: line %d, %s, %q, found %q, wanted %q\n", filepath.Base(path), wrong.Line, wrong.Problem, wrong.Key, wrong.Found, wrong.Wanted)
	}
	golden(t, filepath.Join("testdata", "bad.golden"), got.Bytes())
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*.toml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const most = 1 << 16
		var v full
		src, err := datafile.Decode(bytes.NewReader(data), datafile.Kind{Err: errBad, Max: most}, &v)
		lines := bytes.Count(data, []byte("\n")) + 1
		var wrong *datafile.Error
		switch {
		case err == nil:
			for i := range v.List {
				if !errors.As(src.Fault(datafile.At("list", i, "x"), datafile.Range, fmt.Sprint(v.List[i].X), ""), &wrong) || wrong.Line < 1 || wrong.Line > lines {
					t.Fatalf("line %d of %d", wrong.Line, lines)
				}
			}
		case !errors.As(err, &wrong) || !errors.Is(err, errBad):
			t.Fatal(err)
		case wrong.Problem != datafile.TooLarge && (wrong.Line < 1 || wrong.Line > lines+1):
			t.Fatalf("line %d of %d: %v", wrong.Line, lines, err)
		}
	})
}
