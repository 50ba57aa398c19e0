package xsd

// qname is an expanded name.
type qname struct{ uri, local string }

func (q qname) String() string {
	if q.uri == "" {
		return q.local
	}
	return "{" + q.uri + "}" + q.local
}

// symbol is the number of an expanded name that the schema mentions. 0 means any
// other name.
type symbol int32

type symbols struct {
	spaces map[string]*space
	names  []qname
}

type space struct{ names map[string]symbol }

func newSymbols() *symbols {
	return &symbols{spaces: map[string]*space{}, names: make([]qname, 1)}
}

func (s *symbols) add(q qname) symbol {
	sp := s.spaces[q.uri]
	if sp == nil {
		sp = &space{names: map[string]symbol{}}
		s.spaces[q.uri] = sp
	}
	if n, ok := sp.names[q.local]; ok {
		return n
	}
	n := symbol(len(s.names))
	s.names = append(s.names, q)
	sp.names[q.local] = n
	return n
}

func (s *symbols) find(uri string, local []byte) symbol {
	sp := s.spaces[uri]
	if sp == nil {
		return 0
	}
	return sp.names[string(local)]
}
