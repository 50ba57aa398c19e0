package outbox

import "slices"

// State is how far a record is on its way (doc/outbox.md, States).
type State string

// The states.
const (
	// Prepared: it is stored and was never sent.
	Prepared State = "prepared"
	// Sending: a living process has claimed it and is handing it over now.
	Sending State = "sending"
	// Waiting: it was certainly not delivered, and will be tried again.
	Waiting State = "waiting"
	// Unknown: it may have been delivered, or not. The program never sends it again
	// by itself.
	Unknown State = "unknown"
	// Accepted: it was taken for processing. A status message will say what became
	// of it.
	Accepted State = "accepted"
	// Processed: a status message said so.
	Processed State = "processed"
	// Refused: the server's answer, or a status message, refused it.
	Refused State = "refused"
	// OnDisc: it went, or goes, on a disc.
	OnDisc State = "on-disc"
	// Superseded: a newer version of the same statement came before it was
	// delivered.
	Superseded State = "superseded"
	// Withdrawn: the user withdrew it before it was delivered.
	Withdrawn State = "withdrawn"
)

// States lists all states in the order of a record's way.
func States() []State {
	return []State{Prepared, Sending, Waiting, Unknown, Accepted, Processed, Refused, OnDisc, Superseded, Withdrawn}
}

// Cause is why a record moved, or what a note in its log is about.
type Cause string

// The causes of moves.
const (
	CauseAdded            Cause = "added"              // the caller stored it
	CauseClaimed          Cause = "claimed"            // a sender took it
	CauseReturned         Cause = "returned"           // the sender gave it back before the first byte
	CauseAccepted         Cause = "answer-accepted"    // the server's answer
	CauseRefused          Cause = "answer-refused"     // the server's answer
	CauseNotDelivered     Cause = "not-delivered"      // no connection, 5xx, 401
	CauseNoAnswer         Cause = "no-answer"          // timeout or broken connection after the request began
	CauseSenderDied       Cause = "sender-died"        // its process ended without reporting the outcome
	CauseLeaseExpired     Cause = "lease-expired"      // its process reported no outcome for too long
	CauseStatusReceived   Cause = "status-received"    // a status message that is not final
	CauseStatusProcessed  Cause = "status-processed"   // a status message
	CauseStatusRefused    Cause = "status-refused"     // a status message
	CauseSaidDelivered    Cause = "said-delivered"     // the user's word
	CauseSaidNotDelivered Cause = "said-not-delivered" // the user's word
	CauseNewer            Cause = "newer-version"      // a newer version of the statement is there
	CauseWithdrawn        Cause = "withdrawn"          // the user's word
	CauseRenewed          Cause = "renewed"            // the user's word
	CauseDisc             Cause = "put-on-disc"        // a package took it
	CauseDiscUndone       Cause = "disc-undone"        // the package was not made, or not handed over
)

// The causes of notes: the record stays where it is.
const (
	CauseLateAnswer      Cause = "late-answer"      // an answer that came when the state was already decided
	CauseSendNow         Cause = "send-now"         // the user does not want to wait
	CausePasswordRenewed Cause = "password-renewed" // what waited for a new password may go on
	CauseNewerMayPass    Cause = "newer-may-pass"   // the user lets newer versions go before this is resolved
	CauseBytesRemoved    Cause = "bytes-removed"    // the sealed bytes were removed, the row stays
)

// Causes lists all causes.
func Causes() []Cause {
	return []Cause{
		CauseAdded, CauseClaimed, CauseReturned, CauseAccepted, CauseRefused, CauseNotDelivered, CauseNoAnswer,
		CauseSenderDied, CauseLeaseExpired, CauseStatusReceived, CauseStatusProcessed, CauseStatusRefused,
		CauseSaidDelivered, CauseSaidNotDelivered, CauseNewer, CauseWithdrawn, CauseRenewed, CauseDisc, CauseDiscUndone,
		CauseLateAnswer, CauseSendNow, CausePasswordRenewed, CauseNewerMayPass, CauseBytesRemoved,
	}
}

// Move is one allowed move. From is "" for a record that is new.
type Move struct {
	From  State
	Cause Cause
	To    State
}

// rule is one line of the table: every state of from may go to every state of to.
type rule struct {
	cause Cause
	from  []State
	to    []State
}

// rules is the table of moves. A move that is not in it is refused
// (doc/outbox.md, Moves).
func rules() []rule {
	// A record that would go back in line is superseded instead if a newer version
	// came.
	return []rule{
		{CauseAdded, []State{""}, []State{Prepared}},
		{CauseClaimed, []State{Prepared, Waiting}, []State{Sending}},
		{CauseReturned, []State{Sending}, []State{Prepared, Waiting, Superseded}},
		{CauseAccepted, []State{Sending, Unknown, OnDisc}, []State{Accepted}},
		{CauseRefused, []State{Sending, Unknown}, []State{Refused}},
		{CauseNotDelivered, []State{Sending, Unknown}, []State{Waiting, Superseded}},
		{CauseNoAnswer, []State{Sending}, []State{Unknown}},
		{CauseSenderDied, []State{Sending}, []State{Unknown}},
		{CauseLeaseExpired, []State{Sending}, []State{Unknown}},
		{CauseStatusReceived, []State{Prepared, Sending, Waiting, Unknown, Refused, OnDisc, Superseded, Withdrawn}, []State{Accepted}},
		{CauseStatusProcessed, []State{Prepared, Sending, Waiting, Unknown, Accepted, Refused, OnDisc, Superseded, Withdrawn}, []State{Processed}},
		{CauseStatusRefused, []State{Prepared, Sending, Waiting, Unknown, Accepted, Processed, OnDisc, Superseded, Withdrawn}, []State{Refused}},
		{CauseSaidDelivered, []State{Unknown, OnDisc}, []State{Accepted}},
		{CauseSaidNotDelivered, []State{Unknown}, []State{Waiting, Superseded}},
		{CauseNewer, []State{Prepared, Waiting}, []State{Superseded}},
		{CauseWithdrawn, []State{Prepared, Waiting}, []State{Withdrawn}},
		{CauseRenewed, []State{Refused, Superseded, Withdrawn}, []State{Prepared}},
		{CauseDisc, []State{Prepared, Waiting, Unknown}, []State{OnDisc}},
		{CauseDiscUndone, []State{OnDisc}, []State{Prepared, Waiting, Unknown, Superseded}},
	}
}

// Moves lists every allowed move.
func Moves() []Move {
	var all []Move
	for _, r := range rules() {
		for _, f := range r.from {
			for _, t := range r.to {
				all = append(all, Move{f, r.cause, t})
			}
		}
	}
	return all
}

// allowed reports whether the table has a move from a state by a cause.
func allowed(from State, cause Cause) bool {
	return slices.ContainsFunc(rules(), func(r rule) bool { return r.cause == cause && slices.Contains(r.from, from) })
}

// permits reports whether the table has the move.
func permits(m Move) bool {
	return slices.ContainsFunc(rules(), func(r rule) bool {
		return r.cause == m.Cause && slices.Contains(r.from, m.From) && slices.Contains(r.to, m.To)
	})
}
