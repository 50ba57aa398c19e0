package seal

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"csuis-offline/c14n"
	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/testtool"
)

// small is an envelope with its identifier, as short as it can be.
func small(t testing.TB, prolog string) []byte {
	t.Helper()
	doc := prolog + `<m:Envelope xmlns:m="` + envelope.MessagingNS + `" xmlns:c="` + envelope.CommonNS + `"><m:EnvelopeHeader><c:TransactionId>1</c:TransactionId><m:Sender><c:IC>00075370</c:IC><c:ResponsiblePerson><c:PersonId>1</c:PersonId></c:ResponsiblePerson></m:Sender></m:EnvelopeHeader><m:EnvelopeBody><Rozvaha a="1">1250.00</Rozvaha></m:EnvelopeBody></m:Envelope>` + "\n"
	sealed, _ := mustSeal(t, []byte(doc), options(t, 1))
	xml, _, err := open(sealed, testKey(t))
	if err != nil {
		t.Fatal(err)
	}
	return xml
}

// class is which of the three told: container, key, XML or identifier.
func class(err error) string {
	var syntax *c14n.SyntaxError
	var structure *envelope.StructureError
	var identifier *envelope.IdentifierError
	switch {
	case err == nil:
		return "whole"
	case errors.Is(err, ErrKey):
		return "key"
	case errors.Is(err, crypto.ErrDamaged):
		return "container"
	case errors.As(err, &syntax), errors.As(err, &structure), errors.Is(err, envelope.ErrNotEnvelope):
		return "xml"
	case errors.As(err, &identifier), errors.Is(err, envelope.ErrNoIdentifier):
		return "identifier"
	}
	return "other: " + err.Error()
}

// TestDamageIsToldApart, and whatever it is, Open says what the whole file's sum
// and size are.
func TestDamageIsToldApart(t *testing.T) {
	t.Parallel()
	xml := small(t, "")
	sealed := encrypt(t, xml)
	large, _ := mustSeal(t, documents(t)["large"], options(t, 1))
	otherKey, err := crypto.NewKey(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	flipped := func(b []byte, at int) []byte {
		b = bytes.Clone(b)
		b[at] ^= 1
		return b
	}
	replaced := func(old, new string) []byte {
		if !bytes.Contains(xml, []byte(old)) {
			t.Fatalf("no %q", old)
		}
		return encrypt(t, bytes.Replace(xml, []byte(old), []byte(new), 1))
	}
	badText := lines(large)
	badText[len(badText)/2] = '!'
	zeroed := bytes.Clone(large)
	clear(zeroed[:2048])
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"nothing":                       {nil, "container"},
		"one byte":                      {sealed[:1], "container"},
		"one block":                     {sealed[:16], "container"},
		"truncated to two blocks":       {sealed[:32], "container"},
		"truncated by a block":          {sealed[:len(sealed)-16], "container"},
		"truncated in the middle":       {sealed[:len(sealed)/32*16], "container"},
		"odd length":                    {sealed[:len(sealed)-1], "container"},
		"a byte too long":               {append(bytes.Clone(sealed), 0), "container"},
		"a block too long":              {append(bytes.Clone(sealed), make([]byte, 16)...), "container"},
		"last block flipped":            {flipped(sealed, len(sealed)-1), "container"},
		"large, last block flipped":     {flipped(large, len(large)-1), "container"},
		"large, truncated by a block":   {large[:len(large)-16], "container"},
		"large, truncated early":        {large[:64<<10], "container"},
		"large, odd length":             {large[:len(large)-7], "container"},
		"large, first sector zeroed":    {zeroed, "xml"},
		"flipped in the middle":         {flipped(sealed, 320), "xml"},
		"large, flipped in the middle":  {flipped(large, len(large)/2), "xml"},
		"flipped in the first block":    {flipped(sealed, 16), "xml"},
		"flipped in the filler":         {flipped(sealed, 0), "xml"},
		"base64 with another character": {badText, "container"},
		"base64 truncated":              {lines(sealed)[:101], "container"},
		"digit in text":                 {replaced("1250.00", "1251.00"), "identifier"},
		"digit in an attribute":         {replaced(`a="1"`, `a="2"`), "identifier"},
		"element's name":                {replaced("<Rozvaha a=\"1\">1250.00</Rozvaha>", "<Rozvahb a=\"1\">1250.00</Rozvahb>"), "identifier"},
		"instruction behind":            {replaced("</m:Envelope>\n", "</m:Envelope><?p?>"), "identifier"},
		"signature value":               {replaced("<SignatureValue>", "<SignatureValue>AAAA"), "identifier"},
		"identifier cut out":            {encrypt(t, append(bytes.Clone(xml[:bytes.Index(xml, []byte("<Signature"))]), "</m:EnvelopeFooter></m:Envelope>"...)), "identifier"},
		"tag not closed":                {replaced("</Rozvaha>", ""), "xml"},
		"no record":                     {replaced("<Rozvaha a=\"1\">1250.00</Rozvaha>", ""), "xml"},
		"no envelope":                   {encrypt(t, []byte("<Rozvaha/>")), "xml"},
		"nothing inside":                {encrypt(t, nil), "xml"},
		"text inside":                   {encrypt(t, []byte("Lorem ipsum dolor sit amet, consectetur adipiscing elit.")), "xml"},
		"sealed with another key":       {sealed, "key"},
		"large, with another key":       {large, "key"},
		"base64, with another key":      {lines(sealed), "key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := testKey(t)
			if strings.HasSuffix(name, "another key") {
				key = otherKey
			}
			_, res, err := open(c.file, key)
			if got := class(err); got != c.want {
				t.Errorf("%s: %v, want %s", got, err, c.want)
			}
			sum, size, _ := checksum.Of(bytes.NewReader(c.file))
			if res == nil || res.Sum != sum || res.SealedSize != size || res.Kept {
				t.Errorf("%+v, the file has %v, %d", res, sum, size)
			}
			if fs := Findings(err); len(fs) != 1 || fs[0].Severity != finding.Error {
				t.Errorf("findings %v", fs)
			}
		})
	}
}

// TestWrongKeyWithALuckyEnd: once in some thousand records a wrong key leaves CR
// LF in the right place, and the container seems whole.
func TestWrongKeyWithALuckyEnd(t *testing.T) {
	t.Parallel()
	sealed := encrypt(t, bytes.Repeat([]byte("<a/>"), 1000))
	lucky := 0
	for i := range 20000 {
		raw := make([]byte, 32)
		raw[0], raw[1], raw[2] = byte(i), byte(i>>8), 1
		key, err := crypto.NewKey(raw)
		if err != nil {
			t.Fatal(err)
		}
		// The last block alone tells, and costs less than the whole.
		tail := append(bytes.Clone(sealed[:16]), sealed[len(sealed)-32:]...)
		if _, err := crypto.NewReader(bytes.NewReader(tail), key).Read(make([]byte, 64)); errors.Is(err, crypto.ErrDamaged) {
			continue
		}
		if _, err := checksumOfPlain(sealed, key); err != nil {
			continue
		}
		lucky++
		_, _, err = open(sealed, key)
		if got := class(err); got != "key" {
			t.Errorf("key %d: %s: %v", i, got, err)
		}
	}
	if lucky == 0 {
		t.Error("no key was lucky: nothing was tested")
	}
}

func checksumOfPlain(sealed []byte, key *crypto.Key) (checksum.Sum, error) {
	sum, _, err := checksum.Of(crypto.NewReader(bytes.NewReader(sealed), key))
	return sum, err
}

// TestEveryBitFlip flips each bit of a sealed record. In CBC a flip garbles its
// own block and flips one bit of the next. Block 0 holds filler, so a flip there
// shows in one bit of the document's first 16 bytes and nowhere else: whether
// that is found depends on what stands there. An XML declaration, a tag, a
// processing instruction: always. A comment, which the identifier does not
// cover: only where the bit makes it malformed. Then the .SHA alone tells.
func TestEveryBitFlip(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prolog  string
		missed  bool
		classes []string
	}{
		"declaration": {`<?xml version="1.0" encoding="UTF-8"?>`, false, []string{"container", "xml", "identifier"}},
		"tag":         {"", false, []string{"container", "xml", "identifier"}},
		"instruction": {"<?instruction in front?>", false, []string{"container", "xml", "identifier"}},
		"comment":     {"<!-- a comment in front -->", true, []string{"container", "xml", "identifier"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			xml := small(t, c.prolog)
			sealed := encrypt(t, xml)
			whole := checksum.Sum{}
			whole, _, _ = checksum.Of(bytes.NewReader(sealed))
			seen := map[string]int{}
			key := testKey(t)
			last := len(sealed)
			if name != "declaration" {
				// The rest was flipped there.
				last = 48
			}
			for at := range last {
				if at >= 48 && at%testtool.Slowdown > 0 {
					continue
				}
				for bit := range 8 {
					sealed[at] ^= 1 << bit
					out, res, err := open(sealed, key)
					sealed[at] ^= 1 << bit
					seen[class(err)]++
					if res.Sum == whole {
						t.Fatalf("byte %d bit %d: the sum is the same", at, bit)
					}
					if err != nil {
						continue
					}
					// One character of the comment is another.
					if !c.missed || at >= 16 || len(out) != len(xml) || !bytes.HasPrefix(out, []byte("<!--")) || !bytes.Equal(out[16:], xml[16:]) {
						t.Errorf("byte %d bit %d is not found", at, bit)
					}
				}
			}
			if (seen["whole"] > 0) != c.missed {
				t.Errorf("%d flips are not found", seen["whole"])
			}
			delete(seen, "whole")
			for _, k := range c.classes {
				if name == "declaration" && seen[k] == 0 {
					t.Errorf("no flip is found by the %s: %v", k, seen)
				}
				delete(seen, k)
			}
			if len(seen) > 0 {
				t.Errorf("flips are taken for something else: %v", seen)
			}
		})
	}
}

// TestEveryTruncation: all are found but one, which takes nothing from the XML:
// where the document itself ends with CR LF at the end of a block, the
// container without its last block is whole. The .SHA tells.
func TestEveryTruncation(t *testing.T) {
	t.Parallel()
	xml := bytes.TrimSpace(small(t, ""))
	for len(xml)%16 != 14 {
		xml = append(xml, ' ')
	}
	xml = append(xml, "\r\n"...)
	sealed := encrypt(t, xml)
	for n := range len(sealed) {
		out, res, err := open(sealed[:n], testKey(t))
		if n == len(sealed)-16 {
			if err != nil || !bytes.Equal(out, xml[:len(xml)-2]) {
				t.Errorf("%d bytes: %v", n, err)
			}
			continue
		}
		if got := class(err); got != "container" && got != "xml" {
			t.Errorf("%d bytes: %s: %v", n, got, err)
		}
		if res.SealedSize != int64(n) {
			t.Errorf("%d bytes: size %d", n, res.SealedSize)
		}
	}
}
