package codelist

import (
	"bytes"
	_ "embed"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"csuis-offline/check/datafile"
)

const (
	maxPlaces     = 1 << 20 // bytes of a file of places
	maxPlaceCount = 1000    // places in it
	placesFormat  = "csuis-code-places/1"
	placeTable    = "place"
)

// ErrPlaces says that a file of places of codes cannot be used.
var ErrPlaces = errors.New("codelist: invalid file of code places")

//go:embed places.toml
var builtInPlaces []byte

// Places says where records have codes of SKP and of the chart of accounts
// (technical manual, chapter C: codes are compared with the lists). It never
// changes once made and is safe for use by several goroutines at once.
type Places struct {
	elements   map[string][]spot // by the element's local name
	attributes map[string][]spot // by the attribute's local name
}

// spot is one place.
type spot struct {
	list    Kind
	parent  string   // "" for any; of an attribute: its element
	records []string // local names of root elements; none for all
	assumed bool
}

type placesFile struct {
	Format string      `toml:"format"`
	Places []placeItem `toml:"place"`
}

type placeItem struct {
	List    string   `toml:"list"`
	Names   []string `toml:"names"`
	Records []string `toml:"records"`
	Assumed bool     `toml:"assumed"`
	Source  string   `toml:"source"`
}

var defaultPlaces = sync.OnceValue(func() *Places {
	p, err := ParsePlaces(bytes.NewReader(builtInPlaces))
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return p
})

// DefaultPlaces returns the places that ship with the program. All of them are
// assumed.
func DefaultPlaces() *Places { return defaultPlaces() }

// BuiltInPlaces returns the text of the file that ships with the program, for
// users who want to write their own.
func BuiltInPlaces() []byte { return bytes.Clone(builtInPlaces) }

// ParsePlaces reads a user's file of at most 1 MiB, which replaces the one that
// ships with the program. Errors are a *datafile.Error that wraps ErrPlaces, or
// the reader's.
func ParsePlaces(r io.Reader) (*Places, error) {
	var f placesFile
	src, err := datafile.Decode(r, datafile.Kind{Err: ErrPlaces, Format: placesFormat, Max: maxPlaces}, &f)
	if err != nil {
		return nil, err
	}
	if len(f.Places) > maxPlaceCount {
		return nil, src.Fault(datafile.At(placeTable, maxPlaceCount, ""), datafile.TooMany, "", strconv.Itoa(maxPlaceCount))
	}
	p := &Places{elements: map[string][]spot{}, attributes: map[string][]spot{}}
	for i := range f.Places {
		if err := p.add(&f.Places[i], i, src); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *Places) add(item *placeItem, n int, src *datafile.File) error {
	fault := func(key string, problem datafile.Problem, found, wanted string) error {
		return src.Fault(datafile.At(placeTable, n, key), problem, found, wanted)
	}
	list := Kind(item.List)
	switch {
	case item.List == "":
		return fault("list", datafile.Missing, "", "")
	case list != SKP && list != Accounts:
		return fault("list", datafile.Choice, item.List, string(SKP)+", "+string(Accounts))
	case len(item.Names) == 0:
		return fault("names", datafile.Missing, "", "")
	}
	for _, r := range item.Records {
		if !isLocalName(r) {
			return fault("records", BadName, r, "")
		}
	}
	for _, written := range item.Names {
		parent, name, nested := strings.Cut(written, "/")
		if !nested {
			parent, name = "", written
		}
		name, attribute := strings.CutPrefix(name, "@")
		if !isLocalName(name) || nested && !isLocalName(parent) {
			return fault("names", BadName, written, "")
		}
		into := p.elements
		if attribute {
			into = p.attributes
		}
		for _, other := range into[name] {
			if other.parent == parent && other.list != list && overlap(other.records, item.Records) {
				return fault("names", BadDouble, written, string(other.list)+", "+item.List)
			}
		}
		into[name] = append(into[name], spot{list, parent, item.Records, item.Assumed})
	}
	return nil
}

// overlap reports whether two limits to records leave one for both.
func overlap(a, b []string) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(r string) bool { return slices.Contains(b, r) })
}

// isLocalName reports whether a name can be an element's: it has no prefix of a
// namespace, no path and no white space.
func isLocalName(s string) bool {
	return s != "" && len(s) <= 200 && !strings.ContainsAny(s, ":/@\"'<>&=[](){},;*|!?") && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == 0xA0 }) &&
		!strings.ContainsRune("0123456789-.", rune(s[0]))
}

// in returns the places that are about records of a root element.
func (p *Places) in(root string) *Places {
	out := &Places{elements: map[string][]spot{}, attributes: map[string][]spot{}}
	for _, m := range []struct{ from, to map[string][]spot }{{p.elements, out.elements}, {p.attributes, out.attributes}} {
		for name, spots := range m.from {
			for _, s := range spots {
				if len(s.records) == 0 || slices.Contains(s.records, root) {
					m.to[name] = append(m.to[name], s)
				}
			}
		}
	}
	return out
}
