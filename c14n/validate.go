package c14n

import (
	"encoding/binary"
	"unicode/utf8"
)

const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// validate returns how many bytes of b are whole characters of XML 1.0 in UTF-8,
// and whether some of them are carriage returns or above ASCII. It stops at the
// first bad character, whose rule it returns, or at one whose end is not in b
// (short).
func validate(b []byte) (n int, cr, wide, short bool, rule Rule) {
	i := 0
	for {
		for i+8 <= len(b) {
			v := binary.LittleEndian.Uint64(b[i:])
			if v&highs != 0 {
				break
			}
			// In a byte below 0x80, the high bit of the first sum says "at
			// least 0x20", and that of the second "not a line feed".
			if ^(v+0x60*ones)&((v^0x0A*ones)+0x7F*ones)&highs != 0 {
				break
			}
			i += 8
		}
		stop := min(i+8, len(b))
		for i < stop {
			c := b[i]
			switch {
			case c >= 0x80:
				wide = true
				if 0xC2 <= c && c <= 0xDF && i+1 < len(b) && b[i+1]&0xC0 == 0x80 {
					i += 2
					continue
				}
				r, size := utf8.DecodeRune(b[i:])
				if r == utf8.RuneError && size <= 1 {
					if !utf8.FullRune(b[i:]) {
						return i, cr, wide, true, ""
					}
					return i, cr, wide, false, BadEncoding
				}
				if r == 0xFFFE || r == 0xFFFF {
					return i, cr, wide, false, BadCharacter
				}
				i += size
			case c >= 0x20 || c == '\n' || c == '\t':
				i++
			case c == '\r':
				cr = true
				i++
			default:
				return i, cr, wide, false, BadCharacter
			}
		}
		if i >= len(b) {
			return i, cr, wide, false, ""
		}
	}
}
