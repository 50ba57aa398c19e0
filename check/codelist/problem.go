package codelist

import "csuis-offline/check/datafile"

// The problems that only files about code lists can have, with what Found and
// Wanted of a *datafile.Error say.
const (
	BadName   datafile.Problem = "name"   // no name of an element or attribute
	BadDouble datafile.Problem = "double" // one name or value for two things; wanted: the two
)

// Problems lists the problems that only files about code lists can have.
func Problems() []datafile.Problem { return []datafile.Problem{BadName, BadDouble} }
