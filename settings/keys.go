package settings

import (
	"reflect"
	"slices"
	"strings"
)

// keys are all sections and settings, in the order of Settings.
var keys = keysOf(reflect.TypeFor[Settings]())

func keysOf(t reflect.Type) (all []string) {
	for i := range t.NumField() {
		section := t.Field(i).Tag.Get("toml")
		if section == "" {
			continue
		}
		all = append(all, section)
		if inner := t.Field(i).Type; inner.Kind() == reflect.Struct {
			for j := range inner.NumField() {
				all = append(all, section+"."+inner.Field(j).Tag.Get("toml"))
			}
		}
	}
	return all
}

// lists are the settings that are lists of texts; all others are texts.
var lists = []string{"person.phones", "online.processed"}

// paths are the settings that are paths, relative to the file's folder.
var paths = []string{
	"key.file", "pack.out", "check.schemas", "check.rules", "check.codelists", "check.terms", "check.attachments",
	"check.fields", "online.password_file", "online.ca", "online.outbox", "check.code_places",
}

// Keys lists all sections ("unit") and settings ("unit.ic"). The user chooses
// the names in the section records, so they are not listed.
func Keys() []string { return slices.Clone(keys) }

// Split splits a key into section and name; without a dot the section is "".
func Split(key string) (section, name string) {
	section, name, ok := strings.Cut(key, ".")
	if !ok {
		return "", key
	}
	return section, name
}

// homesOf lists the sections that have a setting of this name.
func homesOf(name string) (homes []string) {
	for _, k := range keys {
		if section, n := Split(k); section != "" && n == name {
			homes = append(homes, section)
		}
	}
	return homes
}
