package online

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"csuis-offline/c14n"
)

// Fault is a SOAP Fault (SOAP 1.1, 4.4). All texts are the server's: bounded,
// one line each, and without the password if the server sent it back.
type Fault struct {
	Code   string // the local part of faultcode: "Server", "Server.Unauthenticated"
	Text   string // faultstring
	Actor  string // faultactor
	Detail string // the texts inside detail, joined by spaces
}

// Most characters of a Fault's texts that are kept.
const (
	maxFaultCode   = 200
	maxFaultText   = 2000
	maxFaultDetail = 4000
)

func (f *Fault) String() string {
	s := "Fault " + f.Code
	if f.Text != "" {
		s += ": " + f.Text
	}
	return s
}

// unauthenticated reports whether a Fault means the login (doc/facts.md 5).
func (f *Fault) unauthenticated() bool {
	code := strings.ToLower(f.Code)
	return strings.HasSuffix(code, ".unauthenticated") || strings.HasSuffix(code, ".authentication") || code == "failedauthentication"
}

// retry is what SOAP 1.1, 4.4.1 says of the classes of faults: the fault of the
// Client's message stays with the same bytes, one of the Server may pass.
func (f *Fault) retry() Retry {
	if f.unauthenticated() {
		return AfterNewPassword
	}
	if class, _, _ := strings.Cut(strings.ToLower(f.Code), "."); class == "server" {
		return Later
	}
	return Never
}

// readFault reads a Fault whose Start the body has just returned.
func readFault(b *soapBody, red redactor) (*Fault, error) {
	f := &Fault{}
	part := ""
	parts := map[string]*strings.Builder{"faultcode": {}, "faultstring": {}, "faultactor": {}, "detail": {}}
	for {
		t, err := b.next()
		if err != nil {
			return nil, err
		}
		if t == nil {
			break
		}
		depth := t.Depth - b.depth
		if t.Kind == c14n.Start && depth == 1 {
			part = string(t.Local)
		}
		text, ok := parts[part]
		if !ok || text.Len() > 4*maxFaultDetail {
			continue
		}
		switch {
		case t.Kind == c14n.Text:
			text.Write(t.Text)
		case depth > 1:
			text.WriteByte(' ')
		}
	}
	code := strings.TrimSpace(parts["faultcode"].String())
	code = code[strings.LastIndexByte(code, ':')+1:]
	f.Code = red.clean(code, maxFaultCode)
	f.Text = red.clean(parts["faultstring"].String(), maxFaultText)
	f.Actor = red.clean(parts["faultactor"].String(), maxFaultCode)
	f.Detail = red.clean(parts["detail"].String(), maxFaultDetail)
	return f, nil
}

// redactor takes secrets out of what goes into messages.
type redactor []string

// redacted stands in the place of a secret.
const redacted = "[…]"

// clean makes one bounded line without secrets of what a server chose.
func (r redactor) clean(s string, most int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = r.replace(s)
	s = strings.Join(strings.FieldsFunc(s, func(c rune) bool { return unicode.IsSpace(c) || !unicode.IsGraphic(c) }), " ")
	// A secret that a line break had split is whole only here.
	s = r.replace(s)
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return s
}

func (r redactor) replace(s string) string {
	for _, secret := range r {
		s = strings.ReplaceAll(s, secret, redacted)
	}
	return s
}
