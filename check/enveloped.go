package check

import (
	"strings"

	"csuis-offline/c14n"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/xsd"
)

// Limits of what waits until it is known which package of schemas judges an
// envelope: far more than a header has.
const (
	maxEarly      = 1000    // tokens
	maxEarlyBytes = 1 << 20 // of their source
)

// published judges an envelope by the folder's own schema of it. Where that admits
// what the body holds, it judges the whole document as one. Where it is of another
// edition and does not, it judges the header and the footer; then the frame around
// them and the message's own header are judged by ours, and the body by the schema
// of its namespace.
type published struct {
	rd     *reading
	pkg    *schemaPackage
	schema *xsd.Schema
	whole  *xsd.Validator
	frame  *xsd.Validator // silent as long as whole judges
	footer *xsd.Validator
	body   *xsd.Validator // of a message whose namespace the folder declares
	inBody bool
	split  bool // the folder's envelope does not admit the body
	covers bool // the record was judged on the way
}

// envelopeToken hands a token of an envelope to the schema that judges it, or lets
// it wait until that is known.
func (rd *reading) envelopeToken(t *c14n.Token, sc *c14n.Scanner) {
	if !rd.head.enveloped || t.Depth == 0 {
		return
	}
	if t.Kind == c14n.Start && t.Depth == depthEnvelope {
		rd.rootScope = sc.Scope()
	}
	if t.Kind == c14n.Start && t.Depth == depthPart && rd.head.inBody {
		rd.bodyScope = sc.Scope()
	}
	switch {
	case rd.undecided:
		rd.early = append(rd.early, clone(t))
		if rd.earlyBytes += len(t.Raw); len(rd.early) > maxEarly || rd.earlyBytes > maxEarlyBytes {
			rd.decide(rd.c.o.Schemas.valid(rd.schemaDay()))
		}
	case rd.published != nil:
		rd.published.token(t)
	case rd.envelope != nil:
		rd.limit(rd.envelope.Token(t), &rd.envelope)
	}
}

// decide chooses between the folder's schema of the envelope and ours, and gives it
// what has waited.
func (rd *reading) decide(p *schemaPackage) {
	if !rd.undecided {
		return
	}
	rd.undecided = false
	early := rd.early
	rd.early = nil
	namespaces := []string{envelope.MessagingNS}
	for _, ns := range []string{rd.head.bodyURI, rd.head.uri} {
		if rd.head.root > 0 && p != nil && len(p.files[ns]) > 0 {
			namespaces = append(namespaces, ns)
		}
	}
	schema, err := p.compile(namespaces...)
	if err != nil {
		// What is wrong with the record's schema is said where that is chosen.
		schema, err = p.compile(envelope.MessagingNS)
	}
	frame, broken := frameSchema()
	switch {
	case err != nil:
		rd.unusable(p.name, err)
	case broken == nil && schema != nil && schema.Has(envelope.MessagingNS, "Envelope"):
		rd.published = &published{rd: rd, pkg: p, schema: schema, whole: schema.Validator(rd.violation)}
		rd.published.frame = frame.Validator(func(v xsd.Violation) {
			if rd.published.split {
				rd.violation(v)
			}
		})
		for _, t := range early {
			rd.published.token(t)
		}
		return
	}
	for _, t := range early {
		if rd.envelope != nil {
			rd.limit(rd.envelope.Token(t), &rd.envelope)
		}
	}
}

// unusable reports a schema that does not compile. Two versions of one side by side
// are no fault of the records.
func (rd *reading) unusable(pkg string, err error) {
	if first, second := twoVersions(err); first != "" {
		rd.add(finding.Finding{Code: finding.CheckSchemaTwice, Severity: finding.Warning, Found: pkg, Wanted: first, Detail: second}, "")
		return
	}
	rd.add(finding.Finding{Code: finding.CheckSchemaBroken, Found: pkg, Detail: err.Error()}, "")
}

// token judges a token. The head of the reading may be far ahead of it, so only
// what that has found of the record is used here.
func (p *published) token(t *c14n.Token) {
	start, end := t.Kind == c14n.Start, t.Kind == c14n.End
	switch {
	case start && t.Depth == depthSection:
		p.inBody = t.URI == envelope.MessagingNS && string(t.Local) == "EnvelopeBody"
		if p.split && string(t.Local) == "EnvelopeFooter" {
			p.footer = p.begin(p.schema, p.rd.rootScope)
		}
	case start && t.Depth == depthPart && p.inBody && p.whole != nil:
		p.admit(t)
	}
	for _, v := range []**xsd.Validator{&p.whole, &p.frame, &p.body, &p.footer} {
		if *v != nil {
			p.rd.limit((*v).Token(t), v)
		}
	}
	h := &p.rd.head
	switch {
	case start && p.inBody && t.Depth == h.root && t.URI == h.uri && string(t.Local) == h.local:
		p.covers = p.whole != nil && p.whole.Judges() || p.body != nil && p.body.Judges()
	case end && t.Depth == depthPart:
		p.close(&p.body)
	case end && t.Depth == depthSection:
		p.close(&p.footer)
	case end && t.Depth == depthEnvelope:
		p.close(&p.whole)
		p.close(&p.frame)
	}
}

// admit asks whether the folder's envelope takes the element that the body begins
// with.
func (p *published) admit(t *c14n.Token) {
	child := [2]string{t.URI, string(t.Local)}
	if p.schema.Admits([2]string{envelope.MessagingNS, "Envelope"}, [2]string{envelope.MessagingNS, "EnvelopeBody"}, child) {
		return
	}
	p.split, p.whole = true, nil
	p.rd.add(finding.Finding{
		Code: finding.CheckEnvelopeEdition, Severity: finding.Info, Line: t.Line, Column: t.Column, Found: expanded(child[0], child[1]), Wanted: p.pkg.name,
	}, "")
	if t.URI != envelope.CusNS {
		return // the record's own schema judges it
	}
	message, err := p.pkg.compile(envelope.CusNS, p.rd.head.uri)
	switch {
	case err != nil:
		p.rd.unusable(p.pkg.name, err)
	case message != nil && message.Has(child[0], child[1]):
		p.body = p.begin(message, p.rd.bodyScope)
	}
}

// begin begins to judge an element inside the document.
func (p *published) begin(s *xsd.Schema, scope c14n.Scope) *xsd.Validator {
	v := s.Validator(p.rd.violation)
	p.rd.limit(v.Within(scope), &v)
	return v
}

func (p *published) close(v **xsd.Validator) {
	if *v != nil {
		p.rd.limit((*v).Close(), v)
	}
	*v = nil
}

// tolerated reports whether a violation is no more than the manual's spelling of
// the module in an envelope for CSÚIS, which the published schema does not list.
func tolerated(v *xsd.Violation) bool {
	return v.Rule == xsd.Enumeration && v.Element == "Module" && v.Attribute == "" && v.Found == "CSÚIS" && strings.HasPrefix(v.Path, "/Envelope/EnvelopeHeader/")
}
