// Package online is the online channel of CSÚIS: SOAP 1.1 over HTTPS with HTTP
// Basic. It submits sealed records, lists and fetches the messages of the inbox,
// reads status messages, and speaks with RISRE, which wants a client
// certificate. It knows nothing of discs and keeps nothing.
//
// Outcome says what an answer means, and above all what no answer means:
// accepted is not processed, and a connection that broke after the first byte of
// a record left says nothing of what became of it. This package never sends
// anything twice.
//
// doc/online.md is the protocol as a specification, and says what of it is
// certain. Sources: technical manual, chapters B, C, D and M; doc/facts.md 2,
// 3, 5 and 9.
package online
