package datafile

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// conform refuses keys that a type has no place for and values of another type.
// The TOML library does so too, but it does not tell one section of several of
// the same name from another.
func (f *File) conform(t reflect.Type, value any, at Place) error {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if list, ok := value.([]any); ok && typeFor(t) == typeTables {
		// [{a = 1}, {a = 2}] is the same as two sections.
		tables, ok := tablesOf(list)
		if !ok {
			return f.wrongType(t, value, at)
		}
		value = tables
	}
	if typeOf(value) != typeFor(t) {
		return f.wrongType(t, value, at)
	}
	switch v := value.(type) {
	case map[string]any:
		return f.section(t, v, at)
	case []map[string]any:
		for i, e := range v {
			if err := f.section(t.Elem(), e, At(at.String(), i, "")); err != nil {
				return err
			}
		}
	case []any:
		for _, e := range v {
			if err := f.conform(t.Elem(), e, at); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *File) wrongType(t reflect.Type, value any, at Place) error {
	text := ""
	switch value.(type) {
	case string, int64, bool:
		text = fmt.Sprint(value)
	}
	return f.fault(f.line(at, text), &Error{Problem: WrongType, Key: at.String(), Found: typeOf(value), Wanted: typeFor(t)})
}

func tablesOf(list []any) ([]map[string]any, bool) {
	tables := make([]map[string]any, 0, len(list))
	for _, e := range list {
		table, ok := e.(map[string]any)
		if !ok {
			return nil, false
		}
		tables = append(tables, table)
	}
	return tables, true
}

// section is conform of a table whose own place is known.
func (f *File) section(t reflect.Type, table map[string]any, at Place) error {
	inside := at
	if at.Key != "" {
		inside = At(at.String(), -1, "")
	}
	// In an order that does not change from run to run.
	for _, key := range slices.Sorted(maps.Keys(table)) {
		inside.Key = key
		elem := t
		switch {
		case t.Kind() == reflect.Map:
			elem = t.Elem()
		default:
			field, ok := fieldOf(t, key)
			if !ok {
				return f.fault(f.line(inside, ""), &Error{Problem: UnknownKey, Key: inside.String(), Found: clip(key), Wanted: strings.Join(keysOf(t), ", ")})
			}
			elem = field
		}
		if err := f.conform(elem, table[key], inside); err != nil {
			return err
		}
	}
	return nil
}

// fieldOf is the type of a struct's field. Letter case does not count, as in
// the TOML library.
func fieldOf(t reflect.Type, key string) (reflect.Type, bool) {
	for i := range t.NumField() {
		if tag := t.Field(i).Tag.Get("toml"); tag != "" && strings.EqualFold(tag, key) {
			return t.Field(i).Type, true
		}
	}
	return nil, false
}

func keysOf(t reflect.Type) (keys []string) {
	for i := range t.NumField() {
		if tag := t.Field(i).Tag.Get("toml"); tag != "" {
			keys = append(keys, tag)
		}
	}
	return keys
}

func typeOf(v any) string {
	switch v.(type) {
	case string:
		return typeText
	case int64:
		return typeNumber
	case bool:
		return typeTruth
	case []any:
		return typeList
	case []map[string]any:
		return typeTables
	case map[string]any:
		return typeSection
	}
	return typeOther
}

func typeFor(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return typeText
	case reflect.Int, reflect.Int64:
		return typeNumber
	case reflect.Bool:
		return typeTruth
	case reflect.Struct, reflect.Map:
		return typeSection
	case reflect.Slice:
		if k := t.Elem().Kind(); k == reflect.Struct {
			return typeTables
		}
		return typeList
	}
	return typeOther
}
