package handover

import (
	"bytes"
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

	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/online"
	"csuis-offline/outbox"
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
// is answered as such, and "fault" with a Fault.
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
		if content == "fault" {
			content = "<SOAP:Fault><faultcode>SOAP:Client</faultcode><faultstring>there is no message</faultstring></SOAP:Fault>"
		}
		w.Header().Set("Content-Type", "text/xml;charset=utf-8")
		io.WriteString(w, strings.Replace(frame, "CONTENT", content, 1))
	}
}

// testCourier is a courier whose findings are counted.
type testCourier struct {
	*Courier
	told map[finding.Code]int
}

func (k *testCourier) tell(f finding.Finding) { k.told[f.Code]++ }

// newTestCourier is a courier on an outbox with so many accepted records, whose
// TransactionIds are A1, A2, and so on.
func newTestCourier(t *testing.T, f *fakeInbox, records int) *testCourier {
	t.Helper()
	server := httptest.NewTLSServer(f.serve(t))
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	ch, err := NewChannel(ChannelOptions{
		Inbox: server.URL + "/csuis/ws/inbox", User: "u", Password: []byte("p"), Roots: roots,
		Sender: envelope.Config{Unit: envelope.Unit{IC: "09999990", Name: "Obec"}, Person: envelope.Person{ID: "1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ch.Close)
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
	k := &testCourier{told: map[finding.Code]int{}}
	k.Courier, err = NewCourier(box, ch, NewsOptions{Address: server.URL, Tell: k.tell})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func state(t *testing.T, k *testCourier, id int64) outbox.State {
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
	k := newTestCourier(t, f, 2)
	if err := k.Update(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	want := map[finding.Code]int{
		"inbox.damaged": 3, "inbox.not-fetched": 1, "inbox.no-identifier": 1, "status.processed": 2, "status.foreign": 1,
	}
	if !maps.Equal(k.told, want) {
		t.Errorf("told %v", k.told)
	}
	if k.news.New != 3 || k.news.NotFetched != 4 || state(t, k, 1) != outbox.Processed || state(t, k, 2) != outbox.Processed {
		t.Errorf("%+v", k.news)
	}
	// What is not kept comes again, and is told once.
	clear(k.told)
	f.fetched = nil
	if err := k.Update(t.Context(), false); err != nil || len(k.told) > 0 || !slices.Equal(f.fetched, []string{"1", "2", "3", "4"}) {
		t.Errorf("%v, fetched %v, told %v", err, f.fetched, k.told)
	}
}

// TestABadIdentifierInTheListStopsNoOther: it is a finding of its own, and not told
// as the user's mistake.
func TestABadIdentifierInTheListStopsNoOther(t *testing.T) {
	t.Parallel()
	f := &fakeInbox{messages: map[string]string{
		strings.Repeat("0", 5000): "<a/>", "0\n1": "<a/>", "0&#x85;1": "<a/>", "2": status(t, "A1", "PROCOK", "INFO", ""),
	}}
	k := newTestCourier(t, f, 1)
	for range 2 {
		if err := k.Update(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
	if !maps.Equal(k.told, map[finding.Code]int{"inbox.bad-id": 2, "inbox.damaged": 1, "status.processed": 1}) {
		t.Errorf("told %v", k.told)
	}
	if state(t, k, 1) != outbox.Processed {
		t.Error("the good message does not count")
	}
}

// TestATimeAtTheEndOfTheCalendarDamagesNothing: a message made in the last second of
// the year 9999 west of Greenwich.
func TestATimeAtTheEndOfTheCalendarDamagesNothing(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+14:00"} {
		doc := status(t, "A1", "PROCOK", "INFO", "")
		i := strings.Index(doc, "DateTimeCreated>") + len("DateTimeCreated>")
		doc = doc[:i] + at + doc[i+strings.Index(doc[i:], "<"):]
		s, err := online.ParseStatus(strings.NewReader(doc))
		if err != nil || s.Info.Created != at {
			t.Fatal(err, s)
		}
		if st, _ := statusOf(s, "1", nil); !st.Time.IsZero() {
			t.Errorf("%s: %s", at, st.Time)
		}
	}
}

// TestFaultsAboutMessagesStarveNoOther: each is a finding of its own, and what stands
// behind them comes.
func TestFaultsAboutMessagesStarveNoOther(t *testing.T) {
	t.Parallel()
	f := &fakeInbox{messages: map[string]string{
		strings.Repeat("0", 200): "fault", "../../evil": "fault", "..": "fault", "0": "fault", "9": status(t, "A1", "PROCOK", "INFO", ""),
	}}
	k := newTestCourier(t, f, 1)
	if err := k.Update(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(k.told, map[finding.Code]int{"inbox.not-fetched": 4, "status.processed": 1}) || state(t, k, 1) != outbox.Processed {
		t.Errorf("told %v, %s", k.told, state(t, k, 1))
	}
	// Far more of them cost no message either.
	for i := range maxFaults + 20 {
		f.messages[fmt.Sprintf("1%03d", i)] = "fault"
	}
	f.messages["91"], f.messages["92"] = status(t, "A2", "PROCOK", "INFO", ""), status(t, "A3", "PROCOK", "INFO", "")
	k = newTestCourier(t, f, 3)
	if err := k.Update(t.Context(), false); err != nil || k.told["status.processed"] != 3 || k.told["inbox.not-fetched"] != maxFaults+24 {
		t.Errorf("%v, told %v", err, k.told)
	}
}

// TestMessagesThatBreakTheServerStarveNoOther: it fails at the first ones in each
// round.
func TestMessagesThatBreakTheServerStarveNoOther(t *testing.T) {
	t.Parallel()
	f := &fakeInbox{messages: map[string]string{
		"1": "500", "2": "500", "3": "500", "4": "500", "7": status(t, "A1", "PROCOK", "INFO", ""), "8": status(t, "A2", "PROCOK", "INFO", ""),
	}}
	k := newTestCourier(t, f, 2)
	if err := k.Update(t.Context(), false); err != nil || state(t, k, 1) != outbox.Processed || state(t, k, 2) != outbox.Processed {
		t.Errorf("%v, told %v", err, k.told)
	}
}

// TestAFailingChannelEndsTheRound: not every message is tried then.
func TestAFailingChannelEndsTheRound(t *testing.T) {
	t.Parallel()
	f := &fakeInbox{messages: map[string]string{"1": "500", "2": "500", "3": "500", "4": "500", "5": "500"}}
	k := newTestCourier(t, f, 0)
	err := k.Update(t.Context(), false)
	var e *online.Error
	if !errors.As(err, &e) || e.Kind != online.KindHTTPStatus || len(f.fetched) != maxFailures+1 {
		t.Errorf("%v, fetched %v", err, f.fetched)
	}
}

// TestACrashBeforeTheMessageIsKeptRepeatsIt: it is told again and changes nothing.
func TestACrashBeforeTheMessageIsKeptRepeatsIt(t *testing.T) {
	t.Parallel()
	f := &fakeInbox{messages: map[string]string{"1": status(t, "A1", "ERRVVK", "ERROR", "nesouhlasí")}}
	k := newTestCourier(t, f, 1)
	for range 2 {
		clear(k.told)
		k.once = map[string]bool{}
		if err := k.Update(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		if k.told["status.refused"] != 1 || state(t, k, 1) != outbox.Refused {
			t.Errorf("told %v", k.told)
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
	k := newTestCourier(t, &fakeInbox{messages: map[string]string{"1": s, "2": s}}, 1)
	if err := k.Update(t.Context(), false); err != nil || k.told["status.refused"] != 1 || k.news.New != 2 {
		t.Errorf("%v, told %v", err, k.told)
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
		if kind, clear := Meaning(s, []string{"HOTOVO"}); kind != tc.want || clear != tc.clear {
			t.Errorf("%s %s: %d, %v", tc.state, tc.severity, kind, clear)
		}
	}
	k := newTestCourier(t, &fakeInbox{messages: map[string]string{"1": status(t, "A1", "NOVY", "ERROR", "divné")}}, 1)
	if err := k.Update(t.Context(), false); err != nil || k.told["status.unclear"] != 1 || state(t, k, 1) != outbox.Accepted {
		t.Errorf("%v, told %v", err, k.told)
	}
}

// TestMessagesOfAnotherUnitAreNotOurs: a TransactionId is unique within a unit
// alone; only who is not registered for the unit gets its message elsewhere.
func TestMessagesOfAnotherUnitAreNotOurs(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]bool{"PROCOK": false, "ERRSYN": false, "ERRREP": true} {
		k := newTestCourier(t, &fakeInbox{}, 1)
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
	k := newTestCourier(t, &fakeInbox{}, 2)
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
		name := MessageFile(id)
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
