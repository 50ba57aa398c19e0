package settings

import (
	"os"
	"path/filepath"
	"runtime"
)

// Relative resolves a path of the file against the file's folder; an empty or
// absolute path stays.
func (s *Settings) Relative(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(s.Path), path)
}

// OutboxFolder is where the outbox is: where the file says, or in a folder with
// the user's data.
func (s *Settings) OutboxFolder() string {
	if s.Online.Outbox != "" {
		return s.Relative(s.Online.Outbox)
	}
	dir, err := dataFolder()
	return ours(dir, err, "outbox")
}

// CodeListFolder is where the code lists are stored: where the file says, or in
// a folder in the user's folder of settings.
func (s *Settings) CodeListFolder() string {
	if s.Check.CodeLists != "" {
		return s.Relative(s.Check.CodeLists)
	}
	dir, err := os.UserConfigDir()
	return ours(dir, err, "codelists")
}

// ours is the program's folder in one of the user's, or in the working folder if
// the system knows none.
func ours(dir string, err error, name string) string {
	if err != nil {
		return filepath.Join("."+program, name)
	}
	return filepath.Join(dir, program, name)
}

// dataFolder is where programs keep the user's data on this machine. On Windows
// it is not the folder of settings: that one may roam, or lie on a server, and a
// database with a write-ahead log must not (doc/outbox.md).
func dataFolder() (string, error) {
	name := map[string]string{"windows": "LocalAppData", "linux": "XDG_DATA_HOME"}[runtime.GOOS]
	if dir := os.Getenv(name); name != "" && filepath.IsAbs(dir) {
		return dir, nil
	}
	if runtime.GOOS != "linux" {
		return os.UserConfigDir()
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share"), err
}
