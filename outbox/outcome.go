package outbox

import (
	"fmt"
	"math"
	"time"
)

// Answer says what a sender knows after an attempt (technical manual,
// chapter M, rule 5; doc/facts.md 5).
type Answer int

// The answers. The zero value is the careful one.
const (
	// NoAnswer: the request had begun, and no complete answer came. The record
	// may have been delivered.
	NoAnswer Answer = iota
	// AnswerAccepted: the server took it for processing.
	AnswerAccepted
	// AnswerRefused: the server did not take it, and the same bytes would not
	// be taken again.
	AnswerRefused
	// AnswerNotDelivered: the server certainly did not take it, but may take the
	// same bytes later: no connection, 5xx, 401.
	AnswerNotDelivered
)

// Retry says what a record that was not delivered waits for.
type Retry int

// The retries.
const (
	RetryLater         Retry = iota // time
	RetryAfterPassword              // a new password
	RetryManual                     // the user: trying again by itself makes no sense, for instance a wrong certificate
)

// Outcome is what became of one attempt.
type Outcome struct {
	Answer Answer
	// Retry and After count with AnswerNotDelivered; After is the least wait, at
	// most an hour.
	Retry Retry
	After time.Duration
	// Reason is a short stable identifier of the failure ("dial", "http-503",
	// "timeout"), HTTP the status of the answer, and Detail what else is known,
	// for people; English or the server's words, never a secret.
	Reason string
	HTTP   int
	Detail string
}

// ReasonBytes is the Reason of a record whose sealed bytes cannot be read.
const ReasonBytes = "bytes"

// Unreadable is the outcome of a claim whose Open failed: nothing was sent.
func Unreadable(err error) Outcome {
	return Outcome{Answer: AnswerNotDelivered, Retry: RetryManual, Reason: ReasonBytes, Detail: fmt.Sprint(err)}
}

func (a Answer) cause() Cause {
	switch a {
	case AnswerAccepted:
		return CauseAccepted
	case AnswerRefused:
		return CauseRefused
	case AnswerNotDelivered:
		return CauseNotDelivered
	}
	return CauseNoAnswer
}

// Backoff says how long a record waits after it was not delivered: First, then
// twice that, and so on up to Max, each time between half of it and all of it
// at random.
type Backoff struct {
	First, Max time.Duration // 0 means 5 seconds and 5 minutes
}

// maxAfter is the longest wait that a server may ask for.
const maxAfter = time.Hour

func (b Backoff) complete() Backoff {
	if b.First <= 0 {
		b.First = 5 * time.Second
	}
	if b.Max <= 0 {
		b.Max = 5 * time.Minute
	}
	b.Max = max(b.Max, b.First)
	return b
}

// delay is the wait after so many failures in a row; random is in [0, 1).
func (b Backoff) delay(failures int, random float64) time.Duration {
	d := float64(b.First) * math.Pow(2, float64(min(max(failures, 1), 60)-1))
	d = min(d, float64(b.Max))
	return time.Duration(d/2 + d/2*min(max(random, 0), 1))
}

// horizon is the longest that anything waits: a time beyond it comes from a
// clock that was wrong, and must not delay a record.
func (b Backoff) horizon() time.Duration { return max(b.Max, maxAfter) + time.Minute }
