package batch

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"csuis-offline/finding"
)

// MaxName is the length of the longest NAME of a record: with its extension it
// stays within the 30 characters of a name on a disc (ECMA-119 7.5.1, doc/facts.md 8).
const MaxName = 27

// latin are the letters that do not come apart into a base letter and a mark.
var latin = strings.NewReplacer(
	"Ł", "L", "ł", "L", "Đ", "D", "đ", "D", "Ø", "O", "ø", "O", "ß", "SS", "ẞ", "SS",
	"Æ", "AE", "æ", "AE", "Œ", "OE", "œ", "OE", "Þ", "TH", "þ", "TH", "ı", "I",
)

// recordName makes the NAME of a record from a file's name: its extension goes,
// Latin letters lose their marks and become upper case, and what separates words
// becomes "_". ok is false if a letter or sign has no such form.
func recordName(file string) (name string, ok bool) {
	base := filepath.Base(file)
	base = strings.TrimSuffix(base, filepath.Ext(base))
	ok = true
	var b strings.Builder
	for _, r := range norm.NFKD.String(latin.Replace(base)) {
		switch r = unicode.ToUpper(r); {
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r):
		case unicode.IsSpace(r), unicode.IsPunct(r), strings.ContainsRune("+=~^`|<>$", r):
			b.WriteByte('_')
		default:
			b.WriteByte('_')
			ok = false
		}
	}
	name = strings.Trim(b.String(), "_")
	switch {
	case name == "":
		return "ZAZNAM", false
	case reserved(name):
		return name + "_1", false
	}
	return name, ok
}

// nameFault says why recordName has no NAME of its own for a file: the code, and
// for pack.name the letters and signs, for pack.reserved-name the NAME.
func nameFault(file string) (finding.Code, string) {
	base := filepath.Base(file)
	base = strings.TrimSuffix(base, filepath.Ext(base))
	var foreign []string
	for _, r := range latin.Replace(base) {
		// A letter by itself is a NAME of its own where it has a form.
		shown := strconv.QuoteRune(r)
		if _, ok := recordName("A" + string(r) + ".x"); !ok && len(foreign) < maxForeign && !slices.Contains(foreign, shown) {
			foreign = append(foreign, shown)
		}
	}
	if len(foreign) > 0 {
		return finding.PackName, strings.Join(foreign, ", ")
	}
	name, _ := recordName(file)
	if name, _ = strings.CutSuffix(name, "_1"); reserved(name) {
		return finding.PackReservedName, name
	}
	return finding.PackNoName, ""
}

// maxForeign is how many letters nameFault names.
const maxForeign = 10

// reserved reports whether Windows takes NAME, with any extension, for a device.
func reserved(name string) bool {
	switch name {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(name) == 4 && (name[:3] == "COM" || name[:3] == "LPT") && name[3] >= '0' && name[3] <= '9'
}

// IsName reports whether a text has the form of a NAME, which is not that of a
// device.
func IsName(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return len(s) > 0 && len(s) <= MaxName && !reserved(s)
}

// numbered is the NAME followed by a number, cut so that it still fits.
func numbered(name string, n int) string {
	suffix := ""
	if n > 1 {
		suffix = fmt.Sprintf("_%d", n)
	}
	return name[:min(len(name), MaxName-len(suffix))] + suffix
}
