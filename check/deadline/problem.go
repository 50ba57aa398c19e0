package deadline

import "csuis-offline/check/datafile"

// The problems that only a file of terms can have, with what Found and Wanted of
// a *datafile.Error say.
const (
	BadDay      datafile.Problem = "day"            // no day YYYY-MM-DD
	BadMonthDay datafile.Problem = "month-day"      // no day MM-DD
	BadOrder    datafile.Problem = "order"          // an end before its beginning
	BadDue      datafile.Problem = "due"            // both ways of giving a last day, or none
	BadRequest  datafile.Problem = "due-on-request" // a last day for what is due on request
	BadEnds     datafile.Problem = "ends"           // no period ends with that month; wanted: the frequency
	BadHoliday  datafile.Problem = "holiday"        // both ways of giving a holiday, or none
)

// Problems lists the problems that only a file of terms can have.
func Problems() []datafile.Problem {
	return []datafile.Problem{BadDay, BadMonthDay, BadOrder, BadDue, BadRequest, BadEnds, BadHoliday}
}
