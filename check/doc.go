// Package check decides whether a record is fit to hand over: before anything is
// sealed, it makes the checks that CSÚIS makes (technical manual, chapters A, C,
// E, I and J). One reading of a record serves all of them.
//
// Every finding carries the code with which CSÚIS would answer, and a finer code
// of this program. What could not be checked is reported, and never counts as
// passed.
package check
