package deadline_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"csuis-offline/check/deadline"
)

func FuzzOverride(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*.toml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, 14974)
	}
	f.Add(deadline.BuiltIn(), 14600)
	f.Fuzz(func(t *testing.T, data []byte, days int) {
		terms, err := deadline.Default().Override(bytes.NewReader(data))
		if err != nil {
			if !errors.Is(err, deadline.ErrData) {
				t.Fatalf("%v", err)
			}
			return
		}
		date := time.Unix(0, 0).UTC().AddDate(0, 0, days%3_000_000)
		for _, kind := range []string{"001", "003", "012", "051"} {
			d, err := terms.Of(kind, "USC", date)
			var e *deadline.DateError
			if err != nil {
				if !errors.As(err, &e) && !errors.Is(err, deadline.ErrNoTerm) && !errors.Is(err, deadline.ErrOnRequest) {
					t.Fatalf("%v", err)
				}
				continue
			}
			if d.From.After(d.To) || !d.Opens.After(d.To) || d.Nominal.Before(d.Opens) || d.Last.Before(d.Nominal) {
				t.Fatalf("%+v", d)
			}
			if d.State(d.To) != deadline.NotOver || d.State(d.Last) != deadline.Open || d.State(d.Last.AddDate(0, 0, 1)) != deadline.Late {
				t.Fatalf("states of %+v", d)
			}
		}
	})
}
