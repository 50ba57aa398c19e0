package settings

import (
	"fmt"
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

// NoFolderError says that the system does not tell where the user's files are
// kept, as where HOME is not set, or is relative, and the file does not name the folder. Nothing
// is put into the working folder in its stead.
type NoFolderError struct {
	Section, Name string // the setting that would name it
	Err           error
}

// Error names the setting.
func (e *NoFolderError) Error() string {
	return fmt.Sprintf("settings: no folder for %s.%s: %v", e.Section, e.Name, e.Err)
}

// Unwrap returns what the system says.
func (e *NoFolderError) Unwrap() error { return e.Err }

// OutboxFolder is where the outbox is: where the file says, or in a folder with
// the user's data. Errors are a *NoFolderError.
func (s *Settings) OutboxFolder() (string, error) {
	if s.Online.Outbox != "" {
		return s.Relative(s.Online.Outbox), nil
	}
	dir, err := dataFolder()
	if err != nil {
		return "", &NoFolderError{"online", "outbox", err}
	}
	return filepath.Join(dir, program, "outbox"), nil
}

// CodeListFolder is where the code lists are stored: where the file says, or in
// a folder in the user's folder of settings. Errors are a *NoFolderError.
func (s *Settings) CodeListFolder() (string, error) {
	if s.Check.CodeLists != "" {
		return s.Relative(s.Check.CodeLists), nil
	}
	dir, err := absolute(os.UserConfigDir())
	if err != nil {
		return "", &NoFolderError{"check", "codelists", err}
	}
	return filepath.Join(dir, program, "codelists"), nil
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
		return absolute(os.UserConfigDir())
	}
	home, err := absolute(os.UserHomeDir())
	return filepath.Join(home, ".local", "share"), err
}

// absolute refuses a relative folder of the system: it would be another one in
// each working folder.
func absolute(dir string, err error) (string, error) {
	if err == nil && !filepath.IsAbs(dir) {
		return "", fmt.Errorf("%q is no absolute path", dir)
	}
	return dir, err
}
