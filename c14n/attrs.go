package c14n

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// scanAttrs scans the attributes from w[i], just after the element's name, to
// > or /, whose index it returns (or short or failed), and reports whether
// there are namespace declarations. It does not resolve names yet.
func (s *Scanner) scanAttrs(w []byte, i int) (n int, declares bool) {
	for {
		at := i
		for i < len(w) && isSpace(w[i]) {
			i++
		}
		if i == len(w) {
			return short, false
		}
		if w[i] == '>' || w[i] == '/' {
			return i, declares
		}
		if at == i {
			return s.badTagByte(w, i, 0), false
		}
		end, colon, bad := qname(w, i)
		if bad >= 0 {
			return s.fail(w, bad, BadName, "no name begins here"), false
		}
		if end == len(w) {
			return short, false
		}
		if end-i > MaxValue {
			return s.fail(w, i, TooLong, "a name that is too long"), false
		}
		if len(s.attrs) == MaxAttributes {
			return s.fail(w, i, TooLong, fmt.Sprintf("more than %d attributes", MaxAttributes)), false
		}
		a := Attr{Local: w[i:end:end], at: i}
		if colon >= 0 {
			a.Prefix, a.Local = w[i:colon:colon], w[colon+1:end:end]
			a.NS = string(a.Prefix) == "xmlns"
		} else {
			a.NS = string(a.Local) == "xmlns"
		}
		declares = declares || a.NS
		if w[end] == '=' {
			i = end + 1
		} else if i = s.equals(w, end, colon); i < 0 {
			return i, false
		}
		for i < len(w) && isSpace(w[i]) {
			i++
		}
		if i == len(w) {
			return short, false
		}
		if i = s.value(w, i, &a); i < 0 {
			return i, false
		}
		s.attrs = append(s.attrs, a)
	}
}

// equals scans white space and = at w[i:], just after an attribute's name.
func (s *Scanner) equals(w []byte, i, colon int) int {
	at := i
	for i < len(w) && isSpace(w[i]) {
		i++
	}
	switch {
	case i == len(w):
		return short
	case w[i] == '=':
		return i + 1
	case i == at && (w[i] >= 0x80 || w[i] == ':'):
		return s.badTagByte(w, i, colon)
	}
	return s.fail(w, i, Syntax, "= is missing after the name of an attribute")
}

// value scans an attribute value in quotes at w[i:], normalizes it (XML 3.3.3)
// and returns the index after it.
func (s *Scanner) value(w []byte, i int, a *Attr) int {
	q := w[i]
	if q != '"' && q != '\'' {
		return s.fail(w, i, Syntax, "an attribute value without quotes")
	}
	i++
	first, last := i, i // w[last:i] is not yet in s.values
	from := len(s.values)
	copied := false
	a.asIs = true
	for {
		for i < len(w) && class[w[i]]&valueStop == 0 {
			i++
		}
		if i == len(w) {
			return short
		}
		switch c := w[i]; c {
		case q:
			a.Value = w[first:i:i]
			if copied {
				s.values = append(s.values, w[last:i]...)
				a.Value = s.values[from:len(s.values):len(s.values)]
			}
			if len(a.Value) > MaxValue {
				return s.fail(w, first-1, TooLong, fmt.Sprintf("an attribute value of more than %d bytes", MaxValue))
			}
			return i + 1
		case '"':
			a.asIs = false
			i++
		case '\'':
			i++
		case '<':
			return s.fail(w, i, Syntax, "< in an attribute value")
		case '&':
			r, n := s.reference(w, i)
			if n < 0 {
				return n
			}
			s.values = append(s.values, w[last:i]...)
			s.values = append(s.values, r...)
			i += n
			last, copied, a.asIs = i, true, false
		default: // white space
			if c == '\r' && i+1 == len(w) {
				return short
			}
			s.values = append(s.values, w[last:i]...)
			s.values = append(s.values, ' ')
			if i++; c == '\r' && w[i] == '\n' {
				i++
			}
			last, copied = i, true
		}
	}
}

// declare brings the namespace declarations of s.attrs into scope.
func (s *Scanner) declare(w []byte) bool {
	for k := range s.attrs {
		a := &s.attrs[k]
		if !a.NS {
			continue
		}
		prefix := a.declares()
		isXML, toXML := string(prefix) == "xml", string(a.Value) == xmlURI
		switch {
		case string(prefix) == "xmlns" || string(a.Value) == xmlnsURI || isXML != toXML:
			s.fail(w, a.at, ReservedNamespace, "the prefixes xml and xmlns and their namespaces are reserved")
		case len(prefix) > 0 && len(a.Value) == 0:
			s.fail(w, a.at, ReservedNamespace, "the prefix "+quote(prefix)+" is bound to nothing")
		case len(a.Value) > MaxNamespace:
			s.fail(w, a.at, TooLong, fmt.Sprintf("a namespace name of more than %d bytes", MaxNamespace))
		case s.ns.mark() >= MaxAttributes || s.ns.size+len(prefix)+len(a.Value) > MaxTag:
			s.fail(w, a.at, TooLong, "too many namespace declarations in scope")
		default:
			if !isXML {
				s.ns.declare(prefix, s.ns.names.get(a.Value))
			}
			continue
		}
		return false
	}
	return true
}

// resolve finds the attributes' namespaces, keeps the xml: ones for Scope, and
// refuses a name that occurs twice.
func (s *Scanner) resolve(w []byte) bool {
	for k := range s.attrs {
		a := &s.attrs[k]
		if a.NS {
			a.URI = xmlnsURI
			continue
		}
		if len(a.Prefix) == 0 {
			continue
		}
		uri, ok := s.ns.lookup(a.Prefix)
		if !ok {
			s.undeclared(w, a.at, a.Prefix)
			return false
		}
		a.URI = uri
		if string(a.Prefix) == "xml" {
			if len(s.open)+len(a.Local)+len(a.Value) > MaxTag {
				s.fail(w, a.at, TooLong, "xml: attributes that are too long together")
				return false
			}
			s.inherited = append(s.inherited, inherited{len(s.open), len(a.Local), len(a.Value)})
			s.open = append(append(s.open, a.Local...), a.Value...)
		}
	}
	if twice := s.duplicate(); twice != nil {
		s.fail(w, twice.at, DuplicateAttribute, "the attribute "+quote(twice.Local)+" occurs twice")
		return false
	}
	return true
}

// few is the number of attributes up to which each is compared with every other.
const few = 12

// duplicate returns the first attribute that has the name of an earlier one.
func (s *Scanner) duplicate() *Attr {
	if len(s.attrs) <= few {
		for i := 1; i < len(s.attrs); i++ {
			a := &s.attrs[i]
			for j := range i {
				if b := &s.attrs[j]; string(a.Local) == string(b.Local) && a.URI == b.URI {
					return a
				}
			}
		}
		return nil
	}
	s.order = sortAttrs(s.order[:0], s.attrs)
	var twice *Attr
	first := len(s.attrs)
	for k := 1; k < len(s.order); k++ {
		i, j := int(s.order[k-1]), int(s.order[k])
		if compareAttrs(&s.attrs[i], &s.attrs[j]) == 0 && max(i, j) < first {
			first = max(i, j)
			twice = &s.attrs[first]
		}
	}
	return twice
}

// compareAttrs is the order of attributes in canonical form (C14N 2.2).
func compareAttrs(a, b *Attr) int {
	if a.URI != b.URI {
		return strings.Compare(a.URI, b.URI)
	}
	return bytes.Compare(a.Local, b.Local)
}

// sortAttrs appends the indexes of the attributes in canonical order; equal
// names stay in source order.
func sortAttrs(order []int32, attrs []Attr) []int32 {
	for i := range attrs {
		order = append(order, int32(i))
	}
	if len(attrs) <= few {
		for i := range order {
			for j := i; j > 0 && compareAttrs(&attrs[order[j]], &attrs[order[j-1]]) < 0; j-- {
				order[j], order[j-1] = order[j-1], order[j]
			}
		}
		return order
	}
	slices.SortStableFunc(order, func(i, j int32) int { return compareAttrs(&attrs[i], &attrs[j]) })
	return order
}
