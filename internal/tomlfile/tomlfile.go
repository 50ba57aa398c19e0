// Package tomlfile reads TOML files so that every mistake in them can be shown
// where it stands, decodes them, and changes single values in them without
// touching anything else. What is TOML and what is not, the lexer of
// github.com/pelletier/go-toml/v2 judges; this package keeps the place of each
// key and value, refuses what is defined twice, and bounds size and depth, so
// that a hostile file costs neither time nor memory.
package tomlfile

import (
	"bytes"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"
)

// MaxDepth is how deep tables and lists may lie in one another.
const MaxDepth = 100

// MaxKeys is how many keys, sections and values of lists a file may have.
const MaxKeys = 1_000_000

// Kind is the kind of a value.
type Kind string

// The kinds of values.
const (
	Text     Kind = "text"
	Number   Kind = "number"   // a whole number of 64 bits
	Truth    Kind = "truth"    // true or false
	List     Kind = "list"     // [1, 2]
	Section  Kind = "section"  // [name] or {a = 1}
	Sections Kind = "sections" // [[name]]
	Other    Kind = "other"    // a date, a time, a number with a point
)

// Kinds lists the kinds of values.
func Kinds() []Kind { return []Kind{Text, Number, Truth, List, Section, Sections, Other} }

// Doc is a file that was read.
type Doc struct {
	Root  *Node
	data  []byte
	lines []int // the offsets at which the lines begin
}

// Node is a value.
type Node struct {
	Kind Kind
	// Text is what a text says; of a number, a truth and what is Other it is how
	// the file writes it.
	Text string
	// Items are the values of a list, or the sections of one name.
	Items []*Node
	// Entries are what a section holds, in the order of the file.
	Entries []Entry

	at         int // the offset of the name, or of a list's value, by which it is shown
	start, end int // the bytes of the value; of sections with a header both are 0
	number     int64
	index      map[string]int // of many entries
	made       origin
	tail       int // of a section: where its last line ends, without comments behind keys
}

// Entry is a named value of a section.
type Entry struct {
	Name  string
	Value *Node
	at    int
}

// origin is how a section came to be, which decides what may be added to it.
type origin uint8

const (
	value    origin = iota // no section, or one in braces
	implied                // by the header of a section inside of it
	explicit               // by its header
	dotted                 // by a dotted key
	repeated               // by [[name]]
)

// Parse reads a file of at most limit bytes; a byte order mark is left out. What
// is wrong is an *Error.
func Parse(data []byte, limit int64) (*Doc, error) {
	if int64(len(data)) > limit {
		return nil, &Error{Problem: TooLarge}
	}
	d := &Doc{data: bytes.TrimPrefix(data, []byte("\uFEFF")), lines: []int{0}}
	for i, c := range d.data {
		if c == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
	// UTF-16, which some editors and shells write, has a zero in each Latin letter.
	for i := 0; i < len(d.data); {
		r, n := utf8.DecodeRune(d.data[i:])
		if r == 0 || r == utf8.RuneError && n == 1 {
			return nil, d.fault(i, &Error{Problem: Encoding})
		}
		i += n
	}
	b := builder{Doc: d}
	d.Root = &Node{Kind: Section, made: explicit}
	b.current = d.Root
	if err := b.build(); err != nil {
		return nil, err
	}
	return d, nil
}

// fault fills in the place of a mistake.
func (d *Doc) fault(offset int, e *Error) *Error {
	e.Line, e.Column = d.place(offset)
	return e
}

// place is the line and the column, in characters, of an offset, both from 1.
func (d *Doc) place(offset int) (line, column int) {
	line = sort.SearchInts(d.lines, offset+1)
	return line, utf8.RuneCount(d.data[d.lines[line-1]:offset]) + 1
}

// Line is the line in which a value is defined, from 1: that of its name, or of
// the value itself inside of a list.
func (d *Doc) Line(n *Node) int {
	line, _ := d.place(n.at)
	return line
}

// Place is the line and the column of Line's place, in characters from 1.
func (d *Doc) Place(n *Node) (line, column int) { return d.place(n.at) }

// lineText is the text of a line, from 1, without the space around.
func (d *Doc) lineText(line int) string {
	from := d.lines[line-1]
	return strings.TrimSpace(string(d.data[from:d.endOfLine(from)]))
}

// Get finds an entry of a section; nil when there is none. Letter case counts
// only where several entries differ in nothing else.
func (n *Node) Get(name string) *Node {
	if i := n.find(name); i >= 0 {
		return n.Entries[i].Value
	}
	for i := range n.Entries {
		if strings.EqualFold(n.Entries[i].Name, name) {
			return n.Entries[i].Value
		}
	}
	return nil
}

// Lookup follows names from the root; of [[name]] it takes the last section.
func (d *Doc) Lookup(names ...string) *Node {
	n := d.Root
	for _, name := range names {
		if n = n.last().Get(name); n == nil {
			return nil
		}
	}
	return n
}

func (n *Node) last() *Node {
	if n.Kind == Sections && len(n.Items) > 0 {
		return n.Items[len(n.Items)-1]
	}
	return n
}

func (n *Node) find(name string) int {
	if n.index != nil {
		if i, ok := n.index[name]; ok {
			return i
		}
		return -1
	}
	for i := range n.Entries {
		if n.Entries[i].Name == name {
			return i
		}
	}
	return -1
}

// fewEntries is up to how many entries are searched one by one.
const fewEntries = 8

func (n *Node) add(name string, at int, v *Node) *Node {
	n.Entries = append(n.Entries, Entry{name, v, at})
	switch {
	case n.index != nil:
		n.index[name] = len(n.Entries) - 1
	case len(n.Entries) > fewEntries:
		n.index = make(map[string]int, 2*fewEntries)
		for i := range n.Entries {
			n.index[n.Entries[i].Name] = i
		}
	}
	return v
}

// name is one part of a key.
type name struct {
	text string
	at   int
}

// builder makes the tree of a file, expression by expression.
type builder struct {
	*Doc
	p       unstable.Parser
	current *Node    // the section that keys are added to
	header  []string // its name
	done    int      // where the last whole expression ends
	count   int      // of keys, sections and values
}

func (b *builder) build() error {
	b.p.Reset(b.data)
	for b.p.NextExpression() {
		var err error
		switch e := b.p.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			err = b.section(names(e), e.Kind == unstable.ArrayTable)
		case unstable.KeyValue:
			b.done = int(e.Raw.Offset + e.Raw.Length)
			err = b.keyValue(b.current, e, len(b.header), b.done)
			b.current.tail = b.done
		}
		if err != nil {
			return err
		}
	}
	return b.syntax(b.p.Error())
}

// another counts what is about to be added.
func (b *builder) another(n, at int) error {
	if b.count += n; b.count > MaxKeys {
		return b.fault(at, &Error{Problem: TooMany, Section: b.header})
	}
	return nil
}

func names(e *unstable.Node) (all []name) {
	for it := e.Key(); it.Next(); {
		k := it.Node()
		all = append(all, name{string(k.Data), int(k.Raw.Offset)})
	}
	return all
}

func textsOf(names []name) []string {
	var all []string
	for _, n := range names {
		all = append(all, n.text)
	}
	return all
}

// section opens the section of a header.
func (b *builder) section(path []name, several bool) error {
	at := path[len(path)-1].at
	b.header = textsOf(path)
	if len(path) > MaxDepth {
		return b.fault(at, &Error{Problem: Nesting, Section: b.header})
	}
	if err := b.another(len(path), at); err != nil {
		return err
	}
	twice := func(first *Node) error {
		return b.fault(path[0].at, &Error{Problem: SectionTwice, Section: b.header, First: b.Line(first)})
	}
	n := b.Root
	for _, part := range path[:len(path)-1] {
		next := n.find(part.text)
		if next < 0 {
			n = n.add(part.text, part.at, &Node{Kind: Section, made: implied, at: part.at})
			continue
		}
		v := n.Entries[next].Value
		if v.made == value {
			return twice(v)
		}
		n = v.last()
	}
	last := path[len(path)-1]
	var opened *Node
	switch i := n.find(last.text); {
	case i < 0 && several:
		all := n.add(last.text, last.at, &Node{Kind: Sections, made: repeated, at: last.at})
		opened = &Node{Kind: Section, made: explicit, at: last.at}
		all.Items = append(all.Items, opened)
	case i < 0:
		opened = n.add(last.text, last.at, &Node{Kind: Section, made: explicit, at: last.at})
	case several && n.Entries[i].Value.made == repeated:
		all := n.Entries[i].Value
		opened = &Node{Kind: Section, made: explicit, at: last.at}
		all.Items = append(all.Items, opened)
	case !several && n.Entries[i].Value.made == implied:
		opened = n.Entries[i].Value
		opened.made, opened.at = explicit, last.at
	default:
		return twice(n.Entries[i].Value)
	}
	opened.tail = b.endOfLine(last.at)
	b.done, b.current = opened.tail, opened
	return nil
}

// endOfLine is where the line of an offset ends: before its line feed.
func (d *Doc) endOfLine(at int) int {
	line := sort.SearchInts(d.lines, at+1)
	if line < len(d.lines) {
		return d.lines[line] - 1
	}
	return len(d.data)
}

// keyValue adds an entry to a section that lies in depth others. Tail is where
// the expression ends.
func (b *builder) keyValue(into *Node, e *unstable.Node, depth, tail int) error {
	path := names(e)
	if depth+len(path) > MaxDepth {
		return b.fault(path[0].at, &Error{Problem: Nesting, Section: b.header})
	}
	if err := b.another(len(path), path[0].at); err != nil {
		return err
	}
	twice := func(first *Node) error {
		return b.fault(path[0].at, &Error{Problem: KeyTwice, Section: b.header, Key: textsOf(path), First: b.Line(first)})
	}
	for _, part := range path[:len(path)-1] {
		i := into.find(part.text)
		if i < 0 {
			into = into.add(part.text, part.at, &Node{Kind: Section, made: dotted, at: part.at, tail: tail})
			continue
		}
		if into = into.Entries[i].Value; into.made != dotted {
			return twice(into)
		}
		into.tail = tail
	}
	last := path[len(path)-1]
	if i := into.find(last.text); i >= 0 {
		return twice(into.Entries[i].Value)
	}
	v, err := b.value(e.Value(), depth+len(path))
	if err != nil {
		var wrong *Error
		if errors.As(err, &wrong) && wrong.Key == nil {
			wrong.Key = textsOf(path)
		}
		return err
	}
	v.at, v.tail = last.at, tail
	// The parser gives the bytes of lists and braces only with their keys.
	v.end = int(e.Raw.Offset + e.Raw.Length)
	if v.start == 0 {
		v.start = b.afterEquals(e)
	}
	into.add(last.text, last.at, v)
	return nil
}

// afterEquals is where the value of an expression begins.
func (b *builder) afterEquals(e *unstable.Node) int {
	end := 0
	for it := e.Key(); it.Next(); {
		end = int(it.Node().Raw.Offset + it.Node().Raw.Length)
	}
	return end + bytes.IndexAny(b.data[end:], "[{")
}

func (b *builder) value(e *unstable.Node, depth int) (*Node, error) {
	n := &Node{at: int(e.Raw.Offset), start: int(e.Raw.Offset), end: int(e.Raw.Offset + e.Raw.Length)}
	if depth > MaxDepth {
		return nil, b.fault(b.done, &Error{Problem: Nesting, Section: b.header})
	}
	if err := b.another(1, b.done); err != nil {
		return nil, err
	}
	raw := string(e.Data)
	n.Text = raw
	switch e.Kind {
	case unstable.String:
		n.Kind = Text
	case unstable.Bool:
		n.Kind = Truth
	case unstable.Integer:
		n.Kind = Number
		var err error
		if n.number, err = strconv.ParseInt(raw, 0, 64); err != nil {
			return nil, b.fault(n.at, &Error{Problem: Syntax, Section: b.header, Err: fmt.Errorf("the number %s is too large", raw)})
		}
	case unstable.Array:
		n.Kind, n.Text = List, ""
		for it := e.Children(); it.Next(); {
			item, err := b.value(it.Node(), depth+1)
			if err != nil {
				return nil, err
			}
			n.Items = append(n.Items, item)
		}
		b.placeList(n)
	case unstable.InlineTable:
		n.Kind, n.Text = Section, ""
		for it := e.Children(); it.Next(); {
			entry := it.Node()
			if err := b.keyValue(n, entry, depth, int(entry.Raw.Offset+entry.Raw.Length)); err != nil {
				return nil, err
			}
		}
	default:
		n.Kind = Other
		if err := checkOther(raw); err != nil {
			return nil, b.fault(n.at, &Error{Problem: Syntax, Section: b.header, Err: err})
		}
	}
	return n, nil
}

// placeList shows a list inside of a list by its first value, since the parser
// says nothing of where the list itself begins.
func (b *builder) placeList(n *Node) {
	if len(n.Items) > 0 {
		n.at = n.Items[0].at
	}
}
