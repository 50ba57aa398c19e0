package xsd

import (
	"bytes"
	"io"

	"csuis-offline/c14n"
)

// Validator validates one document, or one element with all its content. It takes
// tokens and keeps none of them. It is not safe for use by several goroutines at
// once.
type Validator struct {
	s      *Schema
	report func(Violation)
	frames []frame
	depth  int // frames in use; frames above keep their buffers
	skip   int // open elements that are not validated
	ended  bool

	counts     []int64          // of the content models of the open elements
	states     []*modelParticle // states of the ambiguous models
	candidates []*modelParticle
	follow     followSet
	text       []byte // of the open elements that have a simple value
	names      []byte // local names of the open elements
	scope      namespaceStack
	checker    valueChecker
	streamed   streamedValue
	seen       []uint64 // attributes of the current start tag, by their index in the type

	ids     idTable
	keys    keyTables
	line    int
	col     int
	index   int32 // of the current start tag among its siblings of the same name
	failure error
}

// frame is an open element.
type frame struct {
	decl            *elementDecl // nil if none is known
	typ             *typeDef     // nil if none is known
	model           *model
	state           *modelParticle
	contentReported bool // an unexpected element was reported, so a missing one need not be
	nilled          bool
	hasContent      bool // it has had content
	textReported    bool // unexpected text was reported
	collectsText    bool // its text is collected
	streamsText     bool // its text is streamed

	counts, states, statesEnd, text, name, scope int // where the element's own entries begin
	line, col                                    int
	index                                        int32 // among its siblings of the same name

	misplaced   int // children that may not occur where they do
	childCounts []childCount
	matchers    int // selectors and fields active around the element
	masks       int
	tables      int
	watched     bool // a field wants the value
}

type childCount struct {
	key uint64
	n   int32
}

// Validator returns a Validator of one document. Token and Close call report for
// each violation.
func (s *Schema) Validator(report func(Violation)) *Validator {
	v := &Validator{s: s}
	v.checker.schema = s
	v.checker.scope = &v.scope
	v.Reset(report)
	return v
}

// Reset makes the Validator ready for another document.
func (v *Validator) Reset(report func(Violation)) {
	v.report = report
	v.depth, v.skip, v.ended, v.failure = 0, 0, false, nil
	v.counts, v.states, v.text, v.names = v.counts[:0], v.states[:0], v.text[:0], v.names[:0]
	v.scope.pop(0)
	v.checker.spent, v.checker.matched, v.checker.exhausted = 0, 0, false
	v.ids.reset()
	v.keys.reset()
}

// Within brings into scope the namespaces around an element of a larger document.
// scope is what c14n.Scanner.Scope returned at or before the element's Start.
// Call Within before the first Token.
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

// Token validates the next token. The first Start is the root, whatever its Depth:
// to validate an element inside an envelope, pass only the tokens of that element.
// The error is a *LimitError, which every further call returns too.
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
	if v.checker.exhausted {
		v.limit("the patterns of the schema take too much work")
	}
	return v.failure
}

// Judges reports whether the innermost open element is judged by a declaration or
// a type, and is not one that a wildcard lets pass.
func (v *Validator) Judges() bool {
	return v.failure == nil && v.skip == 0 && v.depth > 0 && v.top().typ != nil
}

// Close ends the document, and reports references to identifiers that never came.
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
	counts := f.childCounts[:0]
	*f = frame{childCounts: counts, counts: len(v.counts), states: len(v.states), statesEnd: len(v.states), text: len(v.text), name: len(v.names),
		scope: len(v.scope.list), line: t.Line, col: t.Column, index: 1}
	v.names = append(v.names, t.Local...)
	v.depth++
	return f
}

func (v *Validator) top() *frame { return &v.frames[v.depth-1] }

func (v *Validator) pop() {
	f := v.top()
	v.counts, v.states = v.counts[:f.counts], v.states[:f.states]
	v.text, v.names = v.text[:f.text], v.names[:f.name]
	v.scope.pop(f.scope)
	v.depth--
}

// characters handles text, and white space between elements.
func (v *Validator) characters(t *c14n.Token) {
	f := v.top()
	if len(t.Text) == 0 {
		return
	}
	if f.nilled {
		if !f.hasContent {
			v.at(t)
			v.violation(Violation{Rule: NilContent, Clause: "cvc-elt.3.2.1", Found: short(t.Text)})
		}
		f.hasContent = true
		return
	}
	if f.collectsText {
		f.hasContent = true
		v.collectText(f, t.Text)
		return
	}
	if f.typ == nil || !f.typ.complex {
		return
	}
	switch f.typ.kind {
	case contentElements:
		if !f.textReported && !allSpace(t.Text) {
			f.textReported = true
			v.at(t)
			v.violation(Violation{Rule: TextUnexpected, Clause: "cvc-complex-type.2.3", Found: short(bytes.TrimSpace(t.Text))})
		}
	case contentEmpty:
		if !f.textReported {
			f.textReported = true
			v.at(t)
			v.violation(Violation{Rule: TextUnexpected, Clause: "cvc-complex-type.2.1", Found: short(t.Text)})
		}
	}
}

func (v *Validator) at(t *c14n.Token) { v.line, v.col = t.Line, t.Column }

// violation fills in the place of a violation and reports it.
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
