// Package rules judges the numbers of a statement: sums of positions, columns
// that follow from others, and what must agree between statements of one unit
// and date (technical manual, chapter J). The rules are data in a small
// language, specified in doc/rules.md; the map from elements to positions is
// data too. All numbers are exact decimals.
//
// An Extractor takes the tokens of one record and keeps its numbers; Within,
// Across and Evaluate apply the rules of a Set to them. A rule that cannot be
// applied is NotRun, never Passed.
package rules
