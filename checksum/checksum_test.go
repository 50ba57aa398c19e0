package checksum

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"csuis-offline/internal/testtool"
)

func TestOf(t *testing.T) {
	t.Parallel()
	sum, n, err := Of(strings.NewReader("hello"))
	if err != nil || n != 5 || sum.String() != helloHex {
		t.Errorf("%v, %d, %v", sum, n, err)
	}
	broken := errors.New("broken")
	if sum, _, err := Of(iotest.ErrReader(broken)); err != broken || sum != (Sum{}) {
		t.Errorf("%v, %v", sum, err)
	}
}

func TestParseSum(t *testing.T) {
	t.Parallel()
	for _, text := range []string{helloHex, strings.ToUpper(helloHex)} {
		sum, err := ParseSum(text)
		if err != nil || sum.String() != helloHex {
			t.Errorf("%s: %v, %v", text, sum, err)
		}
	}
	for _, text := range []string{"", helloHex[1:], helloHex + "0", " " + helloHex[1:], "g" + helloHex[1:], strings.Repeat("x", 1<<20)} {
		sum, err := ParseSum(text)
		if err == nil || sum != (Sum{}) {
			t.Errorf("%.70q is taken", text)
		} else if len(err.Error()) > 200 {
			t.Errorf("a message of %d bytes", len(err.Error()))
		}
	}
}

func TestSumInJSON(t *testing.T) {
	t.Parallel()
	sum := sumOf([]byte("hello"))
	text, err := json.Marshal(map[string]Sum{"s": sum})
	if err != nil || string(text) != `{"s":"`+helloHex+`"}` {
		t.Errorf("%s, %v", text, err)
	}
	var back struct{ S Sum }
	if err := json.Unmarshal(text, &back); err != nil || back.S != sum {
		t.Errorf("%v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"s":"12"}`), &back); err == nil || back.S != sum {
		t.Errorf("%v, %v", back, err)
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	sum := sumOf([]byte("hello"))
	for name, want := range map[string]string{
		"R_1.XM6":  helloHex + "  R_1.XM6\n",
		" a b ":    helloHex + "   a b \n",
		"a\nb":     `\` + helloHex + `  a\nb` + "\n",
		"a\r\nb\\": `\` + helloHex + `  a\r\nb\\` + "\n",
		"":         helloHex + "  \n",
	} {
		if got := string(Line(name, sum)); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// oddNames are names that a file system takes and a checksum file must carry.
var oddNames = []string{"R_1.XM6", "a b", " lead", "trail ", "*star", "a\nb", "a\rb", "back\\slash", "\\n", "a) = (b", "Příliš žluťoučký kůň.xml", "\xff\xfe", "#c", "-"}

func TestSha256sumAgrees(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "sha256sum")
	dir := t.TempDir()
	var ours bytes.Buffer
	var paths []string
	for i, name := range oddNames {
		content := strings.Repeat("x", i)
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
		ours.Write(Line(path, sumOf([]byte(content))))
	}
	list := filepath.Join(dir, "LIST.SHA")
	if err := os.WriteFile(list, ours.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	testtool.Run(t, "sha256sum", "--strict", "-c", list)

	// Byte for byte what it writes, and all of its forms read back.
	if theirs := testtool.Run(t, "sha256sum", paths...); !bytes.Equal(theirs, ours.Bytes()) {
		t.Errorf("sha256sum writes\n%s\nwe write\n%s", theirs, ours.Bytes())
	}
	for _, flag := range []string{"-t", "-b", "--tag"} {
		text := testtool.Run(t, "sha256sum", append([]string{flag, "--"}, paths...)...)
		entries, err := Parse(bytes.NewReader(text))
		if err != nil || len(entries) != len(paths) {
			t.Fatalf("%s: %d entries, %v", flag, len(entries), err)
		}
		for i, e := range entries {
			if e.Name != paths[i] || e.Sum != sumOf([]byte(strings.Repeat("x", i))) {
				t.Errorf("%s: %+v, want %q", flag, e, paths[i])
			}
		}
	}
}

// sha256sum -c reads the names that Parse reads, in the vectors that it takes as
// their headers say.
func TestSha256sumReadsTheSame(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "sha256sum", "env")
	for _, v := range testtool.Vectors(t, "sha") {
		if v.Name == "name-with-path" {
			continue // the name leads out of the test's folder
		}
		want := v.Accepted()
		if differs := v.Get("sha256sum"); differs != "" {
			want = differs == "ok"
		}
		if got := sha256sumReads(t, v.Body); got != want {
			t.Errorf("%s: sha256sum takes it: %v", v.Name, got)
		}
	}
}

// sha256sumReads puts the files that the list names into a folder and lets
// sha256sum -c judge whether the list is well-formed and names those files.
func sha256sumReads(t *testing.T, list []byte) bool {
	t.Helper()
	dir := t.TempDir()
	contents := map[Sum]string{sumOf([]byte("hello")): "hello", sumOf(nil): ""}
	// R and S are what the refused files name, so that it is not their absence
	// that sha256sum finds fault with.
	entries := []Entry{{Sum: sumOf([]byte("hello")), Name: "R"}, {Sum: sumOf([]byte("hello")), Name: "S"}}
	if more, err := Parse(bytes.NewReader(list)); err == nil {
		entries = append(entries, more...)
	}
	for _, e := range entries {
		if e.Name == "" {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, e.Name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, e.Name), []byte(contents[e.Sum]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "list of sums")
	if err := os.WriteFile(path, list, 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err := testtool.Try(t, "env", "-C", dir, "sha256sum", "--strict", "-c", path)
	return err == nil
}
