package iso

import (
	"bytes"
	"strconv"
	"strings"
)

// name returns an identifier as people know it: without a version or a final dot.
func (v *volume) name(id []byte) string {
	s := string(id)
	if v.joliet {
		s = ucs2(id)
	}
	s, _, _ = strings.Cut(s, ";")
	return strings.TrimSuffix(s, ".")
}

// checkOrder compares a record with the one before (ECMA-119 9.3).
func (c *directoryCursor) checkOrder(n int64, path, name string, r record) {
	if c.last == nil {
		return
	}
	id := r.id()
	sorted := compareIDs(c.last, id) <= 0
	if c.v.joliet {
		// The Joliet specification does not say how separators sort.
		sorted = sorted || bytes.Compare(c.last, id) <= 0
	}
	if !sorted {
		c.report(ruleRecordOrder, n, path, "", "", "the record is after that of %q", c.name)
	}
	if c.name == name {
		c.report(ruleDuplicate, n, path, "", "", "two %s records have this name", c.v.treeName())
	}
}

// compareIDs compares file identifiers: by name, then by extension, each as if
// padded with spaces, then by version in descending order.
func compareIDs(a, b []byte) int {
	na, ea, va := splitID(a)
	nb, eb, vb := splitID(b)
	if c := comparePadded(na, nb); c != 0 {
		return c
	}
	if c := comparePadded(ea, eb); c != 0 {
		return c
	}
	return -comparePadded(va, vb)
}

func splitID(id []byte) (name, ext, version []byte) {
	id, version, _ = bytes.Cut(id, []byte(";"))
	name, ext, _ = bytes.Cut(id, []byte("."))
	return name, ext, version
}

func comparePadded(a, b []byte) int {
	for i := range max(len(a), len(b)) {
		x, y := byte(' '), byte(' ')
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			return int(x) - int(y)
		}
	}
	return 0
}

// checkIdentifier checks the identifier of a file or directory.
func (c *directoryCursor) checkIdentifier(n int64, path string, r record) {
	id := string(r.id())
	switch {
	case c.v.joliet:
		if why := badJoliet(r.id()); why != "" {
			c.report(ruleJolietID, n, path, "", strconv.Quote(ucs2(r.id())), "the identifier %s", why)
		}
	case unsafeID(id):
		rule := ruleFileID
		if r.directory() {
			rule = ruleDirID
		}
		c.report(rule, n, path, "", strconv.Quote(id), "the identifier has characters that no system can show")
	case r.directory():
		if len(id) > 31 || !all(id, isDCharacter) {
			c.report(ruleRelaxedID, n, path, "", strconv.Quote(id), "the identifier of a directory is too long or has other characters")
		}
	default:
		if why := badFile(id); why != "" {
			c.report(ruleRelaxedID, n, path, "", strconv.Quote(id), "the identifier %s", why)
		}
	}
}

// unsafeID reports whether systems cannot show an identifier or show it as another
// one: it has control characters, a separator of paths, or a version that is none.
func unsafeID(id string) bool {
	name, version, versioned := strings.Cut(id, ";")
	return name == "" || strings.ContainsAny(id, "/\\") || strings.ContainsFunc(id, func(c rune) bool { return c < ' ' || c == 0x7f }) ||
		versioned && (len(version) > 5 || !all(version, func(c byte) bool { return c >= '0' && c <= '9' }))
}

func badFile(id string) string {
	name, ver, versioned := strings.Cut(id, ";")
	stem, ext, dotted := strings.Cut(name, ".")
	number, err := strconv.Atoi(ver)
	switch {
	case !versioned || err != nil || !all(ver, func(c byte) bool { return c >= '0' && c <= '9' }) || number < 1 || number > 32767:
		return "has no version"
	case !dotted || stem == "" && ext == "":
		return "has no dot or nothing beside it"
	case !all(stem, isDCharacter) || !all(ext, isDCharacter):
		return "has other characters than A-Z, 0-9 and _"
	case len(stem)+len(ext) > maxNameLength:
		return "is too long"
	}
	return ""
}

// maxJolietID is the longest Joliet identifier in bytes. The specification allows
// 128; burners write 103 characters, and every system reads them (genisoimage
// -joliet-long).
const maxJolietID = 206

func badJoliet(id []byte) string {
	if len(id)%2 != 0 || len(id) > maxJolietID {
		return "has an odd length or is too long"
	}
	s, _, _ := strings.Cut(ucs2(id), ";")
	if s == "" || s == "." || s == ".." || strings.ContainsAny(s, "*/:?\\\ufffd") || strings.ContainsFunc(s, func(c rune) bool { return c < ' ' }) {
		return "has characters that are not allowed"
	}
	return ""
}
