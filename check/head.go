package check

import (
	"bytes"
	"time"

	"csuis-offline/c14n"
	"csuis-offline/check/rules"
	"csuis-offline/envelope"
)

// Depths in an envelope; the root has depth 1.
const (
	depthEnvelope = 1
	depthSection  = 2
	depthPart     = 3
	depthRecord   = 5 // the record, in MessageBody of a cus:Message
)

// head is what the checks need to know of a record, gathered as it flows by.
type head struct {
	enveloped bool
	message   bool // the body holds a cus:Message
	inBody    bool
	root      int // depth of the record's root, 0 until it is known
	rootAt    place
	bodyURI   string // of the element that the body begins with
	uri       string
	local     string

	recordType       string
	senderIC, person string
	subjectIC, date  string
	module           string // of the recipient
	typeAt           place
	subjectAt        place
	senderAt         place
	personAt         place
	dateAt           place

	at   place    // of the last start tag
	path []string // local names of the open elements, as far as they matter
	text []byte
}

// place is a start tag's, 1-based.
type place struct{ line, column int }

// maxHeadText bounds what is kept of a header's value, in bytes.
const maxHeadText = 256

// token notes what t says. It reports whether t is the start of the record.
func (h *head) token(t *c14n.Token) (begins bool) {
	matters := t.Depth <= max(depthRecord, h.root+2)
	switch t.Kind {
	case c14n.Start:
		h.text = h.text[:0]
		h.at = place{t.Line, t.Column}
		if matters {
			h.enter(t)
			return h.start(t)
		}
	case c14n.Text:
		if matters && len(h.text) < maxHeadText {
			h.text = append(h.text, t.Text[:min(len(t.Text), maxHeadText)]...)
		}
	case c14n.End:
		if matters {
			h.end(t)
		}
		h.text = h.text[:0]
	}
	return false
}

// enter notes the name of an element. The memory after the path still has the
// names of earlier elements, and most elements share a name with one of them.
func (h *head) enter(t *c14n.Token) {
	n := min(len(h.path), t.Depth-1)
	if h.path = h.path[:n]; cap(h.path) > n && h.path[:n+1][n] == string(t.Local) {
		h.path = h.path[:n+1]
		return
	}
	h.path = append(h.path, string(t.Local))
}

func (h *head) start(t *c14n.Token) bool {
	local := string(t.Local)
	switch {
	case t.Depth == 1:
		h.enveloped = t.URI == envelope.MessagingNS && local == "Envelope"
		if !h.enveloped {
			return h.begin(t)
		}
	case h.enveloped && t.Depth == depthSection:
		h.inBody = t.URI == envelope.MessagingNS && local == "EnvelopeBody"
	case h.inBody && h.root == 0 && t.Depth == depthPart:
		if h.bodyURI == "" {
			h.bodyURI = t.URI
		}
		if h.message = t.URI == envelope.CusNS && local == "Message"; !h.message {
			return h.begin(t)
		}
	case h.inBody && h.root == 0 && t.Depth == depthRecord && h.path[t.Depth-2] == "MessageBody":
		return h.begin(t)
	}
	return false
}

func (h *head) begin(t *c14n.Token) bool {
	h.root, h.uri, h.local = t.Depth, t.URI, string(t.Local)
	h.rootAt = h.at
	return true
}

func (h *head) end(t *c14n.Token) {
	if t.Depth > len(h.path) || h.path[t.Depth-1] != string(t.Local) {
		return
	}
	set := func(dst *string, at *place) {
		if *dst == "" {
			*dst, *at = string(bytes.TrimSpace(h.text)), h.at
		}
	}
	var unasked place
	above := h.path[:t.Depth-1]
	switch local := string(t.Local); {
	case h.root > 0 && t.Depth == h.root+2 && above[h.root] == "VykazHlavicka":
		switch local {
		case "SubjektICO":
			set(&h.subjectIC, &h.subjectAt)
		case "DatumVykaz":
			set(&h.date, &h.dateAt)
		}
	case !h.enveloped || t.Depth < 4:
	case t.Depth == 4 && above[2] == "Sender" && local == "IC":
		set(&h.senderIC, &h.senderAt)
	case t.Depth == 4 && above[2] == "Recipient" && local == "Module":
		set(&h.module, &unasked)
	case t.Depth == 5 && above[2] == "Sender" && above[3] == "ResponsiblePerson" && local == "PersonId":
		set(&h.person, &h.personAt)
	case t.Depth == 5 && above[2] == "Message" && above[3] == "MessageHeader" && local == "RecordType":
		set(&h.recordType, &h.typeAt)
	}
	if t.Depth <= len(h.path) {
		h.path = h.path[:t.Depth-1]
	}
}

// unit is the IČ of the unit whose record it is.
func (h *head) unit() string {
	if h.subjectIC != "" {
		return h.subjectIC
	}
	return h.senderIC
}

// unitAt is the place of unit; the zero place for that of the settings.
func (h *head) unitAt() place {
	if h.subjectIC != "" {
		return h.subjectAt
	}
	return h.senderAt
}

// day is the statement's date; false if there is none.
func (h *head) day() (time.Time, bool) { return rules.ParseDay(h.date) }
