package settings

import "path/filepath"

// Shared reports whether others can write to the file, or put another into its
// place: whoever runs the program then takes their word for what the file says.
// It looks at the file and its folder. On Windows, where rights are not kept in
// this way, it is false.
func (s *Settings) Shared() bool {
	if s.Path == "" {
		return false
	}
	path := s.Path
	// The file itself counts, not the link that leads to it.
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return othersWrite(path, false) || othersWrite(filepath.Dir(path), true)
}
