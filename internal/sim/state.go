package sim

import (
	"errors"
	"strings"
	"time"

	"csuis-offline/checksum"
)

// Channel is the way by which a message came.
type Channel string

// The channels.
const (
	Online Channel = "online"
	Disc   Channel = "disc"
)

// Outcome is what became of a delivered message.
type Outcome string

// The outcomes. Security and syntax come before content (technical manual,
// chapter D): a message refused for them counts as not delivered, one refused
// for its content has replaced what was delivered before.
const (
	Waiting   Outcome = "waiting"   // not processed yet
	Lost      Outcome = "never"     // accepted and never processed, by the fault Never
	Processed Outcome = "processed" // all checks passed
	Refused   Outcome = "refused"   // for security or syntax
	Failed    Outcome = "failed"    // for content
	Duplicate Outcome = "duplicate" // its TransactionId was used by the unit before
)

// Delivery is one message as it came. Fields that could not be read yet, or not
// at all, are empty.
type Delivery struct {
	Number  int64     `json:"number"` // from 1, in the order of delivery
	At      time.Time `json:"at"`     // simulated time
	Channel Channel   `json:"channel"`
	Login   string    `json:"login,omitempty"` // of the person, "" on a disc
	Name    string    `json:"name,omitempty"`  // of the file on a disc

	Outcome       Outcome      `json:"outcome"`
	Code          string       `json:"code,omitempty"` // StavId of the last status message
	TransactionID string       `json:"transaction_id,omitempty"`
	IC            string       `json:"ic,omitempty"` // the unit whose record it is
	RecordType    string       `json:"record_type,omitempty"`
	Date          string       `json:"date,omitempty"` // of the statement, YYYY-MM-DD
	Size          int64        `json:"size,omitempty"` // of the sealed record, in bytes
	SHA256        checksum.Sum `json:"sha256,omitzero"`
}

// Count says how often a TransactionId was seen.
type Count struct {
	Delivered  int `json:"delivered"` // stored, whatever became of it
	Processed  int `json:"processed"`
	Refused    int `json:"refused"` // for security, syntax or content
	Duplicates int `json:"duplicates"`
	Waiting    int `json:"waiting"` // including those never processed
}

// mode are the faults that a delivery keeps.
type mode struct {
	Never bool          `json:"never,omitempty"`
	Delay time.Duration `json:"delay,omitempty"` // of its status messages
	Twice bool          `json:"twice,omitempty"`
}

// message is one entry of the inboxes.
type message struct {
	ID     int64  `json:"id"`
	IC     string `json:"ic,omitempty"`    // for all persons of this unit
	Login  string `json:"login,omitempty"` // or for this person alone
	Bulk   bool   `json:"bulk,omitempty"`  // or for everybody
	Kind   string `json:"kind"`            // record type: 101 is a status message
	Name   string `json:"name"`
	Ref    string `json:"ref,omitempty"` // TransactionId that it is about
	Sealed string `json:"sealed,omitempty"`
	// Sealed is the file of an envelope that is handed out sealed; else Text
	// is the place of its text.
	Text      span      `json:"text,omitzero"`
	Created   time.Time `json:"created"`
	Published time.Time `json:"published"`
}

// event is one line of the journal. Kind says which fields count.
type event struct {
	Kind string `json:"kind"`
	// accepted, and result: the delivery as it is now.
	Delivery *Delivery `json:"delivery,omitempty"`
	File     string    `json:"file,omitempty"` // of the sealed bytes
	Mode     *mode     `json:"mode,omitempty"`
	// result: the message now counts for its unit, type and date; Record is the
	// file of its envelope.
	Valid    bool      `json:"valid,omitempty"`
	Record   string    `json:"record,omitempty"`
	Messages []message `json:"messages,omitempty"`
	// read
	ID    int64  `json:"id,omitempty"`
	Login string `json:"login,omitempty"`
	// clock: how far simulated time is ahead.
	Ahead time.Duration `json:"ahead,omitempty"`
}

// The kinds of events.
const (
	evAccepted = "accepted"
	evResult   = "result"
	evMessage  = "message"
	evRead     = "read"
	evClock    = "clock"
)

// delivery is a delivery with what only the simulator needs to know.
type delivery struct {
	Delivery
	file string
	mode mode
}

// statement identifies what counts once for a unit, a type and a date (technical
// manual, chapter D).
type statement struct{ ic, recordType, date string }

// holder is the message that was delivered last for a statement.
type holder struct {
	number    int64
	processed bool
	record    string // file of its envelope
}

type readKey struct {
	id    int64
	login string
}

// state is what the events add up to.
type state struct {
	deliveries []*delivery
	used       map[string]bool // IČ and TransactionId of delivered messages
	holders    map[statement]holder
	messages   []message // by ID, from 1
	read       map[readKey]bool
	requests   map[string]bool // TransactionIds of requests for records
	ahead      time.Duration
}

func newState() *state {
	return &state{
		used: map[string]bool{}, holders: map[statement]holder{}, read: map[readKey]bool{}, requests: map[string]bool{},
	}
}

var errEvent = errors.New("the event does not follow from those before")

func (s *state) apply(e *event) error {
	switch e.Kind {
	case evAccepted:
		if e.Delivery == nil || e.Delivery.Number != int64(len(s.deliveries)+1) {
			return errEvent
		}
		d := &delivery{Delivery: *e.Delivery, file: e.File}
		if e.Mode != nil {
			d.mode = *e.Mode
		}
		s.deliveries = append(s.deliveries, d)
	case evResult:
		if e.Delivery == nil || e.Delivery.Number < 1 || e.Delivery.Number > int64(len(s.deliveries)) {
			return errEvent
		}
		d := s.deliveries[e.Delivery.Number-1]
		d.Delivery, d.file = *e.Delivery, ""
		if e.Valid {
			s.used[usedKey(d.IC, d.TransactionID)] = true
			s.holders[statement{d.IC, d.RecordType, d.Date}] = holder{d.Number, d.Outcome == Processed, e.Record}
		}
	case evRead:
		s.read[readKey{e.ID, e.Login}] = true
	case evClock:
		s.ahead = e.Ahead
	}
	for _, m := range e.Messages {
		if m.ID != int64(len(s.messages)+1) {
			return errEvent
		}
		s.messages = append(s.messages, m)
		if m.Kind == kindRequest {
			s.requests[m.Ref] = true
		}
	}
	return nil
}

// usedKey: a TransactionId is unique among the messages of one unit (technical
// manual, chapter A); its digits may be of either case.
func usedKey(ic, transaction string) string { return ic + " " + strings.ToUpper(transaction) }

func (s *state) count(transaction string) (c Count) {
	for _, d := range s.deliveries {
		if !strings.EqualFold(d.TransactionID, transaction) {
			continue
		}
		c.Delivered++
		switch d.Outcome {
		case Processed:
			c.Processed++
		case Refused, Failed:
			c.Refused++
		case Duplicate:
			c.Duplicates++
		default:
			c.Waiting++
		}
	}
	return c
}
