package xsd

// idTable holds the identifiers of a document, and the references to identifiers
// that have not come yet (XSD1 3.15.4, ID/IDREF Table).
type idTable struct {
	known   map[string]bool
	pending map[string]pendingRef
	bytes   int
}

type pendingRef struct {
	line, col               int
	path, element, attr, in string
}

func (t *idTable) reset() {
	clear(t.known)
	clear(t.pending)
	t.bytes = 0
}

// identifiers records the identifiers and references in the last value.
func (v *Validator) identifiers(attr string) {
	t := &v.ids
	for _, r := range v.checker.refs {
		switch r.kind {
		case isENTITY:
			v.violation(Violation{Rule: EntityUnknown, Clause: "cvc-attribute.3", Attribute: attr, Found: short(r.text)})
		case isID:
			if t.known[string(r.text)] {
				v.violation(Violation{Rule: IDDuplicate, Clause: "cvc-id.2", Attribute: attr, Found: short(r.text)})
				continue
			}
			if t.known == nil {
				t.known = map[string]bool{}
			}
			if !v.hasRoom(&t.bytes, len(t.known)+len(t.pending), len(r.text)) {
				return
			}
			t.known[string(r.text)] = true
			delete(t.pending, string(r.text))
		case isIDREF:
			if t.known[string(r.text)] {
				continue
			}
			if _, ok := t.pending[string(r.text)]; ok {
				continue
			}
			if t.pending == nil {
				t.pending = map[string]pendingRef{}
			}
			if !v.hasRoom(&t.bytes, len(t.known)+len(t.pending), len(r.text)+len(v.names)+64) {
				return
			}
			f := v.top()
			t.pending[string(r.text)] = pendingRef{v.line, v.col, v.path(), string(v.names[f.name:]), attr, ""}
		}
	}
}

// hasRoom reports whether a table may grow. If not, the Validator ends with a
// *LimitError.
func (v *Validator) hasRoom(bytes *int, n, size int) bool {
	*bytes += size
	if n >= maxKeys || *bytes > maxKeyBytes {
		v.limit("the document holds too many identifiers or keys")
		return false
	}
	return true
}

func (t *idTable) dangling(v *Validator) {
	if len(t.pending) == 0 || v.report == nil {
		return
	}
	for _, k := range sortedStrings(t.pending) {
		p := t.pending[k]
		v.report(Violation{Line: p.line, Column: p.col, Path: p.path, Rule: IDREFDangling, Clause: "cvc-id.1",
			Element: p.element, Attribute: p.attr, Type: "IDREF", Found: short([]byte(k))})
	}
}

// sortedStrings orders references by place.
func sortedStrings(m map[string]pendingRef) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sortBy(keys, func(a, b string) bool {
		x, y := m[a], m[b]
		if x.line != y.line {
			return x.line < y.line
		}
		if x.col != y.col {
			return x.col < y.col
		}
		return a < b
	})
	return keys
}
