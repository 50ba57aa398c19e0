package xsd

import (
	"maps"
	"strings"
)

// restrict derives a simple type by the facets in n (XSD2 4.1.5, 4.3).
func (b *builder) restrict(base *simpleType, n *node) *simpleType {
	st := *base
	st.name = qname{}
	own := map[string]*node{}
	var step patternStep
	var enum []*node
	for _, k := range n.children {
		switch k.name {
		case "pattern", "enumeration", "length", "minLength", "maxLength", "totalDigits", "fractionDigits",
			"minInclusive", "minExclusive", "maxInclusive", "maxExclusive", "whiteSpace":
		default:
			continue
		}
		v, ok := k.attr("value")
		if !ok {
			fail(k, "s4s-att-must-appear", "the attribute value is missing on <%s>", k.name)
		}
		if !applies(k.name, base) {
			fail(k, "cos-applicable-facets", "the facet %s does not apply to this type", k.name)
		}
		switch k.name {
		case "pattern":
			step.sources = append(step.sources, v)
			step.patterns = append(step.patterns, b.regexp(k, v))
			continue
		case "enumeration":
			enum = append(enum, k)
			continue
		}
		if own[k.name] != nil {
			fail(k, "st-props-correct.1", "a second facet %s", k.name)
		}
		own[k.name] = k
		if base.fixed[k.name] {
			b.checkFixedFacet(base, k, v)
		}
		if k.boolean("fixed", false) {
			st.fixed = maps.Clone(st.fixed)
			if st.fixed == nil {
				st.fixed = map[string]bool{}
			}
			st.fixed[k.name] = true
		}
	}
	b.restrictWhiteSpace(&st, own)
	b.restrictLengths(&st, base, own)
	b.restrictDigits(&st, base, own)
	b.restrictBounds(&st, base, own)
	if len(step.patterns) > 0 {
		st.patterns = append(st.patterns[:len(st.patterns):len(st.patterns)], step)
	}
	if len(enum) > 0 {
		b.restrictEnum(&st, base, enum)
	}
	return &st
}

// applies reports whether a facet applies to a type (XSD2 4.1.5, Applicable
// Facets).
func applies(facet string, st *simpleType) bool {
	switch facet {
	case "pattern", "enumeration":
		return st.variety != atomic || st.prim != primBoolean || facet == "pattern"
	}
	if st.variety == union {
		return false
	}
	switch facet {
	case "whiteSpace":
		return true
	case "length", "minLength", "maxLength":
		return st.hasLength()
	case "totalDigits", "fractionDigits":
		return st.variety == atomic && st.prim == primDecimal
	}
	return st.ordered()
}

func (b *builder) checkFixedFacet(base *simpleType, k *node, v string) {
	same := false
	c, isCount := parseCount(collapse(v))
	switch k.name {
	case "length":
		same = isCount && c == base.length
	case "minLength":
		same = isCount && c == base.minLength
	case "maxLength":
		same = isCount && c == base.maxLength
	case "totalDigits":
		same = isCount && c == base.totalDigits
	case "fractionDigits":
		same = isCount && c == base.fractionDigits
	case "whiteSpace":
		same = collapse(v) == [...]string{"preserve", "replace", "collapse"}[base.ws]
	default:
		old := base.lower
		if strings.HasPrefix(k.name, "max") {
			old = base.upper
		}
		bd := b.bound(base, k)
		same = old != nil && old.exclusive == bd.exclusive && compare(base.prim, &old.value, &bd.value) == equal
	}
	if !same {
		fail(k, k.name+"-valid-restriction", "the facet %s is fixed in the base type", k.name)
	}
}

func (b *builder) restrictWhiteSpace(st *simpleType, own map[string]*node) {
	k := own["whiteSpace"]
	if k == nil {
		return
	}
	ws := map[string]whiteSpace{"preserve": preserve, "replace": replace, "collapse": collapsed}[k.oneOf("value", "preserve", "replace", "collapse")]
	if ws < st.ws {
		fail(k, "whiteSpace-valid-restriction", "whiteSpace weaker than in the base type")
	}
	st.ws = ws
}

func (b *builder) restrictLengths(st, base *simpleType, own map[string]*node) {
	for _, f := range []struct {
		name string
		at   *int64
		old  int64
	}{{"length", &st.length, base.length}, {"minLength", &st.minLength, base.minLength}, {"maxLength", &st.maxLength, base.maxLength}} {
		k := own[f.name]
		if k == nil {
			continue
		}
		*f.at = k.count("value", 0)
		if f.old < 0 {
			continue
		}
		if f.name == "length" && *f.at != f.old || f.name == "minLength" && *f.at < f.old || f.name == "maxLength" && *f.at > f.old {
			fail(k, f.name+"-valid-restriction", "%s=%d is wider than in the base type", f.name, *f.at)
		}
	}
	at := own["length"]
	for _, name := range []string{"minLength", "maxLength"} {
		if own[name] != nil {
			at = own[name]
		}
	}
	if at == nil {
		return
	}
	if st.length >= 0 {
		// In one step with length the two others may only repeat what they are already (XSD2 4.3.1.4, erratum E2-35).
		if k := own["minLength"]; k != nil && own["length"] != nil && st.minLength != base.minLength {
			fail(k, "length-minLength-maxLength", "minLength beside length")
		}
		if k := own["maxLength"]; k != nil && own["length"] != nil && st.maxLength != base.maxLength {
			fail(k, "length-minLength-maxLength", "maxLength beside length")
		}
		if st.minLength > st.length || st.maxLength >= 0 && st.maxLength < st.length {
			fail(at, "length-minLength-maxLength", "length contradicts minLength or maxLength")
		}
	}
	if st.maxLength >= 0 && st.minLength > st.maxLength {
		fail(at, "minLength-less-than-equal-to-maxLength", "minLength is larger than maxLength")
	}
}

func (b *builder) restrictDigits(st, base *simpleType, own map[string]*node) {
	if k := own["totalDigits"]; k != nil {
		st.totalDigits = k.count("value", 1)
		if st.totalDigits == 0 {
			fail(k, "s4s-att-invalid-value", "totalDigits must be positive")
		}
		if base.totalDigits >= 0 && st.totalDigits > base.totalDigits {
			fail(k, "totalDigits-valid-restriction", "totalDigits is wider than in the base type")
		}
	}
	if k := own["fractionDigits"]; k != nil {
		st.fractionDigits = k.count("value", 0)
		if base.fractionDigits >= 0 && st.fractionDigits > base.fractionDigits {
			fail(k, "fractionDigits-valid-restriction", "fractionDigits is wider than in the base type")
		}
	}
	if k := own["fractionDigits"]; (k != nil || own["totalDigits"] != nil) && st.totalDigits >= 0 && st.fractionDigits > st.totalDigits {
		if k == nil {
			k = own["totalDigits"]
		}
		fail(k, "fractionDigits-totalDigits", "fractionDigits is larger than totalDigits")
	}
}

// bound parses one of the four bounds, whose value must be of the base type.
func (b *builder) bound(base *simpleType, k *node) *bound {
	v, _ := k.attr("value")
	bd := &bound{lexical: collapse(v), exclusive: strings.HasSuffix(k.name, "Exclusive"), rule: map[string]Rule{
		"minInclusive": MinInclusive, "minExclusive": MinExclusive, "maxInclusive": MaxInclusive, "maxExclusive": MaxExclusive}[k.name]}
	b.valuer.node = k
	if !b.valuer.parse(base, []byte(bd.lexical), &bd.value) {
		fail(k, k.name+"-valid-restriction", "the value %q is not of the base type", v)
	}
	return bd
}

func (b *builder) restrictBounds(st, base *simpleType, own map[string]*node) {
	for i, pair := range [2][2]string{{"minInclusive", "minExclusive"}, {"maxInclusive", "maxExclusive"}} {
		k := own[pair[0]]
		if k == nil {
			k = own[pair[1]]
		} else if own[pair[1]] != nil {
			fail(k, pair[0]+"-"+pair[1], "%s and %s exclude one another", pair[0], pair[1])
		}
		if k == nil {
			continue
		}
		bd := b.bound(base, k)
		// A new bound must lie within the old ones. An exclusive bound may equal an old exclusive one.
		for j, old := range []*bound{base.lower, base.upper} {
			if old == nil {
				continue
			}
			c := compare(base.prim, &bd.value, &old.value)
			inside := j == 0 && c == greater || j == 1 && c == less ||
				c == equal && (!old.exclusive || bd.exclusive && i == j)
			if !inside {
				fail(k, k.name+"-valid-restriction", "%s=%s lies outside of the base type", k.name, bd.lexical)
			}
		}
		if i == 0 {
			st.lower = bd
		} else {
			st.upper = bd
		}
	}
	if st.lower == nil || st.upper == nil || st.lower == base.lower && st.upper == base.upper {
		return
	}
	at := own["minInclusive"]
	for _, name := range []string{"minExclusive", "maxInclusive", "maxExclusive"} {
		if own[name] != nil {
			at = own[name]
		}
	}
	c := compare(st.prim, &st.lower.value, &st.upper.value)
	if c == greater || c == equal && st.lower.exclusive != st.upper.exclusive {
		fail(at, string(st.lower.rule)+"-less-than-equal-to-"+string(st.upper.rule), "the lower bound %s is above the upper bound %s", st.lower.lexical, st.upper.lexical)
	}
}

func (b *builder) restrictEnum(st, base *simpleType, enum []*node) {
	st.enum = make(map[string]bool, len(enum))
	st.enumList = nil
	b.step(enum[0], len(enum))
	for _, k := range enum {
		v, _ := k.attr("value")
		b.valuer.node = k
		key, f := b.valuer.key(base, []byte(v))
		if f.rule == ValueType && base.variety == atomic && base.prim == primNotation {
			fail(k, "enumeration-required-notation", "there is no notation %q", v)
		}
		if f.rule != "" {
			fail(k, "enumeration-valid-restriction", "the value %q is not of the base type", v)
		}
		st.enum[string(key)] = true
		st.enumList = append(st.enumList, v)
	}
}

// regexp compiles a pattern once.
func (b *builder) regexp(n *node, source string) *pattern {
	if p := b.regexps[source]; p != nil {
		return p
	}
	p, err := compilePattern(source)
	if err != nil {
		rule := "pattern-value"
		if err == errPatternSize {
			rule = "limit"
		}
		fail(n, rule, "pattern %.100q: %v", source, err)
	}
	if b.states += p.size + len(p.bounds) + 1000; b.states > maxPatterns {
		fail(n, "limit", "the patterns of the schema are too large together")
	}
	if p.table == nil {
		p.lazy = b.schema.patterns + 1
		b.schema.patterns++
	}
	b.regexps[source] = p
	return p
}
