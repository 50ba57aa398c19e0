package online

import "time"

// Verdict says what became of one message that was to be sent.
type Verdict string

// The verdicts.
const (
	// Accepted: CSÚIS has taken the message for processing. That says nothing of
	// whether it will be processed: only a status message does (doc/facts.md 5).
	Accepted Verdict = "accepted"
	// Refused: the server answered, and did not take it (a Fault, a status).
	Refused Verdict = "refused"
	// NotDelivered: certainly nothing of it reached the server.
	NotDelivered Verdict = "not-delivered"
	// Unknown: something of it left, and no answer came that says what became of
	// it. It may be in CSÚIS or not. Whoever sends it again without asking risks
	// that it overwrites a correction sent in between (technical manual, chapter
	// D).
	Unknown Verdict = "unknown"
)

// Outcome is what is known after one attempt to send.
type Outcome struct {
	Verdict Verdict
	Retry   Retry
	// After is how long the server wants to be left alone before the next
	// attempt (Retry-After), at most a day; 0 where it said nothing.
	After time.Duration
	// Status is the HTTP status, 0 where no answer came.
	Status int
	// Fault is the SOAP Fault, nil where none came.
	Fault *Fault
	// Sent counts the bytes of the request's body that were given to the network,
	// and Whole says that all were. While it is false the server cannot have a
	// whole message. The verdict is Unknown all the same.
	Sent  int64
	Whole bool
	// Foreign: an answer came that cannot be one of the service: a web page, a
	// redirect, another protocol, a proxy's. The address is wrong, or something
	// stands between, and the next message would fare no better.
	Foreign bool
	// Err is nil with Accepted, and otherwise an *Error.
	Err error
}

// notSent is the outcome of an attempt that ended before its first byte.
func notSent(e *Error) Outcome {
	return Outcome{Verdict: NotDelivered, Retry: e.Retry, After: e.After, Status: e.Status, Err: e}
}
