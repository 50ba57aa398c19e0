package checksum

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// escaper escapes a name as GNU coreutils does; CR since version 9.0.
var escaper = strings.NewReplacer("\\", "\\\\", "\n", "\\n", "\r", "\\r")

const hexSize = 2 * sha256.Size

// parseLine parses one line without its end, as sha256sum -c does, or a bare
// digest. It returns the rule broken and a description.
func parseLine(line []byte) (Entry, Rule, string) {
	line = bytes.TrimLeft(line, " \t")
	line, escaped := cutPrefix(line, `\`)
	for _, tag := range []string{"SHA256", "SHA2-256"} {
		if rest, ok := cutPrefix(line, tag); ok {
			return parseTag(rest, escaped)
		}
	}
	if len(line) > hexSize && isHex(line[:hexSize]) {
		// Word processors and web pages put no-break spaces behind the digest.
		if name := bytes.TrimLeft(line[hexSize:], " \t\u00a0"); bytes.Contains(line[hexSize:len(line)-len(name)], []byte("\u00a0")) {
			line = slices.Concat(line[:hexSize], []byte("  "), name)
		}
	}
	end := bytes.IndexAny(line, " \t")
	if end < 0 {
		end = len(line)
	}
	digest, rest := line[:end], line[end:]
	var e Entry
	if detail := digestInto(&e.Sum, digest); detail != "" {
		return e, digestRule(digest), detail
	}
	if len(bytes.Trim(rest, " \t")) == 0 {
		if escaped {
			return e, Syntax, "an escaped name is missing"
		}
		return e, "", ""
	}
	name := rest[1:]
	if name[0] == ' ' || name[0] == '*' {
		name = name[1:]
	}
	return withName(e, name, escaped)
}

// parseTag parses what follows the algorithm: "(NAME) = HEX".
func parseTag(rest []byte, escaped bool) (Entry, Rule, string) {
	var e Entry
	rest, _ = cutPrefix(rest, " ")
	rest, open := cutPrefix(rest, "(")
	end := bytes.LastIndexByte(rest, ')')
	if !open || end < 0 {
		return e, Syntax, "a BSD tag without a name in parentheses"
	}
	name := rest[:end]
	digest, equals := cutPrefix(bytes.TrimLeft(rest[end+1:], " \t"), "=")
	if !equals {
		return e, Syntax, "a BSD tag without an equals sign"
	}
	if detail := digestInto(&e.Sum, bytes.Trim(digest, " \t")); detail != "" {
		return e, Digest, detail
	}
	return withName(e, name, escaped)
}

func withName(e Entry, name []byte, escaped bool) (Entry, Rule, string) {
	switch {
	case len(name) == 0:
		return e, Syntax, "an empty name"
	case bytes.IndexByte(name, 0) >= 0:
		return e, Syntax, "a NUL in the name"
	case !escaped:
		e.Name = string(name)
		return e, "", ""
	}
	var b strings.Builder
	for len(name) > 0 {
		c := name[0]
		name = name[1:]
		if c == '\\' {
			if len(name) == 0 {
				return e, Escape, "a backslash at the end of an escaped name"
			}
			switch name[0] {
			case '\\':
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			default:
				return e, Escape, "an unknown escape in the name"
			}
			name = name[1:]
		}
		b.WriteByte(c)
	}
	e.Name = b.String()
	return e, "", ""
}

// digestInto decodes a digest, or describes what else the line holds.
func digestInto(s *Sum, digest []byte) string {
	if len(digest) != hexSize {
		if other, ok := otherDigests[len(digest)]; ok && isHex(digest) {
			return "a digest of " + other + ", not SHA-256"
		}
		return "no SHA-256 digest of 64 hexadecimal digits"
	}
	if _, err := hex.Decode(s[:], digest); err != nil {
		return "no SHA-256 digest of 64 hexadecimal digits"
	}
	return ""
}

// digestRule tells a wrong digest from a line that is something else.
func digestRule(digest []byte) Rule {
	if len(digest) > 0 && isHex(digest) || len(digest) == hexSize {
		return Digest
	}
	return Syntax
}

// otherDigests maps the number of hexadecimal digits to the usual algorithm.
var otherDigests = map[int]string{32: "MD5", 40: "SHA-1", 56: "SHA-224", 96: "SHA-384", 128: "SHA-512"}

func isHex(b []byte) bool {
	for _, c := range b {
		if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f') {
			return false
		}
	}
	return true
}

func cutPrefix(b []byte, prefix string) ([]byte, bool) {
	return bytes.CutPrefix(b, []byte(prefix))
}
