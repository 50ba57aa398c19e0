package xsd

import (
	"strings"

	"csuis-offline/c14n"
)

const vcURI = "http://www.w3.org/2007/XMLSchema-versioning"

// excluded reports whether an element of a schema document is meant for other
// processors. Schemas for version 1.1 hide what is new there behind attributes of
// this kind (XML Schema 1.1 Part 1: Structures, 4.2.2), and so serve version 1.0 as
// well.
func excluded(t *c14n.Token, ns *binding) bool {
	for i := range t.Attrs {
		a := &t.Attrs[i]
		if a.URI != vcURI || a.NS {
			continue
		}
		v := collapse(string(a.Value))
		out := false
		switch string(a.Local) {
		case "minVersion":
			min, ok := version(v)
			out = ok && min.compare(&one) == greater
		case "maxVersion":
			max, ok := version(v)
			out = ok && max.compare(&one) != greater
		case "typeAvailable":
			out = !allNames(v, ns, builtinTypes)
		case "typeUnavailable":
			out = allNames(v, ns, builtinTypes)
		case "facetAvailable":
			out = !allNames(v, ns, facetChildren)
		case "facetUnavailable":
			out = allNames(v, ns, facetChildren)
		}
		if out {
			return true
		}
	}
	return false
}

var one, _ = version("1.0")

func version(s string) (decimal, bool) { return parseDecimal([]byte(s), false) }

const builtinTypes = "anyType anySimpleType string boolean decimal float double duration dateTime time date gYearMonth gYear gMonthDay gDay gMonth " +
	"hexBinary base64Binary anyURI QName NOTATION normalizedString token language NMTOKEN NMTOKENS Name NCName ID IDREF IDREFS ENTITY ENTITIES " +
	"integer nonPositiveInteger negativeInteger long int short byte nonNegativeInteger unsignedLong unsignedInt unsignedShort unsignedByte positiveInteger"

// allNames reports whether every QName of a list is one of names, in the namespace
// of XML Schema.
func allNames(list string, ns *binding, names string) bool {
	for list != "" {
		var w string
		w, list = cutWord(list)
		prefix, local, ok := strings.Cut(w, ":")
		if !ok {
			prefix, local = "", w
		}
		if uri, _ := ns.lookup(prefix); uri != xsdURI || !hasWord(names, local) {
			return false
		}
	}
	return true
}
