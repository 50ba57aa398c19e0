package xsd

import (
	"slices"
	"strings"
)

// builder turns schema documents into components. Global types and elements
// exist as shells from the beginning, so that they can refer to one another, and
// are completed on demand. Anonymous types wait in a queue, so that a type may be
// used inside itself.
type builder struct {
	schema  *Schema
	docs    []*document
	groups  map[qname]*group
	agroups map[qname]*attributeGroup
	idcs    map[qname]*constraint
	known   map[string]bool // target namespaces that were read
	first   map[[2]string]*node

	redefinitions        []*node
	originals            []func() // complete what was redefined
	redefining           *group   // the group whose content is being built
	redefiningAttributes *attributeGroup

	queue     []*typeDef
	all       []*typeDef // every complex type
	elements  []*elementDecl
	early     []func() // checks of default and fixed values, which late checks compare
	late      []func() // checks that need all types complete
	nested    int      // bounded by maxChain
	work      int      // bounded by maxSteps
	particles int      // against maxParticles
	states    int      // against maxPatterns
	regexps   map[string]*pattern
	valuer    valueChecker
}

type group struct {
	node       *node
	particle   *particle
	state      progress
	redefines  *group // nil for none
	refersBack bool   // to the group that it redefines
}

type attributeGroup struct {
	node  *node
	attrs []attributeUse
	ban   []symbol
	wild  *wildcard
	state progress

	redefines  *attributeGroup // nil for none
	refersBack bool            // to the attribute group that it redefines
}

func (b *builder) init(docs []*document) {
	b.docs = docs
	b.groups = map[qname]*group{}
	b.agroups = map[qname]*attributeGroup{}
	b.idcs = map[qname]*constraint{}
	b.known = map[string]bool{}
	b.first = map[[2]string]*node{}
	b.regexps = map[string]*pattern{}
	b.schema = &Schema{
		symbols:    newSymbols(),
		elements:   map[qname]*elementDecl{},
		types:      map[qname]*typeDef{},
		attributes: map[qname]*attributeDecl{},
		notations:  map[qname]bool{},
	}
	b.valuer.schema = b.schema
	b.builtins()
}

// step counts work whose amount depends on the schema.
func (b *builder) step(n *node, k int) {
	if b.work += k; b.work > maxSteps {
		fail(n, "limit", "the schema takes too much work to compile")
	}
}

func (b *builder) run() *Schema {
	s := b.schema
	for _, d := range b.docs {
		b.known[d.target] = true
	}
	for _, d := range b.docs {
		for _, n := range d.root.children {
			b.register(d, n)
		}
	}
	b.redefine()
	if !b.known[xmlURI] {
		b.xmlAttributes()
	}
	if !b.known[xlinkURI] && b.imported(xlinkURI) {
		b.xlinkAttributes()
	}
	for _, k := range sortedKeys(s.types) {
		b.complete(s.types[k])
	}
	for _, k := range sortedKeys(s.attributes) {
		if a := s.attributes[k]; a.node != nil {
			b.attribute(a, a.node)
		}
	}
	for _, k := range sortedKeys(s.elements) {
		b.element(s.elements[k])
	}
	for _, k := range sortedKeys(b.groups) {
		b.group(b.groups[k])
	}
	for _, k := range sortedKeys(b.agroups) {
		b.attributeGroup(b.agroups[k])
	}
	for _, f := range b.originals {
		f()
	}
	for len(b.queue) > 0 {
		t := b.queue[0]
		b.queue = b.queue[1:]
		b.complete(t)
	}
	b.substitutionGroups()
	for _, f := range b.early {
		f()
	}
	for _, f := range b.late {
		f()
	}
	if b.valuer.exhausted {
		fail(nil, "limit", "the patterns of the schema take too much work")
	}
	for _, t := range b.all {
		b.compileContent(t)
	}
	s.elemBySym = make([]*elementDecl, len(s.symbols.names))
	s.attrBySym = make([]*attributeDecl, len(s.symbols.names))
	for _, e := range s.elements {
		s.elemBySym[e.sym] = e
	}
	for _, a := range s.attributes {
		// What is built in may be referred to; a wildcard finds it only where a document imports it.
		if a.node != nil || b.imported(a.name.uri) {
			s.attrBySym[a.sym] = a
		}
	}
	return s
}

// imported reports whether some document imports a namespace.
func (b *builder) imported(uri string) bool {
	return slices.ContainsFunc(b.docs, func(d *document) bool { return d.imports[uri] })
}

// register makes the shell of a global component.
func (b *builder) register(d *document, n *node) {
	s := b.schema
	switch n.name {
	case "include", "import", "redefine":
		return
	}
	q := qname{d.target, n.ncName("name")}
	key := [2]string{n.space(), q.String()}
	if first := b.first[key]; first != nil {
		e := &SchemaError{File: d.file, Line: n.line, Column: n.col, Rule: "sch-props-correct.2", Detail: "a second " + n.name + " " + q.String()}
		if e.Other = first.doc.file; e.Other == e.File {
			e.Other = ""
		} else {
			e.Detail += ", of which the first is in " + e.Other
		}
		panic(bail{e})
	}
	b.first[key] = n
	switch n.name {
	case "element":
		s.elements[q] = &elementDecl{name: q, sym: s.symbols.add(q), global: true, node: n}
	case "simpleType", "complexType":
		if s.types[q] != nil {
			fail(n, "sch-props-correct.2", "a second %s %s, which is built in", n.name, q)
		}
		s.types[q] = &typeDef{name: q, node: n, complex: n.name == "complexType"}
	case "attribute":
		s.attributes[q] = &attributeDecl{name: q, sym: s.symbols.add(q), global: true, node: n}
	case "group":
		b.groups[q] = &group{node: n}
	case "attributeGroup":
		b.agroups[q] = &attributeGroup{node: n}
	case "notation":
		_, public := n.attr("public")
		_, system := n.attr("system")
		if !public && !system {
			fail(n, "s4s-att-must-appear", "the notation %s has neither public nor system", q)
		}
		s.notations[q] = true
	}
}

// expand resolves a QName in a schema document.
func (n *node) expand(v string) qname {
	v = collapse(v)
	prefix, local, ok := strings.Cut(v, ":")
	if !ok {
		prefix, local = "", v
	}
	if !isNCName([]byte(local)) || ok && !isNCName([]byte(prefix)) {
		fail(n, "s4s-att-invalid-value", "%q is no QName", v)
	}
	uri, bound := n.ns.lookup(prefix)
	if !bound {
		fail(n, "src-resolve", "the prefix of %q is not declared", v)
	}
	if uri == "" && n.doc.chameleon {
		uri = n.doc.target
	}
	return qname{uri, local}
}

// reference resolves a QName that refers to a component. Its namespace must be
// the target namespace or an imported one (src-resolve.4).
func (n *node) reference(v string) qname {
	q := n.expand(v)
	if q.uri != n.doc.target && q.uri != xsdURI && !n.doc.imports[q.uri] {
		fail(n, "src-resolve.4", "%s: the namespace is not imported here", q)
	}
	return q
}

// unresolved fails for a reference to a component that does not exist.
func (b *builder) unresolved(n *node, what string, q qname) {
	loc, ok := n.doc.missing[q.uri]
	for i := 0; !ok && i < len(b.docs); i++ {
		if d := b.docs[i]; d.target == q.uri {
			loc, ok = d.missing[q.uri]
		}
	}
	if ok && (loc != "" || !b.known[q.uri]) {
		if loc == "" {
			fail(n, "src-resolve", "there is no %s %s: no schema of its namespace was given", what, q)
		}
		fail(n, "src-resolve", "there is no %s %s: %q is not in the schema folder", what, q, loc)
	}
	fail(n, "src-resolve", "there is no %s %s", what, q)
}

func (b *builder) typeRef(n *node, v string) *typeDef {
	q := n.reference(v)
	t := b.schema.types[q]
	if t == nil {
		b.unresolved(n, "type", q)
	}
	return t
}

func (b *builder) simpleTypeRef(n *node, v string) *typeDef {
	t := b.typeRef(n, v)
	if t.complex {
		fail(n, "src-resolve", "%s is no simple type", t)
	}
	return t
}

// anonymous makes the shell of a type inside another component.
func (b *builder) anonymous(n *node) *typeDef {
	t := &typeDef{node: n, complex: n.name == "complexType"}
	b.queue = append(b.queue, t)
	return t
}

func (b *builder) complete(t *typeDef) {
	switch t.state {
	case complete:
		return
	case underway:
		fail(t.node, circular(t), "the type %s derives from itself", t)
	}
	t.state = underway
	b.countReference(t.node)
	defer func() { b.nested-- }()
	if t.complex {
		b.complexType(t)
	} else {
		b.simpleType(t)
	}
	if t.depth > maxDerivation {
		fail(t.node, "limit", "a type that is more than %d steps from its ur-type", maxDerivation)
	}
	t.state = complete
}

func circular(t *typeDef) string {
	if t.complex {
		return "ct-props-correct.3"
	}
	return "st-props-correct.2"
}

// checkValueLater runs a check of a default value when every type is complete,
// before the other checks.
func (b *builder) checkValueLater(f func()) { b.early = append(b.early, f) }

// countReference counts the references of a chain, and fails before a long chain
// fills the stack.
func (b *builder) countReference(n *node) {
	if b.nested++; b.nested > maxChain {
		fail(n, "limit", "a chain of more than %d references", maxChain)
	}
}

// checkLater runs a check when every type is complete.
func (b *builder) checkLater(f func()) { b.late = append(b.late, f) }
