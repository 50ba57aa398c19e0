package xsd

import (
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf8"
)

// value is the value of a literal of an ordered primitive type.
type value struct {
	dec    decimal
	float  float64
	moment dateTime
	span   duration
}

func compare(p primitive, a, b *value) order {
	switch p {
	case primDecimal:
		return a.dec.compare(&b.dec)
	case primFloat, primDouble:
		switch {
		case math.IsNaN(a.float) && math.IsNaN(b.float):
			return equal
		case math.IsNaN(a.float) || math.IsNaN(b.float):
			return incomparable
		case a.float < b.float:
			return less
		case a.float > b.float:
			return greater
		}
		return equal
	case primDuration:
		return a.span.compare(&b.span)
	}
	return a.moment.compare(&b.moment)
}

// valueFailure says which rule a value breaks. facet is what the schema wants.
type valueFailure struct {
	rule   Rule
	st     *simpleType
	step   *patternStep
	bound  *bound
	limit  int64
	clause string
}

// valueChecker validates values. It keeps its buffers.
type valueChecker struct {
	schema   *Schema
	node     *node           // holds the namespaces while a schema is compiled
	scope    *namespaceStack // namespaces where a document is validated
	norm     []byte
	keys     []byte
	lazy     []*dfaBuilder
	notation bool // the last QName names a notation
	refs     []reference
	collect  bool // the caller wants refs

	spent, matched int  // work that the lazy tables of patterns took, and bytes that they matched
	exhausted      bool // that was too much, and patterns no longer apply
}

// reference is an identifier, or a reference to one, in valuer.keys or a value.
type reference struct {
	kind identityKind
	text []byte
}

// parse reads a literal, whose white space is normalized, into out. It reports
// whether it is in the lexical space of the built-in type from which st derives,
// facets aside.
func (v *valueChecker) parse(st *simpleType, s []byte, out *value) bool {
	switch st.prim {
	case primAnySimple, primString:
		return v.lexical(st, s)
	case primBoolean:
		switch string(s) {
		case "true", "false", "1", "0":
			return true
		}
		return false
	case primDecimal:
		var ok bool
		out.dec, ok = parseDecimal(s, st.lex != lexNone)
		// A literal of an unsigned type consists of digits only (XSD2 3.3.21 to 3.3.24).
		return ok && (st.lex != lexUnsigned || '0' <= s[0] && s[0] <= '9')
	case primFloat, primDouble:
		var ok bool
		out.float, ok = parseFloat(s, st.prim == primFloat)
		return ok
	case primDuration:
		var ok bool
		out.span, ok = parseDuration(s)
		return ok
	case primHex:
		return hexLength(s) >= 0
	case primBase64:
		return base64Length(s) >= 0
	case primAnyURI:
		return isURI(s)
	case primQName, primNotation:
		_, _, ok := v.qname(s)
		return ok && (st.prim == primQName || v.notation)
	}
	var ok bool
	out.moment, ok = parseDateTime(st.prim, s)
	return ok
}

func (v *valueChecker) lexical(st *simpleType, s []byte) bool {
	if st.allowEmpty && len(s) == 0 {
		return true
	}
	switch st.lex {
	case lexLanguage:
		return isLanguage(s)
	case lexName:
		return isName(s)
	case lexNCName:
		return isNCName(s)
	case lexNMTOKEN:
		return isNMTOKEN(s)
	}
	return true
}

// qname resolves a literal of QName or NOTATION.
func (v *valueChecker) qname(s []byte) (uri string, local []byte, ok bool) {
	prefix, local := splitQName(s)
	if local == nil {
		return "", nil, false
	}
	if v.scope != nil {
		uri, ok = v.scope.lookup(prefix)
	} else if v.node != nil {
		uri, ok = v.node.ns.lookup(string(prefix))
		if uri == "" && v.node.doc.chameleon {
			uri = v.node.doc.target
		}
	}
	if ok && v.schema != nil {
		v.notation = v.schema.notations[qname{uri, string(local)}]
	}
	return uri, local, ok
}

func splitQName(s []byte) (prefix, local []byte) {
	local = s
	for i, c := range s {
		if c == ':' {
			prefix, local = s[:i], s[i+1:]
			if !isNCName(prefix) {
				return nil, nil
			}
			break
		}
	}
	if !isNCName(local) {
		return nil, nil
	}
	return prefix, local
}

// parseFloat reads a literal of float or double (XSD2 3.2.4, 3.2.5).
func parseFloat(s []byte, single bool) (float64, bool) {
	switch string(s) {
	case "INF":
		return math.Inf(1), true
	case "-INF":
		return math.Inf(-1), true
	case "NaN":
		return math.NaN(), true
	}
	i := 0
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	digits := 0
	for ; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
		digits++
	}
	if i < len(s) && s[i] == '.' {
		for i++; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
			digits++
		}
	}
	if digits == 0 {
		return 0, false
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		n := i
		for ; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
		}
		if i == n {
			return 0, false
		}
	}
	if i < len(s) {
		return 0, false
	}
	bits := 64
	if single {
		bits = 32
	}
	f, _ := strconv.ParseFloat(string(s), bits) // out of range, it is zero or infinity, as the value space demands
	return f, true
}

// check validates a literal. On success, if wantKey is set, it appends the key of
// the value to v.keys.
func (v *valueChecker) check(st *simpleType, raw []byte, wantKey bool) valueFailure {
	s := v.normalize(st.ws, raw)
	return v.checkNormalized(st, s, wantKey)
}

func (v *valueChecker) checkNormalized(st *simpleType, s []byte, wantKey bool) valueFailure {
	wantKey = wantKey || st.enum != nil
	from := len(v.keys)
	switch st.variety {
	case atomic:
		var val value
		if !v.parse(st, s, &val) {
			return valueFailure{rule: ValueType, st: st, clause: "cvc-datatype-valid.1.2.1"}
		}
		if f := v.atomicFacets(st, s, &val); f.rule != "" {
			return f
		}
		if v.collect && st.identity != noIdentity {
			v.refs = append(v.refs, reference{st.identity, s})
		}
		if wantKey {
			v.appendKey(st, s, &val)
		}
	case list:
		n := int64(0)
		if wantKey {
			v.keys = append(v.keys, 'L')
		}
		for i := 0; i < len(s); {
			j := i
			for j < len(s) && s[j] != ' ' {
				j++
			}
			at := len(v.keys)
			if wantKey {
				v.keys = append(v.keys, 0, 0, 0, 0)
			}
			if f := v.checkNormalized(st.item, s[i:j], wantKey); f.rule != "" {
				if f.rule == ValueType {
					f.clause = "cvc-datatype-valid.1.2.2"
				}
				return f
			}
			if wantKey {
				binary.BigEndian.PutUint32(v.keys[at:], uint32(len(v.keys)-at-4))
			}
			n++
			i = j + 1
		}
		if f := st.lengthFacets(n); f.rule != "" {
			return f
		}
	case union:
		found := false
		refs := len(v.refs)
		for _, m := range st.members {
			v.keys, v.refs = v.keys[:from], v.refs[:refs]
			t := s
			if m.ws != preserve && m.variety != union {
				// White space is normalized as the member type that accepts the value demands (XSD2 4.3.6).
				t = collapseInto(m.ws, s)
			}
			if f := v.checkNormalized(m, t, wantKey); f.rule == "" {
				found, s = true, t
				break
			}
		}
		if !found {
			return valueFailure{rule: ValueType, st: st, clause: "cvc-datatype-valid.1.2.3"}
		}
	}
	for i := range st.patterns {
		if !v.matches(&st.patterns[i], s) && !v.exhausted {
			return valueFailure{rule: Pattern, st: st, step: &st.patterns[i], clause: "cvc-pattern-valid"}
		}
	}
	if st.enum != nil && !st.enum[string(v.keys[from:])] {
		return valueFailure{rule: Enumeration, st: st, clause: "cvc-enumeration-valid"}
	}
	return valueFailure{}
}

func (v *valueChecker) atomicFacets(st *simpleType, s []byte, val *value) valueFailure {
	if st.length >= 0 || st.minLength >= 0 || st.maxLength >= 0 {
		var n int64
		switch st.prim {
		case primHex:
			n = hexLength(s)
		case primBase64:
			n = base64Length(s)
		case primQName, primNotation:
			// The length facets of QName and NOTATION are satisfied by any value (XSD2 4.3.1.4, errata).
			n = -1
		default:
			n = int64(utf8.RuneCount(s))
		}
		if n >= 0 {
			if f := st.lengthFacets(n); f.rule != "" {
				return f
			}
		}
	}
	if st.prim == primDecimal {
		if st.totalDigits >= 0 && val.dec.totalDigits() > st.totalDigits {
			return valueFailure{rule: TotalDigits, st: st, limit: st.totalDigits, clause: "cvc-totalDigits-valid"}
		}
		if st.fractionDigits >= 0 && int64(len(val.dec.frac)) > st.fractionDigits {
			return valueFailure{rule: FractionDigits, st: st, limit: st.fractionDigits, clause: "cvc-fractionDigits-valid"}
		}
	}
	if b := st.lower; b != nil {
		if c := compare(st.prim, val, &b.value); c != greater && !(c == equal && !b.exclusive) {
			return valueFailure{rule: b.rule, st: st, bound: b, clause: "cvc-" + string(facetOf[b.rule]) + "-valid"}
		}
	}
	if b := st.upper; b != nil {
		if c := compare(st.prim, val, &b.value); c != less && !(c == equal && !b.exclusive) {
			return valueFailure{rule: b.rule, st: st, bound: b, clause: "cvc-" + string(facetOf[b.rule]) + "-valid"}
		}
	}
	return valueFailure{}
}

func (st *simpleType) lengthFacets(n int64) valueFailure {
	switch {
	case st.length >= 0 && n != st.length:
		return valueFailure{rule: Length, st: st, limit: st.length, clause: "cvc-length-valid"}
	case st.minLength >= 0 && n < st.minLength:
		return valueFailure{rule: MinLength, st: st, limit: st.minLength, clause: "cvc-minLength-valid"}
	case st.maxLength >= 0 && n > st.maxLength:
		return valueFailure{rule: MaxLength, st: st, limit: st.maxLength, clause: "cvc-maxLength-valid"}
	}
	return valueFailure{}
}

// appendKey appends a key of the value: equal values of one primitive type have
// the same key, and others differ.
func (v *valueChecker) appendKey(st *simpleType, s []byte, val *value) {
	b := append(v.keys, 'a'+byte(st.prim))
	switch st.prim {
	case primBoolean:
		if s[0] == 't' || s[0] == '1' {
			b = append(b, '1')
		} else {
			b = append(b, '0')
		}
	case primDecimal:
		b = val.dec.appendKey(b)
	case primFloat, primDouble:
		f := val.float
		if f == 0 {
			f = 0 // no negative zero
		}
		if math.IsNaN(f) {
			f = math.NaN()
		}
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(f))
	case primDuration:
		b = val.span.appendKey(b)
	case primHex:
		for _, c := range s {
			if 'a' <= c && c <= 'f' {
				c -= 'a' - 'A'
			}
			b = append(b, c)
		}
	case primBase64:
		for _, c := range s {
			if c != ' ' {
				b = append(b, c)
			}
		}
	case primQName, primNotation:
		uri, local, _ := v.qname(s)
		b = append(b, uri...)
		b = append(b, '}')
		b = append(b, local...)
	case primDateTime, primTime, primDate, primGYearMonth, primGYear, primGMonthDay, primGDay, primGMonth:
		m := val.moment
		if st.prim == primTime {
			m.days = 0 // a time of day has no date
		}
		b = m.appendKey(b)
	default:
		b = append(b, s...)
	}
	v.keys = b
}

// key returns the key of a literal, valid until the next call.
func (v *valueChecker) key(st *simpleType, raw []byte) ([]byte, valueFailure) {
	v.keys = v.keys[:0]
	f := v.check(st, raw, true)
	return v.keys, f
}

func (v *valueChecker) matches(p *patternStep, s []byte) bool {
	for _, re := range p.patterns {
		if v.match(re, s) {
			return true
		}
	}
	return false
}
