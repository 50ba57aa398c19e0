package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
	"csuis-offline/online"
	"csuis-offline/outbox"
	"csuis-offline/settings"
)

func messageData(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "messages", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// status is a status message with an identifier.
func status(t *testing.T, reference, state, severity, report string) string {
	t.Helper()
	doc := strings.NewReplacer("REFERENCE", reference, "STATE", state, "SEVERITY", severity, "REPORT", report).Replace(messageData(t, "status.xml"))
	var out bytes.Buffer
	if _, err := envelope.Complete(t.Context(), &out, strings.NewReader(doc), envelope.Options{}); err != nil {
		t.Fatal(err)
	}
	// Inside the SOAP Body it has no declaration of its own.
	return regexp.MustCompile(`^<\?xml[^>]*\?>\s*`).ReplaceAllString(out.String(), "")
}

// fakeInbox is an inbox with messages by their identifiers; "500" as a message
// is answered as such.
type fakeInbox struct {
	mu       sync.Mutex
	messages map[string]string
	fetched  []string
}

var askedID = regexp.MustCompile(`ZpravaId>([^<]*)<`)

func (f *fakeInbox) serve(t *testing.T) http.HandlerFunc {
	frame, list := messageData(t, "soap.xml"), messageData(t, "list.xml")
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.mu.Lock()
		defer f.mu.Unlock()
		content := ""
		if m := askedID.FindSubmatch(body); m != nil {
			f.fetched = append(f.fetched, string(m[1]))
			content = f.messages[string(m[1])]
		} else {
			rows := ""
			for _, id := range slices.Sorted(maps.Keys(f.messages)) {
				rows += "<msg:Zprava><msg:ZpravaId>" + id + "</msg:ZpravaId></msg:Zprava>"
			}
			content = strings.Replace(list, "ROWS", rows, 1)
		}
		if content == "500" {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/xml;charset=utf-8")
		io.WriteString(w, strings.Replace(frame, "CONTENT", content, 1))
	}
}

// newTestCourier is a courier on an outbox with so many accepted records, whose
// TransactionIds are A1, A2, and so on.
func newTestCourier(t *testing.T, f *fakeInbox, records int) (*courier, *bytes.Buffer) {
	t.Helper()
	server := httptest.NewTLSServer(f.serve(t))
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	a := testApp(t, catalogue.Czech)
	var out bytes.Buffer
	a.out, a.json, a.now = &out, true, time.Now
	client, err := online.New(online.Options{
		Inbox: server.URL + "/csuis/ws/inbox", User: "u", Password: func(context.Context) ([]byte, error) { return []byte("p"), nil }, Roots: roots,
		Sender: envelope.Config{Unit: envelope.Unit{IC: "09999990", Name: "Obec"}, Person: envelope.Person{ID: "1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	box, err := outbox.Open(t.Context(), t.TempDir(), outbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	for i := range records {
		m := outbox.Meta{TransactionID: fmt.Sprintf("A%d", i+1), Unit: "09999990", Type: fmt.Sprintf("%03d", i), Date: "2025-12-31", Name: fmt.Sprintf("R%d", i+1)}
		if _, err := box.Add(t.Context(), m, strings.NewReader(fmt.Sprint("sealed ", i)), outbox.AddOptions{}); err != nil {
			t.Fatal(err)
		}
		c, err := box.Next(t.Context(), outbox.NextOptions{})
		if err == nil {
			_, err = c.Finish(outbox.Outcome{Answer: outbox.AnswerAccepted})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	k, err := newCourier(a, &settings.Settings{}, box, client, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return k, &out
}

// codes counts the findings in JSON output by code.
func codes(out string) map[string]int {
	n := map[string]int{}
	for _, m := range regexp.MustCompile(`"code":"([^"]*)"`).FindAllStringSubmatch(out, -1) {
		n[m[1]]++
	}
	return n
}

func state(t *testing.T, k *courier, id int64) outbox.State {
	t.Helper()
	r, err := k.box.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return r.State
}

// TestOneBadMessageDoesNotStopTheOthers: damaged, not to be fetched, without an
// identifier, and no message at all.
func TestOneBadMessageDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	good := status(t, "A1", "PROCOK", "INFO", "")
	bare := regexp.MustCompile(`(?s)<Signature.*</Signature>`).ReplaceAllString(status(t, "A2", "PROCOK", "INFO", ""), "")
	f := &fakeInbox{messages: map[string]string{
		"1": strings.Replace(good, "Popis stavu", "Popis Stavu", 1), "2": "500", "3": "<a/>", "4": "<!-- --><b", "5": bare, "6": good,
		"7": status(t, "FFFF", "ERRSYN", "ERROR", "cizí"),
	}}
	k, out := newTestCourier(t, f, 2)
	if err := k.round(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		"inbox.damaged": 3, "inbox.not-fetched": 1, "inbox.no-identifier": 1, "status.processed": 2, "status.foreign": 1,
	}
	if got := codes(out.String()); !maps.Equal(got, want) {
		t.Errorf("%v in %s", got, out)
	}
	if k.told.errors != 4 || k.res.New != 3 || k.res.NotFetched != 4 || state(t, k, 1) != outbox.Processed || state(t, k, 2) != outbox.Processed {
		t.Errorf("%+v, %+v", k.told, k.res)
	}
	// What is not kept comes again, and is told once.
	out.Reset()
	f.fetched = nil
	if err := k.round(t.Context(), false); err != nil || out.Len() > 0 || !slices.Equal(f.fetched, []string{"1", "2", "3", "4"}) {
		t.Errorf("%v, fetched %v, told %s", err, f.fetched, out)
	}
}

// TestAFailingChannelEndsTheRound: not every message is tried then.
func TestAFailingChannelEndsTheRound(t *testing.T) {
	t.Parallel()
	f := &fakeInbox{messages: map[string]string{"1": "500", "2": "500", "3": "500", "4": "500", "5": "500"}}
	k, _ := newTestCourier(t, f, 0)
	err := k.round(t.Context(), false)
	if exit, id, _ := classify(err); exit != exitIO || id != "online.kind.status" || len(f.fetched) != maxFailures {
		t.Errorf("%v, fetched %v", err, f.fetched)
	}
}

// TestACrashBeforeTheMessageIsKeptRepeatsIt: it is told again and changes nothing.
func TestACrashBeforeTheMessageIsKeptRepeatsIt(t *testing.T) {
	t.Parallel()
	f := &fakeInbox{messages: map[string]string{"1": status(t, "A1", "ERRVVK", "ERROR", "nesouhlasí")}}
	k, out := newTestCourier(t, f, 1)
	for range 2 {
		out.Reset()
		k.once = map[string]bool{}
		if err := k.round(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		if got := codes(out.String()); got["status.refused"] != 1 || state(t, k, 1) != outbox.Refused {
			t.Errorf("%s", out)
		}
		if err := os.Remove(filepath.Join(k.dir, "1.xml")); err != nil {
			t.Fatal(err)
		}
	}
	log, err := k.box.Log(t.Context(), 1)
	if err != nil || len(log) != 4 {
		t.Errorf("%+v, %v", log, err)
	}
}

// TestTheSameRefusalTwiceIsToldOnce: CSÚIS may deliver a status message twice.
func TestTheSameRefusalTwiceIsToldOnce(t *testing.T) {
	t.Parallel()
	s := status(t, "A1", "ERRVVK", "ERROR", "nesouhlasí")
	k, out := newTestCourier(t, &fakeInbox{messages: map[string]string{"1": s, "2": s}}, 1)
	if err := k.round(t.Context(), false); err != nil || codes(out.String())["status.refused"] != 1 || k.res.New != 2 {
		t.Errorf("%v, %s", err, out)
	}
}

// TestWhatAStateMeans: only what is known is taken for an end.
func TestWhatAStateMeans(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		state, severity string
		want            outbox.StatusKind
		clear           bool
	}{
		{"ERRSYN", "INFO", outbox.StatusRefused, true},
		{"MSGUNK", "ERROR", outbox.StatusRefused, true},
		{"PROCOK", "INFO", outbox.StatusProcessed, true},
		{"HOTOVO", "INFO", outbox.StatusProcessed, true}, // by the configuration
		{"HOTOVO", "ERROR", outbox.StatusProcessed, false},
		{"ERRNEW", "ERROR", outbox.StatusRefused, true},
		{"ERRNEW", "WARNING", outbox.StatusReceived, true},
		{"NOVY", "ERROR", outbox.StatusReceived, false},
		{"NOVY", "WARNING", outbox.StatusReceived, true},
		{"procok", "INFO", outbox.StatusReceived, true},
		{"", "INFO", outbox.StatusReceived, true},
	} {
		s, err := online.ParseStatus(strings.NewReader(status(t, "A1", tc.state, tc.severity, "")))
		if err != nil {
			t.Fatal(err)
		}
		if kind, clear := kindOf(s, []string{"HOTOVO"}); kind != tc.want || clear != tc.clear {
			t.Errorf("%s %s: %d, %v", tc.state, tc.severity, kind, clear)
		}
	}
	k, out := newTestCourier(t, &fakeInbox{messages: map[string]string{"1": status(t, "A1", "NOVY", "ERROR", "divné")}}, 1)
	if err := k.round(t.Context(), false); err != nil || codes(out.String())["status.unclear"] != 1 || state(t, k, 1) != outbox.Accepted {
		t.Errorf("%v, %s", err, out)
	}
}

// TestMessagesOfAnotherUnitAreNotOurs: a TransactionId is unique within a unit
// alone; only who is not registered for the unit gets its message elsewhere.
func TestMessagesOfAnotherUnitAreNotOurs(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]bool{"PROCOK": false, "ERRSYN": false, "ERRREP": true} {
		k, _ := newTestCourier(t, &fakeInbox{}, 1)
		doc := strings.Replace(status(t, "A1", state, "INFO", ""), "<iissp:IC>09999990", "<iissp:IC>08888882", 1)
		s, err := online.ParseStatus(strings.NewReader(doc))
		if err != nil {
			t.Fatal(err)
		}
		_, err = recordOf(t.Context(), k.box, s)
		if found := err == nil; found != want || !found && !errors.Is(err, outbox.ErrNotFound) {
			t.Errorf("%s: %v", state, err)
		}
	}
}

// TestAWrongDigestIsNobodys: digests of strangers, and what looks like one.
func TestAWrongDigestIsNobodys(t *testing.T) {
	t.Parallel()
	k, _ := newTestCourier(t, &fakeInbox{}, 2)
	r, err := k.box.Get(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	for report, want := range map[string]int64{
		"SHA-256 " + r.Sum.String() + ", 8 B": 2, strings.ToUpper(r.Sum.String()): 2, "": 0,
		strings.Repeat("0", 64): 0, r.Sum.String() + "0": 0, strings.Repeat("0", 64) + " " + r.Sum.String(): 2,
	} {
		s, err := online.ParseStatus(strings.NewReader(status(t, "", "ERRDEC", "ERROR", report)))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := recordOf(t.Context(), k.box, s); got.ID != want || (err == nil) != (want != 0) {
			t.Errorf("%q: %d, %v", report, got.ID, err)
		}
	}
}

func TestNamesOfMessages(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, id := range []string{"000000000001", "AB-1_2", "ab-1_2", "Ab-1_2", "CON", "../x", "a/b", "", ".", "ž", strings.Repeat("A", 65), "x\x00"} {
		name := messageFile(id)
		if seen[strings.ToLower(name)] || !regexp.MustCompile(`^([0-9A-Z_-]{1,64}|sha256-[0-9a-f]{64})\.xml$`).MatchString(name) || name == "CON.xml" {
			t.Errorf("%q: %s", id, name)
		}
		seen[strings.ToLower(name)] = true
	}
	for address, want := range map[string]string{
		"https://Csuis.example/csuis/ws/inbox": "csuis.example", "https://csuis.example/csuis/wstest/inbox": "csuis.example-wstest",
		"https://csuis.example:443/x": "csuis.example", "https://csuis.example:8443/x": "csuis.example_8443",
	} {
		if got := serviceFolder(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
	if got := serviceFolder("https://[::1]:1/"); !strings.HasPrefix(got, "sha256-") {
		t.Error(got)
	}
}

func TestAges(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]time.Duration{"365d": 365 * 24 * time.Hour, "0d": 0, "36h": 36 * time.Hour, "-1d": -1, "d": -1, "99999999d": -1, "rok": -1, "-1h": -1} {
		if got, ok := ageOf(in); ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %v, %v", in, got, ok)
		}
	}
}

// TestEverySubcommandHasItsTexts: their help is found by their own names, and
// each documents its exit codes.
func TestEverySubcommandHasItsTexts(t *testing.T) {
	t.Parallel()
	for _, lang := range catalogue.Langs() {
		a := testApp(t, lang)
		seen := map[string]bool{}
		for _, cmd := range newRootCommand(a).Commands() {
			for _, sub := range append(cmd.Commands(), cmd) {
				if seen[sub.Name()] {
					t.Errorf("two commands are called %s", sub.Name())
				}
				seen[sub.Name()] = true
				text := a.helpText(sub)
				if len(documentedCodes(sub)) == 0 || strings.Contains(text, "help."+sub.Name()) {
					t.Errorf("%s %s: %s", lang, sub.Name(), text)
				}
			}
		}
	}
}

func TestEveryTextAboutMessagesIsFilled(t *testing.T) {
	t.Parallel()
	for _, lang := range catalogue.Langs() {
		a := testApp(t, lang)
		var out bytes.Buffer
		a.out = &out
		for _, c := range finding.All() {
			if family, _, _ := strings.Cut(string(c), "."); family == "status" || family == "inbox" || family == "store" {
				a.printFindings([]finding.Finding{{Code: c, Severity: finding.Error, Answer: "ERRSYN", Why: "timeout", Detail: "12", MessageID: "7", RecordID: 1234}}, nil)
			}
		}
		if strings.Contains(out.String(), "{") || strings.Contains(out.String(), "1\u00a0234") {
			t.Errorf("%s", out.String())
		}
	}
}

// TestGuideNamesWhatTheInboxTells: each finding about a record, and each command
// of the outbox and the inbox, stands in the Czech guide.
func TestGuideNamesWhatTheInboxTells(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("..", "..", "doc", "cs", "odesilani.md"))
	if err != nil {
		t.Fatal(err)
	}
	guide := string(data)
	for _, c := range finding.All() {
		if strings.HasPrefix(string(c), "status.") && !strings.Contains(guide, "| `"+string(c)+"` |") {
			t.Errorf("no row for %s", c)
		}
	}
	for _, cmd := range newRootCommand(testApp(t, catalogue.Czech)).Commands() {
		if cmd.Name() != "outbox" && cmd.Name() != "inbox" {
			continue
		}
		for _, sub := range cmd.Commands() {
			if !strings.Contains(guide, "`"+cmd.Name()+" "+sub.Name()) {
				t.Errorf("the guide does not name %s %s", cmd.Name(), sub.Name())
			}
		}
	}
}
