package c14n

import "bytes"

// Scope holds the namespace bindings and the xml: attributes that are in scope
// at some place of a document. It is a copy and stays valid.
type Scope struct {
	ns  []slot    // without xml, and without a default namespace of ""
	xml []xmlAttr // the nearest value of each
}

type xmlAttr struct{ local, value []byte }

// ScopeEnd is the end tag for Scope.StartTag.
const ScopeEnd = "</scope>"

// StartTag returns <scope xmlns="…" xmlns:p="…" xml:lang="…">. Between the
// StartTag of the Scope at its Start and ScopeEnd, the source of an element
// parses as it does in its document, and has the same canonical form.
func (s Scope) StartTag() []byte {
	b := []byte("<scope")
	for _, n := range s.ns {
		b = append(b, " xmlns"...)
		if n.prefix != "" {
			b = append(append(b, ':'), n.prefix...)
		}
		b = append(b, `="`...)
		b = escapeValue(b, n.uri)
		b = append(b, '"')
	}
	for _, x := range s.xml {
		b = append(append(b, " xml:"...), x.local...)
		b = append(b, `="`...)
		b = escapeValue(b, x.value)
		b = append(b, '"')
	}
	return append(b, '>')
}

// Scope returns what is in scope at the token that Next returned last: for a
// Start or an End, inside that element.
func (s *Scanner) Scope() Scope {
	var sc Scope
	for i, n := range s.ns.slots {
		if i == 1 || i == 0 && n.uri == "" {
			continue
		}
		sc.ns = append(sc.ns, n)
	}
	seen := make(map[string]bool)
	for i := len(s.inherited) - 1; i >= 0; i-- {
		x := s.inherited[i]
		b := s.open[x.off : x.off+x.local+x.value]
		if name := string(b[:x.local]); !seen[name] {
			seen[name] = true
			sc.xml = append(sc.xml, xmlAttr{bytes.Clone(b[:x.local]), bytes.Clone(b[x.local:])})
		}
	}
	return sc
}
