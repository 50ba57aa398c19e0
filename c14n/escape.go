package c14n

// escapeText appends character data in canonical form (C14N 2.3).
func escapeText(dst, b []byte) []byte {
	last := 0
	for i, c := range b {
		if class[c]&textStop == 0 {
			continue
		}
		dst = append(dst, b[last:i]...)
		last = i + 1
		switch c {
		case '<':
			dst = append(dst, "&lt;"...)
		case '&':
			dst = append(dst, "&amp;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case '\r':
			dst = append(dst, "&#xD;"...)
		}
	}
	return append(dst, b[last:]...)
}

// escapeValue appends an attribute value in canonical form (C14N 2.3).
func escapeValue[T []byte | string](dst []byte, b T) []byte {
	last := 0
	for i := range len(b) {
		c := b[i]
		if class[c]&valueStop == 0 || c == '\'' {
			continue
		}
		dst = append(dst, b[last:i]...)
		last = i + 1
		switch c {
		case '<':
			dst = append(dst, "&lt;"...)
		case '&':
			dst = append(dst, "&amp;"...)
		case '"':
			dst = append(dst, "&quot;"...)
		case '\t':
			dst = append(dst, "&#x9;"...)
		case '\n':
			dst = append(dst, "&#xA;"...)
		case '\r':
			dst = append(dst, "&#xD;"...)
		}
	}
	return append(dst, b[last:]...)
}
