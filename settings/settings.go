// Package settings reads, checks and writes csuis.toml (doc/settings.md): which
// file counts, what it may say, the defaults for what it does not say, and
// changes that leave all else in the file as it is. Whatever it refuses is an
// *Error, which says the place and the problem; the caller makes texts for
// people of it.
package settings

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"csuis-offline/envelope"
	"csuis-offline/internal/iox"
	"csuis-offline/iso"
)

const (
	// Name is what the file is called.
	Name = "csuis.toml"
	// MaxSize is the most that is read of it, in bytes.
	MaxSize = 64 << 10

	// program is the name of this program's folder among those of others.
	program = "csuis-offline"
)

// Settings is what csuis.toml says. Nothing in it is filled in: an empty field
// means that the file does not set it.
type Settings struct {
	Unit struct {
		IC   string `toml:"ic"`
		Name string `toml:"name"`
	} `toml:"unit"`
	Person struct {
		ID     string   `toml:"id"`
		Name   string   `toml:"name"`
		Email  string   `toml:"email"`
		Phones []string `toml:"phones"`
	} `toml:"person"`
	Key struct {
		File string `toml:"file"` // like all paths here, for Relative
	} `toml:"key"`
	Seal struct {
		Profile string `toml:"profile"`
		Module  string `toml:"module"`
	} `toml:"seal"`
	Pack struct {
		Media  string `toml:"media"`
		Out    string `toml:"out"`
		Place  string `toml:"place"`
		Reason string `toml:"reason"`
	} `toml:"pack"`
	Check struct {
		Schemas   string `toml:"schemas"`
		Rules     string `toml:"rules"`
		CodeLists string `toml:"codelists"`
		// These files override the built-in data.
		Terms       string `toml:"terms"`
		Attachments string `toml:"attachments"`
		Fields      string `toml:"fields"`
		CodePlaces  string `toml:"code_places"`
	} `toml:"check"`
	Online struct {
		Submit       string `toml:"submit"`
		Inbox        string `toml:"inbox"`
		User         string `toml:"user"`
		PasswordFile string `toml:"password_file"`
		CA           string `toml:"ca"`
		Outbox       string `toml:"outbox"`
		// Processed are the StavId that mean that a record was processed.
		Processed []string `toml:"processed"`
	} `toml:"online"`
	// Records adds record types (three digits) for root elements,
	// "{namespace}Root" or "Root".
	Records map[string]string `toml:"records"`

	// Path is the file that was read; "" = there is none.
	Path string
}

// Options say where the file is looked for. The zero value looks in the working
// folder, then in the user's folder of settings.
type Options struct {
	File       string // the file to read; no other is looked for
	Folder     string // the working folder; "" is that of the process
	UserFolder string // the user's folder of settings; "" is that of the system
}

// Find is the file that counts; "" when there is none.
func Find(o Options) string {
	if o.File != "" {
		return o.File
	}
	places := []string{filepath.Join(o.Folder, Name)}
	if o.UserFolder == "" {
		o.UserFolder, _ = absolute(os.UserConfigDir())
	}
	if o.UserFolder != "" {
		places = append(places, filepath.Join(o.UserFolder, program, Name))
	}
	for _, p := range places {
		// A file that is there but cannot be read must be reported, not passed over.
		if _, err := os.Stat(p); !errors.Is(err, fs.ErrNotExist) {
			return p
		}
	}
	return ""
}

// Load reads the file that counts. If there is none, everything is empty. Errors
// are those of Read.
func Load(o Options) (*Settings, error) {
	path := Find(o)
	if path == "" {
		return &Settings{}, nil
	}
	return Read(path)
}

// Read reads a file. Errors are an *Error.
func Read(path string) (*Settings, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, data)
}

func readFile(path string) ([]byte, error) {
	f, err := iox.Open(path)
	if err != nil {
		return nil, &Error{Problem: Unreadable, Path: path, Err: err}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, &Error{Problem: Unreadable, Path: path, Err: err}
	}
	return data, nil
}

// Profile is the canonical form of integrity identifiers: the one that a flag
// names, or the file, or by default the binding one. Errors are a *ChoiceError.
func (s *Settings) Profile(flag string) (envelope.Profile, error) {
	switch name := or(flag, s.Seal.Profile); name {
	case "", envelope.Binding.String():
		return envelope.Binding, nil
	case envelope.Exclusive.String():
		return envelope.Exclusive, nil
	default:
		return 0, &ChoiceError{"profile", name, profiles()}
	}
}

// Media is the kind of disc: the one that a flag names, or the file, or by
// default a CD. Errors are a *ChoiceError.
func (s *Settings) Media(flag string) (iso.Media, error) {
	name := or(flag, s.Pack.Media, "cd")
	m, ok := iso.MediaByName(name)
	if !ok {
		return m, &ChoiceError{"media", name, media()}
	}
	return m, nil
}

// Envelope is what the envelope of a bare record is built from; nil if the file
// says nothing of the unit and the person. Module, unless "", overrides the
// file's.
func (s *Settings) Envelope(module string) *envelope.Config {
	if s.Unit.IC == "" && s.Unit.Name == "" && s.Person.ID == "" && s.Person.Name == "" {
		return nil
	}
	return &envelope.Config{
		Unit:   envelope.Unit{IC: s.Unit.IC, Name: s.Unit.Name},
		Person: envelope.Person{ID: s.Person.ID, Name: s.Person.Name, Email: s.Person.Email, Phones: s.Person.Phones},
		Module: or(module, s.Seal.Module), Types: s.Records,
	}
}

func profiles() []string {
	return []string{envelope.Binding.String(), envelope.Exclusive.String()}
}

func media() []string {
	var names []string
	for _, m := range iso.AllMedia() {
		names = append(names, m.Name)
	}
	return names
}

// or is the first string that is not empty.
func or(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
