package check

import (
	"strings"
	"time"

	"csuis-offline/c14n"
	"csuis-offline/check/rules"
	"csuis-offline/envelope"
)

// Depths in an envelope; the root has depth 1.
const (
	depthSection = 2
	depthPart    = 3
	depthRecord  = 5 // the record, in MessageBody of a cus:Message
)

// head is what the checks need to know of a record, gathered as it flows by.
type head struct {
	enveloped bool
	message   bool // the body holds a cus:Message
	inBody    bool
	root      int // depth of the record's root, 0 as long as it is not known
	uri       string
	local     string

	recordType       string
	senderIC, person string
	subjectIC, date  string

	path []string // local names of the open elements, as far as they matter
	text strings.Builder
}

// maxHeadText bounds what is kept of a header's value, in bytes.
const maxHeadText = 256

// token notes what t says. It reports whether t is the start of the record.
func (h *head) token(t *c14n.Token) (begins bool) {
	switch t.Kind {
	case c14n.Start:
		h.text.Reset()
		if len(h.path) < 16 {
			h.path = append(h.path[:min(len(h.path), t.Depth-1)], string(t.Local))
		}
		return h.start(t)
	case c14n.Text:
		if h.text.Len() < maxHeadText {
			h.text.Write(t.Text[:min(len(t.Text), maxHeadText)])
		}
	case c14n.End:
		h.end(t)
	}
	return false
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
	return true
}

func (h *head) end(t *c14n.Token) {
	value := strings.TrimSpace(h.text.String())
	h.text.Reset()
	if t.Depth > len(h.path) || h.path[t.Depth-1] != string(t.Local) {
		return
	}
	set := func(dst *string) {
		if *dst == "" {
			*dst = value
		}
	}
	above := h.path[:t.Depth-1]
	switch local := string(t.Local); {
	case h.root > 0 && t.Depth == h.root+2 && above[h.root] == "VykazHlavicka":
		switch local {
		case "SubjektICO":
			set(&h.subjectIC)
		case "DatumVykaz":
			set(&h.date)
		}
	case !h.enveloped || t.Depth < 4:
	case t.Depth == 4 && above[2] == "Sender" && local == "IC":
		set(&h.senderIC)
	case t.Depth == 5 && above[2] == "Sender" && above[3] == "ResponsiblePerson" && local == "PersonId":
		set(&h.person)
	case t.Depth == 5 && above[2] == "Message" && above[3] == "MessageHeader" && local == "RecordType":
		set(&h.recordType)
	}
	if t.Depth <= len(h.path) {
		h.path = h.path[:t.Depth-1]
	}
}

// unit is whose record it is.
func (h *head) unit() string {
	if h.subjectIC != "" {
		return h.subjectIC
	}
	return h.senderIC
}

// day is the day that the statement tells of; false where there is none.
func (h *head) day() (time.Time, bool) { return rules.ParseDay(h.date) }
