package online

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"csuis-offline/c14n"
)

// Fault is a SOAP Fault (SOAP 1.1, 4.4; SOAP 1.2, part 1, 5.4). All texts are the server's: bounded,
// one line each, and without the password if the server sent it back.
type Fault struct {
	// Code is the local part of faultcode: "Server", "Server.Unauthenticated". Of
	// SOAP 1.2 it is that of the Code, and of its Subcode after a point.
	Code   string
	Text   string // faultstring; Reason in all its languages
	Actor  string // faultactor; Role or Node
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
	return strings.HasSuffix(code, ".unauthenticated") || strings.HasSuffix(code, ".authentication") ||
		code == "failedauthentication" || strings.HasSuffix(code, ".failedauthentication")
}

// retry is what SOAP 1.1, 4.4.1 says of the classes of faults: the fault of the
// Client's message stays with the same bytes, one of the Server may pass.
func (f *Fault) retry() Retry {
	if f.unauthenticated() {
		return AfterNewPassword
	}
	switch class, _, _ := strings.Cut(strings.ToLower(f.Code), "."); class {
	case "server", "receiver":
		return Later
	}
	return Never
}

// faultParts are the parts of a Fault by their paths in it: of SOAP 1.1 (4.4), and
// of SOAP 1.2 (part 1, 5.4).
var faultParts = map[string]faultPart{
	"faultcode": partCode, "faultstring": partText, "faultactor": partActor, "detail": partDetail,
	"Code/Value": partCode, "Code/Subcode/Value": partSubcode, "Reason/Text": partText, "Role": partActor, "Node": partActor, "Detail": partDetail,
}

type faultPart int

const (
	partNone faultPart = iota
	partCode
	partSubcode
	partText
	partActor
	partDetail
	faultPartCount
)

// readFault reads a Fault whose Start the body has just returned.
func readFault(b *soapBody, red redactor) (*Fault, error) {
	var parts [faultPartCount]strings.Builder
	var path []string
	in, from := partNone, 0 // the part that is being read, and how deep it began
	for {
		t, err := b.next()
		if err != nil {
			return nil, err
		}
		if t == nil {
			break
		}
		text := &parts[in]
		switch depth := t.Depth - b.depth; {
		case t.Kind == c14n.Start && in == partNone:
			path = append(path[:min(depth-1, len(path))], string(t.Local))
			if in = faultParts[strings.Join(path, "/")]; in != partNone {
				if from = depth; parts[in].Len() > 0 {
					parts[in].WriteByte(' ')
				}
			}
		case t.Kind == c14n.End && depth == from:
			in = partNone
		case in == partNone || text.Len() > 4*maxFaultDetail:
		case t.Kind == c14n.Text:
			text.Write(t.Text)
		case depth > from:
			text.WriteByte(' ')
		}
	}
	local := func(p faultPart) string {
		code := strings.TrimSpace(parts[p].String())
		return code[strings.LastIndexByte(code, ':')+1:]
	}
	code := local(partCode)
	if sub := local(partSubcode); sub != "" {
		code += "." + sub
	}
	return &Fault{
		Code: red.clean(code, maxFaultCode), Text: red.clean(parts[partText].String(), maxFaultText),
		Actor: red.clean(parts[partActor].String(), maxFaultCode), Detail: red.clean(parts[partDetail].String(), maxFaultDetail),
	}, nil
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
