package check

import (
	"fmt"
	"slices"

	"csuis-offline/c14n"
	"csuis-offline/check/attachment"
	"csuis-offline/check/codelist"
	"csuis-offline/check/rules"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/xsd"
)

// maxViolations is the number of schema violations reported for one record, since
// a record of the wrong kind has one on every line.
const maxViolations = 200

// maxPending is how many tokens wait for the record's date, which decides on
// the schema.
const maxPending = 400

// reading is the state of checking one record in one pass.
type reading struct {
	c          *Checker
	file, name string
	judgement  Judgement

	head        head
	envelope    *xsd.Validator // ours
	published   *published     // in its place, where the folder has a schema of the envelope
	undecided   bool           // it is not known yet which of the two
	early       []*c14n.Token  // of the envelope, until then
	earlyBytes  int
	rootScope   c14n.Scope // inside the envelope, and inside what its body holds
	bodyScope   c14n.Scope
	record      *xsd.Validator
	scope       c14n.Scope
	pending     []*c14n.Token // of the record, until its schema is chosen
	pendingSize int           // bytes of their source
	choosing    bool
	inRecord    bool
	violations  int
	extractor   *rules.Extractor
	attachments *attachment.Scanner
	codes       *codelist.Codes // of the record, until it ends
	used        *codelist.Codes // of the record that has ended
}

func newReading(c *Checker, file, name string) *reading {
	rd := &reading{c: c, file: file, name: name, judgement: Judgement{count: Summary{Records: 1}}}
	if c.o.Only&Schema != 0 {
		rd.envelope = c.envelope.Validator(rd.violation)
		rd.undecided = c.o.Schemas != nil && c.o.Schemas.declares(envelope.MessagingNS)
		rd.attachments = attachment.NewScanner(c.o.Attachments)
	}
	if c.o.Only&Rules != 0 {
		rd.extractor = c.o.Rules.NewExtractor()
	}
	return rd
}

// without is the judgement of a record that could not be read, which only counts
// it.
func (rd *reading) without() Judgement {
	return Judgement{count: rd.judgement.count}
}

// add notes a finding on the record.
func (rd *reading) add(f finding.Finding, answer string) {
	f.File, f.Record = rd.file, rd.name
	if f.Severity == "" {
		f.Severity = finding.Error
	}
	if f.Severity != finding.Info {
		f.Answer = answer
	}
	rd.judgement.Findings = append(rd.judgement.Findings, f)
}

func (rd *reading) token(t *c14n.Token, sc *c14n.Scanner) error {
	if rd.head.token(t) {
		if rd.envelope != nil && !rd.head.enveloped && rd.head.local == "Envelope" {
			// Not even the envelope's schema was applied.
			rd.add(finding.Finding{Code: finding.EnvelopeUnknown, Line: t.Line, Column: t.Column, Found: t.URI, Wanted: envelope.MessagingNS}, errUnknown)
		}
		rd.begin(sc)
		rd.beginCodes()
	}
	rd.codesToken(t)
	rd.envelopeToken(t, sc)
	if rd.inRecord {
		rd.recordToken(t)
		if t.Kind == c14n.End && t.Depth == rd.head.root {
			rd.endRecord()
		}
	}
	if rd.extractor != nil {
		if err := rd.extractor.Token(t); err != nil {
			rd.add(finding.Finding{Code: finding.CheckRulesTooLarge, Severity: finding.Warning, Line: t.Line, Column: t.Column}, "")
			rd.extractor = nil
		}
	}
	if rd.attachments != nil {
		if err := rd.attachments.Token(t); err != nil {
			return fmt.Errorf("check: %w", err)
		}
	}
	return nil
}

// begin starts the validation of the record itself.
func (rd *reading) begin(sc *c14n.Scanner) {
	if kind := rd.recordType(); kind != "" && !rd.c.o.Attachments.Concerns(kind) {
		rd.attachments = nil // nothing uses what they would find
	}
	if rd.c.o.Only&Schema == 0 || rd.c.o.Schemas == nil {
		return
	}
	rd.scope = sc.Scope()
	rd.inRecord, rd.choosing = true, true
}

// recordToken validates a token of the record. The first ones wait until the
// statement's date is known, since it decides on the package of schemas.
func (rd *reading) recordToken(t *c14n.Token) {
	if !rd.choosing {
		if rd.record != nil {
			rd.limit(rd.record.Token(t), &rd.record)
		}
		return
	}
	rd.pending = append(rd.pending, clone(t))
	rd.pendingSize += len(t.Raw)
	if rd.head.date == "" && len(rd.pending) < maxPending && rd.pendingSize < maxEarlyBytes && !(t.Kind == c14n.End && t.Depth == rd.head.root) {
		return
	}
	rd.choose()
}

func (rd *reading) choose() {
	rd.choosing = false
	pending := rd.pending
	rd.pending = nil
	pkg := rd.c.o.Schemas.valid(rd.schemaDay())
	if rd.head.enveloped {
		rd.decide(pkg)
	}
	if rd.published != nil && rd.published.covers {
		rd.judgement.count.Validated++
		return
	}
	h := &rd.head
	schema, err := pkg.compile(h.uri)
	switch {
	case err != nil:
		rd.unusable(pkg.name, err)
		return
	case schema != nil && schema.Has(h.uri, h.local):
	case schema != nil && (h.uri != "" || schema.DeclaresIn("")):
		// The folder knows records of this namespace, and this is none of them.
		rd.add(finding.Finding{
			Code: finding.CheckSchemaRoot, Line: h.rootAt.line, Column: h.rootAt.column, Found: expanded(h.uri, h.local), Wanted: pkg.name,
		}, errSyntax)
		return
	default:
		rd.add(finding.Finding{
			Code: finding.CheckSchemaNone, Severity: finding.Warning, Found: "{" + h.uri + "}" + h.local,
		}.WithDays(finding.DayOf(rd.decisive())), "")
		return
	}
	rd.judgement.count.Validated++
	rd.record = schema.Validator(rd.violation)
	if err := rd.record.Within(rd.scope); err != nil {
		rd.limit(err, &rd.record)
		return
	}
	for _, t := range pending {
		if rd.record == nil {
			return
		}
		rd.limit(rd.record.Token(t), &rd.record)
	}
}

// schemaDay is the day that decides on the package of schemas.
func (rd *reading) schemaDay() string {
	day := finding.DayOf(rd.decisive())
	return day.String()
}

func (rd *reading) endRecord() {
	rd.inRecord = false
	if rd.record != nil {
		rd.limit(rd.record.Close(), &rd.record)
	}
	rd.record = nil
}

// limit ends a validation that needs more memory or work than it may have. It
// is an error: what a record does to escape validation must not let it pass.
func (rd *reading) limit(err error, v **xsd.Validator) {
	if err == nil {
		return
	}
	rd.add(finding.Finding{Code: finding.CheckSchemaLimit, Severity: finding.Error, Detail: err.Error()}, "")
	*v = nil
}

func (rd *reading) violation(v xsd.Violation) {
	if rd.violations++; rd.violations > maxViolations {
		return
	}
	f := finding.Finding{
		Code: finding.XSD(string(v.Rule)), Line: v.Line, Column: v.Column, Path: v.Path, Clause: v.Clause,
		Found: v.Found, Detail: v.Element,
	}.WithNames(few(v.Wanted))
	if v.Attribute != "" {
		f.Detail, f.Attribute = v.Attribute, true
	}
	if v.Rule == xsd.TypeAbstract || v.Rule == xsd.KeyDuplicate {
		f = f.WithNames([]string{v.Type})
	}
	if rd.published != nil && tolerated(&v) {
		f.Severity = finding.Warning
		rd.add(f, "")
		return
	}
	rd.add(f, errSyntax)
}

// few are the first of many alternatives.
func few(list []string) []string {
	const most = 12
	if len(list) > most {
		return append(slices.Clone(list[:most]), "…")
	}
	return list
}

func (rd *reading) finish() {
	if rd.undecided && rd.head.enveloped {
		rd.decide(rd.c.o.Schemas.valid(rd.schemaDay()))
	}
	if rd.envelope != nil && rd.head.enveloped && rd.published == nil {
		rd.limit(rd.envelope.Close(), &rd.envelope)
	}
	if over := rd.violations - maxViolations; over > 0 {
		rd.add(finding.Finding{Code: finding.CheckSchemaMore, Severity: finding.Info}.WithCount(over), "")
	}
	rd.judgement.stated = rd.stated()
	rd.sender()
	rd.kind()
	rd.rules()
	rd.attached()
	if rd.c.o.Only&CodeLists != 0 {
		rd.lists()
		rd.codesUsed()
		rd.due()
	}
	finding.Sort(rd.judgement.Findings)
}

// sender is that of the envelope. A bare record gets its envelope later, from the
// settings.
func (rd *reading) sender() {
	if !rd.head.enveloped {
		rd.head.senderIC, rd.head.person = rd.c.o.Unit, rd.c.o.Person
	}
}

// recordType is that of the message's header. That of a bare record follows from
// its root, as does that of one in an envelope whose header ended without any.
func (rd *reading) recordType() string {
	kind := rd.head.recordType
	if kind == "" {
		kind, _ = rd.c.o.Type(rd.head.uri, rd.head.local)
	}
	return kind
}

func (rd *reading) rules() {
	if rd.extractor == nil {
		return
	}
	for _, st := range rd.extractor.Statements() {
		st.File, st.Record = rd.file, rd.name
		for _, res := range rd.c.o.Rules.Within(st) {
			if f, ok := rd.judgement.count.judge(res, errWithin); ok {
				rd.judgement.Findings = append(rd.judgement.Findings, f)
			}
		}
		if held, ok := rd.c.o.Rules.Hold(st); ok {
			rd.judgement.held = append(rd.judgement.held, held)
		}
	}
}

func (rd *reading) attached() {
	if rd.attachments == nil || !rd.c.o.Attachments.Concerns(rd.head.recordType) {
		return
	}
	assumed, _ := rd.c.o.Attachments.Assumed()
	for _, a := range rd.attachments.Findings() {
		f := finding.Finding{
			Code: finding.Attachment(string(a.Rule)), Line: a.Line, Column: a.Column, Found: string(a.Kind), Detail: a.Element,
		}
		if a.Guessed || assumed {
			// It is only a guess from its text that this is a file, or the list of what
			// is allowed is not the published one.
			f.Severity = finding.Warning
		}
		answer := errAttachment
		if a.Rule == attachment.NotBase64 {
			// In an element of type base64Binary that is a fault of the structure.
			answer = errSyntax
		}
		rd.add(f, answer)
	}
}

// clone copies a token so that it outlives the next one.
func clone(t *c14n.Token) *c14n.Token {
	c := *t
	for _, b := range []*[]byte{&c.Raw, &c.Prefix, &c.Local, &c.Text} {
		*b = slices.Clone(*b)
	}
	c.Attrs = slices.Clone(t.Attrs)
	for i := range c.Attrs {
		a := &c.Attrs[i]
		a.Prefix, a.Local, a.Value = slices.Clone(a.Prefix), slices.Clone(a.Local), slices.Clone(a.Value)
	}
	return &c
}
