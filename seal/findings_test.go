package seal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"testing"

	"csuis-offline/c14n"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/finding"
)

// TestFindings: every error about a record has a code that is declared.
func TestFindings(t *testing.T) {
	t.Parallel()
	type row struct {
		err  error
		want finding.Finding
	}
	table := map[string]row{
		"key":            {errors.Join(ErrKey, crypto.ErrDamaged), finding.Finding{Code: finding.ContainerKey}},
		"key, wrapped":   {fmt.Errorf("record: %w", errors.Join(ErrKey, io.EOF)), finding.Finding{Code: finding.ContainerKey}},
		"no identifier":  {envelope.ErrNoIdentifier, finding.Finding{Code: finding.IdentifierMissing}},
		"not envelope":   {envelope.ErrNotEnvelope, finding.Finding{Code: finding.EnvelopeNone}},
		"no config":      {envelope.ErrNoConfig, finding.Finding{Code: finding.EnvelopeNoConfig}},
		"unknown root":   {&envelope.UnknownRootError{URI: "urn:x", Local: "y"}, finding.Finding{Code: finding.EnvelopeUnknownRoot, Found: "{urn:x}y"}},
		"wrapped":        {fmt.Errorf("a: %w", fmt.Errorf("b: %w", envelope.ErrNoIdentifier)), finding.Finding{Code: finding.IdentifierMissing}},
		"with algorithm": {&envelope.IdentifierError{Line: 3, Column: 4, Reason: envelope.ReasonForbidden, Reference: "Transform", Algorithm: "urn:x"}, finding.Finding{Code: finding.IdentifierForbidden, Line: 3, Column: 4, Detail: "Transform, urn:x"}},
	}
	for _, reason := range crypto.Damages() {
		err := &crypto.DamageError{Reason: reason, Size: 17}
		table["damage "+string(reason)] = row{fmt.Errorf("c14n: reading: %w", err), finding.Finding{Code: finding.ContainerDamaged, Detail: "c14n: reading: " + err.Error()}}
	}
	for _, rule := range c14n.Rules() {
		table["xml "+string(rule)] = row{
			&c14n.SyntaxError{Line: 1, Column: 2, Rule: rule, Detail: "d"},
			finding.Finding{Code: finding.XML(string(rule)), Line: 1, Column: 2, Detail: "d"},
		}
	}
	for _, problem := range []string{"missing", "doubled", "misplaced", "too-long", "malformed"} {
		table["structure "+problem] = row{
			&envelope.StructureError{Line: 1, Column: 2, Problem: problem, Part: "EnvelopeHeader", Value: "v"},
			finding.Finding{Code: finding.Code("envelope." + problem), Line: 1, Column: 2, Detail: "EnvelopeHeader", Found: "v"},
		}
	}
	for _, reason := range []envelope.IdentifierReason{
		envelope.ReasonDigest, envelope.ReasonSignature, envelope.ReasonForbidden, envelope.ReasonMalformed, envelope.ReasonDoubled,
	} {
		table["identifier "+string(reason)] = row{
			&envelope.IdentifierError{Line: 1, Column: 2, Reason: reason, Reference: "r", Wanted: "w", Found: "f"},
			finding.Finding{Code: finding.Code("identifier." + string(reason)), Line: 1, Column: 2, Detail: "r", Wanted: "w", Found: "f"},
		}
	}
	declared := finding.All()
	for _, rule := range c14n.Rules() {
		declared = append(declared, finding.XML(string(rule)))
	}
	for name, r := range table {
		r.want.Severity = finding.Error
		got := Findings(r.err)
		if len(got) != 1 || !reflect.DeepEqual(got[0], r.want) {
			t.Errorf("%s: %+v, want %+v", name, got, r.want)
		}
		if !slices.Contains(declared, r.want.Code) {
			t.Errorf("%s: the code %s is not declared", name, r.want.Code)
		}
	}
}

func TestFindingsOfSeveral(t *testing.T) {
	t.Parallel()
	several := errors.Join(
		&envelope.StructureError{Problem: "missing", Part: "TransactionId"},
		errors.Join(&envelope.StructureError{Problem: "malformed", Part: "Sender/IC", Value: "1"}),
		&envelope.IdentifierError{Reason: envelope.ReasonDigest},
	)
	var codes []finding.Code
	for _, f := range Findings(fmt.Errorf("record: %w", several)) {
		codes = append(codes, f.Code)
	}
	if want := []finding.Code{finding.EnvelopeMissing, finding.EnvelopeMalformed, finding.IdentifierDigest}; !slices.Equal(codes, want) {
		t.Errorf("got %v, want %v", codes, want)
	}
}

func TestNoFindings(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		nil, io.ErrUnexpectedEOF, io.ErrShortWrite, context.Canceled, errBroken,
		&envelope.ConfigError{Key: "unit.ic", Problem: "missing"},
		fmt.Errorf("c14n: reading: %w", errBroken),
		errors.Join(envelope.ErrNoIdentifier, errBroken),
	} {
		if fs := Findings(err); fs != nil {
			t.Errorf("%v: %v", err, fs)
		}
	}
}
