package xsd

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
	"strings"

	"csuis-offline/c14n"
)

// notForXmllint are schemas that libxml2 refuses or misreads as a whole; the
// numbers of entries are those of testdata/disagreements.md.
var notForXmllint = map[string]bool{
	"notation":     true, // 8
	"fixedByValue": true, // 4
	"longDecimal":  true, // 9, 10
	"emptyGroups":  true, // 19
}

// only tells whether every violation is as f says.
func only(vs []Violation, f func(Violation) bool) bool {
	for _, v := range vs {
		if !f(v) {
			return false
		}
	}
	return len(vs) > 0
}

// disagreement returns the number of the entry of testdata/disagreements.md
// that explains why xmllint judges a document otherwise, or "". log is what
// xmllint said of it.
func disagreement(ours []Violation, err error, log string) string {
	var se *c14n.SyntaxError
	switch {
	case errors.As(err, &se):
		if se.Rule == c14n.UndeclaredPrefix || se.Rule == c14n.ReservedNamespace {
			return "1"
		}
	case len(ours) > 0:
		switch {
		case only(ours, func(v Violation) bool { return v.Rule == IDREFDangling }):
			return "3"
		case only(ours, func(v Violation) bool { return v.Clause == "cvc-elt.5.2.2.1" }):
			return "5"
		case only(ours, func(v Violation) bool {
			return v.Rule == ValueType && slices.Contains(v.Wanted, "base64Binary")
		}):
			return "6"
		case only(ours, func(v Violation) bool {
			return strings.HasPrefix(string(v.Rule), "min-in") && v.Found == "NaN" || strings.HasPrefix(string(v.Rule), "max-in") && v.Found == "NaN"
		}):
			return "7"
		case only(ours, func(v Violation) bool {
			return v.Rule == MinLength && strings.TrimSpace(v.Found) == "" && len(v.Wanted) == 1 && v.Wanted[0] == "1"
		}):
			return "10"
		}
	case strings.Contains(log, "demanded by the strict wildcard"):
		return "20"
	case strings.Contains(log, "available for the validation root"):
		return "24"
	case strings.Contains(log, "24:00:00"):
		return "22"
	case strings.Contains(log, "The QName value") || strings.Contains(log, "No precomputed value"):
		return "23"
	case strings.Contains(log, "does not match the fixed value constraint"):
		return "4"
	}
	return ""
}

// withoutSpace takes the white space from the ends of all values, which
// changes no verdict where whiteSpace is collapse (entry 2).
func withoutSpace(doc []byte) []byte {
	doc = regexp.MustCompile(`>(?:[ \t\r\n]|&#xA;|&#x9;)+([^<>]*?)<`).ReplaceAll(doc, []byte(">$1<"))
	doc = regexp.MustCompile(`([^<> ])(?:[ \t\r\n]|&#xA;|&#x9;)+</`).ReplaceAll(doc, []byte("$1</"))
	return regexp.MustCompile(`="(?:[ \t\r\n]|&#xA;|&#x9;)*([^"]*?)(?:[ \t\r\n]|&#xA;|&#x9;)*"`).ReplaceAll(doc, []byte(`="$1"`))
}

// unchecked are the constraints on schemas that libxml2 does not check (entry 11).
var unchecked = []string{"cos-nonambig", "cos-element-consistent", "st-props-correct.1", "s4s-att-not-allowed", "s4s-elt-must-match", "derivation-ok-restriction",
	"whiteSpace-valid-restriction", "fractionDigits-valid-restriction", "minLength-less-than-equal-to-maxLength", "cos-st-restricts.3.3.1.1", "minLength-valid-restriction", "length-minLength-maxLength", "min-inclusive-less-than-equal-to-max-exclusive"}

// schemaDisagreement is disagreement for a schema that we refuse and xmllint
// compiles.
func schemaDisagreement(ours error) string {
	var e *SchemaError
	if !errors.As(ours, &e) {
		return ""
	}
	for _, u := range unchecked {
		if strings.HasPrefix(e.Rule, u) {
			return "11"
		}
	}
	return ""
}

// forbidden tells whether a schema holds what libxml2 does not take as absent (entry 12).
func forbidden(schema []byte) bool { return bytes.Contains(schema, []byte(`maxOccurs="0"`)) }

// valueDisagreement is disagreement for a literal of a built-in type.
func valueDisagreement(typ, lit string, ours bool) bool {
	switch typ {
	case "base64Binary":
		return !ours // 6
	case "NMTOKENS":
		return !ours && lit == "" // 10
	case "float", "double":
		return !ours && strings.ContainsAny(lit[len(lit)-1:], "eE+-") // 15
	case "duration":
		return !ours && strings.HasSuffix(lit, ".S") // 16
	case "gYear", "gYearMonth", "date", "dateTime":
		return !ours && len(strings.TrimLeft(lit, "-")) > 15 // 14
	case "decimal", "integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger":
		return ours && len(lit) > 24 // 9
	}
	return false
}
