package envelope

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"regexp"
	"strings"
	"testing"

	"csuis-offline/c14n"
	"csuis-offline/internal/testtool"
)

var updateVectors = flag.Bool("update-vectors", false, "write testdata/identifier anew")

// TestIdentifierVectorsAreMade makes the vectors of identifiers, with xmlsec1 where
// it makes such a one, holds each in both profiles to what is expected of it, and
// the files to what was made.
func TestIdentifierVectorsAreMade(t *testing.T) {
	t.Parallel()
	base := files(t, "testdata/identifier.xml")["identifier"]
	m := &identifierMaker{judge: newJudge(t)}
	for _, p := range profiles {
		good := string(mustComplete(t, base, p))
		m.changed(t, good, p)
		m.resigned(t, good, p)
		template := strings.Replace(string(emptied(t, []byte(good))), "<SignatureValue></SignatureValue>", "<SignatureValue/>", 1)
		for _, c := range badIdentifiers {
			doc := m.signed(t, c.name, substitute(t, template, c.old, c.new, p), good, p)
			m.add(t, p, c.name, c.comment, c.reason, c.part, doc, p == Binding || c.exclusive)
		}
	}
	testtool.SameVectors(t, "identifier", m.made, *updateVectors)
}

type identifierMaker struct {
	judge *judge
	made  []testtool.Vector
}

// sources are the clauses by the reason of a refusal; "" is for what holds.
var sources = map[string]string{
	"":          "doc/envelope.md 3; XMLDSig 1.1, 3.2; Canonical XML 1.0, 2.1",
	"digest":    "doc/envelope.md 3; XMLDSig 1.1, 3.2.1",
	"signature": "doc/envelope.md 3; XMLDSig 1.1, 3.2.2",
	"doctype":   "doc/envelope.md 1",
}

// add judges a document and, where it is to be a vector, keeps it.
func (m *identifierMaker) add(t *testing.T, p Profile, name, comment, reason, part string, doc []byte, vector bool) {
	t.Helper()
	name = p.String() + "-" + name
	judgeIdentifier(t, name, doc, p, reason, part)
	if !vector {
		return
	}
	source := sources[reason]
	if source == "" {
		source = "doc/envelope.md 3"
	}
	v := testtool.Vector{Kind: "identifier", Name: name, Body: doc, Header: [][2]string{{"comment", comment}}}
	state := func(name, value string) { v.Header = append(v.Header, [2]string{name, value}) }
	if reason == "" {
		state("expect", "ok")
	} else {
		state("expect", "refuse")
		state("reason", reason)
		state("part", part)
	}
	state("source", source)
	state("profile", p.String())
	if theirs := m.judge.accepts(t, m.judge.file(t, name, doc)) == nil; theirs && reason != "" {
		state("xmlsec1", "ok")
		state("why", "XMLDSig lets a verifier take it; doc/envelope.md does not, so that it means one thing only")
	} else if !theirs && reason == "" {
		t.Errorf("%s: xmlsec1 refuses it", name)
	}
	state("body", "text")
	m.made = append(m.made, v)
}

// changed makes the documents that were changed after they were signed.
func (m *identifierMaker) changed(t *testing.T, good string, p Profile) {
	t.Helper()
	for _, c := range changes {
		doc := good
		if c.old != "" {
			if n := strings.Count(doc, c.old); n != 1 {
				t.Fatalf("%s: %q stands %d times", c.name, c.old, n)
			}
			doc = strings.Replace(doc, c.old, c.new, 1)
		}
		part := map[string]string{"digest": `URI=""`}[c.reason]
		m.add(t, p, c.name, c.comment, c.reason, part, []byte(doc), p == Binding || c.name == "unchanged" || c.name == "text-changed")
	}
	// A declaration that nothing uses is what tells the two methods apart.
	doc := strings.Replace(good, "<msg:Envelope ", `<msg:Envelope xmlns:nic="urn:nic" `, 1)
	if p == Binding {
		m.add(t, p, "namespace-added", "a namespace that nothing uses: Canonical XML writes it", "digest", `URI=""`, []byte(doc), true)
	} else {
		m.add(t, p, "namespace-added", "a namespace that nothing uses: Exclusive Canonical XML leaves it out", "", "", []byte(doc), true)
	}
}

// resigned makes the identifiers whose values are wrong, or that differ from ours
// in what is allowed. The HMAC is of the SignedInfo that stands there.
func (m *identifierMaker) resigned(t *testing.T, good string, p Profile) {
	t.Helper()
	replaced := func(old, new string) string {
		if strings.Count(good, old) != 1 {
			t.Fatalf("%q", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for _, c := range [][4]string{
		{"output-length-missing", "without a length the output is whole (XMLDSig 1.1, 6.3.1)", "<HMACOutputLength>256</HMACOutputLength>", ""},
		{"output-length-in-lines", "white space around the length", ">256</HMACOutputLength>", ">\n 256\n</HMACOutputLength>"},
		{"key-info-missing", "KeyInfo may be left out", "<KeyInfo><KeyName>KVS HMAC</KeyName></KeyInfo>", ""},
		{"id-missing", "the Id may be left out", ` Id="identifikator-celistvosti"`, ""},
		{"reference-id", "an Id of the Reference, which selects nothing", `<Reference URI=""`, `<Reference Id="r" URI=""`},
		{"reference-type", "a Type of the Reference, which selects nothing", `<Reference URI=""`, `<Reference URI="" Type="http://www.w3.org/2000/09/xmldsig#Object"`},
		{"indented", "white space between the elements", "<SignedInfo>", "\n  <SignedInfo>\n\t"},
	} {
		m.add(t, p, c[0], c[1], "", "", withMAC(t, replaced(c[2], c[3]), p, hmacKey[:]), p == Binding)
	}
	for _, element := range []string{"DigestValue", "SignatureValue"} {
		old := valueOf(t, good, element)
		prefix := map[string]string{"DigestValue": "digest-", "SignatureValue": "signature-"}[element]
		for _, v := range values {
			doc := []byte(replaced(">"+old+"</"+element, ">"+v.change(old)+"</"+element))
			if element == "DigestValue" {
				doc = withMAC(t, string(doc), p, hmacKey[:])
			}
			reason := map[bool]string{true: "forbidden", false: "malformed"}[strings.HasSuffix(v.name, "element-inside")]
			m.add(t, p, prefix+v.name, element+": "+v.comment, reason, element, doc, p == Binding)
		}
	}
	m.add(t, p, "key-other", "the HMAC with a key of other bytes", "signature", "SignedInfo", withMAC(t, good, p, bytes.Repeat([]byte{1}, 32)), true)
	digestOther := valueOf(t, string(mustComplete(t, bytes.Replace(files(t, "testdata/identifier.xml")["identifier"], []byte("1250.00"), []byte("1251.00"), 1), p)), "DigestValue")
	doc := strings.Replace(good, valueOf(t, good, "DigestValue"), digestOther, 1)
	m.add(t, p, "digest-made-anew", "a changed record and its digest, under the old HMAC", "signature", "SignedInfo", []byte(strings.Replace(doc, "1250.00", "1251.00", 1)), p == Binding)
}

// signed fills in what a template states: as xmlsec1 does, where it takes such a
// one, else with the digest of the good document and the HMAC of SignedInfo.
func (m *identifierMaker) signed(t *testing.T, name string, template []byte, good string, p Profile) []byte {
	t.Helper()
	if theirs, err := m.judge.trySign(t, m.judge.file(t, p.String()+"-"+name, template)); err == nil {
		if doc := withValues(template, theirs); m.judge.accepts(t, m.judge.file(t, name+"-signed", doc)) == nil {
			return doc
		}
	}
	doc := strings.ReplaceAll(string(template), "<DigestValue></DigestValue>", "<DigestValue>"+valueOf(t, good, "DigestValue")+"</DigestValue>")
	doc = strings.Replace(doc, "<SignatureValue/>", "<SignatureValue></SignatureValue>", 1)
	return withMAC(t, doc, p, hmacKey[:])
}

var valueElements = regexp.MustCompile(`<(DigestValue|SignatureValue)(?:/>|>([^<]*)</(?:DigestValue|SignatureValue)>)`)

// withValues copies the values of one document into another, so that nothing else
// of how a program writes XML gets into a vector.
func withValues(template, from []byte) []byte {
	stated := valueElements.FindAllSubmatch(from, -1)
	i := 0
	return valueElements.ReplaceAllFunc(template, func(old []byte) []byte {
		if i == len(stated) {
			return old
		}
		i++
		return stated[i-1][0]
	})
}

func valueOf(t *testing.T, doc, element string) string {
	t.Helper()
	_, rest, ok := strings.Cut(doc, "<"+element+">")
	value, _, closed := strings.Cut(rest, "</"+element+">")
	if !ok || !closed {
		t.Fatalf("no %s", element)
	}
	return value
}

// withMAC puts the HMAC of SignedInfo as it stands into SignatureValue. Where there
// is none of either, the document stays.
func withMAC(t *testing.T, doc string, p Profile, key []byte) []byte {
	t.Helper()
	mac := hmac.New(sha256.New, key)
	err := c14n.Subtree(mac, strings.NewReader(doc), p.method(), func(tok *c14n.Token) bool { return string(tok.Local) == "SignedInfo" })
	if err != nil {
		return []byte(doc)
	}
	return regexp.MustCompile(`(<SignatureValue>)[^<]*`).ReplaceAll([]byte(doc), []byte("${1}"+base64.StdEncoding.EncodeToString(mac.Sum(nil))))
}

// substitute makes the document of a refusal from a template. @ stands for the
// profile's own method, % for the same without comments, & for the other
// profile's; $ for the whole identifier.
func substitute(t *testing.T, template, old, new string, p Profile) []byte {
	t.Helper()
	bare := p.method()
	bare.Comments = false
	fill := strings.NewReplacer(`"@"`, `"`+p.method().URI()+`"`, `"%"`, `"`+bare.URI()+`"`, `"&"`, `"`+(1-p).method().URI()+`"`)
	at, end := strings.Index(template, "<Signature "), strings.Index(template, "</Signature>")+len("</Signature>")
	id := template[at:end]
	switch old {
	case "":
		return []byte(template[:at] + strings.Replace(new, "$", id, 1) + template[end:])
	case "moved":
		return []byte(strings.Replace(template[:at]+template[end:], new, id+new, 1))
	}
	old, new = fill.Replace(old), fill.Replace(new)
	if n := strings.Count(template, old); n != 1 {
		t.Fatalf("%q stands %d times in the template", old, n)
	}
	return []byte(strings.Replace(template, old, new, 1))
}

// nextDigit is the base64 digit that differs only in the bit that a 32-byte
// value leaves unused.
func nextDigit(c byte) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	return string(digits[strings.IndexByte(digits, c)^1])
}
