package sim

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"csuis-offline/check"
	"csuis-offline/check/attachment"
	"csuis-offline/check/deadline"
	"csuis-offline/check/rules"
	"csuis-offline/envelope"
)

// ErrBusy: another process holds the state folder.
var ErrBusy = errors.New("sim: another simulator uses this state folder")

// Options say how a simulator works. Dir and Register are required.
type Options struct {
	// Dir is the state folder, made if it is missing. Open processes what was
	// accepted in it earlier and not processed.
	Dir      string
	Register *Register
	// Check says against what records are checked. Its day is the simulated one;
	// a nil Type is the built-in table.
	Check check.Options
	// Clock is real time; nil means time.Now. Simulated time is real time plus what
	// Advance added.
	Clock func() time.Time
	// Rand is the source of TransactionIds and filler; nil means crypto/rand.
	Rand io.Reader
	// Choose chooses the fault of each request; nil means none.
	Choose Chooser
	// Workers is how many messages are judged at once; 0 is one a processor.
	Workers int
	// MaxBody is the largest request to the submit service in bytes; 0 is 512 MiB.
	MaxBody int64
	// EmptyEnvelope answers what was accepted with an empty SOAP envelope
	// instead of an empty body; the manual allows both.
	EmptyEnvelope bool
}

const defaultMaxBody = 512 << 20

// Folders and files in the state folder.
const (
	dirSealed  = "sealed"  // sealed records that wait
	dirRecords = "records" // opened envelopes of what counts
	dirTemp    = "tmp"
)

// Sim is a running simulator. It is safe for use by several goroutines at once.
type Sim struct {
	o    Options
	lock *flock.Flock

	mu      sync.Mutex
	changed *sync.Cond // the queue, or the deliveries at work
	journal *journal
	state   *state
	queue   []int64 // numbers of deliveries to process, in their order
	open    int     // deliveries in the queue or at work
	choose  Chooser
	asked   int64 // requests about which the chooser was asked
	names   int64 // for files
	broken  error // the journal failed, so nothing more is accepted
	closing bool

	stop    context.CancelFunc
	working sync.WaitGroup
	server  *server // nil until Start
}

// Open opens a state folder and begins to process. The caller calls Close.
// ErrBusy when another process has it open.
func Open(o Options) (*Sim, error) {
	if o.Register == nil {
		return nil, errors.New("sim: a simulator needs a register of persons")
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.MaxBody <= 0 {
		o.MaxBody = defaultMaxBody
	}
	if o.Check.Type == nil {
		o.Check.Type = func(uri, local string) (string, bool) { return envelope.RecordTypeOf(nil, uri, local) }
	}
	// Each record has its own checker; what the checkers share is read once.
	if o.Check.Rules == nil {
		o.Check.Rules = rules.Builtin()
	}
	if o.Check.Terms == nil {
		o.Check.Terms = deadline.Default()
	}
	if o.Check.Attachments == nil {
		o.Check.Attachments = attachment.Default()
	}
	for _, dir := range []string{"", dirSealed, dirRecords, dirTemp} {
		if err := os.MkdirAll(filepath.Join(o.Dir, dir), 0o700); err != nil {
			return nil, err
		}
	}
	s := &Sim{o: o, state: newState(), choose: o.Choose, lock: flock.New(filepath.Join(o.Dir, "lock"))}
	s.changed = sync.NewCond(&s.mu)
	held, err := s.lock.TryLock()
	if err != nil {
		return nil, err
	}
	if !held {
		return nil, fmt.Errorf("%w: %s", ErrBusy, o.Dir)
	}
	if s.journal, err = openJournal(o.Dir, s.state.apply); err == nil {
		err = s.sweep()
	}
	if err != nil {
		s.release()
		return nil, err
	}
	for _, d := range s.state.deliveries {
		if d.Outcome == Waiting {
			s.queue = append(s.queue, d.Number)
		}
	}
	s.open = len(s.queue)
	var ctx context.Context
	ctx, s.stop = context.WithCancel(context.Background())
	s.working.Go(func() { s.process(ctx) })
	return s, nil
}

// sweep removes files that no event points to: those of killed runs, and those
// no longer needed.
func (s *Sim) sweep() error {
	wanted := map[string]bool{}
	for _, d := range s.state.deliveries {
		wanted[d.file] = true
	}
	for _, h := range s.state.holders {
		wanted[h.record] = true
	}
	for _, m := range s.state.messages {
		wanted[m.Sealed] = true
	}
	for _, dir := range []string{dirSealed, dirRecords, dirTemp} {
		entries, err := os.ReadDir(filepath.Join(s.o.Dir, dir))
		if err != nil {
			return err
		}
		for _, e := range entries {
			name := dir + "/" + e.Name()
			if wanted[name] {
				var n int64
				if _, err := fmt.Sscanf(e.Name(), "%d.", &n); err == nil {
					s.names = max(s.names, n)
				}
				continue
			}
			if err := os.Remove(filepath.Join(s.o.Dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// fileName makes up a name for a file in one of the folders.
func (s *Sim) fileName(dir, ext string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names++
	return fmt.Sprintf("%s/%010d.%s", dir, s.names, ext)
}

func (s *Sim) path(name string) string { return filepath.Join(s.o.Dir, filepath.FromSlash(name)) }

// record appends an event and applies it. The caller holds s.mu.
func (s *Sim) record(e *event) error {
	if s.broken != nil {
		return s.broken
	}
	if err := s.journal.append(e); err != nil {
		s.broken = fmt.Errorf("the journal cannot be written: %w", err)
		return s.broken
	}
	return s.state.apply(e)
}

// accept stores a message that has arrived whole; from here on it is delivered.
func (s *Sim) accept(d Delivery, file string, m mode) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return errors.New("sim: the simulator is closing")
	}
	d.Number, d.At, d.Outcome = int64(len(s.state.deliveries)+1), s.now(), Waiting
	if err := s.record(&event{Kind: evAccepted, Delivery: &d, File: file, Mode: &m}); err != nil {
		return err
	}
	s.queue = append(s.queue, d.Number)
	s.open++
	s.changed.Broadcast()
	return nil
}

// Close ends the server and the processing; the next Open processes the rest.
func (s *Sim) Close() error {
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return nil
	}
	s.closing = true
	s.changed.Broadcast()
	s.mu.Unlock()
	if s.server != nil {
		s.server.close()
	}
	s.stop()
	s.working.Wait()
	return s.release()
}

func (s *Sim) release() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.journal != nil {
		s.journal.close()
	}
	s.broken = errors.New("sim: the simulator is closed")
	// The file stays, unlike what stage.Unlock frees: its name is fixed, so that
	// each simulator of the folder must lock the same file.
	return s.lock.Unlock()
}

// now is simulated time. The caller holds s.mu.
func (s *Sim) now() time.Time { return s.o.Clock().Add(s.state.ahead).UTC() }

// Now is simulated time.
func (s *Sim) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// Advance moves simulated time forward. The state keeps it.
func (s *Sim) Advance(d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.record(&event{Kind: evClock, Ahead: s.state.ahead + max(d, 0)})
}

// SetFaults replaces the chooser of faults; nil ends all faults. It closes idle
// connections, so that Refuse also meets clients that keep one.
func (s *Sim) SetFaults(c Chooser) {
	s.mu.Lock()
	s.choose = c
	s.mu.Unlock()
	if s.server != nil {
		s.server.closeIdle()
	}
}

func (s *Sim) fault(q Request) Fault {
	s.mu.Lock()
	c := s.choose
	s.asked++
	q.Number = s.asked
	s.mu.Unlock()
	if c == nil {
		return Fault{}
	}
	return c(q)
}

// Wait returns when everything that was accepted is processed, or with the
// context's error.
func (s *Sim) Wait(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.changed.Broadcast()
	})()
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.open > 0 && ctx.Err() == nil && !s.closing && s.broken == nil {
		s.changed.Wait()
	}
	if s.broken != nil {
		return s.broken
	}
	return context.Cause(ctx)
}

// Deliveries lists all messages in the order in which they came.
func (s *Sim) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Delivery, len(s.state.deliveries))
	for i, d := range s.state.deliveries {
		all[i] = d.Delivery
	}
	return all
}

// Count says how often a TransactionId was delivered, processed, refused. A
// waiting message is not counted before it is opened.
func (s *Sim) Count(transaction string) Count {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.count(transaction)
}

// Holder is the message that was delivered last for a unit, type and date, and
// so counts (technical manual, chapter D).
func (s *Sim) Holder(ic, recordType, date string) (Delivery, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, ok := s.state.holders[statement{ic, recordType, date}]
	if !ok {
		return Delivery{}, false
	}
	return s.state.deliveries[h.number-1].Delivery, true
}

// inboxOf lists the messages that a person may see now, in the order of their IDs.
func (s *Sim) inboxOf(p *Person) []message {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	var all []message
	for _, m := range s.state.messages {
		if m.visible(p) && !m.Published.After(now) {
			all = append(all, m)
		}
	}
	return slices.Clip(all)
}

func (m *message) visible(p *Person) bool {
	return m.Bulk || m.IC != "" && p.actsFor(m.IC) || m.Login != "" && m.Login == p.Login
}
