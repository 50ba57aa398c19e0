package handover

import (
	"context"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"csuis-offline/online"
	"csuis-offline/outbox"
)

// turning is a server that takes some records and then answers otherwise.
func turning(takes int32, then online.Outcome) *server {
	s := &server{}
	s.answer = func(ctx context.Context) online.Outcome {
		at := s.asked.Load()
		time.Sleep(time.Millisecond)
		if at <= takes {
			return accepted(ctx)
		}
		return then
	}
	return s
}

// TestWhatATurningServerCosts: on a channel that has worked, a gateway's page, a
// server that falls silent, and statuses without a Fault cost the records that are
// on their way, and at most one more.
func TestWhatATurningServerCosts(t *testing.T) {
	t.Parallel()
	const n, takes = 200, 40
	for name, tc := range map[string]struct {
		then online.Outcome
		lost outbox.State
		most int
	}{
		"a web page": {online.Outcome{Verdict: online.Unknown, Retry: online.Never, Sent: 9, Foreign: true, Err: &online.Error{Kind: online.KindNotSOAP, Page: true}}, outbox.Unknown, senders},
		"a redirect": {online.Outcome{Verdict: online.Refused, Retry: online.AfterSettings, Sent: 9, Foreign: true, Err: &online.Error{Kind: online.KindRedirect}}, outbox.Waiting, senders},
		"silence":    {online.Outcome{Verdict: online.Unknown, Retry: online.Never, Sent: 9, Err: &online.Error{Kind: online.KindTimeout}}, outbox.Unknown, senders + 1},
		"a status":   {online.Outcome{Verdict: online.Refused, Retry: online.Never, Sent: 9, Err: &online.Error{Kind: online.KindHTTPStatus, Status: 400}}, outbox.Refused, senders + 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box := filled(t, n)
			got, err := deliver(t.Context(), box, turning(takes, tc.then), DeliverOptions{Patience: time.Minute})
			states, cerr := box.Counts(t.Context())
			if err != nil || cerr != nil || got.Stopped == "" {
				t.Errorf("%+v, %v, %v", got, err, cerr)
			}
			if lost := states[tc.lost]; lost < 1 || lost > tc.most || states[outbox.Prepared] != n-lost-states[outbox.Accepted] {
				t.Errorf("%v", states)
			}
		})
	}
}

// TestLostAnswersDoNotEndTheRun: where others are answered, each is its own affair.
func TestLostAnswersDoNotEndTheRun(t *testing.T) {
	t.Parallel()
	const n = 150
	box := filled(t, n)
	var asked atomic.Int32
	s := &server{answer: func(ctx context.Context) online.Outcome {
		if asked.Add(1)%10 == 5 {
			return online.Outcome{Verdict: online.Unknown, Retry: online.Never, Sent: 9, Err: &online.Error{Kind: online.KindConnectionLost}}
		}
		return accepted(ctx)
	}}
	got, err := deliver(t.Context(), box, s, DeliverOptions{})
	if err != nil || got.Stopped != "" || got.Accepted+got.Unknown != n || got.Unknown != n/10 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestSeveralLostTogetherDoNotEndTheRun: a restart of the server loses all that is on
// its way, and the record that tries the channel then arrives.
func TestSeveralLostTogetherDoNotEndTheRun(t *testing.T) {
	t.Parallel()
	const n = 200
	box := filled(t, n)
	lost := online.Outcome{Verdict: online.Unknown, Retry: online.Never, Sent: 9, Err: &online.Error{Kind: online.KindConnectionLost}}
	s := &server{}
	s.answer = func(ctx context.Context) online.Outcome {
		at := s.asked.Load()
		time.Sleep(5 * time.Millisecond)
		if at > 60 && at <= 60+senders/2 {
			return lost
		}
		return accepted(ctx)
	}
	got, err := deliver(t.Context(), box, s, DeliverOptions{})
	if err != nil || got.Stopped != "" || got.Accepted+got.Unknown != n || got.Unknown == 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestRefusalsOfAProvenChannelAreEachARecords: a Fault after a record was taken says
// nothing of the others.
func TestRefusalsOfAProvenChannelAreEachARecords(t *testing.T) {
	t.Parallel()
	const n = 60
	box := filled(t, n)
	fault := online.Outcome{Verdict: online.Refused, Retry: online.Never, Sent: 9, Fault: &online.Fault{Code: "Client"}, Err: &online.Error{Kind: online.KindFault}}
	got, err := deliver(t.Context(), box, turning(1, fault), DeliverOptions{})
	if err != nil || got.Stopped != "" || got.Refused != n-1 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestAWrongAddressThatAnswersWithSOAPTakesNoRecord: another service's answer, an
// empty web page and an empty multipart cost one record, and the others stay as
// they are.
func TestAWrongAddressThatAnswersWithSOAPTakesNoRecord(t *testing.T) {
	t.Parallel()
	const n = 40
	for name, tc := range map[string]struct{ kind, body string }{
		"another service": {"text/xml", `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><x:getMenuResponse xmlns:x="urn:other"/></s:Body></s:Envelope>`},
		"an empty page":   {"text/html", ""},
		"an empty part":   {`multipart/related; boundary="b"; type="text/xml"`, "--b\r\nContent-Type: text/xml\r\n\r\n\r\n--b--\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			other := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				io.Copy(io.Discard, r.Body)
				w.Header().Set("Content-Type", tc.kind)
				io.WriteString(w, tc.body)
			}))
			defer other.Close()
			roots := x509.NewCertPool()
			roots.AddCert(other.Certificate())
			client, err := online.New(online.Options{Submit: other.URL, Roots: roots, User: "u", Password: func(context.Context) ([]byte, error) { return []byte("p"), nil }})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			box := filled(t, n)
			got, err := deliver(t.Context(), box, client, DeliverOptions{Patience: time.Minute})
			states, cerr := box.Counts(t.Context())
			if err != nil || cerr != nil || got.Stopped == "" || asked.Load() != 1 || states[outbox.Unknown] != 1 || states[outbox.Prepared] != n-1 {
				t.Errorf("%+v, %v, %v, %v", got, states, err, cerr)
			}
		})
	}
}
