package c14n

// Namespace names that no document may rebind (NS 3).
const (
	xmlURI   = "http://www.w3.org/XML/1998/namespace"
	xmlnsURI = "http://www.w3.org/2000/xmlns/"
)

// interner returns one string for equal bytes, so that a document that declares
// the same namespace on every row costs no memory per row. Its size is bounded:
// when it is full, it forgets everything.
type interner struct {
	m      map[string]string
	recent [16]string // by length
}

func (n *interner) get(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > 1024 {
		return string(b)
	}
	recent := &n.recent[len(b)%len(n.recent)]
	if *recent == string(b) {
		return *recent
	}
	if s, ok := n.m[string(b)]; ok {
		*recent = s
		return s
	}
	s := string(b)
	*recent = s
	if n.m == nil {
		n.m = make(map[string]string)
	}
	if len(n.m) >= 1024 {
		clear(n.m)
	}
	n.m[s] = s
	return s
}

// bindings is a stack of namespace bindings. The first declaration of a prefix
// adds a slot, and undoing it removes the slot. Declarations nest, so the slots
// form a stack too.
type bindings struct {
	slots []slot
	undo  []undo
	far   map[string]int // indexes of the slots from nearSlots on
	size  int            // bytes of prefixes and names on the stack
	names interner
}

type slot struct{ prefix, uri string }

type undo struct {
	slot int
	uri  string
	made bool
}

// nearSlots is the number of slots that are searched one by one; the others are
// found through a map.
const nearSlots = 10

func (b *bindings) init() {
	b.slots = append(b.slots[:0], slot{}, slot{"xml", xmlURI})
}

// find returns the slot of a prefix, or -1.
func (b *bindings) find(prefix []byte) int {
	near := b.slots
	if len(near) > nearSlots {
		near = near[:nearSlots]
	}
	for i := range near {
		if string(prefix) == near[i].prefix {
			return i
		}
	}
	if len(b.slots) > nearSlots {
		if i, ok := b.far[string(prefix)]; ok {
			return i
		}
	}
	return -1
}

// lookup returns the namespace name that a prefix is bound to.
func (b *bindings) lookup(prefix []byte) (uri string, ok bool) {
	i := b.find(prefix)
	if i < 0 {
		return "", false
	}
	return b.slots[i].uri, true
}

func (b *bindings) declare(prefix []byte, uri string) {
	b.size += len(prefix) + len(uri)
	i := b.find(prefix)
	if i >= 0 {
		b.undo = append(b.undo, undo{slot: i, uri: b.slots[i].uri})
		b.slots[i].uri = uri
		return
	}
	p := b.names.get(prefix)
	i = len(b.slots)
	b.slots = append(b.slots, slot{p, uri})
	b.undo = append(b.undo, undo{slot: i, made: true})
	if i >= nearSlots {
		if b.far == nil {
			b.far = make(map[string]int)
		}
		b.far[p] = i
	}
}

// mark returns what reset takes to undo all later declarations.
func (b *bindings) mark() int { return len(b.undo) }

func (b *bindings) reset(mark int) {
	for len(b.undo) > mark {
		u := b.undo[len(b.undo)-1]
		b.undo = b.undo[:len(b.undo)-1]
		s := &b.slots[u.slot]
		b.size -= len(s.prefix) + len(s.uri)
		if !u.made {
			s.uri = u.uri
			continue
		}
		if u.slot >= nearSlots {
			delete(b.far, s.prefix)
		}
		b.slots = b.slots[:u.slot]
	}
}

// absolute reports whether a namespace name begins with a scheme (RFC 3986 3.1).
func absolute(uri []byte) bool {
	for i, c := range uri {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return c == ':' && i > 0
		}
	}
	return false
}
