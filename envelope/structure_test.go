package envelope

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"csuis-offline/c14n"
	"csuis-offline/internal/testtool"
)

func TestStructure(t *testing.T) {
	t.Parallel()
	for _, v := range testtool.Vectors(t, "envelope") {
		if v.Accepted() {
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			doc, problem, part := v.Body, v.Get("reason"), v.Get("part")
			_, _, err := complete(doc, options(Binding))
			var e *StructureError
			if !errors.As(err, &e) || e.Problem != problem || e.Part != part {
				t.Fatalf("Complete: %v", err)
			}
			if v.Get("header") == "only" {
				// The document itself is whole, and Verify asks no more.
				if _, err = verify(doc); !errors.Is(err, ErrNoIdentifier) {
					t.Errorf("Verify: %v", err)
				}
				return
			}
			if e.Line < 2 || e.Column < 1 {
				t.Errorf("the error has no place: %v", e)
			}
			if _, err = verify(doc); !errors.As(err, &e) || e.Problem != problem || e.Part != part {
				t.Errorf("Verify: %v", err)
			}
		})
	}
}

// TestAllThatIsWrongIsSaid: a bad header does not hide a bad identifier.
func TestAllThatIsWrongIsSaid(t *testing.T) {
	t.Parallel()
	doc := mustComplete(t, envelopes(t)["plain"], Binding)
	doc = bytes.Replace(doc, []byte("99010101"), nil, 1)
	doc = bytes.Replace(doc, []byte("00075370</iissp"), []byte("7</iissp"), 1)
	_, _, err := complete(doc, options(Binding))
	for _, want := range []string{"Sender/IC is malformed", "PersonId is missing", "integrity identifier: digest"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want also %q", err, want)
		}
	}
}

// TestLimits: what is held in memory is bounded.
func TestLimits(t *testing.T) {
	t.Parallel()
	plain := string(envelopes(t)["plain"])
	for name, c := range map[string]struct{ at, fill, part string }{
		"header":          {"<msg:Sender>", strings.Repeat("<x/>", maxHeader/4), "EnvelopeHeader"},
		"message-header":  {"<cus:MessageId>", strings.Repeat("<x/>", maxHeader/4), "MessageHeader"},
		"statement":       {"<bus:SubjektICO>", strings.Repeat("<x/>", maxHeader/4), "VykazHlavicka"},
		"footer":          {"</msg:EnvelopeFooter>", strings.Repeat("<x/>", maxTail/4), "EnvelopeFooter"},
		"epilog":          {"", strings.Repeat("<?x?>", maxTail/5), "EnvelopeFooter"},
		"signature":       {"</msg:EnvelopeFooter>", `<Signature xmlns="` + SignatureNS + `">` + strings.Repeat("<x/>", maxHeader/4) + "</Signature>", "Signature"},
		"prolog":          {"<msg:Envelope", "<!-- " + strings.Repeat("x", maxProlog) + " -->", "prolog"},
		"prolog, by many": {"<msg:Envelope", strings.Repeat("<?x?>", maxPrologTokens), "prolog"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := plain + c.fill
			if c.at != "" {
				doc = strings.Replace(plain, c.at, c.fill+c.at, 1)
			}
			_, _, err := complete([]byte(doc), options(Binding))
			var e *StructureError
			if !errors.As(err, &e) || e.Problem != "too-long" || e.Part != c.part || e.Line == 0 {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestManyNamespacesTakeNoTime: the elements of a header were once looked up one
// by one through all declarations around them, which a document can make many.
func TestManyNamespacesTakeNoTime(t *testing.T) {
	t.Parallel()
	plain := string(envelopes(t)["plain"])
	var many strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&many, " xmlns:p%d='urn:%d'", i, i)
	}
	doc := strings.Replace(plain, " xmlns:msg", many.String()+" xmlns:msg", 1)
	doc = strings.Replace(doc, "</iissp:ResponsiblePerson>", strings.Repeat("<p1:PhoneNumber/>", 10000)+"</iissp:ResponsiblePerson>", 1)
	doc = strings.Replace(doc, "</cus:MessageHeader>", strings.Repeat("<p1:RecordType/>", 10000)+"</cus:MessageHeader>", 1)
	begun := time.Now()
	if _, _, err := complete([]byte(doc), options(Binding)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > 20*testtool.Slowdown*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestErrorsQuoteLittle(t *testing.T) {
	t.Parallel()
	plain := string(envelopes(t)["plain"])
	long := strings.Repeat("ř", 50000)
	done := string(mustComplete(t, []byte(plain), Binding))
	for name, doc := range map[string]string{
		"value":     strings.Replace(plain, "A970E763D149462BB1EBB0E7831996DB<", long+"<", 1),
		"element":   strings.Replace(plain, "<msg:EnvelopeBody>", "<"+long+"/><msg:EnvelopeBody>", 1),
		"root":      "<" + long + "/>",
		"algorithm": strings.Replace(done, c14n.Method{Comments: true}.URI(), long, 1),
		"attribute": strings.Replace(done, "<SignedInfo", "<SignedInfo "+long+"='"+long+"'", 1),
		"child":     strings.Replace(done, "</KeyInfo>", "</KeyInfo><"+long+"/>", 1),
		"digest":    strings.Replace(done, "<DigestValue>", "<DigestValue>"+long, 1),
	} {
		_, _, err := complete([]byte(doc), options(Binding))
		if err == nil || len(err.Error()) > 800 {
			t.Errorf("%s: an error of %d bytes", name, len(fmt.Sprint(err)))
		}
	}
}

// TestInfoComesWithErrors: what the header says is known also when what follows
// is damaged.
func TestInfoComesWithErrors(t *testing.T) {
	t.Parallel()
	doc := mustComplete(t, envelopes(t)["plain"], Exclusive)
	for name, bad := range map[string][]byte{
		"syntax":     bytes.Replace(doc, []byte("</Aktiva>"), nil, 1),
		"identifier": bytes.Replace(doc, []byte("1250.00"), []byte("1251.00"), 1),
		"truncated":  doc[:len(doc)-300],
	} {
		info, err := verify(bad)
		if err == nil || info == nil || info.TransactionID != "A970E763D149462BB1EBB0E7831996DB" {
			t.Errorf("%s: %v, %+v", name, err, info)
		}
	}
}

func TestContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("enough")
	cancel(why)
	plain := envelopes(t)["plain"]
	for name, doc := range map[string][]byte{"envelope": plain, "record": []byte("<Rozvaha/>"), "unknown": []byte("<x/>")} {
		if _, err := Complete(ctx, new(bytes.Buffer), bytes.NewReader(doc), options(Binding)); err != why {
			t.Errorf("Complete, %s: %v", name, err)
		}
		if _, err := Verify(ctx, new(bytes.Buffer), bytes.NewReader(doc)); err != why {
			t.Errorf("Verify, %s: %v", name, err)
		}
	}
}

func TestInfo(t *testing.T) {
	t.Parallel()
	doc := string(envelopes(t)["plain"])
	doc = strings.Replace(doc, "</iissp:TransactionId>", " <!-- c --></iissp:TransactionId><iissp:ReferenceTransactionId>B2</iissp:ReferenceTransactionId>", 1)
	doc = strings.Replace(doc, "<iissp:PersonId>", "<iissp:Email><![CDATA[a@b.cz]]></iissp:Email><iissp:PersonId>", 1)
	doc = strings.Replace(doc, "</iissp:PersonId>", "</iissp:PersonId><iissp:UserName>zp</iissp:UserName><iissp:PhoneNumber>1</iissp:PhoneNumber><iissp:PhoneNumber>2</iissp:PhoneNumber>", 1)
	doc = strings.Replace(doc, "Obec Kůňov", "Obec &#x4B;ůňov &amp; spol.", 1)
	info, err := verify(mustComplete(t, []byte(doc), Exclusive))
	if err != nil {
		t.Fatal(err)
	}
	want := Info{
		TransactionID: "A970E763D149462BB1EBB0E7831996DB", ReferenceID: "B2", Created: "2010-01-15T10:03:18Z",
		Sender: Party{IC: "00075370", Name: "Obec Kůňov & spol.", Person: Person{
			ID: "99010101", Name: "Žofie Příkladná", Email: "a@b.cz", UserName: "zp", Phones: []string{"1", "2"},
		}},
		Recipient:  Party{IC: "00006947", Name: "Ministerstvo financí ČR", Module: "CSUIS"},
		RecordType: "001", RootNS: "urn:cz:isvs:micr:schemas:Rozvaha:v1", Root: "Rozvaha",
		SubjectIC: "00075370", StatementDate: "2009-12-31", Profile: Exclusive, Encoding: "UTF-8",
	}
	if got, want := fmt.Sprintf("%+v", *info), fmt.Sprintf("%+v", want); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestStatementHeaderIsTheRecords: one in the message's footer does not count.
func TestStatementHeaderIsTheRecords(t *testing.T) {
	t.Parallel()
	doc := envelopes(t)["message-footer-with-statement-header"]
	info, err := verify(mustComplete(t, doc, Binding))
	if err != nil || info.SubjectIC != "" || info.RootNS != "urn:r" {
		t.Errorf("%v, %+v", err, info)
	}
}

// TestRecordOfAnotherModule: a body without cus:Message is itself the record.
func TestRecordOfAnotherModule(t *testing.T) {
	t.Parallel()
	doc := envelopes(t)["body-of-another-module"]
	info, err := verify(mustComplete(t, doc, Binding))
	if err != nil || info.Root != "ZpravaRisre" || info.RootNS != "urn:cz:mfcr:iissp:schemas:Risre:v1" || info.RecordType != "" {
		t.Errorf("%v, %+v", err, info)
	}
}

// relativeNamespace is an envelope in whose header a prefix that nothing uses is
// bound to a relative name, so that the document has no canonical form.
func relativeNamespace(t testing.TB) []byte {
	plain := envelopes(t)["plain"]
	doc := bytes.Replace(plain, []byte("<msg:Sender>"), []byte(`<msg:Sender xmlns:x="x">`), 1)
	if bytes.Equal(doc, plain) {
		t.Fatal("there is no Sender")
	}
	return doc
}

// What Verify refuses in the header, Peek must not take for a header.
func TestPeekRefusesWhatHasNoCanonicalForm(t *testing.T) {
	t.Parallel()
	doc := relativeNamespace(t)
	for name, read := range map[string]func() error{
		"Peek":   func() error { _, err := Peek(bytes.NewReader(doc)); return err },
		"Verify": func() error { _, err := verify(doc); return err },
	} {
		var syntax *c14n.SyntaxError
		if err := read(); !errors.As(err, &syntax) || syntax.Rule != c14n.RelativeNamespace {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPeek(t *testing.T) {
	t.Parallel()
	plain := envelopes(t)["plain"]
	end := bytes.Index(plain, []byte("</msg:EnvelopeHeader>")) + len("</msg:EnvelopeHeader>")
	peek := func(doc []byte) (*Info, error) { return Peek(bytes.NewReader(doc)) }
	// What follows the header may hold anything.
	for _, tail := range []string{"<", "<b", "<msg:EnvelopeBody>\x00"} {
		info, err := peek(append(bytes.Clone(plain[:end]), tail...))
		if err != nil || info.Sender.IC != "00075370" || info.TransactionID == "" || info.Root != "" {
			t.Errorf("%q: %v, %+v", tail, err, info)
		}
	}
	if _, err := peek([]byte("<Rozvaha/>")); !errors.Is(err, ErrNotEnvelope) {
		t.Errorf("a bare record: %v", err)
	}
	var syntax *c14n.SyntaxError
	if _, err := peek(plain[:end-1]); !errors.As(err, &syntax) {
		t.Errorf("a truncated header: %v", err)
	}
	if _, err := peek(nil); !errors.As(err, &syntax) {
		t.Errorf("nothing: %v", err)
	}
	var structure *StructureError
	empty := bytes.Replace(plain, plain[bytes.Index(plain, []byte("<msg:EnvelopeHeader>")):end], nil, 1)
	if _, err := peek(empty); !errors.As(err, &structure) {
		t.Errorf("no header: %v", err)
	}
	if _, err := peek([]byte(`<Envelope xmlns="` + MessagingNS + `"/>`)); !errors.As(err, &structure) || structure.Problem != "missing" {
		t.Errorf("an empty envelope: %v", err)
	}
}
