package xsd

import "csuis-offline/c14n"

// namespaceStack holds the namespace declarations in scope, innermost last.
type namespaceStack struct {
	text []byte
	list []namespaceDecl
}

type namespaceDecl struct {
	prefix, uri [2]int // in text
}

func (s *namespaceStack) push(a *c14n.Attr) {
	var d namespaceDecl
	d.prefix[0] = len(s.text)
	if len(a.Prefix) > 0 {
		s.text = append(s.text, a.Local...)
	}
	d.prefix[1] = len(s.text)
	d.uri[0] = len(s.text)
	s.text = append(s.text, a.Value...)
	d.uri[1] = len(s.text)
	s.list = append(s.list, d)
}

func (s *namespaceStack) pop(mark int) {
	if len(s.list) > mark {
		s.text = s.text[:s.list[mark].prefix[0]]
		s.list = s.list[:mark]
	}
}

// find returns the namespace name of a prefix as a slice of text.
func (s *namespaceStack) find(prefix []byte) ([]byte, bool) {
	for i := len(s.list) - 1; i >= 0; i-- {
		d := &s.list[i]
		if string(s.text[d.prefix[0]:d.prefix[1]]) == string(prefix) {
			return s.text[d.uri[0]:d.uri[1]], true
		}
	}
	if string(prefix) == "xml" {
		return []byte(xmlURI), true
	}
	return nil, len(prefix) == 0
}

func (s *namespaceStack) lookup(prefix []byte) (string, bool) {
	uri, ok := s.find(prefix)
	return string(uri), ok
}
