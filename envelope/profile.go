package envelope

import "csuis-offline/c14n"

// Profile is one of the two forms of the integrity identifier (doc/facts.md 2).
// The first is written by default; both are verified.
type Profile uint8

const (
	// Binding is the profile that chapter F of the technical manual prescribes:
	// Canonical XML 1.0.
	Binding Profile = iota
	// Exclusive is the profile of the example in chapter A of the technical manual:
	// Exclusive XML Canonicalization. Public clients use it.
	Exclusive
)

var profiles = []Profile{Binding, Exclusive}

// String is the profile's name in configuration and reports.
func (p Profile) String() string {
	if p == Exclusive {
		return "exclusive"
	}
	return "binding"
}

// method is the canonicalization that the identifier names. The transform of
// the whole document leaves comments out all the same: see pass.go.
func (p Profile) method() c14n.Method {
	return c14n.Method{Exclusive: p == Exclusive, Comments: true}
}

func profileByURI(uri string) (Profile, bool) {
	for _, p := range profiles {
		if p.method().URI() == uri {
			return p, true
		}
	}
	return 0, false
}
