package c14n

import (
	"errors"
	"fmt"
)

// ErrNotFound is the error of Subtree when pick selected no element.
var ErrNotFound = errors.New("c14n: no such element")

// Rule names the rule that a document breaks. Rules are stable: programs branch
// on them, and the message catalogue explains each one.
type Rule string

// The rules, each with the clause it comes from: "XML" is Extensible Markup
// Language 1.0 (Fifth Edition), "NS" is Namespaces in XML 1.0 (Third Edition),
// "C14N" is Canonical XML 1.0.
const (
	BadEncoding           Rule = "bad-encoding"           // bytes that do not decode (XML 4.3.3)
	UnsupportedEncoding   Rule = "unsupported-encoding"   // an encoding that this package does not read
	EncodingContradiction Rule = "encoding-contradiction" // declared otherwise than the first bytes show (XML 4.3.3)
	UnsupportedVersion    Rule = "unsupported-version"    // anything but version 1.0 (XML 2.8)
	BadDeclaration        Rule = "bad-declaration"        // a malformed XML declaration (XML 2.8)
	Doctype               Rule = "doctype"                // a document type declaration: refused as such
	BadCharacter          Rule = "bad-character"          // outside the production Char (XML 2.2), also by reference
	BadName               Rule = "bad-name"               // outside the productions Name, NCName, QName (XML 2.3, NS 4)
	BadReference          Rule = "bad-reference"          // & that begins no reference (XML 4.1)
	UnknownEntity         Rule = "unknown-entity"         // an entity that is not one of the five (XML 4.6)
	BadComment            Rule = "bad-comment"            // -- inside a comment (XML 2.5)
	BadInstruction        Rule = "bad-instruction"        // a processing instruction named xml (XML 2.6)
	DuplicateAttribute    Rule = "duplicate-attribute"    // one name twice, also by namespace (XML 3.1, NS 6.3)
	UndeclaredPrefix      Rule = "undeclared-prefix"      // NS 5
	ReservedNamespace     Rule = "reserved-namespace"     // misuse of xml and xmlns, or a prefix bound to nothing (NS 3, 5)
	RelativeNamespace     Rule = "relative-namespace"     // a namespace name without a scheme has no canonical form (C14N 1.3)
	MismatchedTag         Rule = "mismatched-tag"         // XML 3
	TwoRoots              Rule = "two-roots"              // XML 2.1
	TextOutsideRoot       Rule = "text-outside-root"      // XML 2.1
	NoRoot                Rule = "no-root"                // XML 2.1
	TooDeep               Rule = "too-deep"               // over MaxDepth
	TooLong               Rule = "too-long"               // over MaxValue or another limit of size
	Truncated             Rule = "truncated"              // the document ends too early
	Syntax                Rule = "syntax"                 // whatever else the grammar forbids
)

// Rules lists every rule.
func Rules() []Rule {
	return []Rule{
		BadEncoding, UnsupportedEncoding, EncodingContradiction, UnsupportedVersion, BadDeclaration, Doctype,
		BadCharacter, BadName, BadReference, UnknownEntity, BadComment, BadInstruction,
		DuplicateAttribute, UndeclaredPrefix, ReservedNamespace, RelativeNamespace,
		MismatchedTag, TwoRoots, TextOutsideRoot, NoRoot, TooDeep, TooLong, Truncated, Syntax,
	}
}

// SyntaxError says where a document breaks which rule. Line and Column are
// 1-based; Column counts characters, not bytes.
type SyntaxError struct {
	Line, Column int
	Rule         Rule
	Detail       string // English, one line, quotes at most a short piece of the document
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s (%s)", e.Line, e.Column, e.Detail, e.Rule)
}

// quote shows at most 40 bytes of a hostile name.
func quote(b []byte) string {
	if len(b) > 40 {
		return fmt.Sprintf("%.40q…", b)
	}
	return fmt.Sprintf("%q", b)
}
