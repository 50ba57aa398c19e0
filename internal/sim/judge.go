package sim

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"csuis-offline/check"
	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/seal"
)

// Codes with which a message is refused (technical manual, chapter C;
// check/answer has all).
const (
	errDecryption = "ERRDEC"
	errKey        = "ERRKEY"
	errIntegrity  = "ERRINT"
	errPerson     = "ERRREP"
	errUnit       = "ERRAUT"
	errUnknown    = "MSGUNK"
	errSyntax     = "ERRSYN"
	errAttachment = "ERRATT"
	errUnexpected = "REJECT"
	errWithin     = "ERRVVK"
	errAcross     = "ERRMVK"
	errSystem     = "ERRSYS"
)

// order is that of the technical manual (chapters B, C and I): security, syntax,
// content. Those up to lastSyntax count as not delivered.
var order = []string{
	errDecryption, errKey, errIntegrity, errPerson, errUnit, errUnknown, errSyntax, errAttachment, errUnexpected, errWithin, errAcross,
}

// verdict is the result for one message alone, before it is compared with
// others.
type verdict struct {
	code     string // the first check that failed; "" when none did
	why      string // text of the catalogue, for what no finding says
	findings []finding.Finding
	info     envelope.Info
	person   *Person
	sum      checksum.Sum
	size     int64
	file     string // the opened envelope, in the folder of temporary files
}

// judge opens a message and makes the checks that need no other message. The
// error says that the simulator itself failed.
func (s *Sim) judge(ctx context.Context, d *delivery, now time.Time) (*verdict, error) {
	v := &verdict{}
	if err := s.openMessage(ctx, d, v); err != nil {
		return v, err
	}
	if d.mode.Never {
		return v, nil
	}
	if v.code != errDecryption && v.person != nil && !v.person.KeyUntil.IsZero() && now.After(v.person.KeyUntil) {
		v.findings = nil
		v.refuse(errKey, "sim.why.key-ended")
	}
	if v.code != "" {
		return v, nil
	}
	s.authorize(v)
	if v.code != "" {
		return v, nil
	}
	if envelope.KindName(v.info.RecordType) == "" || v.info.RecordType >= "100" {
		v.refuse(errUnknown, "sim.why.unknown-type")
		return v, nil
	}
	return v, s.checks(ctx, v, now)
}

func (v *verdict) refuse(code, why string) { v.code, v.why = code, why }

// openMessage decrypts with the person's key. A disc does not say who brought it,
// so the keys of all persons are tried in turn.
func (s *Sim) openMessage(ctx context.Context, d *delivery, v *verdict) error {
	persons := s.o.Register.everybody()
	if d.Channel == Online {
		p := s.o.Register.byLogin(d.Login)
		if p == nil {
			v.refuse(errPerson, "sim.why.no-person")
			return nil
		}
		persons = []*Person{p}
	}
	v.file = s.fileName(dirTemp, "xml")
	for _, p := range persons {
		v.person = p
		err := s.openWith(ctx, d, v, p.Key)
		switch {
		case err == nil:
			v.code, v.findings = "", nil // of the keys tried before
			return nil
		case seal.Findings(err) == nil:
			return err
		}
		v.findings = seal.Findings(err)
		v.code = openCode(err)
		if v.code != errDecryption {
			return nil
		}
	}
	if d.Channel == Disc {
		v.person = s.o.Register.byLogin(d.Login) // as the form says; nil if nothing does
	}
	return nil
}

// openCode is the code for an error of seal.Open.
func openCode(err error) string {
	var identifier *envelope.IdentifierError
	switch {
	case errors.Is(err, seal.ErrKey), errors.Is(err, crypto.ErrDamaged):
		return errDecryption
	case errors.As(err, &identifier), errors.Is(err, envelope.ErrNoIdentifier):
		return errIntegrity
	case errors.Is(err, envelope.ErrNotEnvelope):
		return errUnknown
	}
	return errSyntax
}

func (s *Sim) openWith(ctx context.Context, d *delivery, v *verdict, key *crypto.Key) (err error) {
	in, err := os.Open(s.path(d.file))
	if err != nil {
		return err
	}
	defer in.Close()
	raw, _, err := crypto.Raw(bufio.NewReaderSize(in, 64<<10))
	if err != nil {
		return err
	}
	out, err := os.OpenFile(s.path(v.file), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if e := out.Close(); err == nil {
			err = e
		}
	}()
	buf := bufio.NewWriterSize(out, 64<<10)
	res, err := seal.Open(ctx, buf, raw, key)
	v.info, v.sum, v.size = bounded(res.Info), res.Sum, res.SealedSize
	if err != nil {
		return err
	}
	return buf.Flush()
}

// bounded shortens the texts of a stranger's header for the journal, and drops a
// malformed TransactionId, to which no message may refer.
func bounded(in envelope.Info) envelope.Info {
	const most = 200
	for _, text := range []*string{
		&in.ReferenceID, &in.Sender.IC, &in.Sender.Name, &in.Sender.Person.ID, &in.RecordType, &in.SubjectIC, &in.StatementDate,
	} {
		if len(*text) > most {
			*text = strings.ToValidUTF8((*text)[:most], "")
		}
	}
	if !transactionForm.MatchString(in.TransactionID) {
		in.TransactionID = ""
	}
	return in
}

var transactionForm = regexp.MustCompile(`^[0-9A-Fa-f]{1,32}$`)

// authorize checks the header against the person who handed the message over
// (technical manual, chapter I, authorization).
func (s *Sim) authorize(v *verdict) {
	in := &v.info
	unit, known := s.o.Register.unit(in.Sender.IC)
	switch {
	case in.Sender.Person.ID != v.person.ID:
		v.refuse(errPerson, "sim.why.other-person")
	case !known:
		v.refuse(errPerson, "sim.why.no-unit")
	case !v.person.actsFor(unit.IC):
		v.refuse(errPerson, "sim.why.not-for-unit")
	case in.SubjectIC != "" && in.SubjectIC != unit.IC && !slices.Contains(unit.Consolidates, in.SubjectIC):
		v.refuse(errUnit, "sim.why.other-unit")
	case len(unit.Types) > 0 && envelope.KindName(in.RecordType) != "" && !slices.Contains(unit.Types, in.RecordType):
		v.refuse(errUnit, "sim.why.type-not-allowed")
	}
}

// unit is the IČ of the unit whose record it is.
func (v *verdict) unit() string {
	if v.info.SubjectIC != "" {
		return v.info.SubjectIC
	}
	return v.info.Sender.IC
}

// checks applies the schema, the content rules and the code lists.
func (s *Sim) checks(ctx context.Context, v *verdict, now time.Time) error {
	c, err := s.checker(now, 0)
	if err != nil {
		return err
	}
	fs, err := s.checkFile(ctx, c, v.file)
	if err != nil {
		return err
	}
	v.findings = fs
	v.code = firstCode(fs)
	return nil
}

func (s *Sim) checker(now time.Time, only check.Part) (*check.Checker, error) {
	o := s.o.Check
	o.On = now
	if only != 0 {
		o.Only = only
	}
	return check.New(o)
}

func (s *Sim) checkFile(ctx context.Context, c *check.Checker, name string) ([]finding.Finding, error) {
	f, err := os.Open(s.path(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return c.Record(ctx, "", "", f)
}

// firstCode is the code of the check that comes first in the manual's order, of
// those that found an error.
func firstCode(fs []finding.Finding) string {
	best := len(order)
	for _, f := range fs {
		if i := slices.Index(order, f.Answer); f.Severity == finding.Error && i >= 0 {
			best = min(best, i)
		}
	}
	if best == len(order) {
		return ""
	}
	return order[best]
}

// delivered reports whether a message with this code counts as delivered: at
// most its content was refused (technical manual, chapter D).
func delivered(code string) bool {
	return code == "" || code == errUnexpected || code == errWithin || code == errAcross
}

// across checks a message together with the processed ones of its unit and date.
func (s *Sim) across(ctx context.Context, v *verdict, now time.Time) ([]finding.Finding, error) {
	if only := s.o.Check.Only; only != 0 && only&check.Rules == 0 {
		return nil, nil
	}
	s.mu.Lock()
	var others []string
	for st, h := range s.state.holders {
		if st.ic == v.unit() && st.date == v.info.StatementDate && st.recordType != v.info.RecordType && h.processed {
			others = append(others, h.record)
		}
	}
	s.mu.Unlock()
	if len(others) == 0 {
		return nil, nil
	}
	c, err := s.checker(now, check.Rules)
	if err != nil {
		return nil, err
	}
	for _, name := range append(others, v.file) {
		if _, err := s.checkFile(ctx, c, name); err != nil {
			return nil, fmt.Errorf("an earlier record: %w", err)
		}
	}
	var failed []finding.Finding
	for fs := range c.Finish() {
		failed = append(failed, slices.DeleteFunc(fs, func(f finding.Finding) bool { return f.Severity != finding.Error })...)
	}
	return failed, nil
}

// discard removes what judging left.
func (s *Sim) discard(v *verdict) {
	if v != nil && v.file != "" {
		os.Remove(s.path(v.file)) // otherwise the next start removes it
	}
}
