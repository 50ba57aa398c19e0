package xsd

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"csuis-offline/internal/testtool"
)

// FuzzSchema feeds the loader. What compiles must also judge a document.
func FuzzSchema(f *testing.F) {
	files, _ := filepath.Glob("testdata/schemas/*.xsd")
	for _, p := range files {
		src, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src), `<r xmlns="urn:t"><a>1</a></r>`)
	}
	f.Fuzz(func(t *testing.T, src, doc string) {
		start := time.Now()
		s, err := Compile(mem(map[string]string{"s.xsd": src}), "s.xsd")
		if d := time.Since(start); d > 30*testtool.Slowdown*time.Second {
			t.Errorf("compiling takes %v", d)
		}
		if err != nil {
			if _, ok := err.(*SchemaError); !ok {
				t.Errorf("%T: %v", err, err)
			}
			return
		}
		judge(t, s, []byte(doc))
	})
}

// FuzzDocument feeds the validator with a schema that has something of everything.
func FuzzDocument(f *testing.F) {
	names := []string{"counts", "countsAmbiguous", "all", "attributes", "anyAttribute", "any", "extension", "facetsString", "facetsDate", "listUnion", "builtins", "ids", "keys", "keysNested", "xsiType", "nillable", "substitution", "mixed"}
	var schemas []*Schema
	for i, n := range names {
		schemas = append(schemas, compile(f, "testdata/schemas", n+".xsd"))
		docs, _ := filepath.Glob(filepath.Join("testdata/instances", n, "*.xml"))
		for _, d := range docs {
			src, err := os.ReadFile(d)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(i, string(src))
		}
	}
	f.Fuzz(func(t *testing.T, i int, doc string) {
		s := schemas[uint(i)%uint(len(schemas))]
		one, err := judge(t, s, []byte(doc))
		two, again := judge(t, s, []byte(doc))
		if show(one) != show(two) || (err == nil) != (again == nil) {
			t.Errorf("two runs differ: %v%s\n%v%s", err, show(one), again, show(two))
		}
		for _, v := range one {
			if v.Line < 1 || v.Column < 1 || v.Rule == "" || v.Clause == "" || !strings.HasPrefix(v.Path, "/") {
				t.Errorf("%+v", v)
			}
		}
	})
}

// FuzzPattern compiles patterns; where Go's regexp reads the same language, both must agree.
func FuzzPattern(f *testing.F) {
	for _, p := range []string{`\d{1,3}`, `[a-z-[aeiou]]+`, `(a|b)*c?`, `\p{L}\p{IsGreek}`, `[^\s\-x]{2,}`, `.*`, `a^b$`} {
		f.Add(p, "ab1")
	}
	plain := regexp.MustCompile(`^[ab1 |()*+?]*$`)
	f.Fuzz(func(t *testing.T, p, s string) {
		c, err := compilePattern(p)
		if err != nil {
			return
		}
		c.lazy = 1
		v := &valueChecker{}
		got := v.match(c, []byte(s))
		if !plain.MatchString(p) || strings.Contains(p, "?") {
			return
		}
		re, err := regexp.Compile(`^(?:` + p + `)$`)
		if err != nil {
			return
		}
		if want := re.MatchString(s); got != want && !strings.Contains(s, "\n") {
			t.Errorf("%q with %q: %v, Go's regexp %v", p, s, got, want)
		}
	})
}
