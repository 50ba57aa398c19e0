package check

import (
	"csuis-offline/envelope"
	"csuis-offline/finding"
)

// kind settles which type of record it is, and reports where header and record
// disagree.
func (rd *reading) kind() {
	h := &rd.head
	root, known := rd.c.o.Type(h.uri, h.local)
	header := h.recordType
	if header == "" {
		h.recordType = root
	}
	foreign := h.enveloped && !h.message // another system's message, or a request to CSÚIS
	if rd.c.o.Only&Schema != 0 {
		switch {
		case h.root == 0:
		case foreign:
			rd.body()
		case header != "":
			rd.agree(header, root, known)
		}
		rd.otherUnit()
	}
	// Deadlines, expected statements and attachments go by the type.
	asked := rd.c.o.Only&CodeLists != 0 || rd.attachments != nil && rd.attachments.Attachments() > 0
	if h.root > 0 && header == "" && !known && !foreign && asked && !rd.has(finding.EnvelopeUnknown) {
		rd.add(finding.Finding{
			Code: finding.CheckTypeNone, Severity: finding.Warning, Line: h.rootAt.line, Column: h.rootAt.column, Found: expanded(h.uri, h.local),
		}, "")
	}
}

// body reports an envelope to CSÚIS in which no record can be recognized. The
// schema judges elements of the messaging namespace.
func (rd *reading) body() {
	h := &rd.head
	otherSystem := h.module != "" && h.module != "CSUIS" && h.module != "CSÚIS"
	if h.uri == envelope.MessagingNS || otherSystem || h.senderIC == envelope.MinistryIC {
		return
	}
	rd.add(finding.Finding{
		Code: finding.CheckMessageUnknown, Line: h.rootAt.line, Column: h.rootAt.column,
		Found: expanded(h.uri, h.local), Wanted: expanded(envelope.CusNS, "Message"),
	}, errUnknown)
}

// agree compares the RecordType of the header with the record's root element. A
// type that the published list does not have is known if the user's settings
// give it to the root.
func (rd *reading) agree(header, root string, known bool) {
	h := &rd.head
	f := finding.Finding{Line: h.typeAt.line, Column: h.typeAt.column, Found: header, Detail: h.local}
	switch {
	case known && header == root:
	case envelope.KindName(header) == "":
		f.Code = finding.CheckTypeUnknown
		rd.add(f, errUnknown)
	case known && !envelope.SharesRoot(header, root):
		// The type is recognized; the record then has another structure.
		f.Code, f.Wanted = finding.CheckTypeDiffers, root
		rd.add(f, errSyntax)
	}
}

// otherUnit reports a record of another unit than the sender. Both places name
// the unit for which it is handed over (technical manual, chapters A and I); no
// rule forbids one unit to send for another, so it is only a warning, and no
// answer of CSÚIS to it is known.
func (rd *reading) otherUnit() {
	h := &rd.head
	if h.senderIC == "" || h.subjectIC == "" || h.senderIC == h.subjectIC {
		return
	}
	rd.add(finding.Finding{
		Code: finding.HeaderOtherUnit, Severity: finding.Warning, Line: h.subjectAt.line, Column: h.subjectAt.column,
		Wanted: h.senderIC, Found: h.subjectIC,
	}, "")
}

func (rd *reading) has(code finding.Code) bool {
	for i := range rd.judgement.Findings {
		if rd.judgement.Findings[i].Code == code {
			return true
		}
	}
	return false
}

// expanded is a name with its namespace, as configuration writes it.
func expanded(uri, local string) string {
	if uri == "" {
		return local
	}
	return "{" + uri + "}" + local
}
