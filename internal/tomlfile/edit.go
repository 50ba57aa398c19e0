package tomlfile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Change is a new value: a string, or a list of strings.
type Change struct {
	Path  []string // the names that lead to it
	Value any
}

// Errors of Set about the change itself.
var (
	// ErrValue says that a value is none that Set writes.
	ErrValue = errors.New("tomlfile: the value is neither a text of UTF-8 nor a list of such texts")
	// ErrConflict says that something of another kind stands where the value
	// would go.
	ErrConflict = errors.New("tomlfile: something of another kind is there")
)

// Set changes values in a file of at most limit bytes, before and after. A value
// that stands there is replaced in its place; one that does not is put at the
// end of its section, which is made where there is none. All else stays byte for
// byte: comments, order, space, the byte order mark. Of a list over several
// lines only the values that differ are replaced. Errors are those of Parse,
// ErrValue and ErrConflict.
func Set(data []byte, limit int64, changes ...Change) ([]byte, error) {
	for _, c := range changes {
		d, err := Parse(data, limit)
		if err != nil {
			return nil, err
		}
		if _, err := encode(c.Value); err != nil || len(c.Path) == 0 {
			return nil, fmt.Errorf("%w: %s", ErrValue, strings.Join(c.Path, "."))
		}
		mark := data[:len(data)-len(d.data)]
		changed, err := d.set(c)
		if err != nil {
			return nil, fmt.Errorf("%w: %s", err, strings.Join(c.Path, "."))
		}
		data = slices.Concat(mark, changed)
	}
	if _, err := Parse(data, limit); err != nil {
		return nil, err
	}
	return data, nil
}

// set makes one change in the bytes of d, which stay as they are.
func (d *Doc) set(c Change) ([]byte, error) {
	// Base is the last section on the way that keys can be written relative to.
	n, base, from := d.Root, d.Root, 0
	for i, name := range c.Path {
		next := n.Get(name)
		if next == nil {
			if n.Kind != Section {
				return nil, ErrConflict
			}
			return d.insert(n, base, c.Path[:from], c.Path[from:], c.Value)
		}
		n = next
		if n.Kind == Section && n.made != dotted {
			base, from = n, i+1
		}
	}
	switch want := c.Value.(type) {
	case string:
		if n.Kind != Text {
			break
		}
		if n.Text == want {
			return d.data, nil
		}
		return d.replace(n, want), nil
	case []string:
		if n.Kind != List || slices.ContainsFunc(n.Items, func(i *Node) bool { return i.Kind != Text }) {
			break
		}
		return d.setList(n, want), nil
	}
	return nil, ErrConflict
}

func (d *Doc) replace(n *Node, v any) []byte {
	text, _ := encode(v)
	return slices.Concat(d.data[:n.start], []byte(text), d.data[n.end:])
}

// insert writes a value that is not there: at is the section in which the names
// end that are there, base the one that rest is relative to.
func (d *Doc) insert(at, base *Node, path, rest []string, v any) ([]byte, error) {
	text, _ := encode(v)
	line := keyText(rest) + " = " + text
	switch {
	case base.made == value:
		return d.insertInBraces(at, base, line), nil
	case base == d.Root && at == d.Root && len(rest) > 1, base.made == implied:
		// The setting gets a new section at the end of the file.
		header := slices.Concat(path, rest[:len(rest)-1])
		if len(header) == 0 {
			break
		}
		text := "[" + keyText(header) + "]" + d.lineEnd() + keyText(rest[len(rest)-1:]) + " = " + text + d.lineEnd()
		switch data := d.data; {
		case len(data) == 0:
			return []byte(text), nil
		case data[len(data)-1] != '\n':
			return slices.Concat(data, []byte(d.lineEnd()+d.lineEnd()+text)), nil
		default:
			return slices.Concat(data, []byte(d.lineEnd()+text)), nil
		}
	}
	after := at.tail
	if after == 0 {
		return slices.Concat([]byte(line+d.lineEnd()), d.data), nil
	}
	// It stands as deep as the last key, or as the header where there is none.
	indent := d.indentAt(at.at)
	for _, e := range at.Entries {
		if e.Value.tail == after {
			indent = d.indentAt(e.at)
		}
	}
	end := d.endOfLine(after)
	if end == len(d.data) {
		return slices.Concat(d.data, []byte(d.lineEnd()+indent+line)), nil
	}
	return slices.Concat(d.data[:end+1], []byte(indent+line+d.lineEnd()), d.data[end+1:]), nil
}

// insertInBraces puts a line behind the last value of {a = 1}.
func (d *Doc) insertInBraces(at, base *Node, line string) []byte {
	after := base.start + 1
	text := line
	if at != base {
		after = at.tail
	} else if len(base.Entries) > 0 {
		after = 0
		for _, e := range base.Entries {
			after = max(after, e.Value.tail)
		}
	}
	if len(base.Entries) > 0 {
		text = ", " + text
	}
	return slices.Concat(d.data[:after], []byte(text), d.data[after:])
}

// indentAt is the space before the line of an offset.
func (d *Doc) indentAt(at int) string {
	line, _ := d.place(at)
	from := d.lines[line-1]
	to := from
	for to < len(d.data) && (d.data[to] == ' ' || d.data[to] == '\t') {
		to++
	}
	return string(d.data[from:to])
}

// lineEnd is how the file ends its lines: as it ends the first.
func (d *Doc) lineEnd() string {
	if i := bytes.IndexByte(d.data, '\n'); i > 0 && d.data[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// splice is a stretch of a file and what takes its place.
type splice struct {
	from, to int
	text     string
}

// setList changes a list. One that is written on one line is written anew.
func (d *Doc) setList(n *Node, want []string) []byte {
	have := make([]string, len(n.Items))
	for i, item := range n.Items {
		have[i] = item.Text
	}
	switch {
	case slices.Equal(have, want):
		return d.data
	case len(n.Items) == 0 || !bytes.Contains(d.data[n.start:n.end], []byte("\n")):
		return d.replace(n, want)
	}
	var all []splice
	for i, item := range n.Items {
		switch {
		case i >= len(want):
			all = append(all, d.drop(item)...)
		case want[i] != item.Text:
			all = append(all, splice{item.start, item.end, textOf(want[i])})
		}
	}
	if len(want) > len(n.Items) {
		all = append(all, d.extend(n, want[len(n.Items):])...)
	}
	var out bytes.Buffer
	done := 0
	for _, s := range all {
		out.Write(d.data[done:s.from])
		out.WriteString(s.text)
		done = s.to
	}
	out.Write(d.data[done:])
	return out.Bytes()
}

// drop takes a value out of a list, and its line where nothing else stands on
// it. The comments around it stay.
func (d *Doc) drop(item *Node) []splice {
	comma := d.comma(item.end)
	end := item.end
	if comma == item.end {
		end++
	}
	line, _ := d.place(item.start)
	from, eol := d.lines[line-1], d.endOfLine(end)
	alone := len(bytes.TrimSpace(d.data[from:item.start])) == 0 && len(bytes.TrimSpace(d.data[end:eol])) == 0
	out := []splice{{item.start, end, ""}}
	if alone && eol < len(d.data) {
		out[0].from, out[0].to = from, eol+1
	}
	if comma > item.end {
		out = append(out, splice{max(comma, out[0].to), max(comma+1, out[0].to), ""})
	}
	return out
}

// extend adds values to the end of a list over several lines.
func (d *Doc) extend(n *Node, more []string) []splice {
	last := n.Items[len(n.Items)-1]
	end := last.end
	var out []splice
	if comma := d.comma(end); comma < 0 {
		out = append(out, splice{end, end, ","})
	} else {
		end = comma + 1
	}
	// A comment behind the last value stays with it.
	eol := d.endOfLine(end)
	if eol >= n.end {
		return append(out, splice{end, end, " " + strings.Join(quoted(more), ", ")})
	}
	text := ""
	for _, q := range quoted(more) {
		text += d.indentAt(last.start) + q + "," + d.lineEnd()
	}
	return append(out, splice{eol + 1, eol + 1, text})
}

func quoted(texts []string) []string {
	all := make([]string, len(texts))
	for i, t := range texts {
		all[i] = textOf(t)
	}
	return all
}

// comma is where the comma is that follows a value of a list; -1 when the list
// ends before.
func (d *Doc) comma(at int) int {
	for at < len(d.data) {
		switch d.data[at] {
		case ',':
			return at
		case ' ', '\t', '\r', '\n':
			at++
		case '#':
			at = d.endOfLine(at)
		default:
			return -1
		}
	}
	return -1
}

// keyText writes a key of several names, in quotes where they need them.
func keyText(names []string) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = n
		if n == "" || strings.ContainsFunc(n, func(r rune) bool {
			return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
		}) {
			parts[i] = textOf(n)
		}
	}
	return strings.Join(parts, ".")
}

func encode(v any) (string, error) {
	switch v := v.(type) {
	case string:
		if !utf8Text(v) {
			return "", ErrValue
		}
		return textOf(v), nil
	case []string:
		parts := make([]string, len(v))
		for i, text := range v {
			if !utf8Text(text) {
				return "", ErrValue
			}
			parts[i] = textOf(text)
		}
		return "[" + strings.Join(parts, ", ") + "]", nil
	}
	return "", ErrValue
}

// textOf writes a text in quotes: in single ones where that spares escapes, as
// in the paths of Windows.
func textOf(s string) string {
	if strings.ContainsAny(s, `\"`) && !strings.Contains(s, "'") && !strings.ContainsFunc(s, unicode.IsControl) {
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsControl(r):
			b.WriteString(`\u` + strings.Repeat("0", 4-len(strconv.FormatInt(int64(r), 16))) + strconv.FormatInt(int64(r), 16))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func utf8Text(s string) bool { return strings.ToValidUTF8(s, "") == s && !strings.Contains(s, "\x00") }
