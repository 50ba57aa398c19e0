package envelope

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/beevik/etree"

	"csuis-offline/c14n"
)

// The algorithms that chapter F of the technical manual prescribes.
const (
	algEnveloped  = SignatureNS + "enveloped-signature"
	algHMACSHA256 = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
	algSHA256     = "http://www.w3.org/2001/04/xmlenc#sha256"
)

// hmacKey is no secret: the identifier proves that nothing was damaged and
// authenticates nobody (technical manual, chapter F).
var hmacKey [32]byte

// identifier is what a Signature element states.
type identifier struct {
	profile Profile
	digest  [sha256.Size]byte // of the document
	value   [sha256.Size]byte // of SignedInfo
}

// signature is a Signature element cut out of the document as it flowed by.
type signature struct {
	tree
	scope        c14n.Scope // around it
	raw          []byte
	line, column int
}

func (s *signature) add(t *c14n.Token) error {
	s.raw = append(s.raw, t.Raw...)
	return s.tree.add(t)
}

// newSignature writes the Signature element for a document with this digest. It
// carries its own namespace, so that it is valid in any footer.
func newSignature(p Profile, digest [sha256.Size]byte, scope c14n.Scope) ([]byte, error) {
	doc := etree.NewDocument()
	doc.WriteSettings = etree.WriteSettings{CanonicalEndTags: false, CanonicalText: true, CanonicalAttrVal: true}
	sig := doc.CreateElement("Signature")
	sig.CreateAttr("xmlns", SignatureNS)
	sig.CreateAttr("Id", "identifikator-celistvosti")
	info := sig.CreateElement("SignedInfo")
	algorithm(info, "CanonicalizationMethod", p.method().URI())
	algorithm(info, "SignatureMethod", algHMACSHA256).CreateElement("HMACOutputLength").SetText("256")
	ref := info.CreateElement("Reference")
	ref.CreateAttr("URI", "")
	transforms := ref.CreateElement("Transforms")
	algorithm(transforms, "Transform", algEnveloped)
	algorithm(transforms, "Transform", p.method().URI())
	algorithm(ref, "DigestMethod", algSHA256)
	ref.CreateElement("DigestValue").SetText(base64.StdEncoding.EncodeToString(digest[:]))
	value := sig.CreateElement("SignatureValue")
	sig.CreateElement("KeyInfo").CreateElement("KeyName").SetText("KVS HMAC")

	// The HMAC covers SignedInfo, whose canonical form depends on what is in
	// scope around it, but not on SignatureValue, which follows.
	raw, err := doc.WriteToBytes()
	if err != nil {
		return nil, err
	}
	mac, err := signedInfoMAC(scope, raw, p)
	if err != nil {
		return nil, err
	}
	value.SetText(base64.StdEncoding.EncodeToString(mac))
	return doc.WriteToBytes()
}

func algorithm(parent *etree.Element, name, uri string) *etree.Element {
	e := parent.CreateElement(name)
	e.CreateAttr("Algorithm", uri)
	return e
}

// signedInfoMAC is the HMAC of the canonical SignedInfo of a Signature in this
// scope: a wrapper element declares what is in scope there, and the Signature is
// its only child.
func signedInfoMAC(scope c14n.Scope, raw []byte, p Profile) ([]byte, error) {
	doc := append(scope.StartTag(), raw...)
	doc = append(doc, c14n.ScopeEnd...)
	mac := hmac.New(sha256.New, hmacKey[:])
	err := c14n.Subtree(mac, bytes.NewReader(doc), p.method(), func(t *c14n.Token) bool {
		return t.Depth == 3 && t.URI == SignatureNS && string(t.Local) == "SignedInfo"
	})
	if err != nil {
		return nil, fmt.Errorf("envelope: canonical SignedInfo: %w", err)
	}
	return mac.Sum(nil), nil
}

// readIdentifier reads a Signature element and refuses everything that is not
// exactly one of the two profiles.
func readIdentifier(sig *signature) (*identifier, error) {
	r := &signatureReader{}
	id := r.read(sig.root)
	if r.err != nil {
		return nil, r.err
	}
	return id, nil
}

// verify compares what the identifier states with the document's digest and
// with its own SignedInfo. The digest comes first: it says what a person wants
// to know, that the document was changed.
func (id *identifier) verify(sig *signature, digest [sha256.Size]byte) error {
	if id.digest != digest {
		return &IdentifierError{
			Reason: ReasonDigest, Reference: `URI=""`, Algorithm: algSHA256 + " of " + id.profile.method().URI(),
			Wanted: base64.StdEncoding.EncodeToString(id.digest[:]),
			Found:  base64.StdEncoding.EncodeToString(digest[:]),
		}
	}
	mac, err := signedInfoMAC(sig.scope, sig.raw, id.profile)
	if err != nil {
		return malformed("SignedInfo", err.Error())
	}
	if !hmac.Equal(mac, id.value[:]) {
		return &IdentifierError{
			Reason: ReasonSignature, Reference: "SignedInfo", Algorithm: algHMACSHA256,
			Wanted: base64.StdEncoding.EncodeToString(id.value[:]),
			Found:  base64.StdEncoding.EncodeToString(mac),
		}
	}
	return nil
}

func malformed(part, found string) error {
	return &IdentifierError{Reason: ReasonMalformed, Reference: clip(part), Found: clip(found)}
}
