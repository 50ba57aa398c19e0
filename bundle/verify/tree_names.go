package verify

import (
	"strings"

	"csuis-offline/bundle"
	"csuis-offline/internal/litter"
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
	left := b[0] != "" && litter.Is(b[0])
	for i := range a {
		if !isShortPart(a[i], b[i]) && !(left && a[i] != "" && b[i] != "" && isShortLitter(a[i], b[i])) {
			return false
		}
	}
	return true
}

// isShortLitter reports whether the short name can be made of the name of something
// that systems leave unasked. Burners cut such names in more ways than those of
// records, since they begin with a dot: ".directory" becomes ".DIR". The name of a
// record or of the form is one only where both begin with another character than a
// letter or a digit.
func isShortLitter(short, long string) bool {
	stem, ext := splitName(short)
	if (isRecordExt(ext) || short == bundle.FormName) && (strings.IndexByte("._", short[0]) < 0 || squeezed(long[:1]) != "") {
		return false
	}
	if stem == "" {
		stem, ext = ext, ""
	}
	stem, ext, long = strings.TrimRight(squeezed(stem), "0123456789"), squeezed(ext), squeezed(long)
	return stem != "" && strings.HasPrefix(long, stem) && strings.Contains(long[len(stem):], ext)
}

// squeezed keeps the letters and digits of a key.
func squeezed(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, s)
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
