// Package catalogue holds every text that people read in the commands, in
// Czech and in English. The texts are data: one TOML file a subject and
// language, keyed by the same identifiers. A text has named placeholders:
//
//	{name}                    the argument's value, written as the language writes it
//	{n|record|records}        the form of a word that goes with the number n
//	{n|záznam|záznamy|záznamů} in Czech: one, two to four, any other
//	{{                        an opening brace
//
// A message that reports a fault also has the next step.
package catalogue

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"csuis-offline/internal/tomlfile"
)

// Lang is a language of the catalogue.
type Lang string

// The languages.
const (
	Czech   Lang = "cs"
	English Lang = "en"
)

// Langs lists the languages, the default first.
func Langs() []Lang { return []Lang{Czech, English} }

// Args are the values for a text's placeholders.
type Args map[string]any

// Catalogue has the texts of one language.
type Catalogue struct {
	lang    Lang
	entries map[string]entry
}

type entry struct {
	Text string `toml:"text"`
	Next string `toml:"next"`
}

// maxFile is the most that a file of texts holds, in bytes.
const maxFile = 1 << 20

//go:embed cs/*.toml en/*.toml
var files embed.FS

var loaded = map[Lang]func() *Catalogue{
	Czech:   sync.OnceValue(func() *Catalogue { return must(load(Czech)) }),
	English: sync.OnceValue(func() *Catalogue { return must(load(English)) }),
}

// For returns the catalogue of a language; false for an unknown language.
func For(lang Lang) (*Catalogue, bool) {
	l, ok := loaded[lang]
	if !ok {
		return nil, false
	}
	return l(), true
}

// must panics: the texts are part of the program, and a test loads them all.
func must(c *Catalogue, err error) *Catalogue {
	if err != nil {
		panic(err)
	}
	return c
}

func load(lang Lang) (*Catalogue, error) {
	names, err := fs.Glob(files, string(lang)+"/*.toml")
	if err != nil {
		return nil, err
	}
	c := &Catalogue{lang: lang, entries: map[string]entry{}}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var part map[string]entry
		doc, err := tomlfile.Parse(data, maxFile)
		if err == nil {
			err = doc.Decode(&part)
		}
		if err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", name, err)
		}
		for id, e := range part {
			if _, twice := c.entries[id]; twice {
				return nil, fmt.Errorf("catalogue %s: %s is defined twice", name, id)
			}
			e.Text, e.Next = strings.TrimSpace(e.Text), strings.TrimSpace(e.Next)
			c.entries[id] = e
		}
	}
	return c, nil
}

// Lang is the language of the catalogue.
func (c *Catalogue) Lang() Lang { return c.lang }

// IDs lists the identifiers of all texts, sorted.
func (c *Catalogue) IDs() []string { return slices.Sorted(maps.Keys(c.entries)) }

// Has reports whether there is a text with this identifier.
func (c *Catalogue) Has(id string) bool {
	_, ok := c.entries[id]
	return ok
}

// Text returns a text with its placeholders filled. An identifier without a
// text comes back as it is, so that nothing is ever hidden from the reader.
func (c *Catalogue) Text(id string, args Args) string {
	e, ok := c.entries[id]
	if !ok {
		return id
	}
	return c.fill(e.Text, args)
}

// Next returns the next step that goes with a message, or "" if it has none. A
// message without a next step takes that of its family: for "xml.syntax" the one
// of "xml.*".
func (c *Catalogue) Next(id string, args Args) string {
	next := c.entries[id].Next
	if family, _, ok := strings.Cut(id, "."); ok && next == "" {
		next = c.entries[family+".*"].Next
	}
	return c.fill(next, args)
}

// fill replaces the placeholders of a text. An argument that is not given
// stays visible as its placeholder.
func (c *Catalogue) fill(text string, args Args) string {
	var b strings.Builder
	for _, p := range split(text) {
		switch v, given := args[p.name]; {
		case p.name == "":
			b.WriteString(p.literal)
		case !given:
			b.WriteString("{" + p.name + "}")
		case p.forms != nil:
			b.WriteString(c.lang.plural(v, p.forms))
		default:
			b.WriteString(c.Value(v))
		}
	}
	return b.String()
}

// piece is a stretch of a text: literal, or a placeholder.
type piece struct {
	literal string
	name    string
	forms   []string
}

func split(text string) []piece {
	var out []piece
	for text != "" {
		i := strings.IndexByte(text, '{')
		if i < 0 {
			return append(out, piece{literal: text})
		}
		if i > 0 {
			out = append(out, piece{literal: text[:i]})
		}
		text = text[i+1:]
		if strings.HasPrefix(text, "{") {
			out = append(out, piece{literal: "{"})
			text = text[1:]
			continue
		}
		inner, rest, ok := strings.Cut(text, "}")
		if !ok {
			return append(out, piece{literal: "{" + text})
		}
		parts := strings.Split(inner, "|")
		p := piece{name: parts[0]}
		if len(parts) > 1 {
			p.forms = parts[1:]
		}
		out = append(out, p)
		text = rest
	}
	return out
}
