package xsd

import (
	"encoding/binary"
	"sort"
	"strings"

	"csuis-offline/c14n"
)

// keyTables evaluates identity constraints (XSD1 3.11.4). It follows selectors
// and fields level by level, and so keeps only the keys of a document.
type keyTables struct {
	matchers []matcher
	masks    []uint64 // for each open element the masks of the matchers active there
	tables   []keyTable
	targets  []target
	watches  []watch
	bytes    int
	count    int
	nodes    uint64 // counts attributes and elements that a field may end at
	keyBuf   []byte
}

// matcher follows one path of a selector or field from the element it starts at.
type matcher struct {
	path   *xpathPath
	table  int // of a selector
	target int // of a field; -1 for a selector
	field  int
}

// keyTable holds what one element's constraint has collected.
type keyTable struct {
	c     *constraint
	depth int
	keys  map[string]int64 // key sequence → where it is
	lower map[string]int64 // for a keyref: keys of descendants, -1 for one that occurs twice
	rows  []keyRow
	bytes int // what keys, lower and rows count for in keyTables.bytes
	count int
}

type keyRow struct {
	key, found, path, element string
	line, col                 int
}

// target is an element of the target node set, which a selector reached.
type target struct {
	table, depth int
	line, col    int
	fields       []fieldValue
}

type fieldValue struct {
	set     bool
	unknown bool // the value or the field was invalid, and reported as such
	nilable bool
	node    uint64 // the one whose value it is, as keyTables.nodes counts
	key     []byte
	raw     []byte
}

// watch says that an open element is a field.
type watch struct{ depth, target, field int }

func (k *keyTables) reset() {
	k.matchers, k.masks, k.tables, k.targets, k.watches = k.matchers[:0], k.masks[:0], k.tables[:0], k.targets[:0], k.watches[:0]
	k.bytes, k.count = 0, 0
}

func (v *Validator) keysWatched() bool { return len(v.keys.matchers) > 0 }

// enterKeys begins the constraints of an element and advances those of its
// ancestors.
func (v *Validator) enterKeys(f *frame, t *c14n.Token, sym symbol) {
	k := &v.keys
	f.matchers, f.masks, f.tables = len(k.matchers), len(k.masks), len(k.tables)
	if len(k.matchers) == 0 && (f.decl == nil || len(f.decl.idcs) == 0) {
		return
	}
	if v.depth > 1 {
		up := v.frames[v.depth-2].masks
		for i := range f.matchers {
			m := k.matchers[i].path.mask(k.masks[up+i], sym, t.URI)
			k.masks = append(k.masks, m)
		}
	}
	if f.decl != nil {
		for _, c := range f.decl.idcs {
			v.beginTable(c)
			for _, p := range c.selector.paths {
				k.matchers = append(k.matchers, matcher{p, len(k.tables) - 1, -1, 0})
				k.masks = append(k.masks, 1)
			}
		}
	}
	// A target adds fields, which this element may reach at once.
	for i := 0; i < len(k.matchers); i++ {
		m := k.matchers[i]
		if !m.path.arrived(k.masks[f.masks+i]) {
			continue
		}
		if m.target < 0 {
			v.beginTarget(f, m.table)
		} else if m.path.attr == nil {
			f.watched = true
			k.watches = append(k.watches, watch{v.depth, m.target, m.field})
		}
		if len(k.matchers) > maxMatchers {
			v.limit("too many identity constraints are active at once")
			return
		}
	}
}

func (v *Validator) beginTable(c *constraint) {
	k := &v.keys
	if len(k.tables) < cap(k.tables) {
		k.tables = k.tables[:len(k.tables)+1]
	} else {
		k.tables = append(k.tables, keyTable{})
	}
	t := &k.tables[len(k.tables)-1]
	t.c, t.depth, t.rows, t.bytes, t.count = c, v.depth, t.rows[:0], 0, 0
	t.keys, t.lower = clearedMap(t.keys), clearedMap(t.lower)
}

// clearedMap returns an empty map to use again: m itself, unless it was so large
// that clearing it would cost more than a new one.
func clearedMap(m map[string]int64) map[string]int64 {
	if len(m) > 1000 {
		return nil
	}
	clear(m)
	return m
}

// reserve counts what a table is about to hold, and reports whether it may.
func (v *Validator) reserve(t *keyTable, size int) bool {
	v.keys.count++
	t.count++
	t.bytes += size
	return v.hasRoom(&v.keys.bytes, v.keys.count, size)
}

func (v *Validator) beginTarget(f *frame, table int) {
	k := &v.keys
	for i := len(k.targets) - 1; i >= 0 && k.targets[i].depth == v.depth; i-- {
		if k.targets[i].table == table {
			return // another path of the selector reached the element
		}
	}
	if len(k.targets) < cap(k.targets) {
		k.targets = k.targets[:len(k.targets)+1]
	} else {
		k.targets = append(k.targets, target{})
	}
	g := &k.targets[len(k.targets)-1]
	c := k.tables[table].c
	g.table, g.depth, g.line, g.col = table, v.depth, f.line, f.col
	for len(g.fields) < len(c.fields) {
		g.fields = append(g.fields, fieldValue{})
	}
	g.fields = g.fields[:len(c.fields)]
	for i, x := range c.fields {
		fv := &g.fields[i]
		fv.set, fv.unknown, fv.nilable = false, false, false
		fv.key, fv.raw = fv.key[:0], fv.raw[:0]
		for _, p := range x.paths {
			k.matchers = append(k.matchers, matcher{p, table, len(k.targets) - 1, i})
			k.masks = append(k.masks, 1)
		}
	}
}

// attributeField records the value of an attribute for the fields that end there.
func (v *Validator) attributeField(sym symbol, uri string, key, raw []byte) {
	k := &v.keys
	k.nodes++
	f := v.top()
	for i := range k.matchers {
		m := &k.matchers[i]
		if m.target < 0 || m.path.attr == nil || !m.path.arrived(k.masks[f.masks+i]) || !m.path.attr.matches(sym, uri) {
			continue
		}
		v.setField(m.target, m.field, key, raw, false)
	}
}

func (v *Validator) setField(target, field int, key, raw []byte, nilable bool) {
	g := &v.keys.targets[target]
	fv := &g.fields[field]
	if fv.set && fv.node == v.keys.nodes {
		return // another path of the field reached this attribute
	}
	if fv.set {
		if !fv.unknown {
			fv.unknown = true
			c := v.keys.tables[g.table].c
			v.violation(Violation{Rule: FieldAmbiguous, Clause: "cvc-identity-constraint.3", Type: c.name.local, Wanted: []string{c.fields[field].source}})
		}
		return
	}
	fv.set, fv.nilable, fv.node = true, nilable, v.keys.nodes
	fv.key = append(fv.key[:0], key...)
	if len(raw) > maxFound {
		raw = raw[:maxFound]
	}
	fv.raw = append(fv.raw[:0], raw...)
}

// leaveKeys ends an element's roles as a field, as a target, and as an element
// with constraints. st and key are those of its value, if any.
func (v *Validator) leaveKeys(f *frame, st *simpleType, key []byte) {
	k := &v.keys
	if len(k.matchers) == 0 {
		return
	}
	k.nodes++
	for n := len(k.watches); n > 0 && k.watches[n-1].depth == v.depth; n-- {
		w := k.watches[n-1]
		k.watches = k.watches[:n-1]
		g := &k.targets[w.target]
		fv := &g.fields[w.field]
		if fv.set && fv.node == k.nodes {
			continue // another path of the field reached this element
		}
		simple := f.typ != nil && (!f.typ.complex || f.typ.kind == contentSimple)
		switch {
		case f.nilled && simple:
			// A nil element has no value.
			if c := k.tables[g.table].c; f.decl != nil && f.decl.nillable && c.kind == keyKind {
				v.setField(w.target, w.field, nil, nil, true)
			}
		case st != nil:
			v.setField(w.target, w.field, key, v.text[f.text:], f.decl != nil && f.decl.nillable)
		case simple:
			fv.set, fv.unknown, fv.node = true, true, k.nodes
		default:
			c := k.tables[g.table].c
			fv.set, fv.unknown, fv.node = true, true, k.nodes
			v.violation(Violation{Line: f.line, Column: f.col, Rule: FieldNotSimple, Clause: "cvc-identity-constraint.3", Type: c.name.local, Wanted: []string{c.fields[w.field].source}})
		}
	}
	for n := len(k.targets); n > 0 && k.targets[n-1].depth == v.depth; n-- {
		v.endTarget(&k.targets[n-1])
		k.targets = k.targets[:n-1]
	}
	if len(k.tables) > f.tables {
		v.endTables(f.tables)
	}
	k.matchers = k.matchers[:f.matchers]
	k.masks = k.masks[:f.masks]
}

// endTarget adds the key sequence of an element that a selector reached.
func (v *Validator) endTarget(g *target) {
	k := &v.keys
	t := &k.tables[g.table]
	k.keyBuf = k.keyBuf[:0]
	for i := range g.fields {
		fv := &g.fields[i]
		switch {
		case fv.unknown:
			return
		case !fv.set:
			if t.c.kind == keyKind {
				v.violation(Violation{Line: g.line, Column: g.col, Rule: KeyMissing, Clause: "cvc-identity-constraint.4.2.1", Type: t.c.name.local, Wanted: []string{t.c.fields[i].source}})
			}
			return
		case fv.nilable && t.c.kind == keyKind:
			v.violation(Violation{Line: g.line, Column: g.col, Rule: KeyMissing, Clause: "cvc-identity-constraint.4.2.3", Type: t.c.name.local, Wanted: []string{t.c.fields[i].source}})
			return
		}
		k.keyBuf = binary.AppendUvarint(k.keyBuf, uint64(len(fv.key)))
		k.keyBuf = append(k.keyBuf, fv.key...)
	}
	if t.c.kind == keyref {
		v.addReference(t, g)
		return
	}
	if _, taken := t.keys[string(k.keyBuf)]; taken {
		clause := "cvc-identity-constraint.4.1"
		if t.c.kind == keyKind {
			clause = "cvc-identity-constraint.4.2.2"
		}
		v.violation(Violation{Line: g.line, Column: g.col, Rule: KeyDuplicate, Clause: clause, Type: t.c.name.local, Found: g.show()})
		return
	}
	if !v.reserve(t, len(k.keyBuf)) {
		return
	}
	if t.keys == nil {
		t.keys = map[string]int64{}
	}
	t.keys[string(k.keyBuf)] = int64(g.line)<<24 | int64(g.col)
}

func (g *target) show() string {
	var parts []string
	for i := range g.fields {
		parts = append(parts, short(g.fields[i].raw))
	}
	return strings.Join(parts, ", ")
}

// addReference keeps a keyref's key sequence, unless its key exists already.
func (v *Validator) addReference(t *keyTable, g *target) {
	k := &v.keys
	for i := range k.tables {
		if o := &k.tables[i]; o.c == t.c.refer && o.depth == t.depth {
			if _, ok := o.keys[string(k.keyBuf)]; ok {
				return
			}
		}
	}
	row := keyRow{string(k.keyBuf), g.show(), v.path(), string(v.names[v.top().name:]), g.line, g.col}
	if !v.reserve(t, len(row.key)+len(row.found)+len(row.path)+64) {
		return
	}
	t.rows = append(t.rows, row)
}

// endTables resolves the keyrefs of an element and passes its keys up to the
// keyrefs of its ancestors.
func (v *Validator) endTables(from int) {
	k := &v.keys
	for i := from; i < len(k.tables); i++ {
		t := &k.tables[i]
		if t.c.kind != keyref {
			continue
		}
		var own map[string]int64
		for j := from; j < len(k.tables); j++ {
			if k.tables[j].c == t.c.refer {
				own = k.tables[j].keys
			}
		}
		sort.SliceStable(t.rows, func(a, b int) bool { return t.rows[a].line < t.rows[b].line })
		for _, r := range t.rows {
			if _, ok := own[r.key]; ok {
				continue
			}
			if at, ok := t.lower[r.key]; ok && at >= 0 {
				continue
			}
			if v.report != nil {
				v.report(Violation{Line: r.line, Column: r.col, Path: r.path, Element: r.element, Rule: KeyrefDangling, Clause: "cvc-identity-constraint.4.3",
					Type: t.c.name.local, Found: r.found, Wanted: []string{t.c.refer.name.local}})
			}
		}
	}
	for i := from; i < len(k.tables); i++ {
		t := &k.tables[i]
		if !t.c.referred {
			continue
		}
		for j := range from {
			o := &k.tables[j]
			if o.c.refer != t.c || o.c.kind != keyref {
				continue
			}
			for key, at := range t.keys {
				if o.lower == nil {
					o.lower = map[string]int64{}
				}
				if was, ok := o.lower[key]; ok && was != at {
					o.lower[key] = -1
					continue
				}
				if !v.reserve(o, len(key)) {
					return
				}
				o.lower[key] = at
			}
		}
	}
	for i := from; i < len(k.tables); i++ {
		k.count -= k.tables[i].count
		k.bytes -= k.tables[i].bytes
	}
	k.tables = k.tables[:from]
}

func sortBy(s []string, less func(a, b string) bool) {
	sort.Slice(s, func(i, j int) bool { return less(s[i], s[j]) })
}
