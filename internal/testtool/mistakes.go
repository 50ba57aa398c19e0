package testtool

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"csuis-offline/check/datafile"
)

// Mistakes checks a reader of users' data files against testdata/DIR, one
// mistake a file, and the golden file DIR.golden beside it, which has line,
// problem, setting, what was found and what is wanted of each. Each error must
// be one of kinds. update rewrites the golden file.
func Mistakes(t *testing.T, dir string, update bool, parse func(io.Reader) error, kinds ...error) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*.toml"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var got bytes.Buffer
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		err = parse(bytes.NewReader(data))
		var wrong *datafile.Error
		if !errors.As(err, &wrong) || !slices.ContainsFunc(kinds, func(kind error) bool { return errors.Is(err, kind) }) {
			t.Errorf("%s: %v", path, err)
			continue
		}
		fmt.Fprintf(&got, "%s: line %d, %s, %q, found %q, wanted %q\n", filepath.Base(path), wrong.Line, wrong.Problem, wrong.Key, wrong.Found, wrong.Wanted)
	}
	path := filepath.Join("testdata", dir+".golden")
	if update {
		if err := os.WriteFile(path, got.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("got\n%s\nwant\n%s", got.Bytes(), want)
	}
}
