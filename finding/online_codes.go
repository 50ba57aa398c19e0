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
}
