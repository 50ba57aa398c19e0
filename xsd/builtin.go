package xsd

// builtins registers anyType, anySimpleType and the built-in simple types (XSD2 3).
func (b *builder) builtins() {
	s := b.schema
	q := func(local string) qname { return qname{xsdURI, local} }
	any := &typeDef{name: q("anyType"), method: dRestriction, complex: true, kind: contentMixed, state: complete,
		anyAttr: &wildcard{any: true, process: processLax}}
	any.base = any
	any.particle = &particle{op: opAny, max: -1, wild: &wildcard{any: true, process: processLax}}
	s.types[any.name] = any
	s.anyType = any
	b.all = append(b.all, any)

	add := func(name string, base *typeDef, st simpleType, method derivations) *typeDef {
		st.name = q(name)
		t := &typeDef{name: q(name), base: base, method: method, depth: base.depth + 1, simple: &st, state: complete}
		s.types[t.name] = t
		return t
	}
	plain := simpleType{length: -1, minLength: -1, maxLength: -1, totalDigits: -1, fractionDigits: -1, cost: 1}
	anySimple := add("anySimpleType", any, plain, dRestriction)
	for name, p := range map[string]primitive{
		"string": primString, "boolean": primBoolean, "decimal": primDecimal, "float": primFloat, "double": primDouble,
		"duration": primDuration, "dateTime": primDateTime, "time": primTime, "date": primDate, "gYearMonth": primGYearMonth,
		"gYear": primGYear, "gMonthDay": primGMonthDay, "gDay": primGDay, "gMonth": primGMonth, "hexBinary": primHex,
		"base64Binary": primBase64, "anyURI": primAnyURI, "QName": primQName, "NOTATION": primNotation,
	} {
		st := plain
		st.prim = p
		if p != primString {
			st.ws = collapsed
		}
		add(name, anySimple, st, dRestriction)
	}
	derive := func(name, base string, change func(st *simpleType)) {
		from := s.types[q(base)]
		st := *from.simple
		change(&st)
		add(name, from, st, dRestriction)
	}
	derive("normalizedString", "string", func(st *simpleType) { st.ws = replace })
	derive("token", "normalizedString", func(st *simpleType) { st.ws = collapsed })
	derive("language", "token", func(st *simpleType) { st.lex = lexLanguage })
	derive("NMTOKEN", "token", func(st *simpleType) { st.lex = lexNMTOKEN })
	derive("Name", "token", func(st *simpleType) { st.lex = lexName })
	derive("NCName", "Name", func(st *simpleType) { st.lex = lexNCName })
	derive("ID", "NCName", func(st *simpleType) { st.identity, st.isID, st.refers = isID, true, true })
	derive("IDREF", "NCName", func(st *simpleType) { st.identity, st.refers = isIDREF, true })
	derive("ENTITY", "NCName", func(st *simpleType) { st.identity, st.refers = isENTITY, true })
	for l, item := range map[string]string{"NMTOKENS": "NMTOKEN", "IDREFS": "IDREF", "ENTITIES": "ENTITY"} {
		st := plain
		st.variety, st.ws, st.minLength = list, collapsed, 1
		st.item = s.types[q(item)].simple
		st.refers = st.item.refers
		st.cost = 1
		add(l, anySimple, st, dList)
	}
	bounds := func(low, high string) func(st *simpleType) {
		return func(st *simpleType) {
			for i, lit := range []string{low, high} {
				if lit == "" {
					continue
				}
				bd := &bound{lexical: lit, rule: []Rule{MinInclusive, MaxInclusive}[i]}
				b.valuer.parse(st, []byte(lit), &bd.value)
				if i == 0 {
					st.lower = bd
				} else {
					st.upper = bd
				}
			}
		}
	}
	derive("integer", "decimal", func(st *simpleType) { st.lex, st.fractionDigits = lexInteger, 0 })
	for _, d := range [][4]string{
		{"nonPositiveInteger", "integer", "", "0"},
		{"negativeInteger", "nonPositiveInteger", "", "-1"},
		{"long", "integer", "-9223372036854775808", "9223372036854775807"},
		{"int", "long", "-2147483648", "2147483647"},
		{"short", "int", "-32768", "32767"},
		{"byte", "short", "-128", "127"},
		{"nonNegativeInteger", "integer", "0", ""},
		{"unsignedLong", "nonNegativeInteger", "0", "18446744073709551615"},
		{"unsignedInt", "unsignedLong", "0", "4294967295"},
		{"unsignedShort", "unsignedInt", "0", "65535"},
		{"unsignedByte", "unsignedShort", "0", "255"},
		{"positiveInteger", "nonNegativeInteger", "1", ""},
	} {
		derive(d[0], d[1], func(st *simpleType) {
			bounds(d[2], d[3])(st)
			if d[0] == "unsignedLong" {
				st.lex = lexUnsigned
			}
		})
	}
}
