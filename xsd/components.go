package xsd

// derivations is a set of derivation methods, as block and final hold it.
type derivations uint8

const (
	dExtension derivations = 1 << iota
	dRestriction
	dSubstitution
	dList
	dUnion
)

// derivations reads block, final or their defaults, which may hold the words of
// allowed.
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

// progress says how far a component is built.
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
	particle *particle      // before compilation; nil for none
	model    *model         // nil for empty content
	attrs    []attributeUse // without the prohibited ones
	anyAttr  *wildcard      // nil for none
	required int            // the number of attrs that are required

	node  *node
	state progress

	redefines *typeDef // what this type redefines; nil for none
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

type attributeUse struct {
	decl     *attributeDecl
	sym      symbol
	required bool
	value    *valueConstraint // nil if that of decl applies
}

func (u *attributeUse) constraint() *valueConstraint {
	if u.value != nil {
		return u.value
	}
	return u.decl.value
}

// valueConstraint is a default or fixed value.
type valueConstraint struct {
	fixed   bool
	lexical string
	key     string // the key of the value, if the type is simple
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
	members  []*elementDecl // the members of its substitution group, transitive ones too, that may substitute for it
	idcs     []*constraint
	node     *node
	state    progress
}

// wildcard is a namespace constraint with its processContents.
type wildcard struct {
	any     bool
	not     bool     // any namespace except set[0], and no names without a namespace
	set     []string // namespace names; "" is "absent"
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

// particle is a particle of the schema. All references to a group share it.
type particle struct {
	op       operator
	min, max int64 // max -1 is unbounded
	elem     *elementDecl
	wild     *wildcard
	children []*particle
	node     *node
	empty    emptiness // kept, since groups that share a particle would compute it again and again
}

// emptiness says whether a particle is emptiable, as far as that is known.
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
