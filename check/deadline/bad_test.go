package deadline_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"csuis-offline/check/datafile"
	"csuis-offline/check/deadline"
)

var update = flag.Bool("update", false, "write the golden files anew")

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
		_, err = deadline.Default().Override(bytes.NewReader(data))
		var wrong *datafile.Error
		if !errors.As(err, &wrong) || !errors.Is(err, deadline.ErrData) {
			t.Errorf("%s: %v", path, err)
			continue
		}
		fmt.Fprintf(&got, "%s: line %d, %s, %q, found %q, wanted %q\n", filepath.Base(path), wrong.Line, wrong.Problem, wrong.Key, wrong.Found, wrong.Wanted)
	}
	path := filepath.Join("testdata", "bad.golden")
	if *update {
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
