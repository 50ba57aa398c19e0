package sim

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csuis-offline/envelope"
	"csuis-offline/internal/fixture"
	"csuis-offline/seal"
)

// TestConditions of the list (doc/facts.md 5).
func TestConditions(t *testing.T) {
	t.Parallel()
	s := started(t, options(t))
	sealed, _ := good(t, 1)
	submitted(t, s, zo, sealed) // messages 1 and 2, and 3 for the consolidating unit
	settled(t, s)
	advance(t, s, 48*time.Hour)
	if _, err := s.Request(t.Context(), fixture.UnitIC, "012", "2026-12-31", "doklad č. 7"); err != nil { // 4
		t.Fatal(err)
	}
	if err := s.Announce(t.Context(), "Odstávka v sobotu"); err != nil { // 5
		t.Fatal(err)
	}
	fetched(t, s, zo, "000000000001")
	for conditions, want := range map[string]string{
		"": "1 2 4",
		"<msg:ZobrazitHromadneZpravy>1</msg:ZobrazitHromadneZpravy>":          "1 2 4 5",
		"<msg:ZobrazitHromadneZpravy>0</msg:ZobrazitHromadneZpravy>":          "1 2 4",
		"<msg:ZpravaStatus>R</msg:ZpravaStatus>":                              "1",
		"<msg:ZpravaStatus>N</msg:ZpravaStatus>":                              "2 4",
		"<msg:TypDatoveZpravy>C101</msg:TypDatoveZpravy>":                     "1 2",
		"<msg:TypDatoveZpravy>102</msg:TypDatoveZpravy>":                      "4",
		"<msg:ZpravaDatumVytvoreniOd>2027-01-21</msg:ZpravaDatumVytvoreniOd>": "4",
		"<msg:ZpravaDatumVytvoreniOd>2027-01-22</msg:ZpravaDatumVytvoreniOd><msg:ZpravaDatumVytvoreniDo>2027-01-22</msg:ZpravaDatumVytvoreniDo>": "4",
		"<msg:ZpravaDatumVytvoreniDo>2027-01-20</msg:ZpravaDatumVytvoreniDo>":                                                                    "1 2",
		"<msg:ZpravaStatus>N</msg:ZpravaStatus><msg:TypDatoveZpravy>C101</msg:TypDatoveZpravy>":                                                  "2",
	} {
		var got []string
		for _, r := range listed(t, s, zo, conditions) {
			got = append(got, strings.TrimLeft(r.ID, "0"))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", conditions, got, want)
		}
	}
	// What one person read, the other did not.
	if rows := listed(t, s, nzo, "<msg:ZpravaStatus>N</msg:ZpravaStatus>"); len(rows) != 3 {
		t.Errorf("%+v", rows)
	}
	if rows := listed(t, s, dkcs, ""); len(rows) != 1 || rows[0].Kind != "C001" {
		t.Errorf("another unit's person sees %+v", rows)
	}
	info := verified(t, fetched(t, s, zo, "000000000004"))
	if info.RecordType != "102" || info.Root != "ZadostZaznamUcetni" {
		t.Errorf("%+v", info)
	}
}

// TestARequestIsAnswered: the record refers to it.
func TestARequestIsAnswered(t *testing.T) {
	t.Parallel()
	s := started(t, options(t))
	id, err := s.Request(t.Context(), fixture.UnitIC, "001", "2026-12-31", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{id, "ABCDEF"} {
		doc, _ := enveloped(t, record(t, "Rozvaha", 1, fixture.YearEnd), config(fixture.PersonID))
		doc = completed(t, bytes.Replace(doc, []byte("</iissp:TransactionId>"), []byte("</iissp:TransactionId><iissp:ReferenceTransactionId>"+ref+"</iissp:ReferenceTransactionId>"), 1))
		submitted(t, s, zo, encrypted(t, doc, keyOf(t, 1)))
	}
	settled(t, s)
	got := statusesOf(t, s, zo)
	if ids(got) != "ACCEPT PROCOK ACCEPT PROCOK" || !strings.Contains(got[0].Details[0].Text, "odpovídá na žádost "+id) || !strings.Contains(got[2].Details[0].Text, "poslána nebyla") {
		t.Errorf("%+v", got)
	}
	for _, bad := range [][3]string{{"12345678", "001", "2026-12-31"}, {fixture.UnitIC, "999", "2026-12-31"}, {fixture.UnitIC, "001", "31.12.2026"}} {
		if _, err := s.Request(t.Context(), bad[0], bad[1], bad[2], ""); err == nil {
			t.Errorf("%v was requested", bad)
		}
	}
}

// TestConsolidatingUnitGetsTheRecord sealed with the key of the person who fetches
// it, in the version that was processed first even when another follows.
func TestConsolidatingUnitGetsTheRecord(t *testing.T) {
	t.Parallel()
	s := started(t, options(t))
	want, id := enveloped(t, record(t, "Rozvaha", 1, fixture.YearEnd), config(fixture.PersonID))
	submitted(t, s, zo, encrypted(t, want, keyOf(t, 1)))
	again, _ := good(t, 2)
	submitted(t, s, zo, again)
	settled(t, s)
	rows := listed(t, s, dkcs, "")
	if len(rows) != 2 || rows[0].Kind != "C001" || rows[0].IC != otherIC {
		t.Fatalf("%+v", rows)
	}
	doc := fetched(t, s, dkcs, rows[0].ID)
	if info := verified(t, doc); info.ReferenceID != id || info.Root != "EncryptedMessage" {
		t.Errorf("%+v", info)
	}
	var answer struct {
		Text string `xml:"EnvelopeBody>EncryptedMessage"`
	}
	if err := xml.Unmarshal(doc, &answer); err != nil {
		t.Fatal(err)
	}
	sealed, err := base64.StdEncoding.DecodeString(answer.Text)
	if err != nil {
		t.Fatal(err)
	}
	var opened bytes.Buffer
	if _, err := seal.Open(t.Context(), &opened, bytes.NewReader(sealed), keyOf(t, 3)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(opened.Bytes(), want) {
		t.Error("another record than was handed over")
	}
}

// TestRefusedRequests: each file is a request, its name says which service and
// what the Fault says is in its first line.
func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	s := started(t, options(t))
	files, err := filepath.Glob("testdata/requests/*.xml")
	if err != nil || len(files) < 10 {
		t.Fatalf("%v, %d files", err, len(files))
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, body, _ := strings.Cut(string(data), "\n")
		url := s.SubmitURL()
		if strings.HasPrefix(filepath.Base(file), "inbox-") {
			url = s.InboxURL()
		}
		r, err := post(t, s, url, zo, password, body)
		if err != nil || r.status != http.StatusInternalServerError || !strings.Contains(r.body, "<faultcode>SOAP:Client</faultcode>") || !strings.Contains(r.body, want) {
			t.Errorf("%s: %v, %+v, want %s", file, err, r, want)
		}
	}
	if n := len(s.Deliveries()); n != 0 {
		t.Errorf("%d deliveries", n)
	}
	for _, dir := range []string{dirSealed, dirTemp} {
		if left, _ := os.ReadDir(s.path(dir)); len(left) != 0 {
			t.Errorf("left in %s: %v", dir, left)
		}
	}
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	s := started(t, options(t))
	sealed, _ := good(t, 1)
	for _, c := range [][2]string{{zo, "jiné"}, {"nikdo", password}, {"", ""}} {
		for _, url := range []string{s.SubmitURL(), s.InboxURL()} {
			r, err := post(t, s, url, c[0], c[1], submission(sealed))
			if err != nil || r.status != http.StatusUnauthorized || !strings.Contains(r.body, "Server.Unauthenticated") || r.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%v: %v, %+v", c, err, r)
			}
		}
	}
	if !s.o.Register.SetPassword(zo, "nové") || s.o.Register.SetPassword("nikdo", "x") {
		t.Error("SetPassword")
	}
	if r, err := post(t, s, s.SubmitURL(), zo, "nové", submission(sealed)); err != nil || r.status != http.StatusOK {
		t.Errorf("%v, %+v", err, r)
	}
}

// TestOtherWaysToAsk: methods, content types and sizes that are not the protocol's.
func TestOtherWaysToAsk(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.MaxBody = 2000
	o.EmptyEnvelope = true
	s := started(t, o)
	get, err := client(t, s).Get(s.SubmitURL())
	if err != nil || get.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %v, %v", err, get)
	}
	get.Body.Close()
	sealed, _ := good(t, 1)
	r, err := post(t, s, s.SubmitURL(), zo, password, submission(sealed))
	if err == nil && (r.status != http.StatusInternalServerError || !strings.Contains(r.body, "too large")) {
		t.Errorf("a large body: %+v", r)
	}
	r, err = post(t, s, s.SubmitURL(), zo, password, submission([]byte("krátké")))
	if err != nil || r.status != http.StatusOK || r.body != soapOpen+soapClose {
		t.Errorf("an empty envelope: %v, %+v", err, r)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.SubmitURL(), strings.NewReader(submission([]byte("x"))))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(zo, password)
	req.Header.Set("Content-Type", "application/json")
	res, err := client(t, s).Do(req)
	if err != nil || res.StatusCode != http.StatusInternalServerError {
		t.Errorf("JSON: %v, %v", err, res)
	}
	res.Body.Close()
}

// TestExtract: an envelope is verified as its own document, wherever its
// namespaces are declared.
func TestExtract(t *testing.T) {
	t.Parallel()
	doc, _ := enveloped(t, record(t, "Rozvaha", 1, fixture.YearEnd), config(fixture.PersonID))
	_, alone, _ := bytes.Cut(doc, []byte("?>"))
	got, err := extract(strings.NewReader(`<s:Envelope xmlns:s="` + soapNS + `" xmlns:x="urn:x"><s:Header/><s:Body>` + string(alone) + `</s:Body></s:Envelope>`))
	if err != nil || !bytes.Equal(bytes.TrimSpace(got), bytes.TrimSpace(alone)) {
		t.Fatalf("%v", err)
	}
	verified(t, got)
	// The same with the declarations on the SOAP envelope.
	decl := ` xmlns:msg="` + envelope.MessagingNS + `" xmlns:iissp="` + envelope.CommonNS + `" xmlns:cus="` + envelope.CusNS + `"`
	bare := strings.Replace(string(alone), decl, "", 1)
	if bare == string(alone) {
		t.Fatal("the envelope is not as this test takes it")
	}
	got, err = extract(strings.NewReader(`<s:Envelope xmlns:s="` + soapNS + `"` + decl + `><s:Body>` + bare + `</s:Body></s:Envelope>`))
	if err != nil {
		t.Fatal(err)
	}
	if !standsAlone(got) {
		t.Errorf("%.400s", got)
	}
}
