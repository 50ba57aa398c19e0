package crypto

import (
	"bytes"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func readSpec(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../doc/xm6.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var specRow = regexp.MustCompile("(?m)^\\| ([0-9]+) \\| (`[^`]*`|\\(empty\\)) \\| ([0-9]+) \\| ([0-9]+) \\| `([0-9a-f]+)` \\|$")

// The vectors of the specification's section 8 are what its text says.
func TestSpecificationVectors(t *testing.T) {
	t.Parallel()
	spec := readSpec(t)
	rows := specRow.FindAllStringSubmatch(spec, -1)
	if len(rows) != 7 {
		t.Fatalf("%d vectors", len(rows))
	}
	for i, row := range rows {
		raw := make([]byte, KeySize)
		for j := range raw {
			raw[j] = byte(j)
		}
		if row[1] == "4" {
			raw = bytes.Repeat([]byte{0xff}, KeySize)
		}
		key := mustKey(t, raw)
		document := strings.NewReplacer("(empty)", "", "`", "", `\r`, "\r", `\n`, "\n").Replace(row[2])
		want := unhex(t, row[5])
		if row[1] != strconv.Itoa(i+1) || row[3] != strconv.Itoa(len(document)) || int64(len(want)) != SealedSize(int64(len(document))) ||
			row[4] != strconv.Itoa(len(want)-headFiller-len(document)-len(endMark)) {
			t.Errorf("vector %s: a number is wrong: %q", row[1], row)
		}
		var out bytes.Buffer
		seal(t, &out, key, []byte(document), bytes.NewReader(bytes.Repeat([]byte("A"), Overhead)))
		if !bytes.Equal(out.Bytes(), want) {
			t.Errorf("vector %s: sealed as %x", row[1], out.Bytes())
		}
		got, err := io.ReadAll(NewReader(bytes.NewReader(want), key))
		if err != nil || string(got) != document {
			t.Errorf("vector %s: opened as %q, %v", row[1], got, err)
		}
		if i == 0 && !strings.Contains(spec, "`"+base64.StdEncoding.EncodeToString(want)+"`") {
			t.Error("the base64 form of vector 1 is wrong")
		}
	}
}

// Every section that the code cites is there, and every reason has its name.
func TestSpecificationSections(t *testing.T) {
	t.Parallel()
	spec := readSpec(t)
	var headings []string
	for _, m := range regexp.MustCompile(`(?m)^#+ ([0-9.]+) `).FindAllStringSubmatch(spec, -1) {
		headings = append(headings, m[1])
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	cited := 0
	for _, path := range sources {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		flat := regexp.MustCompile(`\n\s*// `).ReplaceAllString(string(text), " ")
		for _, m := range regexp.MustCompile(`doc/xm6\.md sections? ([0-9.]*[0-9])(?: and ([0-9.]*[0-9]))?`).FindAllStringSubmatch(flat, -1) {
			for _, section := range m[1:] {
				if section != "" && !slices.Contains(headings, section) {
					t.Errorf("%s cites section %s", path, section)
				}
			}
			cited++
		}
	}
	if cited < 8 {
		t.Errorf("%d citations", cited)
	}
	for _, r := range Damages() {
		if !strings.Contains(spec, "**"+string(r)+"**") {
			t.Errorf("the specification does not name %s", r)
		}
	}
}
