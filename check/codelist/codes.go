package codelist

import (
	"bytes"
	"unicode/utf8"

	"csuis-offline/c14n"
)

// Limits of what a Codes keeps. The published lists hold fewer codes.
const (
	MaxCodes     = 20_000  // distinct codes of a record
	MaxCodeBytes = 4 << 20 // bytes of them, and of the paths to them
	maxCode      = 200     // bytes of one that is kept; a longer one is no code
	maxCodeText  = 4 * maxCode
	maxCodePath  = 500 // bytes of a path
)

// Code is a code in a record.
type Code struct {
	List Kind
	// Text is the code, without white space around it; if it is too long for a
	// code, its beginning and "…".
	Text string
	// Line and Column are those of the first element that holds it, Path leads
	// to that element by local names; of a long one it is the end, after "…".
	Line, Column int
	Path         string
	// Assumed: only places that are assumed hold it.
	Assumed bool
}

// Codes gathers the codes of one record as it flows by, each distinct one once.
// They are checked at its end, since the decisive day may come after them. It is
// not safe for use by several goroutines at once.
type Codes struct {
	places *Places
	path   []byte // of the open elements: "/Rozvaha/Aktiva"
	ends   []int  // where in path each open element ends
	// The innermost element, if it may hold a code.
	open         bool
	spots        []spot
	line, column int
	text         []byte
	cut          bool // more than white space of its text was not kept

	seen    map[key]int       // index in codes
	paths   map[string]string // those of codes, each kept once
	codes   []Code
	size    int
	dropped int
}

type key struct {
	list Kind
	text string
}

// NewCodes returns a Codes for a record with this root element; nil if no place
// is about such records.
func (p *Places) NewCodes(root string) *Codes {
	p = p.in(root)
	if len(p.elements)+len(p.attributes) == 0 {
		return nil
	}
	return &Codes{places: p, seen: map[key]int{}, paths: map[string]string{}}
}

// Token takes the next token of the record, from the start of its root to the
// end.
func (c *Codes) Token(t *c14n.Token) {
	switch t.Kind {
	case c14n.Start:
		c.start(t)
	case c14n.Text:
		if c.open && !c.cut {
			c.add(t.Text)
		}
	case c14n.End:
		if c.open {
			for _, s := range c.spots {
				c.note(s, c.text, c.cut, "")
			}
		}
		c.open = false
		if n := len(c.ends); n > 0 {
			c.ends = c.ends[:n-1]
			c.path = c.path[:c.parentEnd()]
		}
	}
}

func (c *Codes) add(text []byte) {
	if len(c.text) == 0 {
		text = bytes.TrimLeft(text, " \t\r\n")
	}
	n := min(len(text), maxCodeText-len(c.text))
	c.text = append(c.text, text[:n]...)
	c.cut = len(bytes.TrimSpace(text[n:])) > 0
}

func (c *Codes) parentEnd() int {
	if n := len(c.ends); n > 0 {
		return c.ends[n-1]
	}
	return 0
}

func (c *Codes) start(t *c14n.Token) {
	parent := c.path
	if n := len(c.ends); n > 1 {
		parent = c.path[c.ends[n-2]:]
	}
	parent = bytes.TrimPrefix(parent, []byte("/"))
	spots := c.places.elements[string(t.Local)]
	c.spots = c.spots[:0]
	for _, s := range spots {
		if s.parent == "" || s.parent == string(parent) {
			c.spots = append(c.spots, s)
		}
	}
	c.open, c.text, c.cut = len(c.spots) > 0, c.text[:0], false
	c.line, c.column = t.Line, t.Column
	c.path = append(append(c.path, '/'), t.Local...)
	c.ends = append(c.ends, len(c.path))
	if len(c.places.attributes) == 0 {
		return
	}
	for i := range t.Attrs {
		a := &t.Attrs[i]
		if a.NS {
			continue
		}
		for _, s := range c.places.attributes[string(a.Local)] {
			if s.parent == "" || s.parent == string(t.Local) {
				c.note(s, a.Value, false, "/@"+string(a.Local))
			}
		}
	}
}

// note keeps a code. An empty text is no code; the schema decides whether it may
// be empty.
func (c *Codes) note(s spot, text []byte, cut bool, attribute string) {
	text = bytes.Join(bytes.Fields(text), []byte(" "))
	if len(text) == 0 {
		return
	}
	if cut || len(text) > maxCode {
		text = append(clipped(text, maxCode), "…"...)
	}
	if i, ok := c.seen[key{s.list, string(text)}]; ok {
		c.codes[i].Assumed = c.codes[i].Assumed && s.assumed
		return
	}
	path := shortened(string(c.path) + attribute)
	size := len(text)
	if _, kept := c.paths[path]; !kept {
		size += len(path)
	}
	if len(c.codes) == MaxCodes || c.size+size > MaxCodeBytes {
		c.dropped++
		return
	}
	if _, kept := c.paths[path]; !kept {
		c.paths[path] = path
	}
	k := key{s.list, string(text)}
	c.size += size
	c.seen[k] = len(c.codes)
	c.codes = append(c.codes, Code{s.list, k.text, c.line, c.column, c.paths[path], s.assumed})
}

// clipped is the beginning of a text, without half a character at its end.
func clipped(text []byte, most int) []byte {
	n := min(len(text), most)
	for n > 0 && n < len(text) && !utf8.RuneStart(text[n]) {
		n--
	}
	return bytes.Clone(text[:n])
}

// shortened leaves the end of a path that is too long to be read.
func shortened(path string) string {
	if len(path) <= maxCodePath {
		return path
	}
	at := len(path) - maxCodePath
	for at < len(path) && !utf8.RuneStart(path[at]) {
		at++
	}
	return "…" + path[at:]
}

// All returns the codes gathered so far, in the order of the record. The slice
// belongs to c.
func (c *Codes) All() []Code { return c.codes }

// Dropped counts the codes that were found and not kept.
func (c *Codes) Dropped() int { return c.dropped }
