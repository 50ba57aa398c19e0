package iso

import (
	"fmt"
	"strings"
)

// maxNameLength is the number of characters that the name and the extension of a
// file may have together, without the dot (ECMA-119 7.5.1, 10.2: level 2).
const maxNameLength = 30

// isDCharacter reports whether c is a d-character (ECMA-119 7.4.1).
func isDCharacter(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// isACharacter reports whether c is an a-character (ECMA-119 7.4.1).
func isACharacter(c byte) bool {
	return isDCharacter(c) || c == ' ' || strings.IndexByte("!\"%&'()*+,-./:;<=>?", c) >= 0
}

// all reports whether every byte of s is in the set.
func all(s string, set func(byte) bool) bool {
	for i := range len(s) {
		if !set(s[i]) {
			return false
		}
	}
	return true
}

// CheckName tells why a name cannot be a file's name on a disc of ours, or
// returns nil: A-Z, 0-9 and _, one dot with something on both sides, at most 30
// characters without the dot (ECMA-119 7.5.1, doc/facts.md 8).
func CheckName(name string) error {
	stem, ext, dotted := strings.Cut(name, ".")
	switch {
	case !dotted || strings.Contains(ext, "."):
		return fmt.Errorf("a name has exactly one dot")
	case stem == "" || ext == "":
		return fmt.Errorf("a name has characters before and after its dot")
	case len(stem)+len(ext) > maxNameLength:
		return fmt.Errorf("name and extension have %d characters, at most %d fit", len(stem)+len(ext), maxNameLength)
	}
	for _, c := range name {
		if c != '.' && (c > 0x7f || !isDCharacter(byte(c))) {
			return fmt.Errorf("the character %q is not one of A-Z, 0-9 and _", c)
		}
	}
	return nil
}
