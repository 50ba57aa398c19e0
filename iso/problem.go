package iso

import "fmt"

// ProblemRule says which rule of Plan a problem breaks. The values are stable.
type ProblemRule string

// The rules of [Plan].
const (
	ProblemName       ProblemRule = "name"       // not a name for a disc (CheckName)
	ProblemDuplicate  ProblemRule = "duplicate"  // two files with one name
	ProblemFileSize   ProblemRule = "file-size"  // negative, or 4 GiB or more
	ProblemTooLarge   ProblemRule = "too-large"  // more sectors than the medium or the format has
	ProblemVolumeID   ProblemRule = "volume-id"  // not a volume identifier
	ProblemIdentifier ProblemRule = "identifier" // publisher, preparer or application
	ProblemDate       ProblemRule = "date"       // outside 1900 to 2155
)

// ProblemRules lists every rule that a [Problem] can name, for the message
// catalogue.
func ProblemRules() []ProblemRule {
	return []ProblemRule{
		ProblemName, ProblemDuplicate, ProblemFileSize, ProblemTooLarge,
		ProblemVolumeID, ProblemIdentifier, ProblemDate,
	}
}

// Problem is one reason why an image cannot be written.
type Problem struct {
	// File is the name as given; empty if the problem does not concern a single
	// file.
	File   string
	Rule   ProblemRule
	Detail string
}

func (p Problem) String() string {
	if p.File == "" {
		return p.Detail
	}
	return fmt.Sprintf("%q: %s", p.File, p.Detail)
}

// PlanError is the refusal of [Plan]. It holds all the problems: first those of
// the options, then those of the files in name order, and last those of the whole
// image.
type PlanError struct{ Problems []Problem }

func (e *PlanError) Error() string {
	if len(e.Problems) == 1 {
		return "iso: " + e.Problems[0].String()
	}
	return fmt.Sprintf("iso: %d problems, the first: %s", len(e.Problems), e.Problems[0])
}

// SizeError is the error of [Layout.Write] for a file that is longer or shorter
// than it was when the image was planned.
type SizeError struct {
	Name   string
	Wanted int64 // the planned size in bytes
	// Found is the size found. A longer file is not read to its end, so Found
	// is then Wanted+1.
	Found int64
}

func (e *SizeError) Error() string {
	if e.Found > e.Wanted {
		return fmt.Sprintf("%q is longer than the %d bytes planned", e.Name, e.Wanted)
	}
	return fmt.Sprintf("%q ends after %d of the %d bytes planned", e.Name, e.Found, e.Wanted)
}
