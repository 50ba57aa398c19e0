package envelope

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/beevik/etree"
)

// signatureReader walks a Signature element in the order that XML Signature
// gives it. The first deviation ends the reading; err keeps it.
type signatureReader struct{ err error }

func (r *signatureReader) read(sig *etree.Element) *identifier {
	id := new(identifier)
	r.attrs(sig, "Id")
	parts := r.children(sig, "SignedInfo", "SignatureValue", "KeyInfo?")
	if parts == nil {
		return nil
	}
	info := r.children(parts[0], "CanonicalizationMethod", "SignatureMethod", "Reference")
	if info == nil {
		return nil
	}
	r.attrs(parts[0], "Id")
	// The algorithms are checked before the values, since a digest by another
	// algorithm has another length.
	id.profile = r.profile(info[0], "CanonicalizationMethod")
	r.signatureMethod(info[1])
	r.reference(info[2], id)
	r.attrs(parts[1], "Id")
	r.children(parts[1])
	r.hash(parts[1], &id.value)
	return id
}

func (r *signatureReader) profile(e *etree.Element, part string) Profile {
	alg := r.algorithm(e)
	p, ok := profileByURI(alg)
	if !ok {
		r.forbid(part, alg)
	}
	return p
}

func (r *signatureReader) signatureMethod(e *etree.Element) {
	if alg := r.attribute(e, "Algorithm"); alg != algHMACSHA256 {
		r.forbid("SignatureMethod", alg)
	}
	// A forger could guess a shorter output (CVE-2009-0217).
	if length := r.children(e, "HMACOutputLength?"); len(length) > 0 {
		r.attrs(length[0])
		r.children(length[0])
		if n := text(length[0]); n != "256" {
			r.fail(&IdentifierError{Reason: ReasonForbidden, Reference: "HMACOutputLength", Wanted: "256", Found: clip(n)})
		}
	}
}

// reference reads the one Reference. An Id and a Type on it change nothing of what
// it selects (XMLDSig 1.1, 4.4.3); other programs write them.
func (r *signatureReader) reference(ref *etree.Element, id *identifier) {
	r.attrs(ref, "URI", "Id", "Type")
	if uri := r.value(ref, "URI"); uri != "" {
		r.fail(&IdentifierError{Reason: ReasonForbidden, Reference: "Reference", Wanted: `URI=""`, Found: "URI=\"" + clip(uri) + "\""})
	}
	parts := r.children(ref, "Transforms", "DigestMethod", "DigestValue")
	if parts == nil {
		return
	}
	r.transforms(parts[0], id.profile)
	if alg := r.algorithm(parts[1]); alg != algSHA256 {
		r.forbid("DigestMethod", alg)
	}
	r.attrs(parts[2])
	r.children(parts[2])
	r.hash(parts[2], &id.digest)
}

func (r *signatureReader) transforms(e *etree.Element, p Profile) {
	r.attrs(e)
	if n := len(e.ChildElements()); n != 2 {
		r.fail(&IdentifierError{Reason: ReasonForbidden, Reference: "Transforms", Wanted: "2", Found: strconv.Itoa(n)})
	}
	both := r.children(e, "Transform", "Transform")
	if both == nil {
		return
	}
	if alg := r.algorithm(both[0]); alg != algEnveloped {
		r.forbid("Transform", alg)
	}
	if second := r.profile(both[1], "Transform"); second != p {
		r.forbid("Transform", second.method().URI())
	}
}

// children checks that the elements inside e are exactly the named ones, in order,
// with only white space between them. An element whose name ends with "?" may be
// absent. Without names, e may hold text.
func (r *signatureReader) children(e *etree.Element, names ...string) []*etree.Element {
	if r.err != nil {
		return nil
	}
	var got []*etree.Element
	for _, t := range e.Child {
		switch t := t.(type) {
		case *etree.Element:
			got = append(got, t)
		case *etree.CharData:
			if len(names) > 0 && trim(t.Data) != "" {
				r.malformed(e.Tag, "text between elements")
			}
		case *etree.Comment:
			// Verifiers disagree about what it does to SignedInfo (doc/facts.md 2).
			r.malformed(e.Tag, "a comment")
		default:
			r.malformed(e.Tag, "a processing instruction")
		}
	}
	rest := got
	for _, name := range names {
		local, optional := strings.CutSuffix(name, "?")
		if len(rest) > 0 && rest[0].Tag == local && rest[0].Space == SignatureNS {
			rest = rest[1:]
		} else if !optional {
			r.malformed(e.Tag, "no "+local+" where it must stand")
		}
	}
	if len(rest) > 0 {
		r.fail(&IdentifierError{Reason: ReasonForbidden, Reference: e.Tag, Found: clip("{" + rest[0].Space + "}" + rest[0].Tag)})
	}
	if r.err != nil {
		return nil
	}
	return got
}

// attrs refuses every attribute but the allowed ones.
func (r *signatureReader) attrs(e *etree.Element, allowed ...string) {
	for _, a := range e.Attr {
		if a.Space != "" || !slices.Contains(allowed, a.Key) {
			r.fail(&IdentifierError{Reason: ReasonForbidden, Reference: e.Tag, Found: clip(a.Key + "=\"" + a.Value + "\"")})
		}
	}
}

// attribute returns the one attribute that e must have and may have.
func (r *signatureReader) attribute(e *etree.Element, name string) string {
	r.attrs(e, name)
	return r.value(e, name)
}

// value returns the attribute that e must have.
func (r *signatureReader) value(e *etree.Element, name string) string {
	for _, a := range e.Attr {
		if a.Space == "" && a.Key == name {
			return a.Value
		}
	}
	r.malformed(e.Tag, "no "+name)
	return ""
}

// algorithm reads an element that has an Algorithm and no content, which would be
// parameters.
func (r *signatureReader) algorithm(e *etree.Element) string {
	r.children(e)
	if t := text(e); t != "" {
		r.malformed(e.Tag, t)
	}
	return r.attribute(e, "Algorithm")
}

func (r *signatureReader) hash(e *etree.Element, dst *[32]byte) {
	digits := strings.Map(func(c rune) rune {
		if strings.ContainsRune(" \t\r\n", c) {
			return -1
		}
		return c
	}, text(e))
	raw, err := base64.StdEncoding.Strict().DecodeString(digits)
	if err != nil || len(raw) != len(dst) {
		r.malformed(e.Tag, text(e))
		return
	}
	copy(dst[:], raw)
}

func (r *signatureReader) forbid(part, algorithm string) {
	r.fail(&IdentifierError{Reason: ReasonForbidden, Reference: part, Algorithm: clip(algorithm)})
}

func (r *signatureReader) malformed(part, found string) { r.fail(malformed(part, found)) }

func (r *signatureReader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}
