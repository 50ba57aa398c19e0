package sim

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/internal/tomlfile"
)

// Unit is an accounting unit that the simulator knows.
type Unit struct {
	IC   string `toml:"ic"` // eight digits
	Name string `toml:"name"`
	// Consolidates are the units (IČ) whose processed records go, sealed, into
	// the inbox of this one; it may also hand over records for them.
	Consolidates []string `toml:"consolidates"`
	// Types are the record types (three digits) that the unit may hand over;
	// none means all.
	Types []string `toml:"types"`
}

// Person is a responsible person (ZO/NZO) that the simulator knows.
type Person struct {
	Login    string
	Password string
	ID       string // PersonId
	Name     string
	Key      *crypto.Key
	// KeyUntil is when the key ends; zero means never. Records sealed with it
	// are refused afterwards (ERRKEY).
	KeyUntil time.Time
	// Units are the IČ of the units that the person acts for.
	Units []string
}

// Register holds the units and persons that the simulator knows. It is safe for
// use by several goroutines at once.
type Register struct {
	mu      sync.RWMutex
	units   map[string]Unit
	persons map[string]*Person // by login
}

// Limits of a file of persons.
const (
	maxRegisterFile = 1 << 20 // bytes
	maxRegister     = 10_000  // units and persons together
)

// NewRegister makes a register. It refuses a unit or person that is incomplete,
// occurs twice, or acts for an unknown unit.
func NewRegister(units []Unit, persons []Person) (*Register, error) {
	if len(units)+len(persons) > maxRegister {
		return nil, errors.New("more units and persons than a simulator takes")
	}
	r := &Register{units: map[string]Unit{}, persons: map[string]*Person{}}
	for _, u := range units {
		if envelope.CheckIC(u.IC) == envelope.ICMalformed || r.units[u.IC].IC != "" {
			return nil, fmt.Errorf("unit %q: not eight digits, or it occurs twice", u.IC)
		}
		r.units[u.IC] = u
	}
	ids := map[string]bool{}
	for _, p := range persons {
		switch {
		case p.Login == "" || p.Password == "" || p.ID == "" || p.Key == nil:
			return nil, fmt.Errorf("person %q: needs login, password, id and key", p.Login)
		case r.persons[p.Login] != nil || ids[p.ID]:
			return nil, fmt.Errorf("person %q: login or id occurs twice", p.Login)
		}
		for _, ic := range p.Units {
			if r.units[ic].IC == "" {
				return nil, fmt.Errorf("person %q: no unit %q", p.Login, ic)
			}
		}
		ids[p.ID] = true
		r.persons[p.Login] = &p
	}
	return r, nil
}

type registerFile struct {
	Unit   []Unit `toml:"unit"`
	Person []struct {
		Login    string    `toml:"login"`
		Password string    `toml:"password"`
		ID       string    `toml:"id"`
		Name     string    `toml:"name"`
		Key      string    `toml:"key"`
		KeyUntil time.Time `toml:"key_until"`
		Units    []string  `toml:"units"`
	} `toml:"person"`
}

// ReadRegister reads a file of units and persons (doc/simulator.md). Key files
// are named relative to it; archives with a password are refused.
func ReadRegister(path string) (*Register, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxRegisterFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxRegisterFile {
		return nil, fmt.Errorf("%s: larger than %d bytes", path, maxRegisterFile)
	}
	var file registerFile
	doc, err := tomlfile.Parse(data, maxRegisterFile)
	if err == nil {
		err = doc.Decode(&file)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var persons []Person
	for _, p := range file.Person {
		key, err := loadKey(filepath.Join(filepath.Dir(path), filepath.FromSlash(p.Key)))
		if err != nil {
			return nil, fmt.Errorf("%s: the key of %s: %w", path, p.Login, err)
		}
		persons = append(persons, Person{
			Login: p.Login, Password: p.Password, ID: p.ID, Name: p.Name, Key: key, KeyUntil: p.KeyUntil, Units: p.Units,
		})
	}
	r, err := NewRegister(file.Unit, persons)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

func loadKey(path string) (*crypto.Key, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return crypto.ReadKey(f, nil)
}

// SetPassword gives a person another password, as the ministry does when one
// expires. It reports whether there is such a login.
func (r *Register) SetPassword(login, password string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.persons[login]
	if ok {
		changed := *p
		changed.Password = password
		r.persons[login] = &changed
	}
	return ok
}

// authenticate returns the person who logs in; nil if there is none.
func (r *Register) authenticate(login, password string) *Person {
	r.mu.RLock()
	defer r.mu.RUnlock()
	p, ok := r.persons[login]
	if !ok {
		return nil
	}
	given, wanted := sha256.Sum256([]byte(password)), sha256.Sum256([]byte(p.Password))
	if subtle.ConstantTimeCompare(given[:], wanted[:]) != 1 {
		return nil
	}
	return p
}

func (r *Register) byLogin(login string) *Person {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.persons[login]
}

// everybody lists the persons in the order of their logins.
func (r *Register) everybody() []*Person {
	r.mu.RLock()
	defer r.mu.RUnlock()
	all := make([]*Person, 0, len(r.persons))
	for _, p := range r.persons {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b *Person) int {
		if a.Login < b.Login {
			return -1
		}
		return 1
	})
	return all
}

func (r *Register) unit(ic string) (Unit, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	u, ok := r.units[ic]
	return u, ok
}

// consolidating lists the units that consolidate this one.
func (r *Register) consolidating(ic string) []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var all []string
	for _, u := range r.units {
		if slices.Contains(u.Consolidates, ic) {
			all = append(all, u.IC)
		}
	}
	slices.Sort(all)
	return all
}

func (p *Person) actsFor(ic string) bool { return slices.Contains(p.Units, ic) }
