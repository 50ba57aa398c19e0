package datafile_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"csuis-offline/check/datafile"
	"csuis-offline/internal/testtool"
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

func TestEachMistakeIsPlaced(t *testing.T) {
	t.Parallel()
	testtool.Mistakes(t, "bad", *update, func(r io.Reader) error {
		_, err := datafile.Decode(r, datafile.Kind{Err: errBad, Max: 1 << 20}, &full{})
		return err
	}, errBad)
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
