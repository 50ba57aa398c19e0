package xsd

import (
	"bytes"
	"io"

	"csuis-offline/c14n"
)

// Validator judges one document, or one element with all that is in it. It is
// fed with tokens and keeps none of them. It is not safe for use by several
// goroutines at once.
type Validator struct {
	s      *Schema
	report func(Violation)
	frames []frame
	depth  int // frames in use; frames above keep their buffers
	skip   int // open elements that nobody judges
	ended  bool

	counts []int64 // of the content models of the open elements
	sets   []*part // places of the ambiguous ones
	next   []*part
	places places
	text   []byte // of the open elements that have a simple value
	names  []byte // local names of the open elements
	scope  scopes
	valuer valuer
	sink   sink
	seen   []uint64 // attributes of the current start tag, by their place in the type

	ids     idTable
	keys    keyTables
	line    int
	col     int
	index   int32 // of the current start tag among those of its name
	failure error
}

// frame is an open element.
type frame struct {
	decl   *elementDecl // nil where none is known
	typ    *typeDef     // nil where nothing is known
	model  *model
	cur    *part
	broken bool // an element was wrong here: what is missing was said
	nilled bool
	filled bool // there was content
	texted bool // text was reported
	values bool // text is gathered
	piece  bool // text goes to the sink

	counts, sets, setsEnd, text, name, scope int // where this element's part begins
	line, col                                int
	index                                    int32 // among the elements of its name

	wrong    int // children that stand where they may not
	kids     []sibling
	matchers int // selectors and fields active around the element
	masks    int
	tables   int
	watched  bool // a field wants the value
}

type sibling struct {
	key uint64
	n   int32
}

// Validator returns a Validator of one document; report is called for each
// violation while Token and Close run.
func (s *Schema) Validator(report func(Violation)) *Validator {
	v := &Validator{s: s}
	v.valuer.schema = s
	v.valuer.scope = &v.scope
	v.Reset(report)
	return v
}

// Reset makes the Validator ready for another document.
func (v *Validator) Reset(report func(Violation)) {
	v.report = report
	v.depth, v.skip, v.ended, v.failure = 0, 0, false, nil
	v.counts, v.sets, v.text, v.names = v.counts[:0], v.sets[:0], v.text[:0], v.names[:0]
	v.scope.pop(0)
	v.valuer.spent, v.valuer.matched, v.valuer.exhausted = 0, 0, false
	v.ids.reset()
	v.keys.reset()
}

// Within brings into scope the namespaces around an element that is validated
// inside of a larger document: scope is what c14n.Scanner.Scope returned at or
// before the element's Start. It is called before the first Token.
func (v *Validator) Within(scope c14n.Scope) error {
	src := io.MultiReader(bytes.NewReader(scope.StartTag()), bytes.NewReader([]byte(c14n.ScopeEnd)))
	t, err := c14n.NewScanner(src).Next()
	if err != nil {
		return err
	}
	for i := range t.Attrs {
		if t.Attrs[i].NS {
			v.scope.push(&t.Attrs[i])
		}
	}
	return nil
}

// Token judges the next token. The first Start is the root, whatever its
// Depth: an element inside of an envelope is validated by feeding its tokens
// only. The error is a *LimitError, which stays.
func (v *Validator) Token(t *c14n.Token) error {
	if v.failure != nil {
		return v.failure
	}
	switch t.Kind {
	case c14n.Start:
		if v.skip > 0 {
			v.skip++
			return nil
		}
		v.line, v.col = t.Line, t.Column
		v.start(t)
	case c14n.End:
		if v.skip > 0 {
			v.skip--
			return nil
		}
		if v.depth > 0 {
			v.line, v.col = t.Line, t.Column
			v.end()
		}
	case c14n.Text:
		if v.skip == 0 && v.depth > 0 {
			v.characters(t)
		}
	}
	if v.valuer.exhausted {
		v.limit("the patterns of the schema take too much work")
	}
	return v.failure
}

// Close ends the document: references to identifiers that never came are
// reported now.
func (v *Validator) Close() error {
	if v.failure != nil {
		return v.failure
	}
	v.ids.dangling(v)
	return v.failure
}

func (v *Validator) push(t *c14n.Token) *frame {
	if v.depth == len(v.frames) {
		v.frames = append(v.frames, frame{})
	}
	f := &v.frames[v.depth]
	kids := f.kids[:0]
	*f = frame{kids: kids, counts: len(v.counts), sets: len(v.sets), setsEnd: len(v.sets), text: len(v.text), name: len(v.names),
		scope: len(v.scope.list), line: t.Line, col: t.Column, index: 1}
	v.names = append(v.names, t.Local...)
	v.depth++
	return f
}

func (v *Validator) top() *frame { return &v.frames[v.depth-1] }

func (v *Validator) pop() {
	f := v.top()
	v.counts, v.sets = v.counts[:f.counts], v.sets[:f.sets]
	v.text, v.names = v.text[:f.text], v.names[:f.name]
	v.scope.pop(f.scope)
	v.depth--
}

// characters takes text, or white space between elements.
func (v *Validator) characters(t *c14n.Token) {
	f := v.top()
	if len(t.Text) == 0 {
		return
	}
	if f.nilled {
		if !f.filled {
			v.at(t)
			v.violation(Violation{Rule: NilContent, Clause: "cvc-elt.3.2.1", Found: short(t.Text)})
		}
		f.filled = true
		return
	}
	if f.values {
		f.filled = true
		v.gather(f, t.Text)
		return
	}
	if f.typ == nil || !f.typ.complex {
		return
	}
	switch f.typ.kind {
	case contentElements:
		if !f.texted && !allSpace(t.Text) {
			f.texted = true
			v.at(t)
			v.violation(Violation{Rule: TextUnexpected, Clause: "cvc-complex-type.2.3", Found: short(bytes.TrimSpace(t.Text))})
		}
	case contentEmpty:
		if !f.texted {
			f.texted = true
			v.at(t)
			v.violation(Violation{Rule: TextUnexpected, Clause: "cvc-complex-type.2.1", Found: short(t.Text)})
		}
	}
}

func (v *Validator) at(t *c14n.Token) { v.line, v.col = t.Line, t.Column }

// violation fills what every violation says of its place, and reports it.
func (v *Validator) violation(x Violation) {
	if x.Line == 0 {
		x.Line, x.Column = v.line, v.col
	}
	if v.depth > 0 {
		f := v.top()
		x.Element = string(v.names[f.name:])
		x.Path = v.path()
		if x.Type == "" && f.typ != nil {
			x.Type = typeName(f.typ)
		}
	}
	if v.report != nil {
		v.report(x)
	}
}

func (v *Validator) path() string {
	var b []byte
	for i := range v.depth {
		f := &v.frames[i]
		end := len(v.names)
		if i+1 < v.depth {
			end = v.frames[i+1].name
		}
		b = append(b, '/')
		b = append(b, v.names[f.name:end]...)
		if f.index > 1 {
			b = append(b, '[')
			b = append(b, itoa(int64(f.index))...)
			b = append(b, ']')
		}
	}
	return string(b)
}

func (v *Validator) limit(detail string) {
	if v.failure == nil {
		v.failure = &LimitError{v.line, v.col, detail}
	}
}
