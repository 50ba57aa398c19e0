package outbox

import (
	"fmt"
	"path"
	"regexp"
	"slices"
)

// What the database stores and what becomes a part of a path has one of these
// forms. Whoever can write to the database must not reach a file outside of the
// outbox's folder with it.
var (
	fileForm  = regexp.MustCompile(`^[0-9a-f]{2}/[0-9a-f]{32}\.xm6$`)
	tokenForm = regexp.MustCompile(`^[0-9a-f]{32}$`)
	// Records are called as on a disc (batch.IsName).
	nameForm   = regexp.MustCompile(`^[0-9A-Z_]{1,27}$`)
	deviceForm = regexp.MustCompile(`^(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])$`)
)

// isFile reports whether a text is the name of sealed bytes: XX/TOKEN.xm6.
func isFile(s string) bool { return fileForm.MatchString(s) && s[:2] == s[3:5] }

func isName(s string) bool { return nameForm.MatchString(s) && !deviceForm.MatchString(s) }

// inFolder is the place of sealed bytes inside of the outbox's folder.
func inFolder(file string) string { return path.Join(sealedName, file) }

// checkForm refuses a row whose values cannot have come from this package.
func (r *Record) checkForm() error {
	wrong := func(what, value string) error {
		return damaged(r.ID, fmt.Errorf("%s %q is none", what, short(value, 80)))
	}
	switch {
	case !isFile(r.file):
		return wrong("file", r.file)
	case !isName(r.Name):
		return wrong("name", r.Name)
	case r.owner != "" && !tokenForm.MatchString(r.owner):
		return wrong("owner", r.owner)
	case !slices.Contains(States(), r.State):
		return wrong("state", string(r.State))
	}
	return nil
}
