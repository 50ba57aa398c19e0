package stage

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

const (
	partialSuffix = ".csuis-partial"
	lockSuffix    = ".csuis-lock"
	// maxToken keeps the staging names below the 255 bytes (255 UTF-16 units
	// on Windows and macOS) that file systems allow.
	maxToken = 200
)

// token returns what stands for the output's name in the staging names: the
// name, or a digest of a name that is too long.
func token(base string) string {
	if len(base) <= maxToken {
		return base
	}
	sum := sha256.Sum256([]byte(base))
	return hex.EncodeToString(sum[:16])
}

func partialName(token string) string { return "." + token + partialSuffix }
func lockName(token string) string    { return "." + token + lockSuffix }

// IsStaging reports whether name is that of a staging file, a staging folder or
// a lock file of this package, and so not of anybody's output.
func IsStaging(name string) bool {
	_, ok := staged(name)
	return ok
}

// staged returns the token in a staging name.
func staged(name string) (string, bool) {
	rest, ok := strings.CutPrefix(name, ".")
	if !ok {
		return "", false
	}
	for _, suffix := range []string{partialSuffix, lockSuffix} {
		if t, ok := strings.CutSuffix(rest, suffix); ok && t != "" {
			return t, true
		}
	}
	return "", false
}
