package sim

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"csuis-offline/check"
	"csuis-offline/envelope"
	"csuis-offline/finding"
)

// maxInboxRequest is the longest request to the inbox in bytes.
const maxInboxRequest = 1 << 20

// inbox lists messages or hands one out (technical manual, chapter B).
func (s *Sim) inbox(w http.ResponseWriter, r *http.Request, p *Person, f Fault) {
	q, err := s.readInboxRequest(r, p)
	if err != nil {
		faultOf(w, err)
		return
	}
	if f.Kind == Slow {
		sleep(r.Context(), f.Delay)
	}
	answer := s.list
	if q.message != "" {
		answer = s.fetch
	}
	write, err := answer(q, p)
	if err != nil {
		faultOf(w, err)
		return
	}
	if f.Kind == Lose {
		cut()
	}
	contentType(w)
	io.WriteString(w, soapOpen)
	if err := write(r.Context(), w); err != nil {
		cut() // the status was written: only a cut shows that the answer is not whole
	}
	io.WriteString(w, soapClose)
}

// inboxRequest is what was asked of the inbox.
type inboxRequest struct {
	id       string // TransactionId of the request
	senderIC string
	personID string
	message  string // ZpravaId; "" asks for the list
	listed   bool
	bulk     bool
	status   string // R, N or ""
	kind     string // three digits or ""
	from, to string // YYYY-MM-DD or ""
	signed   bool
}

// answerWriter writes an envelope into the body of an answer.
type answerWriter func(ctx context.Context, w io.Writer) error

func (s *Sim) readInboxRequest(r *http.Request, p *Person) (*inboxRequest, error) {
	if err := textXML(r); err != nil {
		return nil, err
	}
	doc, err := extract(http.MaxBytesReader(nil, r.Body, maxInboxRequest))
	if err != nil {
		return nil, err
	}
	c, err := s.checker(s.Now(), check.Schema)
	if err != nil {
		return nil, err
	}
	fs, err := c.Record(r.Context(), "", "", bytes.NewReader(doc))
	if err != nil {
		return nil, err
	}
	for _, f := range fs {
		if f.Severity == finding.Error {
			return nil, badRequest("the envelope does not fit its schema, line %d: %s %.100s", f.Line, f.Code, f.Found)
		}
	}
	q, err := parseInbox(doc)
	if err != nil {
		return nil, err
	}
	switch {
	case q.personID != p.ID:
		return nil, badRequest("the responsible person in the header is not who is logged in")
	case !p.actsFor(q.senderIC):
		return nil, badRequest("the person does not act for the unit in the header")
	case !q.listed && q.message == "":
		return nil, badRequest("the envelope holds no request to the inbox")
	}
	if q.signed {
		if _, err := envelope.Verify(r.Context(), io.Discard, bytes.NewReader(doc)); err != nil {
			return nil, badRequest("the integrity identifier of the request: %v", err)
		}
	}
	return q, nil
}
