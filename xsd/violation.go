package xsd

import "strings"

// Rule names the rule that a document breaks. Rules are stable: programs branch
// on them, and the message catalogue explains each one.
type Rule string

// The rules, each with what Found and Wanted of a Violation hold.
const (
	ElementUnexpected Rule = "element-unexpected" // Element may not occur here; Wanted: the elements that may, empty for none
	ElementMissing    Rule = "element-missing"    // one of Wanted is missing before the element Found, or before the end if Found is empty
	ElementUndeclared Rule = "element-undeclared" // the schema does not declare Element
	ElementAbstract   Rule = "element-abstract"   // Element is abstract; Wanted: the elements of its substitution group
	ElementContent    Rule = "element-content"    // Element may hold no elements, but holds the element Found
	TextUnexpected    Rule = "text-unexpected"    // text between elements, or in an element that must be empty; Found: its beginning
	NotNillable       Rule = "not-nillable"       // xsi:nil on an element that cannot be nil
	NilContent        Rule = "nil-content"        // an element with xsi:nil="true" has content; Found: the content

	AttributeUnexpected Rule = "attribute-unexpected" // Element may not have Attribute; Found: its value
	AttributeMissing    Rule = "attribute-missing"    // Attribute is required
	AttributeUndeclared Rule = "attribute-undeclared" // a wildcard demands a declaration of Attribute, and the schema has none

	TypeUnknown    Rule = "type-unknown"     // xsi:type names an unknown type; Found: the name
	TypeNotDerived Rule = "type-not-derived" // the type in xsi:type may not replace that of Element; Found, Wanted: the types
	TypeAbstract   Rule = "type-abstract"    // Type is abstract: xsi:type must name another

	ValueType      Rule = "value-type"      // Found is not a value of Type
	ValueFixed     Rule = "value-fixed"     // Wanted is the only value
	Length         Rule = "length"          // for this and the facets below, Wanted holds the facet's value: all values of an enumeration,
	MinLength      Rule = "min-length"      // and the expressions of a pattern, of which one must match
	MaxLength      Rule = "max-length"      //
	Pattern        Rule = "pattern"         //
	Enumeration    Rule = "enumeration"     //
	MinInclusive   Rule = "min-inclusive"   //
	MinExclusive   Rule = "min-exclusive"   //
	MaxInclusive   Rule = "max-inclusive"   //
	MaxExclusive   Rule = "max-exclusive"   //
	TotalDigits    Rule = "total-digits"    //
	FractionDigits Rule = "fraction-digits" //

	IDDuplicate    Rule = "id-duplicate"     // the identifier Found is used already
	IDREFDangling  Rule = "idref-dangling"   // nothing has the identifier Found
	EntityUnknown  Rule = "entity-unknown"   // Found is not an entity: without a document type declaration there are none
	KeyDuplicate   Rule = "key-duplicate"    // the key or unique Type already has the fields Found
	KeyMissing     Rule = "key-missing"      // a field of the key Type is missing; Wanted: its path
	KeyrefDangling Rule = "keyref-dangling"  // no key has the fields Found; Type: the keyref, Wanted: the key
	FieldAmbiguous Rule = "field-ambiguous"  // a field of Type has several values; Wanted: its path
	FieldNotSimple Rule = "field-not-simple" // a field of Type is an element without a simple value; Wanted: its path
	ValueTooLong   Rule = "value-too-long"   // the value is too long to validate; Wanted: the greatest length in bytes
)

// Rules lists every rule.
func Rules() []Rule {
	return []Rule{ElementUnexpected, ElementMissing, ElementUndeclared, ElementAbstract, ElementContent, TextUnexpected, NotNillable, NilContent,
		AttributeUnexpected, AttributeMissing, AttributeUndeclared, TypeUnknown, TypeNotDerived, TypeAbstract,
		ValueType, ValueFixed, Length, MinLength, MaxLength, Pattern, Enumeration, MinInclusive, MinExclusive, MaxInclusive, MaxExclusive,
		TotalDigits, FractionDigits, IDDuplicate, IDREFDangling, EntityUnknown, KeyDuplicate, KeyMissing, KeyrefDangling, FieldAmbiguous, FieldNotSimple, ValueTooLong}
}

// facetOf maps a rule to its facet as the Recommendation spells it.
var facetOf = map[Rule]string{Length: "length", MinLength: "minLength", MaxLength: "maxLength", Pattern: "pattern", Enumeration: "enumeration",
	MinInclusive: "minInclusive", MinExclusive: "minExclusive", MaxInclusive: "maxInclusive", MaxExclusive: "maxExclusive",
	TotalDigits: "totalDigits", FractionDigits: "fractionDigits"}

// Violation is one thing that is wrong with a document.
type Violation struct {
	Line, Column int    // the place of the start or end tag, or of the text; 1-based, Column in characters
	Path         string // of the element, by local names: /Rozvaha/Aktiva/Radek[3]/PolozkaCislo; the first of a name has no number
	Rule         Rule
	Clause       string // of the Recommendation: "cvc-complex-type.2.4.a"

	Element   string // local name of the element at Path, which is at fault or holds what is
	Attribute string // local name, with "xsi:" or "xml:" in those namespaces; "" if no attribute is at fault
	Type      string // local name of the type concerned (for an anonymous type, the nearest name), or of a key
	Found     string // what the document holds there, at most some 200 characters of it
	Wanted    []string
}

const maxFound = 200

// short cuts a piece of a document to a length that a message can show.
func short(b []byte) string {
	if len(b) <= maxFound {
		return string(b)
	}
	n := maxFound
	for n > 0 && b[n]&0xC0 == 0x80 {
		n--
	}
	return string(b[:n]) + "…"
}

// typeName names a type for people.
func typeName(t *typeDef) string {
	for u := t; u != nil; u = u.base {
		if u.name.local != "" {
			return u.name.local
		}
		if u.base == u {
			break
		}
	}
	return ""
}

// wanted says what a failed value should have been.
func (f *valueFailure) wanted() []string {
	switch f.rule {
	case Pattern:
		return f.step.sources
	case Enumeration:
		return f.st.enumList
	case MinInclusive, MinExclusive, MaxInclusive, MaxExclusive:
		return []string{f.bound.lexical}
	case Length, MinLength, MaxLength, TotalDigits, FractionDigits:
		return []string{itoa(f.limit)}
	case ValueType:
		return f.st.typeNames(nil)
	}
	return nil
}

// typeNames appends the name of the built-in type that a value should have, or
// the names of the member types of a union.
func (st *simpleType) typeNames(names []string) []string {
	switch st.variety {
	case union:
		for _, m := range st.members {
			names = m.typeNames(names)
			if len(names) > 20 {
				break
			}
		}
		return names
	case list:
		return st.item.typeNames(names)
	}
	name := primitiveNames[st.prim]
	if st.lex != lexNone {
		name = lexNames[st.lex]
	}
	for _, n := range names {
		if n == name {
			return names
		}
	}
	return append(names, name)
}

var primitiveNames = strings.Fields("anySimpleType string boolean decimal float double duration dateTime time date gYearMonth gYear gMonthDay gDay gMonth hexBinary base64Binary anyURI QName NOTATION")

var lexNames = strings.Fields("- integer integer language Name NCName NMTOKEN")

func itoa(n int64) string {
	var b [20]byte
	i := len(b)
	for {
		i--
		b[i] = byte('0' + n%10)
		if n /= 10; n == 0 {
			return string(b[i:])
		}
	}
}
