package sim

import (
	"bytes"
	"encoding/xml"
	"io"
	"slices"
	"strings"

	"csuis-offline/c14n"
	"csuis-offline/envelope"
)

// extract returns the envelope in a SOAP body as a separate document: its
// source, with the namespaces declared around it added only if it needs them,
// since the identifier would cover them (doc/facts.md 2).
func extract(r io.Reader) ([]byte, error) {
	var doc bytes.Buffer
	var around []declaration
	var own []string
	insert := 0 // where attributes of the root begin
	err := inBody(r, "Envelope", func(sc *c14n.Scanner, t *c14n.Token) error {
		if t.Depth == 3 && t.Kind == c14n.Start {
			insert = 1 + len(t.Local)
			if len(t.Prefix) > 0 {
				insert += len(t.Prefix) + 1
			}
			for i := range t.Attrs {
				if a := &t.Attrs[i]; a.NS {
					own = append(own, qualified(a))
				}
			}
			var err error
			if around, err = declarations(sc.Scope()); err != nil {
				return err
			}
		}
		doc.Write(t.Raw)
		return nil
	})
	if err != nil || standsAlone(doc.Bytes()) {
		return doc.Bytes(), err
	}
	var whole bytes.Buffer
	whole.Write(doc.Bytes()[:insert])
	for _, d := range around {
		if !slices.Contains(own, d.name) {
			whole.WriteString(" " + d.name + `="`)
			xml.EscapeText(&whole, []byte(d.uri)) // escapes quotes too
			whole.WriteByte('"')
		}
	}
	whole.Write(doc.Bytes()[insert:])
	return whole.Bytes(), nil
}

// declaration is a namespace declaration: xmlns:p="uri".
type declaration struct{ name, uri string }

func qualified(a *c14n.Attr) string {
	if len(a.Prefix) == 0 {
		return string(a.Local)
	}
	return string(a.Prefix) + ":" + string(a.Local)
}

// declarations lists the namespaces of a scope.
func declarations(s c14n.Scope) ([]declaration, error) {
	t, err := c14n.NewScanner(io.MultiReader(bytes.NewReader(s.StartTag()), strings.NewReader(c14n.ScopeEnd))).Next()
	if err != nil {
		return nil, err
	}
	var all []declaration
	for i := range t.Attrs {
		if a := &t.Attrs[i]; a.NS {
			all = append(all, declaration{qualified(a), string(a.Value)})
		}
	}
	return all, nil
}

// standsAlone reports whether a document declares all its prefixes, and the
// namespace of its root, itself.
func standsAlone(doc []byte) bool {
	sc := c14n.NewScanner(bytes.NewReader(doc))
	for {
		t, err := sc.Next()
		switch {
		case err == io.EOF:
			return true
		case err != nil, t.Kind == c14n.Start && t.Depth == 1 && t.URI != envelope.MessagingNS:
			return false
		}
	}
}

// parseInbox reads a request whose form the schema has judged.
func parseInbox(doc []byte) (*inboxRequest, error) {
	q := &inboxRequest{}
	sc := c14n.NewScanner(bytes.NewReader(doc))
	var path []string
	var value strings.Builder
	for {
		t, err := sc.Next()
		if err == io.EOF {
			return q, nil
		}
		if err != nil {
			return nil, err
		}
		switch t.Kind {
		case c14n.Start:
			path = append(path[:t.Depth-1], string(t.Local))
			value.Reset()
			q.element(strings.Join(path, "/"), t.URI)
		case c14n.Text:
			value.Write(t.Text)
		case c14n.End:
			q.field(strings.Join(path[:t.Depth], "/"), strings.TrimSpace(value.String()))
			value.Reset()
		}
	}
}

func (q *inboxRequest) element(path, uri string) {
	switch path {
	case "Envelope/EnvelopeBody/Inbox/SeznamZpravPozadavek":
		q.listed = true
	case "Envelope/EnvelopeFooter/Signature":
		q.signed = uri == envelope.SignatureNS
	}
}

func (q *inboxRequest) field(path, value string) {
	const list = "Envelope/EnvelopeBody/Inbox/SeznamZpravPozadavek/"
	switch path {
	case "Envelope/EnvelopeHeader/TransactionId":
		q.id = value
	case "Envelope/EnvelopeHeader/Sender/IC":
		q.senderIC = value
	case "Envelope/EnvelopeHeader/Sender/ResponsiblePerson/PersonId":
		q.personID = value
	case "Envelope/EnvelopeBody/Inbox/ZpravaPozadavek/ZpravaId":
		q.message = value
	case list + "ZobrazitHromadneZpravy":
		q.bulk = value == "1"
	case list + "ZpravaStatus":
		q.status = value
	case list + "TypDatoveZpravy":
		q.kind = strings.TrimPrefix(value, "C")
	case list + "ZpravaDatumVytvoreniOd":
		q.from = value
	case list + "ZpravaDatumVytvoreniDo":
		q.to = value
	}
}
