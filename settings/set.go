package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"csuis-offline/internal/tomlfile"
	"csuis-offline/stage"
)

// Change is a new value of a setting.
type Change struct {
	Key   string // "unit.ic"; of the section records "records.{namespace}Root"
	Value any    // a string, of lists a []string
}

// ErrKey says that a change names an unknown setting, or has a value of another
// kind.
var ErrKey = errors.New("settings: unknown setting, or value of another kind")

// Set changes settings in the text of a file, which may be empty. The result is
// read again before it is returned, so that it has the new values and Parse
// accepts it. All that is not a changed value stays byte for byte. Data that
// Parse refuses, before or after the changes, are refused with its *Error; other
// errors are ErrKey and those of tomlfile.Set.
func Set(data []byte, changes ...Change) ([]byte, error) {
	if _, e := parse(data); e != nil {
		return nil, e
	}
	var edits []tomlfile.Change
	for _, c := range changes {
		section, name, _ := strings.Cut(c.Key, ".")
		_, list := c.Value.([]string)
		_, text := c.Value.(string)
		known := section == "records" && name != "" || name != "" && slices.Contains(keys, c.Key)
		if !known || !list && !text || list != slices.Contains(lists, c.Key) {
			return nil, fmt.Errorf("%w: %s", ErrKey, c.Key)
		}
		edits = append(edits, tomlfile.Change{Path: []string{section, name}, Value: c.Value})
	}
	out, err := tomlfile.Set(data, MaxSize, edits...)
	if err != nil {
		return nil, whole(err)
	}
	if _, e := parse(out); e != nil {
		return nil, e
	}
	return out, nil
}

// whole converts the errors of a text that is no longer TOML to an *Error.
func whole(err error) error {
	var wrong *tomlfile.Error
	if errors.As(err, &wrong) {
		return unread(wrong)
	}
	return err
}

// Write changes settings in a file, makes it if there is none, and leaves its
// rights as they are. The old file stays until the new one is whole; of two that
// write at once, one gets stage.ErrBusy. Other errors are those of Set.
func Write(path string, changes ...Change) error {
	// The file itself is replaced, not the link that leads to it.
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	out, err := stage.CreateFile(path, stage.Options{Force: true})
	if err != nil {
		return err
	}
	defer out.Abort()
	// The lock is held here, so nobody else writes while the file is read.
	data, err := readFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	data, err = Set(data, changes...)
	var wrong *Error
	if errors.As(err, &wrong) {
		wrong.Path = path
	}
	if err != nil {
		return err
	}
	if _, err := out.Write(data); err != nil {
		return err
	}
	return out.Commit()
}
