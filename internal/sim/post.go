package sim

import (
	"context"
	"fmt"
	"strings"

	"csuis-offline/envelope"
)

// Request puts a request for a record (žádost o zaslání účetních záznamů,
// technical manual, chapter B) into the inboxes of a unit and returns its
// TransactionId.
func (s *Sim) Request(ctx context.Context, ic, recordType, date, text string) (string, error) {
	unit, ok := s.o.Register.unit(ic)
	if !ok {
		return "", fmt.Errorf("no unit %q", ic)
	}
	if envelope.KindName(recordType) == "" || !envelope.IsDate(date) {
		return "", fmt.Errorf("no such record: type %q, date %q", recordType, date)
	}
	s.mu.Lock()
	now := s.now()
	s.mu.Unlock()
	id, body, err := s.requestEnvelope(ctx, unit, recordType, date, strings.TrimSpace(text), now)
	if err != nil {
		return "", err
	}
	return id, s.post(&event{Kind: evMessage}, []draft{{
		message: message{IC: ic, Kind: kindRequest, Name: envelope.KindName(kindRequest), Ref: id, Created: now, Published: now}, text: body,
	}})
}

// Announce puts a bulk message (hromadná zpráva) into all inboxes. It is assumed
// to have the form of a status message about nothing.
func (s *Sim) Announce(ctx context.Context, text string) error {
	now := s.Now()
	st := &status{id: StateAnnounced, name: text, text: text}
	body, err := s.statusEnvelope(ctx, st, Unit{IC: envelope.MinistryIC, Name: ministryName}, "", now)
	if err != nil {
		return err
	}
	return s.post(&event{Kind: evMessage}, []draft{{message: message{Bulk: true, Kind: kindUrgency, Name: text, Created: now, Published: now}, text: body}})
}

// draft is a message that is not in the journal yet.
type draft struct {
	message
	text []byte
}

// post records an event with its messages.
func (s *Sim) post(e *event, drafts []draft) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return s.broken
	}
	for i, d := range drafts {
		d.ID = int64(len(s.state.messages) + i + 1)
		if d.text != nil {
			if d.Text, err = s.journal.text(d.text); err != nil {
				return err
			}
		}
		e.Messages = append(e.Messages, d.message)
	}
	return s.record(e)
}
