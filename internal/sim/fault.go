package sim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"
)

// FaultKind is one way in which the simulator misbehaves.
type FaultKind string

// The kinds of faults. What each leaves behind is part of its meaning: a client
// must not distinguish them by luck.
const (
	NoFault     FaultKind = ""
	Refuse      FaultKind = "refuse"       // a new connection is closed before TLS; nothing arrives
	ServerError FaultKind = "500"          // HTTP 500 without a Fault; nothing is kept
	Unavailable FaultKind = "503"          // HTTP 503; nothing is kept
	SOAPFault   FaultKind = "soap-fault"   // HTTP 500 with a SOAP Fault; nothing is kept
	Unauthentic FaultKind = "401"          // HTTP 401, as for a password that has expired; nothing is kept
	CutBefore   FaultKind = "cut-before"   // the connection is cut before the body is read; nothing is kept
	CutIn       FaultKind = "cut-in"       // ... after Bytes of the body; nothing is kept
	CutAfter    FaultKind = "cut-after"    // ... after the whole body; nothing is kept
	Lose        FaultKind = "lose"         // the message is kept and processed, the connection cut before the answer
	Slow        FaultKind = "slow"         // kept and processed; the answer takes Delay of real time
	Never       FaultKind = "never"        // accepted, and never processed: no status message ever comes
	DelayStatus FaultKind = "delay-status" // processed; status messages come Delay of simulated time later
	TwiceStatus FaultKind = "twice-status" // processed; each status message comes twice
	ResetKept   FaultKind = "reset-kept"   // kept, processed and answered; the connection is reset Delay (real time) later, unless it serves another request then
	WebPage     FaultKind = "web-page"     // HTTP 200 with a web page, as of a gateway that wants a login; nothing is kept
)

// FaultKinds lists every kind but NoFault.
func FaultKinds() []FaultKind {
	return []FaultKind{
		Refuse, ServerError, Unavailable, SOAPFault, Unauthentic, CutBefore, CutIn, CutAfter, Lose, Slow, Never, DelayStatus, TwiceStatus,
		ResetKept, WebPage,
	}
}

// Fault is what happens to one request. The zero value is none.
type Fault struct {
	Kind FaultKind
	// Delay is for Slow and ResetKept (real time) and DelayStatus (simulated time).
	Delay time.Duration
	// Bytes of the body are read before CutIn; 0 means half of it.
	Bytes int64
}

// Service is what a request is for.
type Service string

// The services.
const (
	Connect Service = "connect" // a connection, before TLS: only Refuse makes sense
	Submit  Service = "submit"
	Inbox   Service = "inbox"
)

// Request is what a fault is chosen by.
type Request struct {
	Number  int64 // counts the requests to the chooser, from 1
	Service Service
	Login   string // "" for Connect
	Size    int64  // of the body in bytes; -1 if it is not known
}

// Chooser chooses the fault of a request. It is called by several goroutines at
// once.
type Chooser func(Request) Fault

// Rule lets a part of the requests fail.
type Rule struct {
	Service     Service // "" means Submit, and Connect for Refuse
	Fault       Fault
	Probability float64 // from 0 to 1
}

// ParseRule reads a rule from its text: [SERVICE:]KIND[=DURATION|=BYTES][@PROBABILITY],
// as "lose@0.1", "delay-status=24h" or "inbox:500@0.5". Without a probability it
// is 1.
func ParseRule(text string) (Rule, error) {
	r := Rule{Probability: 1}
	rest, probability, found := strings.Cut(text, "@")
	if found {
		p, err := strconv.ParseFloat(probability, 64)
		if err != nil || !(p >= 0 && p <= 1) {
			return r, fmt.Errorf("fault %q: the probability is no number from 0 to 1", text)
		}
		r.Probability = p
	}
	if service, after, found := strings.Cut(rest, ":"); found {
		if r.Service = Service(service); r.Service != Submit && r.Service != Inbox {
			return r, fmt.Errorf("fault %q: no service %q", text, service)
		}
		rest = after
	}
	kind, value, valued := strings.Cut(rest, "=")
	for _, k := range FaultKinds() {
		if string(k) == kind {
			r.Fault.Kind = k
		}
	}
	if err := r.value(value, valued); err != nil {
		return r, fmt.Errorf("fault %q: %w", text, err)
	}
	if r.Service == "" {
		r.Service = Submit
		if r.Fault.Kind == Refuse {
			r.Service = Connect
		}
	}
	return r, nil
}

func (r *Rule) value(value string, valued bool) (err error) {
	switch r.Fault.Kind {
	case NoFault:
		return errors.New("unknown kind of fault")
	case Slow, DelayStatus:
		if r.Fault.Delay, err = time.ParseDuration(value); err != nil || r.Fault.Delay < 0 {
			return fmt.Errorf("%s needs a duration, as in %s=30s", r.Fault.Kind, r.Fault.Kind)
		}
		return nil
	case ResetKept:
		if !valued {
			return nil
		}
		if r.Fault.Delay, err = time.ParseDuration(value); err != nil || r.Fault.Delay < 0 {
			return fmt.Errorf("%s takes a duration, as in %s=2ms", ResetKept, ResetKept)
		}
		return nil
	case CutIn:
		if !valued {
			return nil
		}
		if r.Fault.Bytes, err = strconv.ParseInt(value, 10, 64); err != nil || r.Fault.Bytes < 1 {
			return fmt.Errorf("%s needs a number of bytes, as in %s=1000", CutIn, CutIn)
		}
		return nil
	}
	if valued {
		return fmt.Errorf("%s takes no value", r.Fault.Kind)
	}
	return nil
}

// ChooseBy makes a chooser of rules: for each request the first rule of its
// service that comes up. The same seed and order of requests give the same faults.
func ChooseBy(seed uint64, rules ...Rule) Chooser {
	var mu sync.Mutex
	rnd := rand.New(rand.NewPCG(seed, 0))
	return func(q Request) Fault {
		mu.Lock()
		defer mu.Unlock()
		for _, r := range rules {
			if r.Service == q.Service && rnd.Float64() < r.Probability {
				return r.Fault
			}
		}
		return Fault{}
	}
}
