// Package envelope builds and reads the communication envelope (komunikační
// obálka): a header, one record in its body, and the integrity identifier
// (identifikátor celistvosti) in its footer. It works in one pass over the
// document and holds back only what follows the footer's start.
//
// Sources: technical manual, chapters A (structure) and F (identifier);
// doc/facts.md 2 and 3.
package envelope

// Namespaces of the envelope (doc/facts.md 3) and of XML Signature.
const (
	MessagingNS = "urn:cz:mfcr:iissp:schemas:Messaging:v1"
	CommonNS    = "urn:cz:mfcr:iissp:schemas:Common:v1"
	CusNS       = "urn:cz:mfcr:iissp:schemas:Cus:v1"
	SignatureNS = "http://www.w3.org/2000/09/xmldsig#"
)

// The recipient of everything that a unit sends (technical manual, chapter A,
// doc/facts.md 3).
const (
	// MinistryIC is the IČ of the Ministry of Finance.
	MinistryIC   = "00006947"
	ministryName = "Ministerstvo financí ČR"
)

// Limits on the parts that are held in memory. An element in them takes some
// fifty times the memory of its source.
const (
	maxHeader       = 256 << 10 // bytes of a header of the envelope, the message or the statement, or of a Signature
	maxTail         = 4 << 20   // bytes from the footer's start to the end
	maxProlog       = 1 << 20   // bytes before the root element
	maxPrologTokens = 10000
)
