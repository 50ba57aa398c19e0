package bundle

import "csuis-offline/finding"

// Input is a file that Pack would take for a record.
type Input struct {
	Path   string
	Size   int64 // bytes
	Sealed bool  // a finished .XM6, by its name
}

// Inputs lists the files that Pack would take from these paths, in its order,
// and tells what it would pass over or cannot read.
func Inputs(paths []string) ([]Input, []finding.Finding) {
	list, fs := collect(paths)
	var inputs []Input
	for _, in := range list {
		inputs = append(inputs, Input{Path: in.path, Size: in.size, Sealed: in.sealed})
	}
	return inputs, fs
}
