package tomlfile

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// UnknownError says that a key has no place in what is decoded into.
type UnknownError struct {
	Path  []string // the names that lead to the key, and the key
	Node  *Node    // its value
	Known []string // the keys of that section
	Line  int
}

// Error says the key and the line.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("tomlfile: line %d: unknown key %s", e.Line, strings.Join(e.Path, "."))
}

// TypeError says that a value is of another kind than is decoded into.
type TypeError struct {
	Path          []string // the names that lead to the value
	Node          *Node
	Found, Wanted Kind
	Line          int
}

// Error says the key, the line and the kinds.
func (e *TypeError) Error() string {
	return fmt.Sprintf("tomlfile: line %d: %s is %s, not %s", e.Line, strings.Join(e.Path, "."), e.Found, e.Wanted)
}

// Decode fills v, a pointer to a struct or a map of which the fields have tags
// `toml:"name"` and are texts, whole numbers, truths, time.Time, lists, maps,
// structs, and pointers to these. Letter case does not count. It refuses keys
// that v has no place for (*UnknownError), values of another kind (*TypeError),
// and what letter case alone keeps apart (*Error), each the first in the file.
func (d *Doc) Decode(v any) error {
	return d.decode(reflect.ValueOf(v).Elem(), d.Root, nil)
}

var timeType = reflect.TypeFor[time.Time]()

func (d *Doc) decode(into reflect.Value, n *Node, path []string) error {
	if into.Kind() == reflect.Pointer {
		into.Set(reflect.New(into.Type().Elem()))
		into = into.Elem()
	}
	wanted := kindOf(into.Type())
	// [{a = 1}, {a = 2}] is the same as two sections.
	same := n.Kind == wanted || wanted == Sections && n.Kind == List && allSections(n.Items)
	if !same {
		return &TypeError{path, n, n.Kind, wanted, d.Line(n)}
	}
	switch wanted {
	case Text:
		into.SetString(n.Text)
	case Truth:
		into.SetBool(n.Text == "true")
	case Number:
		if into.OverflowInt(n.number) {
			return d.fault(n.at, &Error{Problem: Syntax, Err: fmt.Errorf("the number %s is too large", n.Text)})
		}
		into.SetInt(n.number)
	case List, Sections:
		into.Set(reflect.MakeSlice(into.Type(), len(n.Items), len(n.Items)))
		for i, item := range n.Items {
			if err := d.decode(into.Index(i), item, path); err != nil {
				return err
			}
		}
	case Section:
		return d.section(into, n, path)
	default:
		var v struct{ V time.Time }
		if into.Type() != timeType || toml.Unmarshal([]byte("V = "+n.Text), &v) != nil {
			return &TypeError{path, n, n.Kind, wanted, d.Line(n)}
		}
		into.Set(reflect.ValueOf(v.V))
	}
	return nil
}

func (d *Doc) section(into reflect.Value, n *Node, path []string) error {
	if into.Kind() == reflect.Map {
		into.Set(reflect.MakeMapWithSize(into.Type(), len(n.Entries)))
	}
	var seen map[int]*Node
	for _, e := range n.Entries {
		path := append(path[:len(path):len(path)], e.Name)
		if into.Kind() == reflect.Map {
			v := reflect.New(into.Type().Elem()).Elem()
			if err := d.decode(v, e.Value, path); err != nil {
				return err
			}
			into.SetMapIndex(reflect.ValueOf(e.Name).Convert(into.Type().Key()), v)
			continue
		}
		i, known := fieldOf(into.Type(), e.Name)
		if i < 0 {
			return &UnknownError{path, e.Value, known, d.Line(e.Value)}
		}
		if first := seen[i]; first != nil {
			return d.fault(e.at, &Error{Problem: KeyTwice, Section: path[:len(path)-1], Key: []string{e.Name}, First: d.Line(first)})
		}
		if seen == nil {
			seen = map[int]*Node{}
		}
		seen[i] = e.Value
		if err := d.decode(into.Field(i), e.Value, path); err != nil {
			return err
		}
	}
	return nil
}

// fieldOf is the place of the field that a key means, -1 for none, and all the
// keys there are.
func fieldOf(t reflect.Type, key string) (field int, known []string) {
	for i := range t.NumField() {
		tag := t.Field(i).Tag.Get("toml")
		if tag == "" {
			continue
		}
		if strings.EqualFold(tag, key) {
			return i, nil
		}
		known = append(known, tag)
	}
	return -1, known
}

func allSections(items []*Node) bool {
	for _, i := range items {
		if i.Kind != Section {
			return false
		}
	}
	return true
}

func kindOf(t reflect.Type) Kind {
	switch t.Kind() {
	case reflect.String:
		return Text
	case reflect.Int, reflect.Int64:
		return Number
	case reflect.Bool:
		return Truth
	case reflect.Map:
		return Section
	case reflect.Struct:
		if t != timeType {
			return Section
		}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct && t.Elem() != timeType {
			return Sections
		}
		return List
	}
	return Other
}
