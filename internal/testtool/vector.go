package testtool

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Vector is one file of the published suite, testdata/KIND/NAME.txt, in the form
// that testdata/README.md lays down.
type Vector struct {
	Kind, Name string
	// Header holds the lines of the header in their order, each a name and a value.
	Header [][2]string
	Body   []byte
}

// Get returns the value of a header line, "" where there is none.
func (v *Vector) Get(name string) string {
	for _, line := range v.Header {
		if line[0] == name {
			return line[1]
		}
	}
	return ""
}

// All returns the values of all header lines of one name.
func (v *Vector) All(name string) []string {
	var all []string
	for _, line := range v.Header {
		if line[0] == name {
			all = append(all, line[1])
		}
	}
	return all
}

// Bytes returns the bytes that a header line states in hexadecimal digits.
func (v *Vector) Bytes(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(v.Get(name))
	if err != nil {
		t.Fatalf("%s/%s: %s: %v", v.Kind, v.Name, name, err)
	}
	return raw
}

// Accepted reports what the vector expects.
func (v *Vector) Accepted() bool { return v.Get("expect") == "ok" }

// VectorKinds are the folders of testdata that hold vectors.
func VectorKinds() []string {
	return []string{"xm6", "key", "sha", "identifier", "envelope", "image", "package"}
}

// TestData returns the path of a file or folder in the project's testdata.
func TestData(t testing.TB, elem ...string) string {
	t.Helper()
	return filepath.Join(append([]string{projectRoot(t), "testdata"}, elem...)...)
}

// Vectors reads all vectors of a kind, in the order of their names.
func Vectors(t testing.TB, kind string) []Vector {
	t.Helper()
	paths, err := filepath.Glob(TestData(t, kind, "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no vectors of the kind %s: %v", kind, err)
	}
	var all []Vector
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		v, err := parseVector(text)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		v.Kind, v.Name = kind, strings.TrimSuffix(filepath.Base(path), ".txt")
		all = append(all, v)
	}
	return all
}

func parseVector(text []byte) (Vector, error) {
	var v Vector
	head, body, ok := bytes.Cut(text, []byte("\n\n"))
	if !ok {
		return v, fmt.Errorf("no blank line ends the header")
	}
	for line := range strings.SplitSeq(string(head), "\n") {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			return v, fmt.Errorf("no header line: %q", line)
		}
		v.Header = append(v.Header, [2]string{name, value})
	}
	if want := v.Get("expect"); want != "ok" && want != "refuse" || (want == "refuse") != (v.Get("reason") != "") {
		return v, fmt.Errorf("expect is %q, reason is %q", want, v.Get("reason"))
	}
	for _, name := range []string{"comment", "source"} {
		if v.Get(name) == "" {
			return v, fmt.Errorf("the header has no %s", name)
		}
	}
	digits := strings.ReplaceAll(string(body), "\n", "")
	var err error
	switch form := v.Get("body"); form {
	case "text", "patch":
		v.Body = body
	case "hex":
		v.Body, err = hex.DecodeString(digits)
	case "base64":
		v.Body, err = base64.StdEncoding.DecodeString(digits)
	default:
		err = fmt.Errorf("the form of the body is %q", form)
	}
	return v, err
}

// SameVectors holds the files of a kind to what a generator makes of them, but
// for what the commands answer to them. With
// update it writes them anew and removes those that the generator does not make.
func SameVectors(t *testing.T, kind string, made []Vector, update bool) {
	t.Helper()
	dir := TestData(t, kind)
	known := map[string]bool{}
	for _, v := range made {
		file := v.Name + ".txt"
		if known[file] {
			t.Errorf("%s is made twice", file)
		}
		known[file] = true
		path := filepath.Join(dir, file)
		v.setAnswers(answers(path))
		want := v.text()
		if update {
			if err := os.WriteFile(path, want, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s differs from what the generator makes (%v): -update-vectors writes it anew", path, err)
		}
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if known[filepath.Base(path)] {
			continue
		}
		if update {
			err = os.Remove(path)
		}
		if !update || err != nil {
			t.Errorf("%s is made by no generator (%v)", path, err)
		}
	}
}

// Commands are the names of the header lines that say what a command of
// csuis-offline answers.
func Commands() []string { return []string{"seal", "open", "verify", "pack"} }

// SetAnswers writes a vector anew with these lines in the place of those of
// Commands, above the last line of the header.
func SetAnswers(t *testing.T, v *Vector, answers [][2]string) {
	t.Helper()
	v.setAnswers(answers)
	if err := os.WriteFile(TestData(t, v.Kind, v.Name+".txt"), v.text(), 0o666); err != nil {
		t.Fatal(err)
	}
}

func (v *Vector) setAnswers(answers [][2]string) {
	isAnswer := func(line [2]string) bool { return slices.Contains(Commands(), line[0]) }
	v.Header = slices.DeleteFunc(slices.Clone(v.Header), isAnswer)
	v.Header = slices.Insert(v.Header, len(v.Header)-1, answers...)
}

// answers are the lines of Commands in a file that is there already.
func answers(path string) [][2]string {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	v, err := parseVector(text)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(v.Header, func(line [2]string) bool { return !slices.Contains(Commands(), line[0]) })
}

// text is the vector as a file.
func (v *Vector) text() []byte {
	var b bytes.Buffer
	for _, line := range v.Header {
		fmt.Fprintf(&b, "%s: %s\n", line[0], line[1])
	}
	b.WriteString("\n")
	if v.Get("body") != "hex" {
		b.Write(v.Body)
		return b.Bytes()
	}
	for part := range slices.Chunk([]byte(hex.EncodeToString(v.Body)), 64) {
		fmt.Fprintf(&b, "%s\n", part)
	}
	return b.Bytes()
}
