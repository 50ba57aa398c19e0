package datafile

import "strings"

// Place is where a setting stands: in a section, of several sections of one name
// ([[term]]) the N-th from 0, under a key. With N below 0 the section stands
// alone; without a key the section itself is meant.
type Place struct {
	Table string
	N     int
	Key   string
}

// At is the place of a key in a section.
func At(table string, n int, key string) Place { return Place{table, n, key} }

// String is the section and the key with a point between them.
func (p Place) String() string { return join(p.Table, p.Key) }

func join(table, key string) string {
	if table == "" || key == "" {
		return table + key
	}
	return table + "." + key
}

// line finds the line of a place, and from there that of a value: a list may
// take several lines. What is not written in the usual way is told by what
// stands around it; it is never 0.
func (f *File) line(at Place, value string) int {
	lines := strings.Split(string(f.text), "\n")
	n := locate(lines, at)
	for n == 0 && at != (Place{N: -1}) {
		switch {
		case at.Key != "":
			at.Key = ""
		case strings.Contains(at.Table, "."):
			// The section may be written as a value of the one around it.
			dot := strings.LastIndexByte(at.Table, '.')
			at = Place{at.Table[:dot], -1, at.Table[dot+1:]}
		case at.Table != "":
			at = Place{"", -1, at.Table}
		default:
			at.N = -1
		}
		n = locate(lines, at)
	}
	if n == 0 {
		return 1
	}
	for i := n; value != "" && i <= len(lines); i++ {
		_, header := headerOf(strings.TrimSpace(lines[i-1]))
		if _, _, key := keyOf(lines[i-1]); i > n && (key || header) {
			break
		}
		if strings.Contains(lines[i-1], value) {
			return i
		}
	}
	return n
}

// locate is the line where a place is written in the usual way; 0 = nowhere.
func locate(lines []string, at Place) int {
	table, seen := "", map[string]int{}
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if name, ok := headerOf(line); ok {
			table = name
			if strings.HasPrefix(line, "[[") {
				seen[name]++
			}
			// A key may be a section of its own, or one that only others inside of
			// it name.
			itself := at.Key == "" && table == at.Table || at.Key != "" && (table == at.String() || strings.HasPrefix(table, at.String()+"."))
			if itself && (at.N < 0 || seen[at.Table] == at.N+1) {
				return i + 1
			}
			continue
		}
		if name, _, ok := keyOf(line); ok && at.Key != "" && join(table, name) == at.String() && (at.N < 0 || seen[at.Table] == at.N+1) {
			return i + 1
		}
	}
	return 0
}

// headerOf reads the name of a section's line.
func headerOf(line string) (string, bool) {
	if !strings.HasPrefix(line, "[") {
		return "", false
	}
	name, rest, ok := strings.Cut(strings.TrimLeft(line, "["), "]")
	if rest = strings.TrimSpace(strings.TrimLeft(rest, "]")); !ok || rest != "" && rest[0] != '#' {
		return "", false
	}
	return tidyKey(name), true
}

// keyOf reads the key and the value of a line that has both.
func keyOf(line string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(line, "=")
	name = strings.TrimSpace(name)
	if !ok || name == "" || strings.ContainsAny(name, "#[]{},") {
		return "", "", false
	}
	return tidyKey(name), strings.TrimSpace(value), true
}

// tidyKey writes a key with points between its parts and nothing around them.
func tidyKey(key string) string {
	parts := strings.Split(key, ".")
	for i, p := range parts {
		parts[i] = strings.Trim(strings.TrimSpace(p), `"'`)
	}
	return strings.Join(parts, ".")
}
