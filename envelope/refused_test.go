package envelope

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"csuis-offline/c14n"
)

// What xmlsec1 says of an identifier that is built otherwise.
const (
	accepts = "accepts" // it signs it and verifies what it signed
	refuses = "refuses" // it does not sign it, or not verify what it signed
	depends = "depends" // on the profile, or on which element it has to verify
	elides  = "elides"  // there is no identifier where we look for it
)

// refusals are identifiers that doc/facts.md 2 wants refused: each is ours with
// one substitution, and where xmlsec1 makes such a one, signed by xmlsec1, so
// that nothing else is wrong with it. The reason "" is ErrNoIdentifier,
// "doctype" a *c14n.SyntaxError, "misplaced" a *StructureError.
var refusals = []struct {
	name, old, new string
	reason, part   string
	xmlsec         string
}{
	// Truncated output, CVE-2009-0217.
	{"output-128", ">256</HMAC", ">128</HMAC", "forbidden", "HMACOutputLength", accepts},
	{"output-248", ">256</HMAC", ">248</HMAC", "forbidden", "HMACOutputLength", accepts},
	{"output-0", ">256</HMAC", ">0</HMAC", "forbidden", "HMACOutputLength", refuses},
	{"output-257", ">256</HMAC", ">257</HMAC", "forbidden", "HMACOutputLength", refuses},
	{"output-empty", ">256</HMAC", "></HMAC", "forbidden", "HMACOutputLength", refuses},
	{"output-hexadecimal", ">256</HMAC", ">0x100</HMAC", "forbidden", "HMACOutputLength", refuses},
	{"output-twice", "</HMACOutputLength>", "</HMACOutputLength><HMACOutputLength>128</HMACOutputLength>", "forbidden", "SignatureMethod", refuses},

	// What the reference selects.
	{"uri-fragment", `URI=""`, `URI="#identifikator-celistvosti"`, "forbidden", "Reference", accepts},
	{"uri-xpointer", `URI=""`, `URI="#xpointer(/)"`, "forbidden", "Reference", accepts},
	{"uri-file", `URI=""`, `URI="file:///etc/hostname"`, "forbidden", "Reference", refuses},
	{"uri-space", `URI=""`, `URI=" "`, "forbidden", "Reference", refuses},
	{"uri-line-break", `URI=""`, "URI=\"\n\"", "forbidden", "Reference", refuses},
	{"uri-missing", ` URI=""`, ``, "malformed", "Reference", accepts},
	{"uri-of-a-namespace", `URI=""`, `xmlns:x="urn:x" x:URI=""`, "forbidden", "Reference", accepts},
	{"reference-type", `URI=""`, `URI="" Type="http://www.w3.org/2000/09/xmldsig#Object"`, "forbidden", "Reference", accepts},
	{"reference-twice", "</Reference>", "</Reference>" + secondReference, "forbidden", "SignedInfo", accepts},
	{"reference-missing", ownReference, "", "malformed", "SignedInfo", refuses},

	// Transforms.
	{"transform-third", "</Transforms>", `<Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#WithComments"/></Transforms>`, "forbidden", "Transforms", accepts},
	{"transform-one", `<Transform Algorithm="@"/></Transforms>`, `</Transforms>`, "forbidden", "Transforms", accepts},
	{"transform-none", `<Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><Transform Algorithm="@"/></Transforms>`, ``, "malformed", "Reference", refuses},
	{"transform-order", `<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><Transform Algorithm="@"/>`, `<Transform Algorithm="@"/><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>`, "forbidden", "Transform", refuses},
	{"transform-enveloped-twice", `<Transform Algorithm="@"/>`, `<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>`, "forbidden", "Transform", accepts},
	{"transform-not-enveloped", `<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>`, `<Transform Algorithm="@"/>`, "forbidden", "Transform", refuses},
	{"transform-xpath", `<Transform Algorithm="@"/>`, `<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><XPath>not(ancestor-or-self::*[local-name()='Aktiva'])</XPath></Transform>`, "forbidden", "Transform", accepts},
	{"transform-without-comments", `<Transform Algorithm="@"/>`, `<Transform Algorithm="%"/>`, "forbidden", "Transform", accepts},
	{"transform-of-the-other-profile", `<Transform Algorithm="@"/>`, `<Transform Algorithm="&"/>`, "forbidden", "Transform", accepts},
	{"transform-c14n-11", `<Transform Algorithm="@"/>`, `<Transform Algorithm="http://www.w3.org/2006/12/xml-c14n11#WithComments"/>`, "forbidden", "Transform", accepts},
	{"transform-prefix-list", `<Transform Algorithm="@"/>`, `<Transform Algorithm="@"><InclusiveNamespaces xmlns="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="bus"/></Transform>`, "forbidden", "Transform", depends},
	{"transform-text", `<Transform Algorithm="@"/>`, `<Transform Algorithm="@">x</Transform>`, "malformed", "Transform", accepts},

	// Canonicalization.
	{"method-without-comments", `<CanonicalizationMethod Algorithm="@"`, `<CanonicalizationMethod Algorithm="%"`, "forbidden", "CanonicalizationMethod", accepts},
	{"method-of-the-other-profile", `<CanonicalizationMethod Algorithm="@"`, `<CanonicalizationMethod Algorithm="&"`, "forbidden", "Transform", accepts},
	{"method-missing", ` Algorithm="@"/><SignatureMethod`, `/><SignatureMethod`, "malformed", "CanonicalizationMethod", refuses},
	{"method-unknown", `<CanonicalizationMethod Algorithm="@"`, `<CanonicalizationMethod Algorithm="urn:x"`, "forbidden", "CanonicalizationMethod", refuses},
	{"method-prefix-list", `<CanonicalizationMethod Algorithm="@"/>`, `<CanonicalizationMethod Algorithm="@"><InclusiveNamespaces xmlns="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="msg"/></CanonicalizationMethod>`, "forbidden", "CanonicalizationMethod", depends},

	// Digest and signature.
	{"digest-sha1", "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1", "forbidden", "DigestMethod", accepts},
	{"digest-sha512", "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmlenc#sha512", "forbidden", "DigestMethod", accepts},
	{"digest-misspelled-in-the-manual", "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmenc#sha256", "forbidden", "DigestMethod", refuses},
	{"signature-hmac-sha1", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "http://www.w3.org/2000/09/xmldsig#hmac-sha1", "forbidden", "SignatureMethod", refuses},
	{"signature-hmac-sha512", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512", "forbidden", "SignatureMethod", accepts},
	{"signature-rsa", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "forbidden", "SignatureMethod", refuses},

	// What else stands in the element.
	{"comment-in-signed-info", "<SignedInfo>", "<SignedInfo><!-- c -->", "malformed", "SignedInfo", accepts},
	{"comment-in-reference", "<DigestMethod", "<!-- c --><DigestMethod", "malformed", "Reference", accepts},
	{"comment-in-output-length", ">256</HMAC", ">2<!-- c -->56</HMAC", "malformed", "HMACOutputLength", accepts},
	{"instruction-in-signed-info", "<SignedInfo>", "<SignedInfo><?p?>", "malformed", "SignedInfo", accepts},
	{"instruction-in-transforms", "<Transforms>", "<Transforms><?p?>", "malformed", "Transforms", accepts},
	{"text-in-signed-info", "<SignedInfo>", "<SignedInfo>x", "malformed", "SignedInfo", accepts},
	{"object", "</KeyInfo>", "</KeyInfo><Object>x</Object>", "forbidden", "Signature", accepts},
	{"key-info-twice", "</KeyInfo>", "</KeyInfo><KeyInfo/>", "forbidden", "Signature", refuses},
	{"foreign-child", "</KeyInfo>", `</KeyInfo><x xmlns="urn:x"/>`, "forbidden", "Signature", refuses},
	{"foreign-namespace-inside", "<SignedInfo>", `<SignedInfo xmlns="urn:x">`, "malformed", "Signature", refuses},
	{"foreign-attribute", "<SignedInfo>", `<SignedInfo x="y">`, "forbidden", "SignedInfo", accepts},
	{"signed-info-twice", "<SignatureValue", "<SignedInfo/><SignatureValue", "malformed", "Signature", refuses},
	{"signature-value-missing", "<SignatureValue/>", "", "malformed", "Signature", refuses},

	// Where it stands.
	{"foreign-namespace", `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"`, `<Signature xmlns="urn:x"`, "", "", elides},
	{"second-in-the-footer", "</Signature>", `</Signature><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>`, "doubled", "EnvelopeFooter", depends},
	{"deeper-in-the-footer", "", "<x>$</x>", "", "", elides},
	{"in-the-header", "moved", "</msg:EnvelopeHeader>", "", "", elides},
	{"in-the-body", "moved", "</cus:Message>", "", "", elides},
	{"beside-the-footer", "moved", "</msg:Envelope>", "misplaced", "Signature", elides},
	{"doctype", "<msg:Envelope ", "<!DOCTYPE msg:Envelope><msg:Envelope ", "doctype", "", accepts},
}

const ownReference = `<Reference URI=""><Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><Transform Algorithm="@"/></Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue></DigestValue></Reference>`

const secondReference = `<Reference URI=""><Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue></DigestValue></Reference>`

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

func TestRefused(t *testing.T) {
	t.Parallel()
	plain := files(t, "testdata/envelopes/plain.xml")["plain"]
	// In one profile xmlsec1 has its say; it would be the same in the other.
	for _, p := range profiles {
		template := string(emptied(t, mustComplete(t, plain, p)))
		template = strings.Replace(template, "<SignatureValue></SignatureValue>", "<SignatureValue/>", 1)
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			j := newJudge(t)
			for _, r := range refusals {
				doc := substitute(t, template, r.old, r.new, p)
				var signed []byte
				if p == Binding || r.xmlsec == depends {
					var verdict string
					signed, verdict = j.tryToSign(t, r.name, doc)
					if r.xmlsec != elides && r.xmlsec != depends && verdict != r.xmlsec {
						t.Errorf("%s: xmlsec1 %s it, want %s", r.name, verdict, r.xmlsec)
					}
				}
				for _, d := range [][]byte{doc, signed} {
					if d == nil {
						continue
					}
					_, err := verify(d)
					refusedAs(t, r.name, err, r.reason, r.part)
					_, _, err = complete(d, options(p))
					if r.reason == "" {
						if err != nil {
							t.Errorf("%s: Complete: %v", r.name, err)
						}
						continue
					}
					refusedAs(t, r.name+", Complete", err, r.reason, r.part)
				}
			}
		})
	}
}

// tryToSign returns what xmlsec1 made of a template, nil where it made nothing.
func (j *judge) tryToSign(t *testing.T, name string, template []byte) ([]byte, string) {
	t.Helper()
	in := j.file(t, name, template)
	signed, err := j.trySign(t, in)
	if err != nil || bytes.Contains(signed, []byte("<SignatureValue/>")) {
		return nil, refuses
	}
	if j.accepts(t, j.file(t, name+"-signed", signed)) != nil {
		return signed, refuses
	}
	return signed, accepts
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
	case "":
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

// TestOutputLengthMayBeMissing: without it the output is whole (XMLDSig 6.3.1).
func TestOutputLengthMayBeMissing(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	for _, change := range [][2]string{
		{"<HMACOutputLength>256</HMACOutputLength>", ""},
		{"<HMACOutputLength>256</HMACOutputLength>", "<HMACOutputLength>\n 256\n</HMACOutputLength>"},
		{"<KeyInfo><KeyName>KVS HMAC</KeyName></KeyInfo>", ""},
		{` Id="identifikator-celistvosti"`, ""},
		{"<SignedInfo>", "\r\n  <SignedInfo>\n\t"},
	} {
		template := emptied(t, mustComplete(t, files(t, "testdata/envelopes/plain.xml")["plain"], Binding))
		doc := substitute(t, string(template), change[0], change[1], Binding)
		mustKeep(t, change[0], j.sign(t, "allowed", doc), Binding)
	}
}

// TestValueMustBe32Bytes: neither digest nor signature of another length passes,
// nor other base64 than the one form of its bytes.
func TestValueMustBe32Bytes(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	doc := string(mustComplete(t, files(t, "testdata/envelopes/plain.xml")["plain"], Binding))
	for _, element := range []string{"DigestValue", "SignatureValue"} {
		at := strings.Index(doc, "<"+element+">") + len(element) + 2
		end := at + strings.IndexByte(doc[at:], '<')
		value := doc[at:end]
		for name, v := range map[string]struct{ value, xmlsec string }{
			"31 bytes":             {value[:40] + "AA==", refuses},
			"33 bytes":             {value[:43] + "AA=="[:1], refuses},
			"35 bytes":             {value[:40] + "AAAAAAAA", refuses},
			"none":                 {"", refuses},
			"unused bits":          {value[:42] + nextDigit(value[42]) + "=", ""},
			"no padding":           {value[:43], ""},
			"a space no XML has":   {value[:20] + "\u00A0" + value[20:], ""},
			"url alphabet":         {strings.NewReplacer("+", "-", "/", "_").Replace(value[:42]) + "_=", ""},
			"more after padding":   {value + "AAAA", ""},
			"a comment in between": {value[:20] + "<!-- c -->" + value[20:], ""},
			"an element inside":    {value[:20] + "<x/>" + value[20:], ""},
		} {
			t.Run(element+" "+name, func(t *testing.T) {
				bad := doc[:at] + v.value + doc[end:]
				_, err := verify([]byte(bad))
				var e *IdentifierError
				if !errors.As(err, &e) || e.Reason != ReasonMalformed && e.Reason != ReasonForbidden || e.Reference != element {
					t.Errorf("got %v", err)
				}
				if v.xmlsec == refuses && j.accepts(t, j.file(t, name, []byte(bad))) == nil {
					t.Error("xmlsec1 accepts it")
				}
			})
		}
		spaced := doc[:at] + "\n " + value[:10] + "\t" + value[10:] + "\r\n" + doc[end:]
		_, err := verify([]byte(spaced))
		if element == "SignatureValue" && err != nil {
			t.Errorf("white space in the value: %v", err)
		}
	}
}

// nextDigit is the base64 digit that differs only in the bit that a 32-byte
// value leaves unused.
func nextDigit(c byte) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	return string(digits[strings.IndexByte(digits, c)^1])
}
