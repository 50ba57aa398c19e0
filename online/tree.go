package online

import (
	"io"
	"strings"

	"csuis-offline/c14n"
)

// node is an element as a tree: its local name, its text, and its children.
// Attributes count as elements, since the place of a value is assumed anyway.
type node struct {
	name string
	text string
	kids []*node
	raw  []byte // text that is still being read
}

// maxNodes is the most elements and attributes of a message that is read whole.
const maxNodes = 1 << 19

// readTree reads the first element with this path of local names, and the whole
// document. It returns nil where there is none.
func readTree(r io.Reader, path ...string) (*node, error) {
	sc := c14n.NewScanner(r)
	var found *node
	var open []*node // the nodes around the present place, from found on
	matched, count := 0, 0
	for {
		t, err := sc.Next()
		if err == io.EOF {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		switch {
		case t.Kind == c14n.Start && len(open) == 0:
			if found == nil && t.Depth == matched+1 && string(t.Local) == path[matched] {
				if matched++; matched == len(path) {
					found = newNode(t, &count)
					open = append(open, found)
				}
			}
		case t.Kind == c14n.Start:
			n := newNode(t, &count)
			parent := open[len(open)-1]
			parent.kids = append(parent.kids, n)
			open = append(open, n)
		case t.Kind == c14n.Text && len(open) > 0:
			n := open[len(open)-1]
			n.raw = append(n.raw, t.Text...)
		case t.Kind == c14n.End && len(open) > 0:
			n := open[len(open)-1]
			n.text, n.raw = strings.TrimSpace(string(n.raw)), nil
			open = open[:len(open)-1]
		case t.Kind == c14n.End && found == nil && t.Depth == matched:
			matched--
		}
		if count > maxNodes {
			return nil, shape("more elements than are accepted")
		}
	}
}

func newNode(t *c14n.Token, count *int) *node {
	n := &node{name: string(t.Local)}
	*count++
	for i := range t.Attrs {
		if a := &t.Attrs[i]; !a.NS && a.URI != "http://www.w3.org/2001/XMLSchema-instance" {
			n.kids = append(n.kids, &node{name: string(a.Local), text: strings.TrimSpace(string(a.Value))})
			*count++
		}
	}
	return n
}

// Field is a named value for which the types of this package have no field.
type Field struct{ Name, Value string }

// leaves lists the values inside a node in their order.
func (n *node) leaves(all []Field) []Field {
	if n.text != "" || len(n.kids) == 0 {
		all = append(all, Field{n.name, n.text})
	}
	for _, k := range n.kids {
		all = k.leaves(all)
	}
	return all
}

// maxNesting is how deep groups looks for entries. Below, everything belongs to
// the entry that holds it.
const maxNesting = 8

// groups splits the contents of a node into entries, however they are nested: a
// part in which no mark of an entry occurs twice is one entry.
func (n *node) groups(marks func(name string) bool, levels int) [][]Field {
	inside := n.leaves(nil)
	if len(n.kids) == 0 && n.text == "" {
		return nil
	}
	if levels == 0 || !repeats(inside, marks) {
		return [][]Field{inside}
	}
	var all [][]Field
	var flat []Field
	seen := map[string]bool{}
	flush := func() {
		if len(flat) > 0 {
			all = append(all, flat)
			flat = nil
			clear(seen)
		}
	}
	if n.text != "" {
		all = append(all, []Field{{n.name, n.text}})
	}
	for _, k := range n.kids {
		if len(k.kids) > 0 {
			flush()
			all = append(all, k.groups(marks, levels-1)...)
			continue
		}
		if seen[k.name] && marks(k.name) {
			flush()
		}
		seen[k.name] = true
		flat = append(flat, Field{k.name, k.text})
	}
	flush()
	return all
}

func repeats(fs []Field, marks func(string) bool) bool {
	seen := map[string]bool{}
	for _, f := range fs {
		if seen[f.Name] && marks(f.Name) {
			return true
		}
		seen[f.Name] = true
	}
	return false
}
