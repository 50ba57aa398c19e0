package envelope

import (
	"errors"
	"strings"
	"testing"

	"csuis-offline/c14n"
	"csuis-offline/internal/testtool"
)

func TestIdentifierVectors(t *testing.T) {
	t.Parallel()
	reasons := map[string]bool{}
	for _, v := range testtool.Vectors(t, "identifier") {
		judgeIdentifier(t, v.Name, v.Body, profilesByName[v.Get("profile")], v.Get("reason"), v.Get("part"))
		reasons[v.Get("reason")] = true
	}
	for _, r := range []IdentifierReason{ReasonDigest, ReasonSignature, ReasonForbidden, ReasonMalformed, ReasonDoubled} {
		if !reasons[string(r)] {
			t.Errorf("no vector expects %q", r)
		}
	}
}

// judgeIdentifier holds Verify and Complete to what is expected of a document:
// with the reason "" both take it as it is.
func judgeIdentifier(t *testing.T, name string, doc []byte, p Profile, reason, part string) {
	t.Helper()
	if reason == "" {
		mustKeep(t, name, doc, p)
		return
	}
	_, err := verify(doc)
	refusedAs(t, name, err, reason, part)
	_, _, err = complete(doc, options(p))
	if reason == "missing" {
		// What has no identifier gets one.
		if err != nil {
			t.Errorf("%s: Complete: %v", name, err)
		}
		return
	}
	refusedAs(t, name+", Complete", err, reason, part)
}

func refusedAs(t *testing.T, name string, err error, reason, part string) {
	t.Helper()
	var (
		identifier *IdentifierError
		structure  *StructureError
		syntax     *c14n.SyntaxError
	)
	ok := false
	switch reason {
	case "missing":
		ok = errors.Is(err, ErrNoIdentifier)
	case "doctype":
		ok = errors.As(err, &syntax) && syntax.Rule == c14n.Doctype
	case "misplaced":
		ok = errors.As(err, &structure) && structure.Problem == reason && structure.Part == part
	default:
		ok = errors.As(err, &identifier) && string(identifier.Reason) == reason && identifier.Reference == part && identifier.Line > 1
	}
	if !ok {
		t.Errorf("%s: got %v, want %q of %s", name, err, reason, part)
	}
}

// TestEnvelopeVectors: what identifier an envelope gets is no matter of taste.
func TestEnvelopeVectors(t *testing.T) {
	t.Parallel()
	for _, v := range testtool.Vectors(t, "envelope") {
		if !v.Accepted() {
			continue
		}
		for name, p := range profilesByName {
			doc := string(mustComplete(t, v.Body, p))
			at := strings.LastIndex(doc, `Id="identifikator-celistvosti"`)
			if got := valueOf(t, doc[at:], "DigestValue"); got != v.Get(name) {
				t.Errorf("%s: the digest in the profile %s is %s", v.Name, name, got)
			}
		}
	}
}
