package xsd

// derivations is a set of ways to derive a type, as block and final hold it.
type derivations uint8

const (
	dExtension derivations = 1 << iota
	dRestriction
	dSubstitution
	dList
	dUnion
)

// derivations reads block, final or their defaults: the words that may stand
// there are those of allowed.
func (n *node) derivations(local string, otherwise, allowed derivations) derivations {
	v, ok := n.attr(local)
	if !ok {
		return otherwise
	}
	v = collapse(v)
	if v == "#all" {
		return allowed
	}
	var d derivations
	for v != "" {
		var w string
		w, v = cutWord(v)
		var one derivations
		switch w {
		case "extension":
			one = dExtension
		case "restriction":
			one = dRestriction
		case "substitution":
			one = dSubstitution
		case "list":
			one = dList
		case "union":
			one = dUnion
		}
		if one&allowed == 0 {
			fail(n, "s4s-att-invalid-value", "%s may not hold %q", local, w)
		}
		d |= one
	}
	return d
}

func cutWord(s string) (word, rest string) {
	for i := range len(s) {
		if s[i] == ' ' {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// contentKind is the variety of a complex type's content (XSD1 3.4.1).
type contentKind uint8

const (
	contentEmpty contentKind = iota
	contentSimple
	contentElements
	contentMixed
)

// progress of a component whose parts refer to others.
type progress uint8

const (
	declared progress = iota
	underway
	complete
)

// typeDef is a type definition, simple or complex.
type typeDef struct {
	name     qname // local "" for an anonymous type
	base     *typeDef
	method   derivations // how it derives from base: dExtension, dRestriction, dList, dUnion
	depth    int         // steps to the ur-type
	final    derivations
	block    derivations
	abstract bool

	simple *simpleType // of a simple type, and the content of a complex type with simple content

	complex  bool
	kind     contentKind
	particle *particle // before compilation; nil for none
	model    *model    // nil for empty content
	attrs    []attrUse // without the prohibited ones
	anyAttr  *wildcard // nil for none
	required int       // how many of attrs are required

	node  *node
	state progress
}

func (t *typeDef) String() string { return t.name.String() }

type attributeDecl struct {
	name   qname
	sym    symbol
	typ    *typeDef
	value  *valueConstraint
	global bool
	node   *node
}

type attrUse struct {
	decl     *attributeDecl
	sym      symbol
	required bool
	value    *valueConstraint // its own, else that of decl
}

func (u *attrUse) constraint() *valueConstraint {
	if u.value != nil {
		return u.value
	}
	return u.decl.value
}

// valueConstraint is a default or fixed value.
type valueConstraint struct {
	fixed   bool
	lexical string
	key     string // of the value, where the type is simple
	node    *node
}

type elementDecl struct {
	name     qname
	sym      symbol
	typ      *typeDef
	global   bool
	nillable bool
	abstract bool
	value    *valueConstraint
	block    derivations // disallowed substitutions
	final    derivations // substitution group exclusions
	head     *elementDecl
	members  []*elementDecl // of its substitution group, transitively, those that may stand for it
	idcs     []*constraint
	node     *node
	state    progress
}

// wildcard is a namespace constraint with what becomes of what it matches.
type wildcard struct {
	any     bool
	not     bool     // any namespace but set[0], and no names without namespace
	set     []string // "" is absent
	process processContents
}

type processContents uint8

const (
	processStrict processContents = iota
	processLax
	processSkip
)

func (w *wildcard) allows(uri string) bool {
	if w.any {
		return true
	}
	if w.not {
		return uri != "" && uri != w.set[0]
	}
	for _, s := range w.set {
		if s == uri {
			return true
		}
	}
	return false
}

// particle is a particle of the schema, shared by all that refer to its group.
type particle struct {
	op       operator
	min, max int64 // max -1 is unbounded
	elem     *elementDecl
	wild     *wildcard
	kids     []*particle
	node     *node
	empty    emptiness // groups that share a part would ask for it again and again
}

// emptiness is what is known of a particle's being emptiable.
type emptiness uint8

const (
	unsettled emptiness = iota
	possible
	never
)

type operator uint8

const (
	opElement operator = iota
	opAny
	opSequence
	opChoice
	opAll
)
