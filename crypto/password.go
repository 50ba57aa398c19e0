package crypto

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// passwords asks for the password when it is first needed and offers it in the
// encodings that programs for ZIP archives have used.
type passwords struct {
	ask    func() ([]byte, error)
	asked  bool
	err    error
	given  []byte
	tokens [][]byte
}

// try calls open with each form of the password until one succeeds. If none does,
// it returns ErrPassword, or the error of a form that passed open's first check of
// the password and failed later.
func (p *passwords) try(open func(password []byte) ([]byte, error)) ([]byte, error) {
	if err := p.load(); err != nil {
		return nil, err
	}
	result := ErrPassword
	for _, token := range p.tokens {
		content, err := open(token)
		if err == nil {
			return content, nil
		}
		if !errors.Is(err, ErrPassword) {
			result = err
		}
	}
	return nil, result
}

func (p *passwords) load() error {
	if p.asked {
		return p.err
	}
	p.asked = true
	if p.ask == nil {
		p.err = ErrNoPassword
		return p.err
	}
	given, err := p.ask()
	p.given = given
	if err != nil {
		p.err = fmt.Errorf("crypto: asking for the password: %w", err)
		return p.err
	}
	p.tokens = forms(given)
	return nil
}

// forms returns the password as given and, with letters beyond ASCII, as older
// programs wrote it: DOS and PKZIP in CP852, Windows in windows-1250. What is not
// UTF-8 was itself written in one of these, as editors on Windows do, and every
// text that it may be has these forms.
func forms(given []byte) [][]byte {
	all := [][]byte{given}
	add := func(form []byte, err error) {
		if err != nil {
			return // the code page lacks a character
		}
		for _, have := range all {
			if bytes.Equal(have, form) {
				clear(form)
				return
			}
		}
		all = append(all, form)
	}
	if ascii(given) {
		return all
	}
	for _, text := range texts(given) {
		// A terminal may deliver an accent as a separate character.
		composed := norm.NFC.Append(nil, text...)
		add(bytes.Clone(composed), nil)
		add(charmap.CodePage852.NewEncoder().Bytes(composed))
		add(charmap.Windows1250.NewEncoder().Bytes(composed))
		clear(composed)
		clear(text)
	}
	return all
}

// texts are the texts in UTF-8 that bytes may be.
func texts(given []byte) [][]byte {
	if utf8.Valid(given) {
		return [][]byte{bytes.Clone(given)}
	}
	var all [][]byte
	for _, page := range []*charmap.Charmap{charmap.Windows1250, charmap.CodePage852} {
		if text, err := page.NewDecoder().Bytes(given); err == nil {
			all = append(all, text)
		}
	}
	return all
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// wipe overwrites every form, including the caller's bytes.
func (p *passwords) wipe() {
	clear(p.given)
	for _, token := range p.tokens {
		clear(token)
	}
}
