package sim

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRegisterRefuses(t *testing.T) {
	t.Parallel()
	unit := Unit{IC: "09999990", Name: "J"}
	person := Person{Login: "a", Password: "tajné-heslo", ID: "1", Key: keyOf(t, 1), Units: []string{unit.IC}}
	with := func(change func(p *Person)) []Person {
		p := person
		change(&p)
		return []Person{p}
	}
	if _, err := NewRegister([]Unit{unit}, []Person{person}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		units   []Unit
		persons []Person
	}{
		"IČ of seven digits": {[]Unit{{IC: "0999999"}}, nil},
		"unit twice":         {[]Unit{unit, unit}, nil},
		"no login":           {[]Unit{unit}, with(func(p *Person) { p.Login = "" })},
		"no password":        {[]Unit{unit}, with(func(p *Person) { p.Password = "" })},
		"no id":              {[]Unit{unit}, with(func(p *Person) { p.ID = "" })},
		"no key":             {[]Unit{unit}, with(func(p *Person) { p.Key = nil })},
		"login twice":        {[]Unit{unit}, append(with(func(p *Person) { p.ID = "2" }), person)},
		"id twice":           {[]Unit{unit}, append(with(func(p *Person) { p.Login = "b" }), person)},
		"unit unknown":       {nil, []Person{person}},
		"too many":           {make([]Unit, maxRegister+1), nil},
	} {
		_, err := NewRegister(c.units, c.persons)
		if err == nil {
			t.Errorf("%s: taken", name)
		} else if strings.Contains(fmt.Sprint(err), "tajné") {
			t.Errorf("%s: the error tells the password: %v", name, err)
		}
	}
}

// TestRegisterFile reads what doc/simulator.md shows.
func TestRegisterFile(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../doc/simulator.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(doc), "```toml\n")
	example, _, found := strings.Cut(example, "```")
	if !found {
		t.Fatal("the document shows no file of persons")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "persons.toml")
	if err := os.WriteFile(path, []byte(example), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadRegister(path); err == nil || !strings.Contains(err.Error(), "AESKEY.DEC") {
		t.Errorf("without the key: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "AESKEY.DEC"), make([]byte, 32), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := ReadRegister(path)
	if err != nil {
		t.Fatal(err)
	}
	p := r.byLogin("zofie")
	if p == nil || p.ID != "9999000001" || p.KeyUntil.Year() != 2027 || !p.actsFor("09999990") {
		t.Errorf("%+v", p)
	}
}
