//go:build !linux

package verify

import "os"

// sessionStarts would return the first sectors of the sessions of the disc in a
// drive, as on Linux. How other systems tell them is not built in.
func sessionStarts(*os.File) ([]int64, error) { return nil, errNoTOC }
