package handover

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/iox"
	"csuis-offline/online"
	"csuis-offline/outbox"
	"csuis-offline/stage"
)

const (
	// lookBack is how far back messages are listed at least.
	lookBack = 31 * 24 * time.Hour
	// maxFailures is how many messages in a row may fail to come before the
	// channel is in doubt, and maxFaults how many may be answered with a Fault. A
	// Fault is an answer about one message: the channel works.
	maxFailures = 3
	maxFaults   = 100
)

// NewsOptions say how the news from the inbox is brought.
type NewsOptions struct {
	// Address is the inbox's, which tells apart the messages of several services.
	Address string
	// Processed are further StavId that mean that a record was processed.
	Processed []string
	Tell      Tell
	Clock     Clock
}

// News is what came from the inbox in all rounds; Listed and NotFetched are of
// the last round.
type News struct {
	Folder     string // where the messages are kept
	Listed     int
	New        int // kept for the first time
	Statuses   int
	Processed  int // records, by these messages
	Refused    int
	Foreign    int // messages about records that the outbox does not know
	Others     int // messages that are no status messages
	NotFetched int
}

// Courier brings what is new in the inbox into the outbox (doc/inbox.md). It is
// for one goroutine.
type Courier struct {
	o        NewsOptions
	box      *outbox.Outbox
	client   *online.Client
	dir      string          // where this service's messages are kept
	once     map[string]bool // findings already reported on messages that are not kept
	failures int             // in a row
	faults   int             // in a row
	failing  online.Kind     // how the last question of Watch failed; "" if it did not
	news     News
}

// NewCourier makes a courier, and the folder inside the outbox's where it keeps
// the messages. Errors are those of the files.
func NewCourier(box *outbox.Outbox, ch *Channel, o NewsOptions) (*Courier, error) {
	dir, err := box.Folder(outbox.MessagesFolder, serviceFolder(o.Address))
	if err != nil {
		return nil, err
	}
	k := &Courier{o: o, box: box, client: ch.client, once: map[string]bool{}, dir: dir}
	k.news.Folder = dir
	return k, stage.Sweep(k.dir)
}

// News is what the courier has brought up to now.
func (k *Courier) News() News { return k.news }

// Update lists the messages, fetches those that are new, and reports them. all
// lists without a first day. A fault of one message becomes a finding and does
// not end the round; an error is one that Failed knows if no message comes, or one of
// the outbox, the files or the context.
func (k *Courier) Update(ctx context.Context, all bool) error {
	k.news.Listed, k.news.NotFetched = 0, 0
	var cond online.Conditions
	var err error
	if !all {
		if cond.From, err = k.since(ctx); err != nil {
			return err
		}
	}
	list, err := k.client.List(ctx, cond)
	if err != nil {
		return err
	}
	k.news.Listed = len(list.Messages)
	// Messages are fetched in the order in which they were made, as far as the list
	// shows it.
	slices.SortStableFunc(list.Messages, func(x, y online.Listed) int { return cmp.Compare(x.Created, y.Created) })
	return k.bringAll(ctx, list.Messages)
}

// bringAll brings those messages that are new. Where several in a row did not come,
// the newest one is tried out of its turn: if it comes, the channel works, and bad
// messages at the beginning of the list do not keep the others back for ever; if it
// does not, the round ends with that failure.
func (k *Courier) bringAll(ctx context.Context, messages []online.Listed) error {
	k.failures, k.faults = 0, 0
	for len(messages) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		l := messages[0]
		doubt := k.failures >= maxFailures || k.faults >= maxFaults
		if doubt {
			l, messages = messages[len(messages)-1], messages[:len(messages)-1]
		} else {
			messages = messages[1:]
		}
		if !online.Fetchable(l.ID) {
			k.news.NotFetched++
			k.tellOnce(badID(l))
			continue
		}
		if _, err := os.Lstat(filepath.Join(k.dir, MessageFile(l.ID))); err == nil {
			continue
		}
		if err := k.bring(ctx, l, doubt); err != nil {
			return err
		}
	}
	return nil
}

// openStates are the states of records about which a message may still come.
func openStates() []outbox.State {
	return []outbox.State{outbox.Prepared, outbox.Sending, outbox.Waiting, outbox.Unknown, outbox.Accepted, outbox.OnDisc}
}

// since is the first day whose messages are listed: the day before the oldest
// open record was stored, and at least a month back.
func (k *Courier) since(ctx context.Context) (time.Time, error) {
	from := k.o.Clock.now().Add(-lookBack)
	for r, err := range k.box.List(ctx, outbox.Filter{States: openStates(), Limit: 1}) {
		if err != nil {
			return from, err
		}
		if day := r.Created.AddDate(0, 0, -1); day.Before(from) {
			from = day
		}
	}
	return from, nil
}

// bring fetches one message, applies it to its record, reports it, and keeps it.
// It keeps the message last: after a crash in between everything is done again,
// which changes nothing in the outbox and at worst reports twice. With last, its
// failure to come ends the round.
func (k *Courier) bring(ctx context.Context, l online.Listed, last bool) error {
	path := filepath.Join(k.dir, MessageFile(l.ID))
	f, err := stage.CreateFile(path, stage.Options{Perm: 0o600})
	if errors.Is(err, stage.ErrExists) || errors.Is(err, stage.ErrBusy) {
		return nil // another process brings it
	}
	if err != nil {
		return err
	}
	defer f.Abort()
	text := iox.Buffer{Max: maxCapture}
	m, err := k.client.Fetch(ctx, l.ID, io.MultiWriter(f, &text))
	bare := errors.Is(err, envelope.ErrNoIdentifier)
	if err != nil && !bare {
		return k.failed(l, err, last)
	}
	k.failures, k.faults = 0, 0
	fs := aboutMessage(m, l.ID, path, bare)
	if m.Info.Root == statusRoot && !text.Over {
		s, err := online.ParseStatus(bytes.NewReader(text.Bytes()))
		if err != nil {
			k.news.NotFetched++
			k.tellOnce(finding.Finding{Code: finding.InboxDamaged, Severity: finding.Error, MessageID: l.ID, Why: string(online.KindNotSOAP), Detail: err.Error()})
			return nil
		}
		more, err := k.settle(ctx, s, l.ID)
		if err != nil {
			return err
		}
		fs = append(fs, more...)
	} else {
		k.news.Others++
		fs = append(fs, finding.Finding{Code: finding.InboxMessage, Severity: finding.Info, File: path, MessageID: l.ID, Detail: nameOf(l, m)})
	}
	k.o.Tell.tell(fs...)
	k.news.New++
	if err := f.Commit(); err != nil && !errors.Is(err, stage.ErrExists) {
		return err
	}
	return nil
}

// maxShownID is how much of an identifier is shown that cannot be used, in
// characters.
const maxShownID = 60

// badID is the finding about a message that cannot be asked for by what the list
// calls it.
func badID(l online.Listed) finding.Finding {
	shown := l.ID
	if rs := []rune(shown); len(rs) > maxShownID {
		shown = string(rs[:maxShownID]) + "…"
	}
	return finding.Finding{Code: finding.InboxBadID, Severity: finding.Error, MessageID: shown, Detail: fmt.Sprintf("%d bytes", len(l.ID))}
}

// nameOf is what a message is called.
func nameOf(l online.Listed, m *online.Message) string {
	return cmp.Or(l.Name, envelope.KindName(m.Info.RecordType), m.Info.Root)
}

// aboutMessage are findings about a message itself.
func aboutMessage(m *online.Message, id, path string, bare bool) []finding.Finding {
	var fs []finding.Finding
	for _, n := range m.Notes {
		n.File, n.MessageID = path, id
		fs = append(fs, n)
	}
	if bare {
		fs = append(fs, finding.Finding{Code: finding.InboxNoIdentifier, Severity: finding.Warning, MessageID: id})
	}
	return fs
}

// failed reports a message that did not come; its error is one that ends the
// command, as no other message would come either.
func (k *Courier) failed(l online.Listed, err error, last bool) error {
	f, single := messageFinding(l.ID, err)
	if !single {
		return err
	}
	switch {
	case f.Code != finding.InboxNotFetched:
		k.failures, k.faults = 0, 0 // it came, such as it is
	case last:
		return err
	case f.Why == string(online.KindFault):
		k.failures = 0
		k.faults++
	default:
		k.failures++
	}
	k.news.NotFetched++
	k.tellOnce(f)
	return nil
}

// messageFinding says what was wrong with a message that was to be fetched;
// single is false if it is not about this message alone.
func messageFinding(id string, err error) (f finding.Finding, single bool) {
	var e *online.Error
	if !errors.As(err, &e) {
		return f, false
	}
	f = finding.Finding{Severity: finding.Error, MessageID: id, Why: string(e.Kind), Detail: e.Error()}
	if e.Kind == online.KindHTTPStatus {
		f.Why = reasonOf(err)
	}
	switch e.Kind {
	case online.KindDamaged, online.KindTooLarge, online.KindMalformed, online.KindDoctype, online.KindEncoding, online.KindNotSOAP:
		f.Code = finding.InboxDamaged
	case online.KindKey:
		f.Code, f.Severity = finding.InboxSealed, finding.Warning
	case online.KindTimeout, online.KindConnectionLost, online.KindProtocol, online.KindFault, online.KindHTTPStatus, online.KindRedirect:
		f.Code = finding.InboxNotFetched
	default:
		return f, false
	}
	return f, true
}

// settle applies a status message to its record. Its error is one of the outbox.
func (k *Courier) settle(ctx context.Context, s *online.StatusMessage, id string) ([]finding.Finding, error) {
	k.news.Statuses++
	rec, err := recordOf(ctx, k.box, s)
	if errors.Is(err, outbox.ErrNotFound) || errors.Is(err, outbox.ErrAmbiguous) {
		k.news.Foreign++
		return []finding.Finding{{
			Code: finding.StatusForeign, Severity: finding.Info, MessageID: id, Answer: s.State, Detail: Reference(s),
		}}, nil
	}
	if err != nil {
		return nil, err
	}
	st, clear := statusOf(s, id, k.o.Processed)
	st.TransactionID, st.Unit = rec.TransactionID, rec.Unit
	res, err := k.box.ResolveByStatus(ctx, st)
	if err != nil {
		return nil, err
	}
	return k.about(s, st, res, clear), nil
}

// about are the findings about what a status message did.
func (k *Courier) about(s *online.StatusMessage, st outbox.Status, res outbox.Resolution, clear bool) []finding.Finding {
	rec := res.Record
	of := func(code finding.Code, severity finding.Severity) finding.Finding {
		return finding.Finding{Code: code, Severity: severity, File: rec.Source, Record: rec.Name, RecordID: rec.ID, MessageID: st.MessageID, Answer: st.Code}
	}
	var fs []finding.Finding
	// A message that came before and was not kept may not have been reported.
	fresh := res.Moved || res.Repeated
	again := fmt.Sprintf("%d %s", rec.ID, st.Code)
	switch {
	case res.Doubled && st.Kind == outbox.StatusRefused:
		f := of(finding.StatusDoubled, finding.Warning)
		f.Detail = reports(s)
		fs = append(fs, f)
	case st.Kind == outbox.StatusRefused && rec.State == outbox.Refused && (fresh || !k.once[again]):
		k.once[again] = true
		k.news.Refused++
		f := of(finding.StatusRefused, finding.Error)
		f.Detail = reports(s)
		fs = append(fs, f)
	case st.Kind == outbox.StatusProcessed && rec.State == outbox.Processed && fresh:
		k.news.Processed++
		fs = append(fs, of(finding.StatusProcessed, finding.Info))
		if res.Doubled {
			f := of(finding.StatusDoubled, finding.Warning)
			f.Answer = ""
			fs = append(fs, f)
		}
	case st.Kind == outbox.StatusReceived && res.Moved:
		fs = append(fs, of(finding.StatusReceived, finding.Info))
	}
	if !clear {
		f := of(finding.StatusUnclear, finding.Warning)
		f.Detail = reports(s)
		fs = append(fs, f)
	}
	if len(res.Newer) > 0 {
		f := of(finding.StatusOvertaken, finding.Warning)
		f.Detail = numbers(res.Newer)
		fs = append(fs, f)
	}
	return fs
}

// tellOnce reports a message that is not kept, and so comes again next time.
func (k *Courier) tellOnce(f finding.Finding) {
	if key := string(f.Code) + " " + f.MessageID; !k.once[key] {
		k.once[key] = true
		k.o.Tell.tell(f)
	}
}
