package sim

import (
	"context"
	"errors"
	"maps"
	"os"
	"strings"
	"time"

	"csuis-offline/check/answer"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
)

// StavId of messages that report no error. The manual has only codes of errors,
// so these are assumed.
const (
	StateAccepted  = "ACCEPT" // přijato ke zpracování
	StateProcessed = "PROCOK" // zpracováno
	StateAnnounced = "ANNOUN" // hromadná zpráva, about no record
)

// maxDetails is how many findings a status message lists.
const maxDetails = 100

// job is a delivery on its way through the processing.
type job struct {
	delivery *delivery
	now      time.Time
	verdict  *verdict
	err      error
	done     chan struct{}
}

// process takes deliveries from the queue, judges several at once, and settles
// them in the order in which they came, since the last one delivered counts.
func (s *Sim) process(ctx context.Context) {
	line := make(chan *job, s.o.Workers)
	s.working.Go(func() {
		for j := range line {
			<-j.done
			if err := s.settle(ctx, j); err != nil && ctx.Err() == nil {
				s.fail(err)
			}
			s.discard(j.verdict)
			s.mu.Lock()
			s.open--
			s.changed.Broadcast()
			s.mu.Unlock()
		}
	})
	defer close(line)
	for {
		d, now := s.next()
		if d == nil {
			return
		}
		j := &job{delivery: d, now: now, done: make(chan struct{})}
		line <- j
		s.working.Go(func() {
			defer close(j.done)
			j.verdict, j.err = s.judge(ctx, d, now)
		})
	}
}

// next waits for a delivery; nil says that the simulator closes.
func (s *Sim) next() (*delivery, time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.queue) == 0 && !s.closing {
		s.changed.Wait()
	}
	if s.closing {
		return nil, time.Time{}
	}
	n := s.queue[0]
	s.queue = s.queue[1:]
	return s.state.deliveries[n-1], s.now()
}

// fail stops the simulator: without its journal it would lose messages unseen.
func (s *Sim) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken == nil {
		s.broken = err
	}
}

// settle decides about a judged message, considering what was delivered before
// it, and writes the outcome and its status messages as one event.
func (s *Sim) settle(ctx context.Context, j *job) error {
	v, d := j.verdict, j.delivery.Delivery
	if j.err != nil && ctx.Err() != nil {
		return j.err // the next start processes it
	}
	sealed := j.delivery.file
	e := &event{Kind: evResult, Delivery: &d}
	d.SHA256, d.Size, d.TransactionID = v.sum, v.size, v.info.TransactionID
	d.IC, d.RecordType, d.Date = v.unit(), v.info.RecordType, v.info.StatementDate
	var drafts []draft
	var err error
	switch {
	case j.err != nil:
		d.Outcome, d.Code = Refused, errSystem
		drafts, err = s.statuses(ctx, j, s.describe(v, errSystem, "sim.why.system", nil))
	case j.delivery.mode.Never:
		d.Outcome = Lost
	case !delivered(v.code):
		d.Outcome, d.Code = Refused, v.code
		drafts, err = s.statuses(ctx, j, s.describe(v, v.code, v.why, v.findings))
	case s.isUsed(d.IC, d.TransactionID):
		d.Outcome, d.Code = Duplicate, errSyntax
		drafts, err = s.statuses(ctx, j, s.describe(v, errSyntax, "sim.why.duplicate", nil))
	default:
		drafts, err = s.take(ctx, j, e)
	}
	if err != nil {
		return err
	}
	if err := s.post(e, drafts); err != nil {
		return err
	}
	if err := os.Remove(s.path(sealed)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// take settles a message that counts as delivered: it replaces the one before,
// whatever its content checks say (technical manual, chapter D).
func (s *Sim) take(ctx context.Context, j *job, e *event) ([]draft, error) {
	v, d := j.verdict, e.Delivery
	findings := v.findings
	if v.code == "" {
		more, err := s.across(ctx, v, j.now)
		if err != nil {
			return nil, err
		}
		findings = append(findings, more...)
		v.code = firstCode(more)
	}
	d.Outcome, d.Code = Processed, StateProcessed
	if v.code != "" {
		d.Outcome, d.Code = Failed, v.code
	}
	e.Valid, e.Record = true, s.fileName(dirRecords, "xml")
	if err := os.Rename(s.path(v.file), s.path(e.Record)); err != nil {
		return nil, err
	}
	v.file = ""
	drafts, err := s.statuses(ctx, j, s.describe(v, StateAccepted, s.reference(v), nil), s.describe(v, d.Code, "", findings))
	if err != nil || d.Outcome != Processed {
		return drafts, err
	}
	for _, ic := range s.o.Register.consolidating(d.IC) {
		drafts = append(drafts, draft{message: message{
			IC: ic, Kind: d.RecordType, Name: envelope.KindName(d.RecordType), Ref: d.TransactionID, Sealed: e.Record, Created: j.now, Published: j.now,
		}})
	}
	return drafts, nil
}

// reference says whether a record answers a request for it.
func (s *Sim) reference(v *verdict) string {
	if v.info.ReferenceID == "" {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.requests[strings.ToUpper(v.info.ReferenceID)] {
		return "sim.why.answers-request"
	}
	return "sim.why.no-request"
}

func (s *Sim) isUsed(ic, transaction string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.used[usedKey(ic, transaction)]
}

// recipients of the status messages about a message: all persons of its unit;
// and also the person who handed it over without acting for the unit, who would
// otherwise never know.
func (s *Sim) recipients(v *verdict) []message {
	var to []message
	ic := v.info.Sender.IC
	if _, known := s.o.Register.unit(ic); known {
		to = append(to, message{IC: ic})
	}
	switch {
	case v.person == nil || v.person.actsFor(ic):
	case ic == "" && len(v.person.Units) > 0:
		// If it could not be opened, it may concern all units of the person.
		for _, unit := range v.person.Units {
			to = append(to, message{IC: unit})
		}
	default:
		to = append(to, message{Login: v.person.Login})
	}
	return to
}

// statuses makes the status messages about a delivery.
func (s *Sim) statuses(ctx context.Context, j *job, all ...*status) ([]draft, error) {
	mode := j.delivery.mode
	times := 1
	if mode.Twice {
		times = 2
	}
	var drafts []draft
	for _, st := range all {
		for i := range st.details {
			st.details[i].at = j.now
		}
		for _, to := range s.recipients(j.verdict) {
			unit, _ := s.o.Register.unit(to.IC)
			personID := ""
			if to.Login != "" {
				personID = j.verdict.person.ID
				unit = s.anyUnit(j.verdict.person)
			}
			text, err := s.statusEnvelope(ctx, st, unit, personID, j.now)
			if err != nil {
				return nil, err
			}
			to.Kind, to.Ref, to.Created, to.Published = kindStatus, st.ref, j.now, j.now.Add(mode.Delay)
			to.Name = envelope.KindName(kindStatus) + ": " + st.name
			for range times {
				drafts = append(drafts, draft{message: to, text: text})
			}
		}
	}
	return drafts, nil
}

// anyUnit is the unit to which a message to a single person is addressed.
func (s *Sim) anyUnit(p *Person) Unit {
	for _, ic := range p.Units {
		if u, ok := s.o.Register.unit(ic); ok {
			return u
		}
	}
	return Unit{IC: envelope.MinistryIC, Name: ministryName}
}

// describe puts an outcome into the words of a status message. why is a separate
// text for what no finding says.
func (s *Sim) describe(v *verdict, id, why string, findings []finding.Finding) *status {
	cat, _ := catalogue.For(catalogue.Czech)
	st := &status{ref: v.info.TransactionID, id: id, name: cat.Text("sim.state."+id, nil)}
	if code, ok := answer.ByCode(id); ok {
		st.name, st.text = cat.Text("sim.category."+string(code.Category), nil), cat.Text("answer."+id, nil)+" "+cat.Next("answer."+id, nil)
	} else {
		st.text = cat.Text("sim.state-text."+id, nil)
	}
	if why != "" {
		severity := "ERROR"
		if id == StateAccepted {
			severity = "INFO"
		}
		st.details = append(st.details, detail{severity: severity, text: cat.Text(why, catalogue.Args{
			"person": v.info.Sender.Person.ID, "unit": v.info.Sender.IC, "subject": v.info.SubjectIC, "type": v.info.RecordType,
			"id": v.info.TransactionID, "reference": v.info.ReferenceID,
		})})
	}
	for _, f := range findings {
		if len(st.details) == maxDetails {
			st.details = append(st.details, detail{severity: "INFO", text: cat.Text("sim.more", catalogue.Args{"count": len(findings) - maxDetails})})
			break
		}
		st.details = append(st.details, detail{severity: strings.ToUpper(string(f.Severity)), text: sentence(cat, f)})
	}
	if v.info.TransactionID == "" && v.size > 0 {
		// Only this tells the sender which message is meant.
		st.details = append(st.details, detail{severity: "INFO", text: cat.Text("sim.unread", catalogue.Args{
			"size": v.size, "sha256": v.sum.String(),
		})})
	}
	return st
}

// sentence puts a finding into one sentence.
func sentence(cat *catalogue.Catalogue, f finding.Finding) string {
	args := catalogue.Args{
		"file": "", "record": "", "line": f.Line, "column": f.Column, "wanted": f.Wanted, "found": f.Found, "detail": f.Detail, "clause": f.Clause,
		"rule": f.Rule, "part": f.Part, "position": f.Position, "items": f.Missing, "difference": f.Difference, "why": f.Why, "nearest": "", "item": f.Position, "date": f.Found,
	}
	if f.Part != "" {
		args["part"] = " (" + f.Part + ")"
	}
	text := cat.Text(string(f.Code), args)
	if strings.Contains(text, "{") {
		more := maps.Clone(args)
		more["code"] = string(f.Code)
		text = cat.Text("sim.finding", more)
	}
	if f.Line > 0 {
		text = cat.Text("sim.line", catalogue.Args{"line": f.Line}) + " " + text
	}
	return text
}
