package envelope

// badIdentifier is an identifier that doc/envelope.md 3 wants refused: ours with one substitution
// before it was signed, so that nothing else is wrong with it.
type badIdentifier struct {
	name, comment string
	old, new      string // see substitute
	reason, part  string
	exclusive     bool // there is a vector of the exclusive profile too
}

var badIdentifiers = []badIdentifier{
	// Truncated output, CVE-2009-0217.
	{"output-128", "the HMAC truncated to half its length (CVE-2009-0217)", ">256</HMAC", ">128</HMAC", "forbidden", "HMACOutputLength", true},
	{"output-248", "the HMAC truncated by a byte", ">256</HMAC", ">248</HMAC", "forbidden", "HMACOutputLength", false},
	{"output-0", "an HMAC of no bits", ">256</HMAC", ">0</HMAC", "forbidden", "HMACOutputLength", false},
	{"output-257", "an HMAC longer than its output", ">256</HMAC", ">257</HMAC", "forbidden", "HMACOutputLength", false},
	{"output-empty", "a length that is empty", ">256</HMAC", "></HMAC", "forbidden", "HMACOutputLength", false},
	{"output-hexadecimal", "a length that is no decimal number", ">256</HMAC", ">0x100</HMAC", "forbidden", "HMACOutputLength", false},
	{"output-twice", "two lengths", "</HMACOutputLength>", "</HMACOutputLength><HMACOutputLength>128</HMACOutputLength>", "forbidden", "SignatureMethod", false},

	// What the reference selects.
	{"uri-fragment", "the Signature itself is what is digested", `URI=""`, `URI="#identifikator-celistvosti"`, "forbidden", "Reference", true},
	{"uri-xpointer", "an XPointer in the place of the empty URI", `URI=""`, `URI="#xpointer(/)"`, "forbidden", "Reference", false},
	{"uri-file", "a file of the reader", `URI=""`, `URI="file:///etc/hostname"`, "forbidden", "Reference", false},
	{"uri-space", "a URI of one blank", `URI=""`, `URI=" "`, "forbidden", "Reference", false},
	{"uri-line-break", "a URI of one line end, which an attribute turns into a blank", `URI=""`, "URI=\"\n\"", "forbidden", "Reference", false},
	{"uri-missing", "no URI: what is digested is left to the reader", ` URI=""`, ``, "malformed", "Reference", false},
	{"uri-of-a-namespace", "the URI in a namespace of its own", `URI=""`, `xmlns:x="urn:x" x:URI=""`, "forbidden", "Reference", false},
	{"reference-attribute", "an attribute of no meaning beside the URI", `URI=""`, `URI="" Ref="x"`, "forbidden", "Reference", false},
	{"reference-id-of-a-namespace", "an Id in a namespace of its own", `URI=""`, `URI="" xmlns:x="urn:x" x:Id="r"`, "forbidden", "Reference", false},
	{"reference-twice", "a second Reference", "</Reference>", "</Reference>" + secondReference, "forbidden", "SignedInfo", true},
	{"reference-missing", "no Reference", ownReference, "", "malformed", "SignedInfo", false},

	// Transforms.
	{"transform-third", "a third transform", "</Transforms>", `<Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#WithComments"/></Transforms>`, "forbidden", "Transforms", true},
	{"transform-one", "the canonicalization is missing", `<Transform Algorithm="@"/></Transforms>`, `</Transforms>`, "forbidden", "Transforms", false},
	{"transform-none", "no transforms", `<Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><Transform Algorithm="@"/></Transforms>`, ``, "malformed", "Reference", false},
	{"transform-order", "the transforms in the other order", `<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><Transform Algorithm="@"/>`, `<Transform Algorithm="@"/><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>`, "forbidden", "Transform", false},
	{"transform-enveloped-twice", "the first transform in the place of the second", `<Transform Algorithm="@"/>`, `<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>`, "forbidden", "Transform", false},
	{"transform-not-enveloped", "the second transform in the place of the first", `<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>`, `<Transform Algorithm="@"/>`, "forbidden", "Transform", false},
	{"transform-xpath", "an XPath transform that leaves out a part of the record", `<Transform Algorithm="@"/>`, `<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><XPath>not(ancestor-or-self::*[local-name()='Aktiva'])</XPath></Transform>`, "forbidden", "Transform", false},
	{"transform-without-comments", "the method without comments", `<Transform Algorithm="@"/>`, `<Transform Algorithm="%"/>`, "forbidden", "Transform", true},
	{"transform-of-the-other-profile", "the second transform of the other profile", `<Transform Algorithm="@"/>`, `<Transform Algorithm="&"/>`, "forbidden", "Transform", true},
	{"transform-c14n-11", "Canonical XML 1.1", `<Transform Algorithm="@"/>`, `<Transform Algorithm="http://www.w3.org/2006/12/xml-c14n11#WithComments"/>`, "forbidden", "Transform", false},
	{"transform-prefix-list", "a parameter of the transform", `<Transform Algorithm="@"/>`, `<Transform Algorithm="@"><InclusiveNamespaces xmlns="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="bus"/></Transform>`, "forbidden", "Transform", true},
	{"transform-text", "text in a transform", `<Transform Algorithm="@"/>`, `<Transform Algorithm="@">x</Transform>`, "malformed", "Transform", false},

	// Canonicalization.
	{"method-without-comments", "the method without comments for SignedInfo", `<CanonicalizationMethod Algorithm="@"`, `<CanonicalizationMethod Algorithm="%"`, "forbidden", "CanonicalizationMethod", true},
	{"method-of-the-other-profile", "the method of the other profile for SignedInfo", `<CanonicalizationMethod Algorithm="@"`, `<CanonicalizationMethod Algorithm="&"`, "forbidden", "Transform", true},
	{"method-missing", "no method", ` Algorithm="@"/><SignatureMethod`, `/><SignatureMethod`, "malformed", "CanonicalizationMethod", false},
	{"method-unknown", "an unknown method", `<CanonicalizationMethod Algorithm="@"`, `<CanonicalizationMethod Algorithm="urn:x"`, "forbidden", "CanonicalizationMethod", false},
	{"method-prefix-list", "a parameter of the method", `<CanonicalizationMethod Algorithm="@"/>`, `<CanonicalizationMethod Algorithm="@"><InclusiveNamespaces xmlns="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="msg"/></CanonicalizationMethod>`, "forbidden", "CanonicalizationMethod", true},

	// Digest and signature.
	{"digest-sha1", "SHA-1", "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1", "forbidden", "DigestMethod", false},
	{"digest-sha512", "SHA-512", "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmlenc#sha512", "forbidden", "DigestMethod", false},
	{"digest-misspelled-in-the-manual", "the name of SHA-256 as one place of the manual misspells it", "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmenc#sha256", "forbidden", "DigestMethod", false},
	{"signature-hmac-sha1", "HMAC-SHA1", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "http://www.w3.org/2000/09/xmldsig#hmac-sha1", "forbidden", "SignatureMethod", false},
	{"signature-hmac-sha512", "HMAC-SHA512 truncated to 256 bits", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512", "forbidden", "SignatureMethod", false},
	{"signature-rsa", "RSA", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "forbidden", "SignatureMethod", false},

	// What else stands in the element.
	{"comment-in-signed-info", "a comment in SignedInfo", "<SignedInfo>", "<SignedInfo><!-- c -->", "malformed", "SignedInfo", true},
	{"comment-in-reference", "a comment in the Reference", "<DigestMethod", "<!-- c --><DigestMethod", "malformed", "Reference", false},
	{"comment-in-output-length", "a comment in the length of the HMAC", ">256</HMAC", ">2<!-- c -->56</HMAC", "malformed", "HMACOutputLength", false},
	{"instruction-in-signed-info", "a processing instruction in SignedInfo", "<SignedInfo>", "<SignedInfo><?p?>", "malformed", "SignedInfo", false},
	{"instruction-in-transforms", "a processing instruction between the transforms", "<Transforms>", "<Transforms><?p?>", "malformed", "Transforms", false},
	{"text-in-signed-info", "text in SignedInfo", "<SignedInfo>", "<SignedInfo>x", "malformed", "SignedInfo", false},
	{"object", "an Object in the Signature", "</KeyInfo>", "</KeyInfo><Object>x</Object>", "forbidden", "Signature", false},
	{"key-info-twice", "a second KeyInfo", "</KeyInfo>", "</KeyInfo><KeyInfo/>", "forbidden", "Signature", false},
	{"foreign-child", "a foreign element in the Signature", "</KeyInfo>", `</KeyInfo><x xmlns="urn:x"/>`, "forbidden", "Signature", false},
	{"foreign-namespace-inside", "SignedInfo in a foreign namespace", "<SignedInfo>", `<SignedInfo xmlns="urn:x">`, "malformed", "Signature", false},
	{"foreign-attribute", "a foreign attribute", "<SignedInfo>", `<SignedInfo x="y">`, "forbidden", "SignedInfo", false},
	{"signed-info-twice", "a second SignedInfo", "<SignatureValue", "<SignedInfo/><SignatureValue", "malformed", "Signature", false},
	{"signature-value-missing", "no SignatureValue", "<SignatureValue/>", "", "malformed", "Signature", false},

	// Where it stands.
	{"foreign-namespace", "the Signature in a foreign namespace", `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"`, `<Signature xmlns="urn:x"`, "missing", "EnvelopeFooter", false},
	{"second-in-the-footer", "a second Signature in the footer", "</Signature>", `</Signature><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>`, "doubled", "EnvelopeFooter", true},
	{"deeper-in-the-footer", "the Signature in another element of the footer", "", "<x>$</x>", "missing", "EnvelopeFooter", false},
	{"in-the-header", "the Signature in the header", "moved", "</msg:EnvelopeHeader>", "missing", "EnvelopeFooter", false},
	{"in-the-body", "the Signature in the body", "moved", "</cus:Message>", "missing", "EnvelopeFooter", false},
	{"beside-the-footer", "the Signature beside the footer", "moved", "</msg:Envelope>", "misplaced", "Signature", false},
	{"doctype", "a document type declaration", "<msg:Envelope ", "<!DOCTYPE msg:Envelope><msg:Envelope ", "doctype", "DOCTYPE", false},
}

const ownReference = `<Reference URI=""><Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><Transform Algorithm="@"/></Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue></DigestValue></Reference>`

const secondReference = `<Reference URI=""><Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue></DigestValue></Reference>`

// change is a whole document with a good identifier in which something was
// replaced afterwards.
type change struct {
	name, comment string
	old, new      string
	reason        string // "" = the identifier holds
}

// changes are the same for both profiles.
var changes = []change{
	{"unchanged", "as it was made", "", "", ""},
	{"comment-changed", "comments are not covered", "<!-- stav -->", "<!-- jiný stav -->", ""},
	{"comment-removed", "comments are not covered", "<!-- stav -->", "", ""},
	{"comment-before-the-root", "comments are not covered", "<msg:Envelope ", "<!-- poznámka -->\n<msg:Envelope ", ""},
	{"attributes-in-other-order", "Canonical XML puts attributes in order", `mena="CZK" rad="1"`, `rad="1" mena="CZK"`, ""},
	{"apostrophes", "Canonical XML writes quotation marks", `mena="CZK"`, `mena='CZK'`, ""},
	{"character-reference", "Canonical XML writes the character", "1250.00", "&#x31;250.00", ""},
	{"cdata", "Canonical XML writes text", "1250.00", "<![CDATA[1250.00]]>", ""},
	{"empty-element-tag", "Canonical XML writes a start tag and an end tag", "<Brutto></Brutto>", "<Brutto/>", ""},
	{"space-in-tag", "Canonical XML writes one blank", `mena="CZK" rad`, "mena=\"CZK\"\n\t rad", ""},
	{"no-declaration", "Canonical XML has no XML declaration", `<?xml version="1.0" encoding="UTF-8"?>`, "", ""},
	{"line-end-of-windows", "XML reads CR LF as LF", "</msg:EnvelopeHeader>\n", "</msg:EnvelopeHeader>\r\n", ""},
	{"signature-value-in-lines", "white space in the base64 of SignatureValue, which nothing covers", "</SignatureValue>", "\n</SignatureValue>", ""},

	{"text-changed", "one digit of the record", "1250.00", "1251.00", "digest"},
	{"attribute-changed", "an attribute of the record", `rad="1"`, `rad="2"`, "digest"},
	{"header-changed", "the name of the sender", "Obec Kůňov", "Obec Kuňov", "digest"},
	{"element-removed", "an element of the record", "<Brutto></Brutto>", "", "digest"},
	{"white-space-added", "a blank between two elements", "</Netto><Brutto>", "</Netto> <Brutto>", "digest"},
	{"text-in-the-footer", "text beside the Signature, which the first transform leaves", "</msg:EnvelopeFooter>", "x</msg:EnvelopeFooter>", "digest"},
	{"carriage-return", "a CR that is no line end", "1250.00", "1250.00&#13;", "digest"},
	{"instruction-changed", "a processing instruction is covered", "<?tisk A4?>", "<?tisk A5?>", "digest"},
	{"instruction-added", "a processing instruction is covered", "<Netto>", "<?tisk A5?><Netto>", "digest"},
	{"instruction-before-the-root", "a processing instruction outside the root is covered", "<msg:Envelope ", "<?tisk A5?>\n<msg:Envelope ", "digest"},
	{"instruction-behind-the-root", "a processing instruction outside the root is covered", "</msg:Envelope>\n", "</msg:Envelope>\n<?tisk A5?>\n", "digest"},
	{"namespace-of-the-record", "the namespace of the record", `"urn:cz:isvs:micr:schemas:Rozvaha:v1"`, `"urn:cz:isvs:micr:schemas:Rozvaha:v2"`, "digest"},

	{"key-name-changed", "KeyInfo is not covered: the first transform leaves out the whole Signature", "KVS HMAC", "HMAC KVS", ""},
}

// values are what may stand wrongly in the place of a base64 value of 32 bytes.
var values = []struct {
	name, comment string
	change        func(value string) string
}{
	{"31-bytes", "31 bytes", func(v string) string { return v[:40] + "AA==" }},
	{"33-bytes", "33 bytes", func(v string) string { return v[:43] + "A" }},
	{"35-bytes", "35 bytes", func(v string) string { return v[:40] + "AAAAAAAA" }},
	{"empty", "no byte", func(string) string { return "" }},
	{"unused-bits", "the bits of the last digit that belong to no byte are not zero", func(v string) string { return v[:42] + nextDigit(v[42]) + "=" }},
	{"no-padding", "the padding is missing", func(v string) string { return v[:43] }},
	{"no-break-space", "a blank that is no white space to XML", func(v string) string { return v[:20] + "\u00A0" + v[20:] }},
	{"more-behind-padding", "more digits behind the padding", func(v string) string { return v + "AAAA" }},
	{"comment-inside", "a comment in the value", func(v string) string { return v[:20] + "<!-- c -->" + v[20:] }},
	{"element-inside", "an element in the value", func(v string) string { return v[:20] + "<x/>" + v[20:] }},
}
