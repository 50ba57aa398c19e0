package verify

import (
	"io"

	"csuis-offline/finding"
)

// unversion gives the files of a folder that a program copied with the version of
// their name on the disc, "NAME.XM6;1", the names that they had. Where another file
// has that name already, both stay as they are.
func (v *verifier) unversion(s *fileSet) {
	taken := make(map[string]int, len(s.files))
	for i := range s.files {
		taken[upper(withoutVersion(s.files[i].name))]++
	}
	real := map[string]string{}
	first := ""
	for i := range s.files {
		f := &s.files[i]
		name := withoutVersion(f.name)
		if name == f.name || f.kind != kindRegular || taken[upper(name)] > 1 {
			continue
		}
		if first == "" {
			first = f.name
		}
		real[name], f.name = f.name, name
	}
	if len(real) == 0 {
		return
	}
	open := s.open
	s.open = func(name string) (io.ReadCloser, error) {
		if as, known := real[name]; known {
			name = as
		}
		return open(name)
	}
	s.sort()
	v.add(finding.Finding{Code: finding.FileVersion, Severity: finding.Info, File: s.show(first)}.WithCount(len(real)))
}
