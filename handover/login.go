package handover

import (
	"cmp"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"csuis-offline/internal/iox"
	"csuis-offline/outbox"
	"csuis-offline/stage"
)

// Parameters of the digest: PBKDF2 (RFC 8018, 5.2) with HMAC-SHA-256, slow enough
// that a stolen folder does not give the password away.
const (
	markForm      = "pbkdf2-sha256"
	markRounds    = 600_000
	maxMarkRounds = 10_000_000
	markSalt      = 16
	// maxMark is the longest file of a mark that is read, in bytes.
	maxMark = 1 << 10
)

// login is whom a channel logs in as, and where. nil is a login that no server has
// refused.
type login struct {
	address, user string
	password      []byte
	typed         bool
	rounds        int // of a mark; 0 is markRounds
}

// digest is a digest of the login; the parts cannot run into one another.
func (l *login) digest(salt []byte, rounds int) ([]byte, error) {
	text := fmt.Appendf(nil, "%d %s %d %s ", len(l.address), l.address, len(l.user), l.user)
	text = append(text, l.password...)
	defer clear(text)
	return pbkdf2.Key(sha256.New, string(text), salt, rounds, sha256.Size)
}

// markPath is where it is kept which login the server refused to a person's
// records, as a slow salted digest.
func markPath(box *outbox.Outbox, person string) string {
	sum := sha256.Sum256([]byte(person))
	return filepath.Join(box.Dir(), outbox.LoginsFolder, fmt.Sprintf("%x", sum[:16]))
}

// keep notes that the server refused the login to a person's records.
func (l *login) keep(box *outbox.Outbox, person string) error {
	if l == nil {
		return nil
	}
	salt := make([]byte, markSalt)
	rand.Read(salt)
	rounds := cmp.Or(l.rounds, markRounds)
	sum, err := l.digest(salt, rounds)
	if err != nil {
		return fmt.Errorf("handover: the digest of the login: %w", err)
	}
	path := markPath(box, person)
	if _, err := box.Folder(outbox.LoginsFolder); err != nil {
		return err
	}
	f, err := stage.CreateFile(path, stage.Options{Force: true, Perm: 0o600})
	if errors.Is(err, stage.ErrBusy) {
		return nil // another process notes the same
	}
	if err != nil {
		return err
	}
	defer f.Abort()
	b64 := base64.StdEncoding.EncodeToString
	if _, err := fmt.Fprintf(f, "%s %d %s %s\n", markForm, rounds, b64(salt), b64(sum)); err != nil {
		return err
	}
	return f.Commit()
}

// refused reports whether this is the login that the server refused to a person's
// records last. Where that is not known it is not: one attempt tells.
func (l *login) refused(box *outbox.Outbox, person string) (bool, error) {
	if l == nil || l.typed {
		return false, nil
	}
	f, err := iox.Open(markPath(box, person))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxMark))
	if err != nil {
		return false, err
	}
	salt, sum, rounds, ok := parseMark(string(text))
	if !ok {
		return false, nil
	}
	own, err := l.digest(salt, rounds)
	if err != nil {
		return false, fmt.Errorf("handover: the digest of the login: %w", err)
	}
	return subtle.ConstantTimeCompare(own, sum) == 1, nil
}

// parseMark takes the text of a mark apart.
func parseMark(text string) (salt, sum []byte, rounds int, ok bool) {
	words := strings.Fields(text)
	if len(words) != 4 || words[0] != markForm {
		return nil, nil, 0, false
	}
	rounds, err := strconv.Atoi(words[1])
	if err != nil || rounds < 1 || rounds > maxMarkRounds {
		return nil, nil, 0, false
	}
	salt, err = base64.StdEncoding.DecodeString(words[2])
	if err != nil || len(salt) != markSalt {
		return nil, nil, 0, false
	}
	sum, err = base64.StdEncoding.DecodeString(words[3])
	return salt, sum, rounds, err == nil && len(sum) == sha256.Size
}
