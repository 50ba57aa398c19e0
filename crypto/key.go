// Package crypto is the XM6 container of sealed records as a stream wrapper,
// and its keys. doc/xm6.md specifies the format; comments cite its sections.
package crypto

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
)

// KeySize is the length of a key in bytes: AES-256 (doc/xm6.md section 2).
const KeySize = 32

// ErrWiped is the error of using a key that was wiped, or that neither NewKey nor
// ReadKey made.
var ErrWiped = errors.New("crypto: the key is wiped or was never set")

// hidden is the printed form of every key.
const hidden = "[secret key]"

// Key is the AES key of sealed records. No verb of fmt, no logger and no encoder
// shows it. Copies share the secret, so wiping one wipes all. Compare keys with
// Equal: == does not compile for Key.
type Key struct {
	// reveal is a function because fmt cannot look into a closure. It prints the
	// value of an unexported field without calling its methods, and with a wrong
	// verb even follows pointers.
	reveal func() *secret
}

type secret struct {
	bytes [KeySize]byte
	set   bool
}

// NewKey makes a key of 32 raw bytes, which it copies. Any other length is a
// *KeyFileError (ErrKeyFile).
func NewKey(raw []byte) (*Key, error) {
	if len(raw) != KeySize {
		return nil, keyFileError(NotAKey, "a key has %d bytes, this has %d", KeySize, len(raw))
	}
	s := &secret{set: true}
	copy(s.bytes[:], raw)
	return &Key{func() *secret { return s }}, nil
}

// Wipe overwrites the key with zeros; using it afterwards fails with ErrWiped.
// Writers and readers made with it before keep working, since the standard
// library's cipher holds an expanded copy that Go offers no way to wipe.
func (k *Key) Wipe() {
	if k != nil && k.reveal != nil {
		*k.reveal() = secret{}
	}
}

// Equal reports in constant time whether both are the same usable key.
func (k *Key) Equal(other *Key) bool {
	a, errA := k.raw()
	b, errB := other.raw()
	return errA == nil && errB == nil && subtle.ConstantTimeCompare(a, b) == 1
}

func (k *Key) raw() ([]byte, error) {
	if k == nil || k.reveal == nil || !k.reveal().set {
		return nil, ErrWiped
	}
	return k.reveal().bytes[:], nil
}

// String returns a fixed text that says nothing of the key.
func (Key) String() string { return hidden }

// GoString returns a fixed text that says nothing of the key.
func (Key) GoString() string { return hidden }

// Format prints a fixed text that says nothing of the key, for every verb.
func (Key) Format(f fmt.State, _ rune) { fmt.Fprint(f, hidden) }

// LogValue returns a fixed text that says nothing of the key.
func (Key) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText returns a fixed text that says nothing of the key.
func (Key) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// MarshalJSON returns a fixed text that says nothing of the key.
func (Key) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }
