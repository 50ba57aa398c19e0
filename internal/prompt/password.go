// Package prompt asks the user on the terminal.
package prompt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"unicode/utf8"

	"golang.org/x/term"

	"csuis-offline/crypto"
)

const maxPassword = 1 << 10 // bytes

// Password asks for a password without echo: on tty, or if that is no terminal,
// on the one that the process belongs to. The question goes to w. When the
// context ends, so does the wait, and the terminal echoes again. Errors:
// crypto.ErrNoPassword if there is no terminal or nothing was typed;
// context.Canceled for Ctrl+C; the context's; those of reading.
func Password(ctx context.Context, tty *os.File, w io.Writer, question string) ([]byte, error) {
	if tty == nil || !term.IsTerminal(int(tty.Fd())) {
		name := "/dev/tty"
		if runtime.GOOS == "windows" {
			name = "CONIN$"
		}
		t, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			return nil, crypto.ErrNoPassword
		}
		defer t.Close()
		tty = t
	}
	fd := int(tty.Fd())
	state, err := term.GetState(fd)
	if err != nil {
		return nil, crypto.ErrNoPassword
	}
	fmt.Fprint(w, question+" ")
	defer fmt.Fprintln(w)
	read := func() ([]byte, error) { return term.ReadPassword(fd) }
	if runtime.GOOS != "windows" {
		// With the terminal's own line editing, the end of input (Ctrl+D)
		// would go unnoticed.
		if _, err := term.MakeRaw(fd); err != nil {
			return nil, crypto.ErrNoPassword
		}
		read = func() ([]byte, error) { return editLine(tty) }
	}
	type answer struct {
		password []byte
		err      error
	}
	got := make(chan answer, 1)
	go func() {
		p, err := read()
		got <- answer{p, err}
	}()
	select {
	case <-ctx.Done():
		_ = term.Restore(fd, state)
		return nil, ctx.Err()
	case r := <-got:
		_ = term.Restore(fd, state)
		if r.err == nil && len(r.password) == 0 || errors.Is(r.err, io.EOF) {
			return nil, crypto.ErrNoPassword
		}
		return r.password, r.err
	}
}

// The bytes that a raw terminal sends for the keys that edit a line.
const (
	keyNone      = 0 // a Ctrl+D pressed before the terminal was raw
	keyInterrupt = 3
	keyEnd       = 4
	keyBackspace = 8
	keyKill      = 21
	keyDelete    = 127
)

// editLine reads up to the end of the line or of the input; io.EOF if the input
// ends at once, context.Canceled for Ctrl+C.
func editLine(r io.Reader) ([]byte, error) {
	line := make([]byte, 0, maxPassword)
	key := make([]byte, 1)
	for {
		if n, err := r.Read(key); n == 0 {
			if err == nil {
				continue
			}
			clear(line)
			return nil, err
		}
		switch c := key[0]; c {
		case '\r', '\n':
			return line, nil
		case keyEnd, keyNone:
			if len(line) == 0 {
				return nil, io.EOF
			}
			return line, nil
		case keyInterrupt:
			clear(line)
			return nil, context.Canceled
		case keyBackspace, keyDelete:
			_, size := utf8.DecodeLastRune(line)
			line = line[:len(line)-size]
		case keyKill:
			line = line[:0]
		default:
			if c >= ' ' && len(line) < maxPassword {
				line = append(line, c)
			}
		}
	}
}
