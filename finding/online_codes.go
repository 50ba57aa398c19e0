package finding

// Codes of the online channel: what became of one record that was to be sent.
const (
	SendDuplicate    Code = "send.duplicate"     // the outbox has it already; it was not added again
	SendTransaction  Code = "send.transaction"   // another record of the unit has its TransactionId
	SendRefused      Code = "send.refused"       // the server did not take it, and would not take it again
	SendNotDelivered Code = "send.not-delivered" // surely not delivered; it waits for another attempt
	SendUnknown      Code = "send.unknown"       // the request had begun, and no answer came
	SendUnreadable   Code = "send.unreadable"    // its sealed bytes cannot be read; nothing was sent
	SendBlocked      Code = "send.blocked"       // records wait for an older version of their statement
	SendPassword     Code = "send.password"      // the password was refused; all that is the person's waits
	SendStopped      Code = "send.stopped"       // the run ended early: what one record showed would have befallen all
)

var onlineCodes = []Code{
	SendDuplicate,
	SendTransaction,
	SendRefused,
	SendNotDelivered,
	SendUnknown,
	SendUnreadable,
	SendBlocked,
	SendPassword,
	SendStopped,
}

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
	InboxBadID        Code = "inbox.bad-id"        // the list names a message by what cannot be asked for

	StoreBytes    Code = "store.bytes"    // sealed bytes are missing or damaged
	StoreDamaged  Code = "store.damaged"  // the database is damaged
	StoreSchema   Code = "store.schema"   // the database has not the tables, indexes and triggers of this program
	StoreOlder    Code = "store.older"    // the database is older than the records beside it
	StoreMissing  Code = "store.missing"  // rows that were in the database are gone
	StoreState    Code = "store.state"    // a record is not what its log says
	StorePackage  Code = "store.package"  // the row of a package cannot have come from the program
	StoreLeftover Code = "store.leftover" // a file that no record needs
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
	InboxBadID,
	StoreBytes,
	StoreDamaged,
	StoreSchema,
	StoreOlder,
	StoreMissing,
	StoreState,
	StorePackage,
	StoreLeftover,
}
