package verify

import (
	"strings"
)

// treeKey is what two names must share to be the same name to people: it has no
// version and no final dot, and is in upper case.
func treeKey(name string) string {
	return upper(strings.TrimSuffix(withoutVersion(name), "."))
}

// withoutVersion cuts ";1" off, which ISO 9660 puts behind a name and some programs
// leave there (ECMA-119 7.5.1).
func withoutVersion(name string) string {
	i := strings.LastIndexByte(name, ';')
	if i <= 0 || len(name)-i < 2 || len(name)-i > 6 {
		return name
	}
	for _, c := range name[i+1:] {
		if c < '0' || c > '9' {
			return name
		}
	}
	return name[:i]
}

// isShortening reports whether a burner can have made the short key of the long
// one for the plain tree: every part of the path is kept, or cut and given a
// number, with other characters than A-Z and 0-9 as "_". Both are keys of files.
func isShortening(short, long string) bool {
	a, b := strings.Split(short, "/"), strings.Split(long, "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !isShortPart(a[i], b[i]) {
			return false
		}
	}
	return true
}

func isShortPart(short, long string) bool {
	if short == long || short == "" || long == "" {
		return short == long
	}
	if long[0] == '.' {
		if long = "_" + long[1:]; short == long {
			return true
		}
	}
	stemS, extS := splitName(short)
	stemL, extL := splitName(long)
	stem, ext := plainText(stemL), plainText(extL)
	if stemS == "" || len(stemS) > len(stem) || !strings.HasPrefix(ext, extS) || len(extS) < min(3, len(ext)) {
		return false
	}
	if stem == stemL && ext == extL && (len(stemS)+len(extS) >= len(stem)+len(ext) || len(stem) <= 8 && len(ext) <= 3) {
		return false // nothing had to be shortened
	}
	kept := 0
	for kept < len(stemS) && stemS[kept] == stem[kept] {
		kept++
	}
	if kept == 0 {
		return false
	}
	for _, c := range stemS[kept:] {
		if (c < '0' || c > '9') && c != '_' && c != '~' {
			return false
		}
	}
	return true
}

// plainText writes "_" for every character that a plain name does not take.
func plainText(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return '_'
	}, s)
}
