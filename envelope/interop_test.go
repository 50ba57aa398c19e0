package envelope

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"csuis-offline/internal/testtool"
)

// agree lets both sides make and judge the identifier of each envelope: xmlsec1
// accepts ours, we accept that of xmlsec1, in both profiles.
func agree(t *testing.T, envelopes map[string][]byte) {
	for profileName, p := range profilesByName {
		t.Run(profileName, func(t *testing.T) {
			t.Parallel()
			j := newJudge(t)
			var ours []string
			for name, doc := range envelopes {
				out, res, err := complete(doc, options(p))
				if err != nil || res.Kept || res.Built || res.Info.Profile != p {
					t.Errorf("%s: Complete: %v, %+v", name, err, res)
					continue
				}
				mustKeep(t, name, out, p)
				ours = append(ours, j.file(t, name, out))
				mustKeep(t, name+", signed by xmlsec1", j.sign(t, name, emptied(t, out)), p)
			}
			j.verify(t, ours...)
		})
	}
}

func TestAgreesWithXmlsec(t *testing.T) {
	t.Parallel()
	envelopes := envelopes(t)
	plain := string(envelopes["plain"])
	// Longer than one token, in each of the places where there is text.
	long := strings.Repeat("Č]", 30000)
	envelopes["long-text"] = []byte(strings.Replace(plain, "A.I.1.", long+"<!-- "+long+" --><?pi "+long+"?>", 1))
	envelopes["long-prolog"] = []byte(strings.Replace(plain, "<msg:Envelope", "<!-- "+long+" --><?pi "+long+"?>"+strings.Repeat("\n", 40000)+"<msg:Envelope", 1))
	envelopes["long-epilog"] = []byte(plain + strings.Repeat("<?pi?><!-- c -->\n", 4000))
	envelopes["long-attribute"] = []byte(strings.Replace(plain, "<Radek>", `<Radek a="`+strings.Repeat("ř\n", 60000)+`">`, 1))
	envelopes["byte-order-mark"] = []byte("\uFEFF" + plain)
	agree(t, envelopes)
}

func TestAgreesWithXmlsecOnSamples(t *testing.T) {
	t.Parallel()
	agree(t, files(t, filepath.Join(testtool.Shared(t, "samples", "iissp"), "*", "*.xml")))
}

// TestUnchangedButForTheIdentifier holds that nothing but the footer's inside,
// or the footer itself, is new.
func TestUnchangedButForTheIdentifier(t *testing.T) {
	t.Parallel()
	for name, doc := range envelopes(t) {
		out := mustComplete(t, doc, Binding)
		at := bytes.Index(out, []byte("<Signature xmlns="))
		end := bytes.Index(out, []byte("</Signature>")) + len("</Signature>")
		head, tail := out[:at], out[end:]
		rest, ok := bytes.CutPrefix(doc, bytes.TrimSuffix(head, []byte(">")))
		if !ok {
			// The envelope had no footer.
			head = head[:bytes.LastIndexByte(head, '<')]
			tail = tail[bytes.IndexByte(tail, '>')+1:]
			rest, ok = bytes.CutPrefix(doc, head)
		}
		if !ok || !bytes.HasSuffix(rest, tail[bytes.IndexByte(tail, '>')+1:]) {
			t.Errorf("%s: more than the identifier is new:\n%s", name, out)
		}
	}
}

// encodings are those of files from the field (doc/facts.md 3), with the name
// that the XML declaration gives.
var encodings = map[string]struct {
	declared string
	encoding encoding.Encoding
	bom      string
	finds    string
}{
	"utf-16le":              {"UTF-16", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "\xFF\xFE", "UTF-16LE"},
	"utf-16be":              {"utf-16", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "\xFE\xFF", "UTF-16BE"},
	"windows-1250":          {"windows-1250", charmap.Windows1250, "", "windows-1250"},
	"windows-1250-capitals": {"Windows-1250", charmap.Windows1250, "", "windows-1250"},
	"iso-8859-2":            {"ISO-8859-2", charmap.ISO8859_2, "", "ISO-8859-2"},
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	source := envelopes(t)
	for name, e := range encodings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJudge(t)
			encoded := func(doc []byte) []byte {
				s := strings.Replace(string(doc), `encoding="UTF-8"`, `encoding="`+e.declared+`"`, 1)
				b, err := e.encoding.NewEncoder().String(s)
				if err != nil {
					t.Fatal(err)
				}
				return []byte(e.bom + b)
			}
			var judged []string
			for file, ps := range map[string][]Profile{
				"plain": {Binding, Exclusive}, "comments": {Exclusive}, "footer-absent": {Binding}, "references": {Binding}, "crlf": {Exclusive},
			} {
				doc := source[file]
				for _, p := range ps {
					id := name + "-" + file + "-" + p.String()
					out, res, err := complete(encoded(doc), options(p))
					if err != nil || res.Kept || res.Info.Encoding != e.finds {
						t.Errorf("%s: %v, %+v", id, err, res)
						continue
					}
					if want := mustComplete(t, doc, p); !bytes.Equal(out, want) {
						t.Errorf("%s: differs from the same in UTF-8:\n%s", id, out)
					}
					judged = append(judged, j.file(t, id, out))

					// An identifier made before the conversion holds after it.
					signed := j.sign(t, id, encoded(emptied(t, out)))
					kept, res, err := complete(signed, options(1-p))
					if err != nil || !res.Kept || res.Info.Profile != p || res.Info.Encoding == "UTF-8" {
						t.Errorf("%s, signed by xmlsec1: %v, %+v", id, err, res)
						continue
					}
					mustKeep(t, id, kept, p)
					judged = append(judged, j.file(t, id+"-kept", kept))
				}
			}
			j.verify(t, judged...)
			testtool.Run(t, "xmllint", append([]string{"--noout"}, judged...)...)
		})
	}
}
