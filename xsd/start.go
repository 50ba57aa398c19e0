package xsd

import (
	"bytes"
	"hash/maphash"

	"csuis-offline/c14n"
)

var hashSeed = maphash.MakeSeed()

// assessment says how to validate an element.
type assessment struct {
	decl     *elementDecl
	typ      *typeDef // the type, if it is known without decl
	lax      bool     // a declaration may be missing
	skip     bool     // do not validate it
	reported bool     // it was reported as misplaced
}

// start validates a start tag.
func (v *Validator) start(t *c14n.Token) {
	sym := v.s.symbols.find(t.URI, t.Local)
	var a assessment
	var index int32 = 1
	if v.depth == 0 {
		if v.ended {
			return
		}
		a.decl = v.global(sym)
	} else {
		p := v.top()
		index = v.count(p, sym, t)
		v.index = index
		a = v.assessChild(p, sym, t)
		if a.skip {
			v.skip = 1
			return
		}
	}
	f := v.push(t)
	f.index = index
	for i := range t.Attrs {
		if t.Attrs[i].NS {
			v.scope.push(&t.Attrs[i])
		}
	}
	v.element(f, t, a, sym)
}

func (v *Validator) global(sym symbol) *elementDecl {
	if sym == 0 {
		return nil
	}
	return v.s.elemBySym[sym]
}

// count returns the number of the element among its siblings of the same name.
func (v *Validator) count(p *frame, sym symbol, t *c14n.Token) int32 {
	key := uint64(sym)
	if sym == 0 {
		key = maphash.Bytes(hashSeed, t.Local) | 1<<63
	}
	for i := len(p.childCounts) - 1; i >= 0; i-- {
		if p.childCounts[i].key == key {
			p.childCounts[i].n++
			return p.childCounts[i].n
		}
	}
	if len(p.childCounts) < maxChildCounts {
		p.childCounts = append(p.childCounts, childCount{key, 1})
	}
	return 1
}

// assessChild says how the content of p assesses a child element.
func (v *Validator) assessChild(p *frame, sym symbol, t *c14n.Token) (a assessment) {
	if p.nilled {
		if !p.hasContent {
			v.violation(Violation{Rule: NilContent, Clause: "cvc-elt.3.2.1", Found: string(t.Local)})
		}
		p.hasContent = true
		return assessment{skip: true}
	}
	p.hasContent = true
	if p.typ == nil {
		return assessment{decl: v.global(sym), lax: true}
	}
	if !p.typ.complex || p.typ.kind == contentSimple || p.model == nil {
		if !p.contentReported {
			clause := "cvc-type.3.1.2"
			if p.typ.complex {
				clause = "cvc-complex-type.2.2"
				if p.typ.kind == contentEmpty {
					clause = "cvc-complex-type.2.1"
				}
			}
			if p.typ.complex && (p.typ.kind == contentMixed || p.typ.kind == contentElements) {
				clause = "cvc-complex-type.2.4.d"
			}
			p.contentReported = true
			v.violation(Violation{Rule: ElementContent, Clause: clause, Found: string(t.Local)})
		}
		return assessment{skip: true}
	}
	if p.decl != nil && p.decl.value != nil && p.decl.value.fixed && p.collectsText && !p.contentReported {
		p.contentReported = true
		v.violation(Violation{Rule: ElementContent, Clause: "cvc-elt.5.2.2.1", Found: string(t.Local)})
	}
	leaf := v.step(p, sym, t.URI, false)
	if leaf == nil {
		return v.unexpected(p, sym, t)
	}
	return v.assessmentOf(leaf, sym)
}

// step advances the state of p's content.
func (v *Validator) step(p *frame, sym symbol, uri string, force bool) *modelParticle {
	m := p.model
	if m.ambiguous {
		return v.stepSet(p, sym, uri)
	}
	leaf := m.step(p.state, v.counts[p.counts:p.counts+m.counters], sym, uri, force)
	if leaf != nil {
		p.state = leaf
	}
	return leaf
}

// stepSet advances a state that is a set of leaves. All leaves that match have
// the same declaration.
func (v *Validator) stepSet(p *frame, sym symbol, uri string) *modelParticle {
	v.fillFollow(p)
	var leaf *modelParticle
	n := 0
	for _, l := range v.follow.leaves {
		if l.matches(sym, uri) {
			leaf = l
			v.follow.leaves[n] = l
			n++
		}
	}
	if leaf == nil {
		return nil
	}
	v.states = append(v.states[:p.states], v.follow.leaves[:n]...)
	p.statesEnd = len(v.states)
	p.state = leaf
	return leaf
}

// fillFollow fills v.follow with the leaves that can come next.
func (v *Validator) fillFollow(p *frame) {
	v.follow.reset(p.model)
	if p.state == nil {
		v.follow.addFollow(p.model, nil)
		return
	}
	for _, l := range v.states[p.states:p.statesEnd] {
		v.follow.addFollow(p.model, l)
	}
}

// assessmentOf returns how to validate an element that leaf matches.
func (v *Validator) assessmentOf(leaf *modelParticle, sym symbol) assessment {
	if leaf.op == opElement {
		if leaf.elem.sym == sym {
			return assessment{decl: leaf.elem}
		}
		for _, m := range leaf.elem.members {
			if m.sym == sym {
				return assessment{decl: m}
			}
		}
	}
	switch leaf.wild.process {
	case processSkip:
		return assessment{skip: true}
	case processLax:
		return assessment{decl: v.global(sym), lax: true}
	}
	return assessment{decl: v.global(sym)}
}

// unexpected reports an element that may not occur where it does, and finds a way
// to go on: past elements that are missing, or as if the element were absent.
func (v *Validator) unexpected(p *frame, sym symbol, t *c14n.Token) assessment {
	wanted := v.expected(p)
	var leaf *modelParticle
	if p.misplaced < maxMisplaced {
		leaf = v.step(p, sym, t.URI, true)
	}
	if leaf != nil && !p.model.ambiguous {
		v.violation(Violation{Rule: ElementMissing, Clause: "cvc-complex-type.2.4.a", Found: string(t.Local), Wanted: wanted})
		return v.assessmentOf(leaf, sym)
	}
	clause := "cvc-complex-type.2.4.a"
	if len(wanted) == 0 {
		clause = "cvc-complex-type.2.4.d"
	}
	// The element is pushed so that the violation has its path.
	v.push(t).index = v.index
	v.violation(Violation{Rule: ElementUnexpected, Clause: clause, Found: string(t.Local), Wanted: wanted})
	v.pop()
	p = v.top()
	if p.misplaced++; p.misplaced > maxMisplaced {
		return assessment{skip: true}
	}
	for _, l := range p.model.leaves {
		if l.op == opElement && l.matches(sym, t.URI) {
			a := v.assessmentOf(l, sym)
			a.reported = true
			return a
		}
	}
	return assessment{skip: true}
}

// maxWanted is the number of names that a violation lists at most.
const maxWanted = 50

// expected lists the elements that could come next in p.
func (v *Validator) expected(p *frame) []string {
	v.candidates = v.candidates[:0]
	if p.model.ambiguous {
		v.fillFollow(p)
		v.candidates = append(v.candidates, v.follow.leaves...)
	} else {
		v.candidates = p.model.next(v.candidates, p.state, v.counts[p.counts:p.counts+p.model.counters])
	}
	var names []string
	add := func(n string) {
		for _, have := range names {
			if have == n {
				return
			}
		}
		if len(names) < maxWanted {
			names = append(names, n)
		}
	}
	for _, l := range v.candidates {
		if l.op == opAny {
			add("*")
			continue
		}
		if !l.elem.abstract {
			add(l.elem.name.local)
		}
		for _, m := range l.elem.members {
			if !m.abstract {
				add(m.name.local)
			}
		}
		if len(names) >= maxWanted {
			break
		}
	}
	return names
}

// element begins an element for which a declaration was or was not found.
func (v *Validator) element(f *frame, t *c14n.Token, a assessment, sym symbol) {
	f.decl = a.decl
	f.typ = a.typ
	nilAttr, typeAttr := xsiAttributes(t)
	if a.decl != nil {
		f.typ = a.decl.typ
		if a.decl.abstract {
			var w []string
			for _, m := range a.decl.members {
				if !m.abstract {
					w = append(w, m.name.local)
				}
			}
			v.violation(Violation{Rule: ElementAbstract, Clause: "cvc-elt.2", Wanted: w})
		}
	}
	if typeAttr != nil {
		v.xsiType(f, typeAttr)
	}
	// A root that is not declared is judged by its xsi:type (XSD1 5.2, cvc-assess-elt). Whoever wants a declared one asks Has.
	if f.typ == nil && !a.lax {
		clause := "cvc-elt.1"
		if v.depth > 1 {
			clause = "cvc-complex-type.2.4.c"
		}
		v.violation(Violation{Rule: ElementUndeclared, Clause: clause, Found: string(t.Local)})
		if v.depth == 1 {
			// The rest of the document cannot be validated.
			v.pop()
			v.skip = 1
			v.ended = true
			return
		}
	}
	if a.decl != nil && nilAttr != nil {
		v.xsiNil(f, nilAttr)
	}
	v.enterKeys(f, t, sym)
	if f.typ == nil {
		if f.watched {
			f.collectsText = false
		}
		v.laxAttributes(t)
		return
	}
	if f.typ.abstract {
		v.violation(Violation{Rule: TypeAbstract, Clause: "cvc-type.2"})
	}
	v.attributes(f, t)
	fixed := f.decl != nil && f.decl.value != nil
	switch {
	case !f.typ.complex || f.typ.kind == contentSimple:
		f.collectsText = true
		f.streamsText = v.canStream(f)
	case f.typ.kind == contentMixed && fixed:
		f.collectsText = true
	}
	if m := f.typ.model; m != nil {
		f.model = m
		for range m.counters {
			v.counts = append(v.counts, 0)
		}
	}
}

func xsiAttributes(t *c14n.Token) (nilAttr, typeAttr *c14n.Attr) {
	for i := range t.Attrs {
		a := &t.Attrs[i]
		if a.URI == xsiURI && !a.NS {
			switch string(a.Local) {
			case "nil":
				nilAttr = a
			case "type":
				typeAttr = a
			}
		}
	}
	return
}

// xsiType applies xsi:type (cvc-elt.4).
func (v *Validator) xsiType(f *frame, a *c14n.Attr) {
	lit := bytes.Trim(a.Value, " \t\r\n")
	prefix, local := splitQName(lit)
	if local == nil {
		v.violation(Violation{Rule: TypeUnknown, Clause: "cvc-elt.4.1", Attribute: "xsi:type", Found: short(lit)})
		return
	}
	uri, ok := v.scope.lookup(prefix)
	t := v.s.types[qname{uri, string(local)}]
	if !ok || t == nil {
		v.violation(Violation{Rule: TypeUnknown, Clause: "cvc-elt.4.2", Attribute: "xsi:type", Found: short(lit)})
		return
	}
	if f.decl != nil {
		blocked := f.decl.block
		if f.decl.typ.complex {
			blocked |= f.decl.typ.block
		}
		if !derivedOK(t, f.decl.typ, blocked&(dExtension|dRestriction)) {
			v.violation(Violation{Rule: TypeNotDerived, Clause: "cvc-elt.4.3", Attribute: "xsi:type", Found: short(lit), Wanted: []string{typeName(f.decl.typ)}})
			return
		}
	}
	f.typ = t
}

// xsiNil applies xsi:nil (cvc-elt.3).
func (v *Validator) xsiNil(f *frame, a *c14n.Attr) {
	var yes bool
	switch string(bytes.Trim(a.Value, " \t\r\n")) {
	case "true", "1":
		yes = true
	case "false", "0":
	default:
		v.violation(Violation{Rule: ValueType, Clause: "cvc-datatype-valid.1.2.1", Attribute: "xsi:nil", Type: "boolean", Found: short(a.Value), Wanted: []string{"boolean"}})
		return
	}
	if !f.decl.nillable {
		v.violation(Violation{Rule: NotNillable, Clause: "cvc-elt.3.1", Attribute: "xsi:nil", Found: short(a.Value)})
		return
	}
	if yes {
		f.nilled = true
		if f.decl.value != nil && f.decl.value.fixed {
			v.violation(Violation{Rule: ValueFixed, Clause: "cvc-elt.3.2.2", Attribute: "xsi:nil", Wanted: []string{f.decl.value.lexical}})
		}
	}
}
