package verify

import (
	"cmp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// upper makes ASCII letters upper case, since Linux shows plain ISO 9660 names in
// lower case. It does not copy a name that has no lower-case letters.
func upper(s string) string {
	for i := range len(s) {
		if s[i] >= 'a' && s[i] <= 'z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				b[i] = upperByte(b[i])
			}
			return string(b)
		}
	}
	return s
}

func upperByte(c byte) byte {
	if c >= 'a' && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}

// compareUpper compares as if both were upper case.
func compareUpper(a, b string) int {
	for i := range min(len(a), len(b)) {
		if c := cmp.Compare(upperByte(a[i]), upperByte(b[i])); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// splitName cuts a name at its last dot.
func splitName(name string) (stem, ext string) {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return name, ""
}

func isRecordExt(ext string) bool { return isSealedExt(ext) || compareUpper(ext, "SHA") == 0 }
func isSealedExt(ext string) bool { return compareUpper(ext, "XM6") == 0 }

// shown makes a name from outside fit for a message: it quotes a name that holds
// anything but printable characters or has blanks around it, and cuts a very long one.
func shown(name string) string {
	const most = 300
	if len(name) > most {
		return strconv.Quote(name[:most]) + "..."
	}
	if !utf8.ValidString(name) || strings.TrimSpace(name) != name || strings.ContainsFunc(name, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return name
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
