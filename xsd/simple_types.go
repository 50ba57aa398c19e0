package xsd

// primitive is what a value is compared as (XSD2 3.2).
type primitive uint8

const (
	primAnySimple primitive = iota
	primString
	primBoolean
	primDecimal
	primFloat
	primDouble
	primDuration
	primDateTime
	primTime
	primDate
	primGYearMonth
	primGYear
	primGMonthDay
	primGDay
	primGMonth
	primHex
	primBase64
	primAnyURI
	primQName
	primNotation
)

// lexicalRule is an additional rule for the literals of a built-in derived type.
type lexicalRule uint8

const (
	lexNone lexicalRule = iota
	lexInteger
	lexUnsigned
	lexLanguage
	lexName
	lexNCName
	lexNMTOKEN
)

type variety uint8

const (
	atomic variety = iota
	list
	union
)

type whiteSpace uint8

const (
	preserve whiteSpace = iota
	replace
	collapsed
)

// identityKind says whether a value is also an identifier, a reference or an
// entity (XSD2 3.3.8 to 3.3.11).
type identityKind uint8

const (
	noIdentity identityKind = iota
	isID
	isIDREF
	isENTITY
)

// simpleType is the definition of a simple type with the facets of all its
// derivation steps.
type simpleType struct {
	name     qname // of the nearest type with a name
	variety  variety
	prim     primitive
	lex      lexicalRule
	identity identityKind
	isID     bool // an identifier (not a list or union of them)
	refers   bool // a value may be an identifier, a reference to one or an entity
	ws       whiteSpace
	item     *simpleType
	members  []*simpleType
	cost     int

	allowEmpty bool // xml:lang only

	length, minLength, maxLength int64 // -1 for none
	totalDigits, fractionDigits  int64
	lower, upper                 *bound
	patterns                     []patternStep
	enum                         map[string]bool // by key
	enumList                     []string
	fixed                        map[string]bool // facets that a derived type must not change
}

// bound is one of the facets minInclusive, minExclusive, maxInclusive, maxExclusive.
type bound struct {
	lexical   string
	value     value
	exclusive bool
	rule      Rule
}

// patternStep holds the patterns of one derivation step: one of them must match.
type patternStep struct {
	sources  []string
	patterns []*pattern
}

// ordered reports whether the type can have bounds.
func (st *simpleType) ordered() bool {
	return st.variety == atomic && st.prim >= primDecimal && st.prim <= primGMonth
}

func (st *simpleType) hasLength() bool {
	if st.variety == list {
		return true
	}
	switch st.prim {
	case primString, primHex, primBase64, primAnyURI, primQName, primNotation:
		return st.variety == atomic
	}
	return false
}

// derivedOK reports whether t is o, or derives from it without a step in blocked
// (XSD1 3.14.6 and 3.4.6, Type Derivation OK).
func derivedOK(t, o *typeDef, blocked derivations) bool {
	if t == o {
		return true
	}
	for u := t; u != nil; u = u.base {
		if u == o {
			return true
		}
		if u.method&blocked != 0 || u.base == u {
			break
		}
	}
	if !o.complex && o.simple != nil {
		if o.simple.prim == primAnySimple && o.simple.variety == atomic && !t.complex {
			return blocked&dRestriction == 0
		}
		if o.simple.variety == union && o.simple.plainUnion() && !t.complex && blocked&dRestriction == 0 {
			for u := t; u != nil; u = u.base {
				if u.simple != nil && o.simple.hasMember(u.simple) {
					return true
				}
				if u.base == u {
					break
				}
			}
		}
	}
	return false
}

// hasMember reports whether m is a member type of a union. A union inside a union
// is not a member, but its members are (XSD1 3.14.2).
func (st *simpleType) hasMember(m *simpleType) bool {
	for _, k := range st.members {
		if k.variety == union && k.hasMember(m) || k.variety != union && k == m {
			return true
		}
	}
	return false
}

// plainUnion reports whether a union has no facets.
func (st *simpleType) plainUnion() bool { return len(st.patterns) == 0 && st.enum == nil }
