package online

import (
	"fmt"
	"time"
)

// Kind tells apart why something failed. Kinds are stable: programs branch on
// them and the message catalogue has a text for each.
type Kind string

// The kinds.
const (
	// Before anything was sent.
	KindSettings      Kind = "settings"       // the client's options do not allow it: an address, the login, a condition
	KindMessageID     Kind = "message-id"     // what is to be fetched is no identifier of a message
	KindProxySettings Kind = "proxy-settings" // the setting of a proxy in the environment cannot be used
	KindInput         Kind = "input"          // the record to be sent cannot be read, or differs from its stated size
	KindUnreachable   Kind = "unreachable"    // no name, no route, refused: no connection
	KindTLS           Kind = "tls"            // no secured connection: the server speaks no TLS, or an old one
	KindCertificate   Kind = "certificate"    // the server's certificate: expired, of another name, of an unknown authority
	KindClientCert    Kind = "client-cert"    // the server wants a client certificate, or another one

	// Before the server was reached.
	KindProxy      Kind = "proxy"       // a proxy cannot be reached, or lets nothing through
	KindProxyLogin Kind = "proxy-login" // a proxy, or a gateway, wants a login: 407, or NTLM or Negotiate, which are not spoken here

	// On the way.
	KindTimeout        Kind = "timeout"   // Error.Phase says what was waited for
	KindConnectionLost Kind = "broken"    // the connection broke
	KindCancelled      Kind = "cancelled" // the caller gave up

	// The answer could not be read.
	KindProtocol  Kind = "protocol"  // it is no HTTP
	KindTooLarge  Kind = "too-large" // its headers or its body are over the limit
	KindMalformed Kind = "malformed" // its XML is not well-formed
	KindDoctype   Kind = "doctype"   // its XML has a document type declaration
	KindEncoding  Kind = "encoding"  // its bytes are not of the encoding or the packing they claim, or of one not read here
	KindNotSOAP   Kind = "not-soap"  // it is no SOAP, or not the answer to what was asked
	KindDamaged   Kind = "damaged"   // the envelope in it is none, or its integrity identifier does not hold
	KindKey       Kind = "key"       // the message in it is sealed, and the key is missing or does not open it
	KindOutput    Kind = "output"    // the writer that was given failed

	// The server said no.
	KindRedirect     Kind = "redirect"     // it points elsewhere: refused, the login does not travel
	KindUnauthorized Kind = "unauthorized" // the login is wrong or expired: 401, or a Fault that says so
	KindFault        Kind = "fault"        // a SOAP Fault: Error.Fault
	KindHTTPStatus   Kind = "status"       // another HTTP status: Error.Status
)

// Kinds lists every kind.
func Kinds() []Kind {
	return []Kind{
		KindSettings, KindMessageID, KindProxySettings, KindInput, KindProxy, KindProxyLogin, KindUnreachable, KindTLS, KindCertificate, KindClientCert, KindTimeout, KindConnectionLost,
		KindCancelled, KindProtocol, KindTooLarge, KindMalformed, KindDoctype, KindEncoding, KindNotSOAP, KindDamaged, KindKey,
		KindOutput, KindRedirect, KindUnauthorized, KindFault, KindHTTPStatus,
	}
}

// Phase is how far one exchange with the server is.
type Phase string

// The phases in their order.
const (
	Connecting Phase = "connect"   // name, connection, a proxy
	Securing   Phase = "handshake" // TLS
	Sending    Phase = "send"      // the request
	Waiting    Phase = "wait"      // for the first line of the answer
	Receiving  Phase = "receive"   // the answer
)

// Retry says whether trying again is right, and what must come first.
type Retry string

// What can be said about trying again. It is always the same bytes with the
// same TransactionId; whether a newer version of the statement forbids it is
// for the outbox to know (technical manual, chapter D).
const (
	// Never: the program must not try again by itself. Either there is no need, or
	// the server would refuse the same bytes again, or the outcome is unknown: then
	// the inbox must be asked first.
	Never Retry = "never"
	// Later: trying again after a while is right; Outcome.After is the least wait,
	// if the server named one.
	Later Retry = "later"
	// AfterNewPassword: once the person's login has been put right.
	AfterNewPassword Retry = "after-new-password"
	// AfterSettings: once somebody has put an address, a certificate, an
	// authority, the machine's clock or a file right.
	AfterSettings Retry = "after-settings"
)

// Error is why a call failed. Its text is English, bounded, one line, and holds
// neither the password nor anything of the key, whatever the server sent.
type Error struct {
	Kind   Kind
	Phase  Phase  // how far the exchange was
	Host   string // host:port of the service; "" where none was spoken to
	Status int    // HTTP status, 0 where none came
	Fault  *Fault // nil where none came
	Retry  Retry
	After  time.Duration // the server's Retry-After; 0 for none
	// Detail says more: the underlying error, or a piece of the answer.
	Detail string
	// Page: a web page came as the answer, as from a wrong address or a gateway's
	// login.
	Page bool

	err error
}

// Error describes the failure in English.
func (e *Error) Error() string {
	s := string(e.Kind)
	if e.Phase != "" {
		s += " (" + string(e.Phase) + ")"
	}
	if e.Host != "" {
		s = e.Host + ": " + s
	}
	if e.Status != 0 {
		s += fmt.Sprintf(": HTTP %d", e.Status)
	}
	if e.Fault != nil {
		s += ": " + e.Fault.String()
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

// Unwrap returns the underlying error: those of the envelope, seal and c14n
// rooms, the context's, the reader's or writer's. What an underlying error of
// the network says is in Detail; its own text may quote the server and must not
// be shown.
func (e *Error) Unwrap() error { return e.err }
