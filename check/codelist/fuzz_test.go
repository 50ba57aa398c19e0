package codelist

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csuis-offline/c14n"
)

func seeds(f *testing.F, patterns ...string) {
	f.Helper()
	for _, p := range patterns {
		files, err := filepath.Glob(filepath.Join("testdata", p))
		if err != nil || len(files) == 0 {
			f.Fatalf("%s: %d files, %v", p, len(files), err)
		}
		for _, path := range files {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
}

// FuzzRead: what is read of any file can be stored, reads back as it was, and
// every row is found by its key.
func FuzzRead(f *testing.F) {
	seeds(f, "lists/*.xml", "refused/*.xml", "mapped.xml")
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, kind := range []Kind{"", Units, Statements, SKP} {
			c, err := read(context.Background(), bytes.NewReader(data), kind, DefaultMapping())
			var syntax *c14n.SyntaxError
			if err != nil {
				if !errors.Is(err, ErrKind) && !errors.Is(err, ErrTooLarge) && !errors.As(err, &syntax) {
					t.Fatal(err)
				}
				continue
			}
			if len(c.summary.Problems) > MaxProblems || len(c.summary.Unmapped) > MaxProblems {
				t.Fatalf("%+v", c.summary)
			}
			if c.summary.Records == 0 {
				continue
			}
			stored := c.encode()
			table, err := decode(stored)
			if err != nil {
				t.Fatalf("%v\n%s", err, stored)
			}
			for _, row := range c.rows {
				r := strings.Split(row, "\t")
				found := false
				for got := range table.find(r[0], r[1]) {
					found = found || strings.Join(got, "\t") == row
				}
				if !found {
					t.Fatalf("%q is not found in\n%s", row, stored)
				}
			}
		}
	})
}

// FuzzStored: a stored list that any program wrote is refused or answers
// without harm.
func FuzzStored(f *testing.F) {
	seeds(f, "golden/*.list")
	f.Fuzz(func(t *testing.T, data []byte) {
		// The digest of a mutant never fits: it is mended, so that what is behind
		// it is reached.
		if head, body, ok := bytes.Cut(data, []byte("\n\n")); ok {
			if h, _, err := parseHeader(append(bytes.Clone(head), "\n\n"...)); err == nil {
				sum := sha256.Sum256(body)
				h.size, h.digest = int64(len(body)), hex.EncodeToString(sum[:])
				data = append([]byte(h.String()), body...)
			}
		}
		table, err := decode(data)
		if err != nil {
			return
		}
		v := &view{table: table, version: "x"}
		for line := range bytes.Lines(table.body) {
			r := strings.Split(strings.TrimSuffix(string(line), "\n"), "\t")
			n := 0
			for range table.find(r[0], r[1]) {
				n++
			}
			if n == 0 {
				t.Fatalf("%q is not found", line)
			}
		}
		v.judge(v.units("00000019"), 20100101)
	})
}

// FuzzMapping: a mapping that is accepted reads the lists without harm.
func FuzzMapping(f *testing.F) {
	seeds(f, "mapping.toml", "mapping-bad/*.toml")
	f.Add(BuiltInMapping())
	doc, err := os.ReadFile(filepath.Join("testdata", "mapped.xml"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := DefaultMapping().Override(bytes.NewReader(data))
		if err != nil {
			if !errors.Is(err, ErrMapping) {
				t.Fatal(err)
			}
			return
		}
		for _, k := range Kinds() {
			c, err := read(context.Background(), bytes.NewReader(doc), k, m)
			if err != nil {
				t.Fatal(err)
			}
			if c.summary.Records > 0 {
				if _, err := decode(c.encode()); err != nil {
					t.Fatalf("%v\n%q", err, c.rows)
				}
			}
		}
	})
}

// FuzzPlaces: places that are accepted find codes without harm, and no more of
// them than are kept.
func FuzzPlaces(f *testing.F) {
	doc, err := os.ReadFile(filepath.Join("testdata", "codes", "record.xml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, pattern := range []string{"codes/places.toml", "places-bad/*.toml"} {
		files, err := filepath.Glob(filepath.Join("testdata", pattern))
		if err != nil || len(files) == 0 {
			f.Fatal(pattern, err)
		}
		for _, path := range files {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data, doc)
		}
	}
	f.Add(BuiltInPlaces(), doc)
	f.Fuzz(func(t *testing.T, data, doc []byte) {
		p, err := ParsePlaces(bytes.NewReader(data))
		if err != nil {
			if !errors.Is(err, ErrPlaces) {
				t.Fatal(err)
			}
			return
		}
		sc := c14n.NewScanner(bytes.NewReader(doc))
		var c *Codes
		for {
			token, err := sc.Next()
			if err != nil {
				break
			}
			if token.Kind == c14n.Start && token.Depth == 1 {
				c = p.NewCodes(string(token.Local))
			}
			if c != nil {
				c.Token(token)
			}
		}
		if c == nil {
			return
		}
		seen := map[key]bool{}
		for _, code := range c.All() {
			if k := (key{code.List, code.Text}); seen[k] || code.Text == "" || code.Line < 1 || len(code.Text) > maxCode+len("…") {
				t.Fatalf("%+v", code)
			} else {
				seen[k] = true
			}
		}
	})
}
