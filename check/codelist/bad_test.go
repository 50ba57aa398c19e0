package codelist_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"csuis-offline/check/codelist"
	"csuis-offline/check/datafile"
)

// TestEachMistakeIsPlaced: one mistake a file; the golden file has line, problem,
// setting, what was found and what is wanted.
func TestEachMistakeIsPlaced(t *testing.T) {
	t.Parallel()
	for dir, parse := range map[string]func(io.Reader) error{
		"mapping-bad": func(r io.Reader) error { _, err := codelist.DefaultMapping().Override(r); return err },
		"places-bad":  func(r io.Reader) error { _, err := codelist.ParsePlaces(r); return err },
	} {
		placed(t, dir, parse)
	}
}

func placed(t *testing.T, dir string, parse func(io.Reader) error) {
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
		if !errors.As(err, &wrong) || !errors.Is(err, codelist.ErrMapping) && !errors.Is(err, codelist.ErrPlaces) {
			t.Errorf("%s: %v", path, err)
			continue
		}
		fmt.Fprintf(&got, "%s: line %d, %s, %q, found %q, wanted %q\n", filepath.Base(path), wrong.Line, wrong.Problem, wrong.Key, wrong.Found, wrong.Wanted)
	}
	path := filepath.Join("testdata", dir+".golden")
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
