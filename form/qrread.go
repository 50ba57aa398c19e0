package form

import (
	"errors"
	"fmt"
	"strings"

	"csuis-offline/checksum"
)

// ErrNotDigest says that a text is neither a package digest nor the text of a
// form's QR code.
var ErrNotDigest = errors.New("form: neither a package digest nor the text of a QR code of the form")

// maxTyped is the length in bytes of the longest text that ReadDigest looks at.
const maxTyped = 4 << 10

// ReadDigest reads a package digest as people give it: typed from the form, in
// groups and with digits of either case, or as the whole text of the QR code
// (doc/form.md), which names the package as well. name is "" for a digest
// alone. The error wraps ErrNotDigest.
func ReadDigest(text string) (name string, sum checksum.Sum, err error) {
	if len(text) > maxTyped {
		return "", sum, fmt.Errorf("%w: %d characters", ErrNotDigest, len(text))
	}
	words := strings.Fields(strings.TrimPrefix(text, "\ufeff"))
	if len(words) > 4 && strings.EqualFold(words[0], qrWords[0]) && strings.EqualFold(words[1], qrWords[1]) && strings.EqualFold(words[3], qrWords[2]) {
		name, words = words[2], words[4:]
	} else if len(words) > 0 {
		// A label in front, as programs print it.
		for _, label := range []string{"SHA-256", "SHA256"} {
			if rest, ok := cutFold(words[0], label); ok {
				words[0] = strings.TrimLeft(rest, ":=")
				break
			}
		}
	}
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune("-:.–_\u00ad\u200b\ufeff", r) {
			return -1
		}
		return r
	}, strings.Join(words, ""))
	if sum, err = checksum.ParseSum(digits); err != nil {
		return "", sum, fmt.Errorf("%w: %w", ErrNotDigest, err)
	}
	return name, sum, nil
}

// qrWords are the words of a QR code's text around the package's name and the
// digest (qrText).
var qrWords = [3]string{"CSUIS-OFFLINE", "package", "sha256"}

func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
