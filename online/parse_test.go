package online_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csuis-offline/online"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestParse compares what is read of every list and status message in testdata
// with the JSON beside it.
func TestParse(t *testing.T) {
	t.Parallel()
	for _, kind := range []struct {
		folder string
		parse  func([]byte) (any, error)
	}{
		{"list", func(b []byte) (any, error) { return online.ParseList(bytes.NewReader(b)) }},
		{"status", func(b []byte) (any, error) {
			s, err := online.ParseStatus(bytes.NewReader(b))
			if err != nil {
				return nil, err
			}
			return struct {
				*online.StatusMessage
				Known bool
				Worst online.Severity
			}{s, known(s), s.Worst()}, nil
		}},
	} {
		files, err := filepath.Glob("testdata/" + kind.folder + "/*.xml")
		if err != nil || len(files) == 0 {
			t.Fatal("no files", err)
		}
		for _, file := range files {
			t.Run(kind.folder+"/"+filepath.Base(file), func(t *testing.T) {
				t.Parallel()
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				parsed, err := kind.parse(data)
				if err != nil {
					parsed = "error: " + err.Error()
				}
				got, err := json.MarshalIndent(parsed, "", "  ")
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, '\n')
				golden := strings.TrimSuffix(file, ".xml") + ".json"
				if *update {
					if err := os.WriteFile(golden, got, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("got\n%swant\n%s", got, want)
				}
			})
		}
	}
}

func known(s *online.StatusMessage) bool {
	_, ok := s.Code()
	return ok
}
