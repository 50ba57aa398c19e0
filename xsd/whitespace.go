package xsd

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func allSpace(s []byte) bool {
	for _, c := range s {
		if !isSpace(c) {
			return false
		}
	}
	return true
}

// normalize applies the facet whiteSpace (XSD2 4.3.6). The result is s itself, a
// part of it, or v.norm.
func (v *valueChecker) normalize(ws whiteSpace, s []byte) []byte {
	switch ws {
	case replace:
		for i, c := range s {
			if c == '\t' || c == '\n' || c == '\r' {
				v.norm = append(v.norm[:0], s...)
				for j := i; j < len(s); j++ {
					if isSpace(s[j]) {
						v.norm[j] = ' '
					}
				}
				return v.norm
			}
		}
	case collapsed:
		for len(s) > 0 && isSpace(s[0]) {
			s = s[1:]
		}
		for len(s) > 0 && isSpace(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
		for i := 0; i < len(s); i++ {
			if isSpace(s[i]) && (s[i] != ' ' || isSpace(s[i+1])) {
				v.norm = appendCollapsed(append(v.norm[:0], s[:i]...), s[i:])
				return v.norm
			}
		}
	}
	return s
}

// appendCollapsed appends s, which has no white space at its end, collapsed.
func appendCollapsed(b, s []byte) []byte {
	for i := 0; i < len(s); i++ {
		if !isSpace(s[i]) {
			b = append(b, s[i])
			continue
		}
		b = append(b, ' ')
		for i+1 < len(s) && isSpace(s[i+1]) {
			i++
		}
	}
	return b
}

// collapseInto normalizes a literal for one member of a union. Unions are so rare
// that it may allocate.
func collapseInto(ws whiteSpace, s []byte) []byte {
	v := valueChecker{}
	return v.normalize(ws, s)
}
