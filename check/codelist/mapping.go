package codelist

import (
	"bytes"
	_ "embed"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"csuis-offline/check/datafile"
)

// The problems that only files about code lists can have, with what Found and
// Wanted of a *datafile.Error say.
const (
	BadName   datafile.Problem = "name"   // no name of an element or attribute
	BadDouble datafile.Problem = "double" // one name or value for two things; wanted: the two
)

// Problems lists the problems that only files about code lists can have.
func Problems() []datafile.Problem { return []datafile.Problem{BadName, BadDouble} }

// maxMapping is the most that a file of field names may hold, in bytes.
const maxMapping = 1 << 20

//go:embed fields.toml
var builtIn []byte

// Mapping says which names in a published list mean which field. It never
// changes once made and is safe for use by several goroutines at once.
type Mapping struct{ lists map[Kind]*fields }

// fields is the mapping of one list, with all names folded.
type fields struct {
	roots  map[string]bool
	header map[string]bool
	names  map[string]string            // a name, or "parent/name", to its field
	values map[string]map[string]string // of a field: a value as written to ours
	pad    map[string]int
}

type mappingFile struct {
	Format     string          `toml:"format"`
	Units      *mappingSection `toml:"cus0001"`
	Statements *mappingSection `toml:"cus0002"`
	SKP        *mappingSection `toml:"cus0014"`
	Accounts   *mappingSection `toml:"cus0017"`
}

type mappingSection struct {
	Roots  []string                       `toml:"roots"`
	Header []string                       `toml:"header"`
	Fields map[string][]string            `toml:"fields"`
	Values map[string]map[string][]string `toml:"values"`
	Pad    map[string]int                 `toml:"pad"`
}

// mappingFormat is the name and version of the file's form.
const mappingFormat = "csuis-codelist-fields/1"

var validity = []string{"list_from", "list_to", "from", "to", "name"}

// knownFields are the fields that a list can have.
var knownFields = map[Kind][]string{
	Units: append([]string{
		"ic", "unit_kind", "state", "person", "role", "person_from", "person_to", "person_state", "zo", "nzo",
	}, validity...),
	Statements: append([]string{"statement", "unit_kind", "every"}, validity...),
	SKP:        append([]string{"code"}, validity...),
	Accounts:   append([]string{"code"}, validity...),
}

// closed are the fields with a closed set of values, and the values.
var closed = map[string][]string{
	"state": {"active", "inactive"},
	"role":  {"ZO", "NZO"},
	"every": {"monthly", "quarterly", "half-yearly", "yearly", "on-request"},
}

var defaults = sync.OnceValue(func() *Mapping {
	m, err := (&Mapping{}).Override(bytes.NewReader(builtIn))
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return m
})

// DefaultMapping returns the names that ship with the program. All of them are
// assumed.
func DefaultMapping() *Mapping { return defaults() }

// BuiltInMapping returns the text of the file that ships with the program, for
// users who want to write their own.
func BuiltInMapping() []byte { return bytes.Clone(builtIn) }

// Override returns this mapping with the names of a user's file of at most 1
// MiB: where the file names a field, roots, the header or a field's values, only
// what the file says counts. Errors are a *datafile.Error that wraps ErrMapping,
// or the reader's.
func (m *Mapping) Override(r io.Reader) (*Mapping, error) {
	var f mappingFile
	src, err := datafile.Decode(r, datafile.Kind{Err: ErrMapping, Format: mappingFormat, Max: maxMapping}, &f)
	if err != nil {
		return nil, err
	}
	out := &Mapping{lists: map[Kind]*fields{}}
	for _, k := range Kinds() {
		out.lists[k] = m.lists[k].clone()
		if s := f.section(k); s != nil {
			if err := out.lists[k].apply(k, s, src); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func (f *mappingFile) section(k Kind) *mappingSection {
	switch k {
	case Units:
		return f.Units
	case Statements:
		return f.Statements
	case SKP:
		return f.SKP
	}
	return f.Accounts
}

func (f *fields) clone() *fields {
	if f == nil {
		return &fields{
			roots: map[string]bool{}, header: map[string]bool{}, names: map[string]string{},
			values: map[string]map[string]string{}, pad: map[string]int{},
		}
	}
	return &fields{
		roots: maps.Clone(f.roots), header: maps.Clone(f.header), names: maps.Clone(f.names),
		values: maps.Clone(f.values), pad: maps.Clone(f.pad),
	}
}

func (f *fields) apply(k Kind, s *mappingSection, src *datafile.File) error {
	if s.Roots != nil {
		f.roots = foldSet(s.Roots)
	}
	if s.Header != nil {
		f.header = foldSet(s.Header)
	}
	given := map[string]string{}
	for _, field := range slices.Sorted(maps.Keys(s.Fields)) {
		at := datafile.At(string(k)+".fields", -1, field)
		if !slices.Contains(knownFields[k], field) {
			return src.Fault(at, datafile.UnknownKey, field, strings.Join(knownFields[k], ", "))
		}
		maps.DeleteFunc(f.names, func(_, of string) bool { return of == field })
		for _, written := range s.Fields[field] {
			n := foldName(written)
			if n == "" || strings.Count(n, "/") > 1 {
				return src.Fault(at, BadName, written, "")
			}
			if other, twice := given[n]; twice && other != field {
				return src.Fault(at, BadDouble, written, other+", "+field)
			}
			given[n] = field
		}
	}
	// A name in the user's file overrides the same name of another field.
	maps.Copy(f.names, given)
	if err := f.applyValues(k, s, src); err != nil {
		return err
	}
	return f.applyPad(k, s, src)
}

func (f *fields) applyValues(k Kind, s *mappingSection, src *datafile.File) error {
	for _, field := range slices.Sorted(maps.Keys(s.Values)) {
		if !slices.Contains(knownFields[k], field) {
			return src.Fault(datafile.At(string(k)+".values", -1, field), datafile.UnknownKey, field, strings.Join(knownFields[k], ", "))
		}
		table := map[string]string{}
		for _, ours := range slices.Sorted(maps.Keys(s.Values[field])) {
			at := datafile.At(string(k)+".values."+field, -1, ours)
			if c := closed[field]; c != nil && !slices.Contains(c, ours) {
				return src.Fault(at, datafile.Choice, ours, strings.Join(c, ", "))
			}
			if clean, ok := tidy([]byte(ours)); !ok || clean != ours {
				return src.Fault(at, BadName, ours, "")
			}
			for _, w := range s.Values[field][ours] {
				if other, twice := table[foldValue(w)]; twice && other != ours {
					return src.Fault(at, BadDouble, w, other+", "+ours)
				}
				table[foldValue(w)] = ours
			}
		}
		f.values[field] = table
	}
	return nil
}

// maxPad is the most digits to which a number is filled.
const maxPad = 100

func (f *fields) applyPad(k Kind, s *mappingSection, src *datafile.File) error {
	for _, field := range slices.Sorted(maps.Keys(s.Pad)) {
		at, n := datafile.At(string(k)+".pad", -1, field), s.Pad[field]
		if !slices.Contains(knownFields[k], field) {
			return src.Fault(at, datafile.UnknownKey, field, strings.Join(knownFields[k], ", "))
		}
		if n < 1 || n > maxPad {
			return src.Fault(at, datafile.Range, strconv.Itoa(n), "1.."+strconv.Itoa(maxPad))
		}
		f.pad[field] = n
	}
	return nil
}

// field returns the field that a name inside a parent means, "" for none. Both
// are folded.
func (f *fields) field(parent, name string) string {
	if v, ok := f.names[parent+"/"+name]; ok {
		return v
	}
	return f.names[name]
}

var foldOut = strings.NewReplacer("_", "", "-", "", ".", "")

// foldName makes names comparable.
func foldName(s string) string { return foldOut.Replace(strings.ToLower(s)) }

// foldValue makes values of a closed set comparable.
func foldValue(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }

func foldSet(names []string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[foldName(n)] = true
	}
	return m
}

// detect recognises the list by its root: name, namespace and schema location.
func (m *Mapping) detect(local string, places []string) (Kind, bool) {
	places = append(places, local)
	for _, k := range Kinds() {
		for _, p := range places {
			if strings.Contains(strings.ToLower(p), string(k)) {
				return k, true
			}
		}
	}
	for _, k := range Kinds() {
		if m.lists[k].roots[foldName(local)] {
			return k, true
		}
	}
	return "", false
}
