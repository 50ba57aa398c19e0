// Package check tells whether a record is fit to hand over: it makes here,
// before anything is sealed, the checks that CSÚIS makes (technical manual,
// chapters A, C, E, I and J). One reading of a record serves all of them.
//
// Every finding carries the code with which CSÚIS would answer, and a finer one
// of ours. What could not be checked is reported, and never counts as passed.
package check
