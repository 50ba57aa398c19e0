package sim

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"csuis-offline/envelope"
	"csuis-offline/seal"
)

// list answers with the messages that fit the conditions (doc/facts.md 5).
func (s *Sim) list(q *inboxRequest, p *Person) (answerWriter, error) {
	unit, _ := s.o.Register.unit(q.senderIC)
	id, err := s.transactionID()
	if err != nil {
		return nil, err
	}
	now, all := s.Now(), s.inboxOf(p)
	s.mu.Lock()
	read := make([]bool, len(all))
	for i := range all {
		read[i] = s.state.read[readKey{all[i].ID, p.Login}]
	}
	s.mu.Unlock()
	return func(ctx context.Context, w io.Writer) error {
		return wrap(ctx, w, header{id: id, ref: q.id, now: now, unit: unit, personID: p.ID, body: func(w io.Writer) error {
			buf := bufio.NewWriter(w)
			b := &builder{w: buf}
			b.raw("    <msg:Inbox>\n      <msg:SeznamZpravVypis>\n")
			for i := range all {
				if q.fits(&all[i], read[i]) {
					all[i].row(b, read[i])
				}
			}
			b.raw("      </msg:SeznamZpravVypis>\n    </msg:Inbox>\n")
			if b.err != nil {
				return b.err
			}
			return buf.Flush()
		}})
	}, nil
}

// fits checks a message against the conditions. Days are those of UTC; from and
// to are part of the span.
func (q *inboxRequest) fits(m *message, read bool) bool {
	day := m.Created.Format(time.DateOnly)
	switch {
	case m.Bulk && !q.bulk,
		q.status == "R" && !read,
		q.status == "N" && read,
		q.kind != "" && q.kind != m.Kind,
		q.from != "" && day < dayOf(q.from),
		q.to != "" && day > dayOf(q.to):
		return false
	}
	return true
}

// dayOf drops the time zone that an xs:date may have.
func dayOf(date string) string { return date[:min(len(date), len(time.DateOnly))] }

func (m *message) row(b *builder, read bool) {
	status := "N"
	if read {
		status = "R"
	}
	b.raw("        <msg:Zprava>\n")
	b.leaf("          ", "msg:ZpravaId", messageID(m.ID))
	b.leaf("          ", "msg:ZpravaNazev", m.Name)
	if m.IC != "" {
		b.leaf("          ", "msg:IC", m.IC)
	}
	b.leaf("          ", "msg:ZpravaDatumVytvoreni", stamp(m.Created))
	b.leaf("          ", "msg:ZpravaDatumPublikace", stamp(m.Published))
	b.leaf("          ", "msg:ZpravaStatus", status)
	b.leaf("          ", "msg:TypDatoveZpravy", "C"+m.Kind)
	b.raw("        </msg:Zprava>\n")
}

func messageID(n int64) string { return fmt.Sprintf("%012d", n) }

// fetch hands out one message and marks it as read by the person.
func (s *Sim) fetch(q *inboxRequest, p *Person) (answerWriter, error) {
	m, err := s.mark(q, p)
	if err != nil {
		return nil, err
	}
	if m.Sealed != "" {
		return s.fetchSealed(q, p, m)
	}
	s.mu.Lock()
	text, err := s.journal.read(m.Text)
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return func(_ context.Context, w io.Writer) error {
		_, err := w.Write(text)
		return err
	}, nil
}

func (s *Sim) mark(q *inboxRequest, p *Person) (message, error) {
	n, err := strconv.ParseInt(q.message, 10, 64)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || n < 1 || n > int64(len(s.state.messages)) {
		return message{}, badRequest("there is no message %.64q", q.message)
	}
	m := s.state.messages[n-1]
	if !m.visible(p) || m.Published.After(s.now()) {
		return message{}, badRequest("there is no message %.64q", q.message)
	}
	if s.state.read[readKey{m.ID, p.Login}] {
		return m, nil
	}
	return m, s.record(&event{Kind: evRead, ID: m.ID, Login: p.Login})
}

// fetchSealed hands out a record sealed with the person's key, as base64 in a
// separate envelope (technical manual, chapter B: always sealed; the envelope is
// assumed). Nothing of the record is held in memory.
func (s *Sim) fetchSealed(q *inboxRequest, p *Person, m message) (answerWriter, error) {
	id, err := s.transactionID()
	if err != nil {
		return nil, err
	}
	unit, _ := s.o.Register.unit(q.senderIC)
	now := s.Now()
	return func(ctx context.Context, w io.Writer) error {
		return wrap(ctx, w, header{id: id, ref: m.Ref, now: now, unit: unit, personID: p.ID, body: func(w io.Writer) error {
			f, err := os.Open(s.path(m.Sealed))
			if err != nil {
				return err
			}
			defer f.Close()
			if _, err := io.WriteString(w, "    <msg:EncryptedMessage>"); err != nil {
				return err
			}
			buf := bufio.NewWriterSize(w, 32<<10)
			text := base64.NewEncoder(base64.StdEncoding, buf)
			if _, err := seal.Seal(ctx, text, f, seal.Options{Key: p.Key, Profile: envelope.Binding, Now: now}); err != nil {
				return err
			}
			if err := text.Close(); err != nil {
				return err
			}
			if err := buf.Flush(); err != nil {
				return err
			}
			_, err = io.WriteString(w, "</msg:EncryptedMessage>\n")
			return err
		}})
	}, nil
}
