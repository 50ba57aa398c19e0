package sim

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestFaults hands the same record over under each fault and wants the answer and
// the traces that belong to it.
func TestFaults(t *testing.T) {
	t.Parallel()
	const none, once = 0, 1
	cases := map[FaultKind]struct {
		status    int // of the answer; 0: none comes
		body      string
		delivered int
		messages  int
	}{
		NoFault:     {status: 200, delivered: once, messages: 2},
		Refuse:      {delivered: none},
		ServerError: {status: 500, body: "Internal Server Error", delivered: none},
		Unavailable: {status: 503, body: "Service Unavailable", delivered: none},
		SOAPFault:   {status: 500, body: "<faultcode>SOAP:Server</faultcode>", delivered: none},
		Unauthentic: {status: 401, body: "<faultcode>SOAP:Server.Unauthenticated</faultcode>", delivered: none},
		CutBefore:   {delivered: none},
		CutIn:       {delivered: none},
		CutAfter:    {delivered: none},
		Lose:        {delivered: once, messages: 2},
		Slow:        {status: 200, delivered: once, messages: 2},
		Never:       {status: 200, delivered: once, messages: 0},
		DelayStatus: {status: 200, delivered: once, messages: 0},
		TwiceStatus: {status: 200, delivered: once, messages: 4},
		ResetKept:   {status: 200, delivered: once, messages: 2},
		WebPage:     {status: 200, body: "<title>Přihlášení", delivered: none},
	}
	if len(cases) != len(FaultKinds())+1 {
		t.Fatal("a kind of fault without a case")
	}
	for kind, c := range cases {
		t.Run("fault "+string(kind), func(t *testing.T) {
			t.Parallel()
			s := started(t, options(t))
			var on atomic.Bool
			on.Store(true)
			s.SetFaults(func(q Request) Fault {
				if on.Load() && (q.Service == Submit || kind == Refuse) {
					return Fault{Kind: kind, Delay: map[FaultKind]time.Duration{Slow: 50 * time.Millisecond, DelayStatus: 24 * time.Hour}[kind]}
				}
				return Fault{}
			})
			sealed, id := good(t, 1)
			begun := time.Now()
			r, err := post(t, s, s.SubmitURL(), zo, password, submission(sealed))
			if (err != nil) != (c.status == 0) || r.status != c.status || !strings.Contains(r.body, c.body) {
				t.Fatalf("%v, %+v", err, r)
			}
			if c.status == 200 && c.body == "" && r.body != "" {
				t.Errorf("the answer is not empty: %q", r.body)
			}
			if kind == Slow && time.Since(begun) < 50*time.Millisecond {
				t.Error("the answer was not slow")
			}
			on.Store(false)
			settled(t, s)
			if got := s.Count(id); got.Delivered != c.delivered || got.Duplicates != 0 {
				t.Errorf("%+v", got)
			}
			if got := len(listed(t, s, zo, "")); got != c.messages {
				t.Errorf("%d messages, want %d", got, c.messages)
			}
			if kind != DelayStatus {
				return
			}
			advance(t, s, 23*time.Hour)
			if got := len(listed(t, s, zo, "")); got != 0 {
				t.Errorf("%d messages after 23 hours", got)
			}
			advance(t, s, time.Hour)
			rows := listed(t, s, zo, "")
			if len(rows) != 2 || rows[0].Created != "2027-01-20T09:00:00Z" || rows[0].Published != "2027-01-21T09:00:00Z" {
				t.Errorf("after 24 hours: %+v", rows)
			}
		})
	}
}

func advance(t testing.TB, s *Sim, d time.Duration) {
	t.Helper()
	if err := s.Advance(d); err != nil {
		t.Fatal(err)
	}
}

// TestInboxFaults: also the inbox fails on command.
func TestInboxFaults(t *testing.T) {
	t.Parallel()
	s := started(t, options(t))
	for kind, status := range map[FaultKind]int{ServerError: 500, Unauthentic: 401, CutAfter: 0, Lose: 0} {
		s.SetFaults(func(q Request) Fault {
			if q.Service == Inbox {
				return Fault{Kind: kind}
			}
			return Fault{}
		})
		r, err := post(t, s, s.InboxURL(), zo, password, asked(zo, "<msg:SeznamZpravPozadavek/>"))
		if (err != nil) != (status == 0) || r.status != status {
			t.Errorf("%s: %v, %+v", kind, err, r)
		}
	}
}

// TestSameSeedSameFaults: a run can be repeated.
func TestSameSeedSameFaults(t *testing.T) {
	t.Parallel()
	rules := []Rule{rule(t, "lose@0.2"), rule(t, "inbox:500@0.5"), rule(t, "delay-status=24h@0.3")}
	run := func(seed uint64) (out string) {
		choose := ChooseBy(seed, rules...)
		for range 200 {
			out += string(choose(Request{Service: Submit}).Kind) + "," + string(choose(Request{Service: Inbox}).Kind) + ";"
		}
		return out
	}
	one, again, other := run(1), run(1), run(2)
	if one != again || one == other {
		t.Error("the seed does not decide")
	}
	got := run(3)
	for _, kind := range []string{"lose", "500", "delay-status", ",;"} {
		if !strings.Contains(got, kind) {
			t.Errorf("%q never comes up", kind)
		}
	}
}

func rule(t testing.TB, text string) Rule {
	t.Helper()
	r, err := ParseRule(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestParseRule(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Rule{
		"lose":             {Submit, Fault{Kind: Lose}, 1},
		"refuse@0.5":       {Connect, Fault{Kind: Refuse}, 0.5},
		"inbox:503":        {Inbox, Fault{Kind: Unavailable}, 1},
		"slow=2s@0":        {Submit, Fault{Kind: Slow, Delay: 2 * time.Second}, 0},
		"cut-in=1000":      {Submit, Fault{Kind: CutIn, Bytes: 1000}, 1},
		"submit:cut-in":    {Submit, Fault{Kind: CutIn}, 1},
		"reset-kept":       {Submit, Fault{Kind: ResetKept}, 1},
		"reset-kept=3ms":   {Submit, Fault{Kind: ResetKept, Delay: 3 * time.Millisecond}, 1},
		"web-page@0.1":     {Submit, Fault{Kind: WebPage}, 0.1},
		"delay-status=28h": {Submit, Fault{Kind: DelayStatus, Delay: 28 * time.Hour}, 1},
	} {
		if got, err := ParseRule(text); err != nil || got != want {
			t.Errorf("%s: %v, %+v", text, err, got)
		}
	}
	for _, text := range []string{"", "nonsense", "lose@2", "lose@-1", "lose@NaN", "lose@x", "slow", "slow=-1s", "slow=x", "cut-in=0", "reset-kept=x", "reset-kept=-1s", "web-page=1", "lose=1", "door:lose", "connect:lose"} {
		if r, err := ParseRule(text); err == nil {
			t.Errorf("%q: %+v", text, r)
		}
	}
}

// TestStateOutlivesTheProcess: what was accepted before an end is processed after
// the next start, once; what was read stays read; the authority stays trusted.
func TestStateOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	o := options(t)
	first := started(t, o)
	sealed, id := good(t, 1)
	submitted(t, first, zo, sealed)
	settled(t, first)
	fetched(t, first, zo, listed(t, first, zo, "")[0].ID)
	advance(t, first, 5*time.Hour)
	stop := make(chan struct{})
	go func() { // in the middle of work
		defer close(stop)
		for seed := uint64(2); seed < 30; seed++ {
			s, _ := good(t, seed)
			r, err := post(t, first, first.SubmitURL(), zo, password, submission(s))
			if err != nil || r.status != http.StatusOK {
				return
			}
		}
	}()
	time.Sleep(60 * time.Millisecond)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	<-stop
	before := first.Deliveries()
	authority, err := os.ReadFile(first.CAFile())
	if err != nil {
		t.Fatal(err)
	}
	second, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { second.Close() })
	// At the same address, where clients go on asking.
	if err := second.Start(strings.TrimPrefix(first.URL(), "https://")); err != nil {
		t.Fatal(err)
	}
	settled(t, second)
	if again, err := os.ReadFile(second.CAFile()); err != nil || string(again) != string(authority) {
		t.Errorf("another authority: %v", err)
	}
	if got := second.Now().Sub(today); got != 5*time.Hour {
		t.Errorf("the clock is %v ahead", got)
	}
	if c := second.Count(id); c.Processed != 1 || c.Delivered != 1 {
		t.Errorf("%+v", c)
	}
	after := second.Deliveries()
	if len(after) != len(before) {
		t.Fatalf("%d deliveries, %d before", len(after), len(before))
	}
	for _, d := range after {
		if c := second.Count(d.TransactionID); d.Outcome != Processed || c.Processed != 1 {
			t.Errorf("%+v, %+v", d, c)
		}
	}
	rows := listed(t, second, zo, "")
	if len(rows) != 2*len(after) || rows[0].Status != "R" || rows[1].Status != "N" {
		t.Errorf("%d messages of %d deliveries: %+v", len(rows), len(after), rows[:2])
	}
}

func TestOneProcessAFolder(t *testing.T) {
	t.Parallel()
	o := options(t)
	started(t, o)
	if _, err := Open(o); !errors.Is(err, ErrBusy) {
		t.Errorf("%v", err)
	}
}

// TestAnOutageMeetsKeptConnections: a client that holds an idle connection once
// went on submitting through it while all connections were refused.
func TestAnOutageMeetsKeptConnections(t *testing.T) {
	t.Parallel()
	s := started(t, options(t))
	c := client(t, s)
	c.Transport.(*http.Transport).DisableKeepAlives = false
	defer c.CloseIdleConnections()
	get := func() error {
		res, err := c.Get(s.SubmitURL() + "?wsdl")
		if err != nil {
			return err
		}
		io.Copy(io.Discard, res.Body)
		return res.Body.Close()
	}
	if err := get(); err != nil {
		t.Fatal(err)
	}
	for s.idleConnections() == 0 { // the server notices a little later
		time.Sleep(time.Millisecond)
	}
	s.SetFaults(ChooseBy(1, rule(t, "refuse")))
	if err := get(); err == nil {
		t.Error("a request got through")
	}
	s.SetFaults(nil)
	if err := get(); err != nil {
		t.Error(err)
	}
}

func (s *Sim) idleConnections() int {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	return len(s.server.idle)
}
