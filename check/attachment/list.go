package attachment

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"csuis-offline/check/datafile"
)

// MaxSize is the greatest size in bytes of a list that Parse reads.
const MaxSize = 1 << 20

// ErrData says that a list of kinds cannot be used. It is wrapped together with
// the reason.
var ErrData = errors.New("attachment: invalid list of kinds")

//go:embed kinds.toml
var builtIn []byte

// List says which kinds of attachments are allowed, in which records, and in
// which elements they are. It never changes once made and is safe for use by
// several goroutines at once.
type List struct {
	records  map[string]bool
	kinds    map[Kind]bool
	elements map[string]bool
	ignored  map[string]bool // namespaces
	shortest int64
	assumed  bool
	source   string
}

type file struct {
	Format   string   `toml:"format"`
	Records  []string `toml:"records"`
	Allowed  []Kind   `toml:"allowed"`
	Elements []string `toml:"elements"`
	Ignore   []string `toml:"ignore_namespaces"`
	Shortest int64    `toml:"shortest"`
	Assumed  bool     `toml:"assumed"`
	Source   string   `toml:"source"`
}

// format is the name and version of the file's form.
const format = "csuis-attachments/1"

var defaults = sync.OnceValue(func() *List {
	l, err := Parse(bytes.NewReader(builtIn))
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return l
})

// Default returns the list that ships with the program. All of it is assumed.
func Default() *List { return defaults() }

// BuiltIn returns the text of the file that ships with the program, for users
// who want to write their own.
func BuiltIn() []byte { return bytes.Clone(builtIn) }

// Parse reads a user's list of at most MaxSize bytes, which replaces the one
// that ships with the program. Errors are a *datafile.Error that wraps ErrData,
// or the reader's.
func Parse(r io.Reader) (*List, error) {
	var f file
	src, err := datafile.Decode(r, datafile.Kind{Err: ErrData, Format: format, Max: MaxSize}, &f)
	if err != nil {
		return nil, err
	}
	if err := f.check(src); err != nil {
		return nil, err
	}
	return &List{
		records: set(f.Records), kinds: set(f.Allowed), elements: set(f.Elements), ignored: set(f.Ignore),
		shortest: f.Shortest, assumed: f.Assumed, source: f.Source,
	}, nil
}

func (f *file) check(src *datafile.File) error {
	at := func(key string) datafile.Place { return datafile.At("", -1, key) }
	for _, must := range []struct {
		key   string
		count int
	}{{"records", len(f.Records)}, {"allowed", len(f.Allowed)}} {
		if must.count == 0 {
			return src.Fault(at(must.key), datafile.Missing, "", "")
		}
	}
	for _, r := range f.Records {
		if len(r) != 3 || strings.Trim(r, "0123456789") != "" {
			return src.Fault(at("records"), datafile.Digits, r, "")
		}
	}
	for _, k := range f.Allowed {
		if !slices.Contains(allKinds, k) {
			return src.Fault(at("allowed"), datafile.Choice, string(k), joined(allKinds))
		}
	}
	// Below this, ordinary words and numbers would be taken for files.
	if f.Shortest != 0 && (f.Shortest < minShortest || f.Shortest > maxShortest) {
		return src.Fault(at("shortest"), datafile.Range, fmt.Sprint(f.Shortest), fmt.Sprintf("%d..%d", minShortest, maxShortest))
	}
	return nil
}

// Bounds of shortest, in characters.
const minShortest, maxShortest = 64, 1 << 30

func joined(kinds []Kind) string {
	var all []string
	for _, k := range kinds {
		all = append(all, string(k))
	}
	return strings.Join(all, ", ")
}

func set[T comparable](list []T) map[T]bool {
	m := make(map[T]bool, len(list))
	for _, v := range list {
		m[v] = true
	}
	return m
}

// Concerns reports whether the list is about records of a type (three digits,
// "012").
func (l *List) Concerns(recordType string) bool { return l.records[recordType] }

// Allows reports whether a kind is on the list.
func (l *List) Allows(k Kind) bool { return l.kinds[k] }

// Allowed returns the kinds of the list, in the order of Kinds.
func (l *List) Allowed() []Kind {
	return slices.DeleteFunc(Kinds(), func(k Kind) bool { return !l.kinds[k] })
}

// Assumed reports whether the list is assumed, and where it is from.
func (l *List) Assumed() (bool, string) { return l.assumed, l.source }
