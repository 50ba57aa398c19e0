package finding

// Codes of the inbox: what status messages said of records, and what is to be
// said of messages themselves; and what is wrong in the outbox's folder.
const (
	StatusProcessed Code = "status.processed" // a record was processed
	StatusReceived  Code = "status.received"  // a record whose fate was not known had been delivered
	StatusRefused   Code = "status.refused"   // a record was refused
	StatusUnclear   Code = "status.unclear"   // the message reports errors, and its state is none of the published ones
	StatusDoubled   Code = "status.doubled"   // of two copies of a record one was processed, one refused
	StatusOvertaken Code = "status.overtaken" // a record may have overwritten a newer version of its statement
	StatusForeign   Code = "status.foreign"   // about a record that this outbox does not know

	InboxMessage      Code = "inbox.message"       // a message that is no status message
	InboxNoIdentifier Code = "inbox.no-identifier" // a message without an integrity identifier
	InboxDamaged      Code = "inbox.damaged"       // a message is damaged, or not understood
	InboxSealed       Code = "inbox.sealed"        // a message is sealed, and no key opens it
	InboxNotFetched   Code = "inbox.not-fetched"   // a message could not be fetched
	InboxNotReached   Code = "inbox.not-reached"   // the inbox cannot be reached; it is tried again

	StoreBytes   Code = "store.bytes"   // sealed bytes are missing or damaged
	StoreDamaged Code = "store.damaged" // the database is damaged
)

var inboxCodes = []Code{
	StatusProcessed,
	StatusReceived,
	StatusRefused,
	StatusUnclear,
	StatusDoubled,
	StatusOvertaken,
	StatusForeign,
	InboxMessage,
	InboxNoIdentifier,
	InboxDamaged,
	InboxSealed,
	InboxNotFetched,
	InboxNotReached,
	StoreBytes,
	StoreDamaged,
}
