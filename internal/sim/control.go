package sim

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Command is an order to a running simulator; empty fields change nothing. The
// simulator takes it over its control address, from this machine only.
type Command struct {
	// Faults replace those in force; an empty list that is not nil ends them.
	Faults   []string      `json:"faults"`
	Seed     uint64        `json:"seed,omitempty"`
	Advance  time.Duration `json:"advance,omitempty"` // of simulated time
	Request  *RecordWanted `json:"request,omitempty"`
	Announce string        `json:"announce,omitempty"` // text of a bulk message
	Intake   string        `json:"intake,omitempty"`   // absolute path of a disc
}

// RecordWanted is a request for a record, see Sim.Request.
type RecordWanted struct {
	IC, RecordType, Date, Text string
}

// Reply says what a command did, and the state of the simulator.
type Reply struct {
	Now        time.Time       `json:"now"` // simulated
	URL        string          `json:"url,omitempty"`
	Deliveries []Delivery      `json:"deliveries"`
	Messages   int             `json:"messages"` // in the inboxes
	Requested  string          `json:"requested,omitempty"`
	Intake     *Intake         `json:"intake,omitempty"`
	Outcomes   map[Outcome]int `json:"outcomes"`
}

const (
	controlPath = "/sim/control"
	controlFile = "control.json" // in the state folder
	maxCommand  = 64 << 10       // bytes
	maxReply    = 1 << 30
)

// Do carries out a command and, after an intake, waits until all is processed.
func (s *Sim) Do(ctx context.Context, c Command) (*Reply, error) {
	rules := make([]Rule, 0, len(c.Faults))
	for _, text := range c.Faults {
		r, err := ParseRule(text)
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	if c.Faults != nil {
		s.SetFaults(ChooseBy(c.Seed, rules...))
	}
	if c.Advance != 0 {
		if err := s.Advance(c.Advance); err != nil {
			return nil, err
		}
	}
	reply := &Reply{URL: s.URL(), Outcomes: map[Outcome]int{}}
	var err error
	if w := c.Request; w != nil {
		if reply.Requested, err = s.Request(ctx, w.IC, w.RecordType, w.Date, w.Text); err != nil {
			return nil, err
		}
	}
	if c.Announce != "" {
		if err := s.Announce(ctx, c.Announce); err != nil {
			return nil, err
		}
	}
	if c.Intake != "" {
		if reply.Intake, err = s.Intake(ctx, c.Intake); err == nil {
			err = s.Wait(ctx)
		}
		if err != nil {
			return nil, err
		}
	}
	reply.Now, reply.Deliveries = s.Now(), s.Deliveries()
	for _, d := range reply.Deliveries {
		reply.Outcomes[d.Outcome]++
	}
	s.mu.Lock()
	reply.Messages = len(s.state.messages)
	s.mu.Unlock()
	return reply, nil
}

// controlAccess is what somebody on this machine who may read the state folder
// needs to give commands.
type controlAccess struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

func (s *Sim) prepareControl(url string) error {
	data, err := json.Marshal(controlAccess{url + controlPath, rand.Text()})
	if err != nil {
		return err
	}
	path := filepath.Join(s.o.Dir, controlFile)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}

func readAccess(dir string) (a controlAccess, err error) {
	data, err := os.ReadFile(filepath.Join(dir, controlFile))
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(data, &a)
}

// control serves commands, only to this machine.
func (s *Sim) control(w http.ResponseWriter, r *http.Request) {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	access, err := readAccess(s.o.Dir)
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() || err != nil || subtle.ConstantTimeCompare([]byte(token), []byte(access.Token)) != 1 {
		http.Error(w, "forbidden", http.StatusForbidden)
		return
	}
	var c Command
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxCommand)).Decode(&c); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	reply, err := s.Do(r.Context(), c)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(reply)
}

// Order gives a command to the simulator that works in a state folder, in
// whatever process; if none does, to one that is opened with the options just
// for the command.
func Order(ctx context.Context, o Options, c Command) (*Reply, error) {
	s, err := Open(o)
	if errors.Is(err, ErrBusy) {
		return orderRunning(ctx, o.Dir, c)
	}
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if err := s.Wait(ctx); err != nil {
		return nil, err
	}
	return s.Do(ctx, c)
}

func orderRunning(ctx context.Context, dir string, c Command) (*Reply, error) {
	access, err := readAccess(dir)
	if err != nil {
		return nil, err
	}
	ca, err := os.ReadFile(filepath.Join(dir, caFile))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	body, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, access.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+access.Token)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	res, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	in := io.LimitReader(res.Body, maxReply)
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(in, 1000))
		return nil, fmt.Errorf("the running simulator: %s", strings.TrimSpace(string(text)))
	}
	reply := &Reply{}
	return reply, json.NewDecoder(in).Decode(reply)
}
