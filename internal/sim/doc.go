// Package sim is a simulated CSÚIS: an HTTPS server that takes sealed records,
// judges them in the manual's order with the project's own rooms, and answers
// with status messages into the inboxes of responsible persons. It takes discs
// too, and makes faults on command. It serves tests and training; it was
// written from the technical manual (chapters A to D, I and M) and is not the ministry's
// system.
//
// doc/simulator.md says what it does, and which of that is assumed.
package sim
