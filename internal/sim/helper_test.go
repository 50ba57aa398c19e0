package sim

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/internal/fixture"
	"csuis-offline/seal"
)

// The made-up world of the tests: two persons of one unit, and one of a unit that
// consolidates it.
const (
	zo, nzo, dkcs = "zofie", "nada", "dagmar"
	password      = "heslo-z-obálky"
	otherIC       = "08888882"
)

// today is the simulated day on which the tests begin.
var today = time.Date(2027, time.January, 20, 9, 0, 0, 0, time.UTC)

func keyOf(t testing.TB, seed byte) *crypto.Key {
	t.Helper()
	key, err := crypto.NewKey(bytes.Repeat([]byte{seed}, crypto.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func register(t testing.TB) *Register {
	t.Helper()
	r, err := NewRegister(
		[]Unit{
			{IC: fixture.UnitIC, Name: fixture.UnitName, Types: []string{"001", "002", "003", "004", "051"}},
			{IC: otherIC, Name: "Kraj nad Ďáblicí", Consolidates: []string{fixture.UnitIC}},
		},
		[]Person{
			{Login: zo, Password: password, ID: fixture.PersonID, Name: fixture.PersonName, Key: keyOf(t, 1), Units: []string{fixture.UnitIC}},
			{Login: nzo, Password: password, ID: "9999000002", Name: "Naďa Náhradní", Key: keyOf(t, 2), Units: []string{fixture.UnitIC}},
			{Login: dkcs, Password: password, ID: "9999000003", Name: "Dagmar Krajská", Key: keyOf(t, 3), Units: []string{otherIC}},
		})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func options(t testing.TB) Options {
	return Options{Dir: t.TempDir(), Register: register(t), Clock: func() time.Time { return today }}
}

// started is a simulator that serves, and ends with the test.
func started(t testing.TB, o Options) *Sim {
	t.Helper()
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return s
}

func settled(t testing.TB, s *Sim) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.Wait(ctx); err != nil {
		t.Fatal(err)
	}
}

// record is a made-up statement, bare.
func record(t testing.TB, kind string, seed uint64, date time.Time, edits ...fixture.Edit) []byte {
	t.Helper()
	for _, r := range fixture.StatementRecords(seed, date, edits...) {
		if bytes.Contains(r.Data, []byte("<"+kind+" ")) || bytes.Contains(r.Data, []byte(":"+kind+" ")) {
			return r.Data
		}
	}
	t.Fatalf("no made-up %s", kind)
	return nil
}

func config(person string) *envelope.Config {
	return &envelope.Config{
		Unit:   envelope.Unit{IC: fixture.UnitIC, Name: fixture.UnitName},
		Person: envelope.Person{ID: person, Name: fixture.PersonName, Email: fixture.PersonEmail},
	}
}

// enveloped is a record in a whole envelope, and its TransactionId.
func enveloped(t testing.TB, record []byte, c *envelope.Config) ([]byte, string) {
	t.Helper()
	var out bytes.Buffer
	res, err := envelope.Complete(t.Context(), &out, bytes.NewReader(record), envelope.Options{Config: c, Now: today})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), res.Info.TransactionID
}

// completed gives an envelope that was edited a new identifier.
func completed(t testing.TB, doc []byte) []byte {
	t.Helper()
	i, j := bytes.Index(doc, []byte("<Signature")), bytes.Index(doc, []byte("</Signature>"))
	bare := slices.Concat(doc[:i], doc[j+len("</Signature>"):])
	var out bytes.Buffer
	if _, err := envelope.Complete(t.Context(), &out, bytes.NewReader(bare), envelope.Options{Now: today}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// encrypted is a document in the container, whatever it is.
func encrypted(t testing.TB, doc []byte, key *crypto.Key) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := crypto.NewWriter(&out, key, crypto.WriterOptions{})
	if err == nil {
		_, err = w.Write(doc)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func soap(inner string) string { return soapOpen + inner + soapClose }

func submission(sealed []byte) string {
	return soap(`<msg:EncryptedMessage xmlns:msg="` + envelope.MessagingNS + `">` + base64.StdEncoding.EncodeToString(sealed) + `</msg:EncryptedMessage>`)
}

// client trusts the simulator's authority and keeps no connection.
func client(t testing.TB, s *Sim) *http.Client {
	t.Helper()
	pem, err := os.ReadFile(s.CAFile())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("the authority's file holds no certificate")
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}, Timeout: time.Minute}
}

type reply struct {
	status int
	header http.Header
	body   string
}

func post(t testing.TB, s *Sim, url, login, pw, body string) (reply, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/xml;charset=utf-8")
	req.Header.Set("SOAPAction", `"http://sap.com/xi/WebService/soap1.1"`)
	req.SetBasicAuth(login, pw)
	res, err := client(t, s).Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header, string(text)}, err
}

// submitted hands over and wants it accepted.
func submitted(t testing.TB, s *Sim, login string, sealed []byte) {
	t.Helper()
	r, err := post(t, s, s.SubmitURL(), login, password, submission(sealed))
	if err != nil || r.status != http.StatusOK {
		t.Fatalf("%v, %+v", err, r)
	}
}

func personOf(login string) string {
	return map[string]string{zo: fixture.PersonID, nzo: "9999000002", dkcs: "9999000003"}[login]
}

// asked is the envelope of a request to the inbox.
func asked(login, inner string) string {
	ic := fixture.UnitIC
	if login == dkcs {
		ic = otherIC
	}
	return soap(fmt.Sprintf(`<msg:Envelope xmlns:msg=%q xmlns:iissp=%q><msg:EnvelopeHeader><iissp:TransactionId>AB12</iissp:TransactionId>`+
		`<msg:DateTimeCreated>2027-01-20T09:00:00Z</msg:DateTimeCreated><msg:Sender><iissp:IC>%s</iissp:IC><iissp:SubjectName>J</iissp:SubjectName>`+
		`<iissp:ResponsiblePerson><iissp:PersonId>%s</iissp:PersonId></iissp:ResponsiblePerson></msg:Sender><msg:Recipient><iissp:IC>00006947</iissp:IC>`+
		`<iissp:SubjectName>MF</iissp:SubjectName><iissp:Module>CSUIS</iissp:Module></msg:Recipient></msg:EnvelopeHeader>`+
		`<msg:EnvelopeBody><msg:Inbox>%s</msg:Inbox></msg:EnvelopeBody></msg:Envelope>`, envelope.MessagingNS, envelope.CommonNS, ic, personOf(login), inner))
}

// row is a message as the inbox lists it.
type row struct {
	ID        string `xml:"ZpravaId"`
	Name      string `xml:"ZpravaNazev"`
	IC        string `xml:"IC"`
	Created   string `xml:"ZpravaDatumVytvoreni"`
	Published string `xml:"ZpravaDatumPublikace"`
	Status    string `xml:"ZpravaStatus"`
	Kind      string `xml:"TypDatoveZpravy"`
}

// listed asks for the list with conditions.
func listed(t testing.TB, s *Sim, login, conditions string) []row {
	t.Helper()
	r, err := post(t, s, s.InboxURL(), login, password, asked(login, "<msg:SeznamZpravPozadavek>"+conditions+"</msg:SeznamZpravPozadavek>"))
	if err != nil || r.status != http.StatusOK {
		t.Fatalf("%v, %+v", err, r)
	}
	var answer struct {
		Rows []row `xml:"Body>Envelope>EnvelopeBody>Inbox>SeznamZpravVypis>Zprava"`
	}
	if err := xml.Unmarshal([]byte(r.body), &answer); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
	verified(t, inner(t, r.body))
	return answer.Rows
}

// fetched gets one message: the envelope as its own document.
func fetched(t testing.TB, s *Sim, login, id string) []byte {
	t.Helper()
	r, err := post(t, s, s.InboxURL(), login, password, asked(login, "<msg:ZpravaPozadavek><msg:ZpravaId>"+id+"</msg:ZpravaId></msg:ZpravaPozadavek>"))
	if err != nil || r.status != http.StatusOK {
		t.Fatalf("%v, %+v", err, r)
	}
	return inner(t, r.body)
}

// inner is the envelope inside a SOAP body, byte for byte.
func inner(t testing.TB, answer string) []byte {
	t.Helper()
	text, ok := strings.CutPrefix(answer, soapOpen)
	text, also := strings.CutSuffix(text, soapClose)
	if !ok || !also {
		t.Fatalf("no answer in a SOAP envelope: %.300s", answer)
	}
	return []byte(text)
}

func verified(t testing.TB, doc []byte) *envelope.Info {
	t.Helper()
	info, err := envelope.Verify(t.Context(), io.Discard, bytes.NewReader(doc))
	if err != nil {
		t.Fatalf("%v in %s", err, doc)
	}
	return info
}

// told is a status message as it was fetched.
type toldStatus struct {
	Reference string `xml:"EnvelopeHeader>ReferenceTransactionId"`
	Ref       string `xml:"EnvelopeBody>StavZpracovani>RefIdPrenosu"`
	ID        string `xml:"EnvelopeBody>StavZpracovani>StavId"`
	Name      string `xml:"EnvelopeBody>StavZpracovani>StavNazev"`
	Text      string `xml:"EnvelopeBody>StavZpracovani>StavPopis"`
	Details   []struct {
		At       string `xml:"DatumCas"`
		Severity string `xml:"Zavaznost"`
		Text     string `xml:"Text"`
	} `xml:"EnvelopeBody>StavZpracovani>DetailyZpracovani>Detail"`
}

// statusesOf are the status messages that a person finds, in their order.
func statusesOf(t testing.TB, s *Sim, login string) []toldStatus {
	t.Helper()
	var all []toldStatus
	for _, r := range listed(t, s, login, "<msg:TypDatoveZpravy>C101</msg:TypDatoveZpravy>") {
		doc := fetched(t, s, login, r.ID)
		verified(t, doc)
		var st toldStatus
		if err := xml.Unmarshal(doc, &st); err != nil {
			t.Fatal(err)
		}
		all = append(all, st)
	}
	return all
}

func ids(all []toldStatus) string {
	var out []string
	for _, s := range all {
		out = append(out, s.ID)
	}
	return strings.Join(out, " ")
}

// good is a record that passes, sealed by the first person.
func good(t testing.TB, seed uint64) ([]byte, string) {
	t.Helper()
	var out bytes.Buffer
	res, err := seal.Seal(t.Context(), &out, bytes.NewReader(record(t, "Rozvaha", seed, fixture.YearEnd)),
		seal.Options{Key: keyOf(t, 1), Envelope: config(fixture.PersonID), Now: today})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), res.Info.TransactionID
}
