package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"csuis-offline/crypto"
	"csuis-offline/internal/fixture"
	"csuis-offline/stage"
)

// demoPerson is a made-up person of the demo.
type demoPerson struct{ login, id, name, key, password string }

// The deputy has a key and a password of her own.
var demoPersons = []demoPerson{
	{"zofie", fixture.PersonID, fixture.PersonName, "AESKEY.DEC", "heslo.txt"},
	{"nada", "9999000002", "Naďa Náhradní", "AESKEY-NZO.DEC", "heslo-nzo.txt"},
}

// makeDemo makes up a unit, its persons and their keys in the state folder,
// unless they are there. Passwords are random and only in files; the file of
// persons comes last, so that an interrupted run is repeated.
func (a *app) makeDemo() error {
	dir := a.options.state
	if a.options.persons != "" {
		return &usageError{a.cat.Text("sim.error.demo-persons", nil)}
	}
	path := filepath.Join(dir, personsName)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	text := fmt.Sprintf("[[unit]]\nic = %q\nname = %q\n", fixture.UnitIC, fixture.UnitName)
	for _, p := range demoPersons {
		var key [crypto.KeySize]byte
		if _, err := rand.Read(key[:]); err != nil {
			return err
		}
		password := rand.Text()
		if err := secret(filepath.Join(dir, p.key), key[:]); err != nil {
			return err
		}
		if err := secret(filepath.Join(dir, p.password), []byte(password+"\n")); err != nil {
			return err
		}
		text += fmt.Sprintf("\n[[person]]\nlogin = %q\npassword = %q\nid = %q\nname = %q\nkey = %q\nunits = [%q]\n",
			p.login, password, p.id, p.name, p.key, fixture.UnitIC)
	}
	return secret(path, []byte(text))
}

// secret writes a file that only its owner may read.
func secret(path string, data []byte) error {
	f, err := stage.CreateFile(path, stage.Options{Force: true, Perm: 0o600})
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Commit()
}
