package main

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
	"csuis-offline/online"
	"csuis-offline/outbox"
	"csuis-offline/settings"
	"csuis-offline/stage"
)

const (
	// lookBack is how far back messages are listed at the least.
	lookBack = 31 * 24 * time.Hour
	// maxFailures is how many messages in a row may fail to come before the
	// channel counts as failing.
	maxFailures = 3
)

// courier brings what is new in the inbox into the outbox (doc/inbox.md).
type courier struct {
	a         *app
	box       *outbox.Outbox
	client    *online.Client
	dir       string   // where this service's messages are kept
	processed []string // further StavId of success
	told      tally
	once      map[string]bool // what was told of messages that are not kept
	failures  int             // in a row
	res       courierResult
}

// courierResult is what inbox update says in JSON.
type courierResult struct {
	Folder     string         `json:"folder"`
	Listed     int            `json:"listed"`
	New        int            `json:"new"` // kept for the first time
	Statuses   int            `json:"statuses"`
	Processed  int            `json:"processed"` // records, by these messages
	Refused    int            `json:"refused"`
	Foreign    int            `json:"foreign"` // messages about records that the outbox does not know
	Others     int            `json:"others"`  // messages that are no status messages
	NotFetched int            `json:"not_fetched"`
	States     map[string]int `json:"states"` // of all records in the outbox
}

// newCourier makes a courier for the inbox at an address.
func newCourier(a *app, c *settings.Settings, box *outbox.Outbox, client *online.Client, address string) (*courier, error) {
	k := &courier{
		a: a, box: box, client: client, processed: c.Online.Processed, once: map[string]bool{},
		dir: filepath.Join(box.Dir(), messagesFolder, serviceFolder(address)),
	}
	k.res.Folder = k.dir
	if err := os.MkdirAll(k.dir, 0o700); err != nil {
		return nil, err
	}
	return k, stage.Sweep(k.dir)
}

// round lists the messages, fetches those that are new, and tells of them. all
// lists without a first day. Its error ends the command; what is wrong with one
// message does not.
func (k *courier) round(ctx context.Context, all bool) error {
	k.res.Listed, k.res.NotFetched = 0, 0
	var cond online.Conditions
	var err error
	if !all {
		if cond.From, err = k.since(ctx); err != nil {
			return outboxFault(k.box.Dir(), err)
		}
	}
	list, err := k.client.List(ctx, cond)
	if err != nil {
		return onlineFault(err)
	}
	k.res.Listed = len(list.Messages)
	// In the order in which they were made, as far as the list tells.
	slices.SortStableFunc(list.Messages, func(x, y online.Listed) int { return cmp.Compare(x.Created, y.Created) })
	for _, l := range list.Messages {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := os.Lstat(filepath.Join(k.dir, messageFile(l.ID))); err == nil {
			continue
		}
		if err := k.bring(ctx, l); err != nil {
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
// open record was stored, and a month back at the least.
func (k *courier) since(ctx context.Context) (time.Time, error) {
	from := k.a.now().Add(-lookBack)
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

// bring fetches one message, lets it count, tells of it, and keeps it. It is kept
// last: after a crash in between everything is done again, which changes nothing
// in the outbox and at worst tells twice.
func (k *courier) bring(ctx context.Context, l online.Listed) error {
	path := filepath.Join(k.dir, messageFile(l.ID))
	f, err := stage.CreateFile(path, stage.Options{Perm: 0o600})
	if errors.Is(err, stage.ErrExists) || errors.Is(err, stage.ErrBusy) {
		return nil // another process brings it
	}
	if err != nil {
		return err
	}
	defer f.Abort()
	var text capture
	m, err := k.client.Fetch(ctx, l.ID, io.MultiWriter(f, &text))
	bare := errors.Is(err, envelope.ErrNoIdentifier)
	if err != nil && !bare {
		return k.failed(l, err)
	}
	k.failures = 0
	fs := aboutMessage(m, l.ID, path, bare)
	if m.Info.Root == statusRoot && !text.over {
		s, err := online.ParseStatus(bytes.NewReader(text.Bytes()))
		if err != nil {
			k.res.NotFetched++
			k.tellOnce(finding.Finding{Code: finding.InboxDamaged, Severity: finding.Error, MessageID: l.ID, Detail: err.Error()})
			return nil
		}
		more, err := k.settle(ctx, s, l.ID)
		if err != nil {
			return outboxFault(k.box.Dir(), err)
		}
		fs = append(fs, more...)
	} else {
		k.res.Others++
		fs = append(fs, finding.Finding{Code: finding.InboxMessage, Severity: finding.Info, File: path, MessageID: l.ID, Detail: nameOf(l, m)})
	}
	k.tell(fs)
	k.res.New++
	if err := f.Commit(); err != nil && !errors.Is(err, stage.ErrExists) {
		return err
	}
	return nil
}

// nameOf is what a message is called.
func nameOf(l online.Listed, m *online.Message) string {
	return or(l.Name, envelope.KindName(m.Info.RecordType), m.Info.Root)
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

// failed tells of a message that did not come; its error is one that ends the
// command, as no other message would come either.
func (k *courier) failed(l online.Listed, err error) error {
	f, single := messageFinding(l.ID, err)
	if !single {
		return onlineFault(err)
	}
	if f.Code == finding.InboxNotFetched {
		if k.failures++; k.failures >= maxFailures {
			return onlineFault(err)
		}
	}
	k.res.NotFetched++
	k.tellOnce(f)
	return nil
}

// messageFinding says what was wrong with a message that was to be fetched;
// single is false where it is not about this message alone.
func messageFinding(id string, err error) (f finding.Finding, single bool) {
	var e *online.Error
	if !errors.As(err, &e) {
		return f, false
	}
	f = finding.Finding{Severity: finding.Error, MessageID: id, Why: string(e.Kind), Detail: e.Error()}
	switch e.Kind {
	case online.KindDamaged, online.KindTooLarge, online.KindMalformed, online.KindDoctype, online.KindEncoding, online.KindNotSOAP:
		f.Code = finding.InboxDamaged
	case online.KindKey:
		f.Code, f.Severity = finding.InboxSealed, finding.Warning
	case online.KindTimeout, online.KindConnectionLost, online.KindProtocol, online.KindFault, online.KindHTTPStatus:
		f.Code = finding.InboxNotFetched
	default:
		return f, false
	}
	return f, true
}

// settle lets a status message count for its record. Its error is one of the outbox.
func (k *courier) settle(ctx context.Context, s *online.StatusMessage, id string) ([]finding.Finding, error) {
	k.res.Statuses++
	rec, err := recordOf(ctx, k.box, s)
	if errors.Is(err, outbox.ErrNotFound) || errors.Is(err, outbox.ErrAmbiguous) {
		k.res.Foreign++
		return []finding.Finding{{
			Code: finding.StatusForeign, Severity: finding.Info, MessageID: id, Answer: s.State, Detail: or(s.Reference, s.Info.ReferenceID),
		}}, nil
	}
	if err != nil {
		return nil, err
	}
	st, clear := statusOf(s, id, k.processed)
	st.TransactionID, st.Unit = rec.TransactionID, rec.Unit
	res, err := k.box.ResolveByStatus(ctx, st)
	if err != nil {
		return nil, err
	}
	return k.news(s, st, res, clear), nil
}

// news are the findings about what a status message did.
func (k *courier) news(s *online.StatusMessage, st outbox.Status, res outbox.Resolution, clear bool) []finding.Finding {
	rec := res.Record
	about := func(code finding.Code, severity finding.Severity) finding.Finding {
		return finding.Finding{Code: code, Severity: severity, File: rec.Source, Record: rec.Name, RecordID: rec.ID, MessageID: st.MessageID, Answer: st.Code}
	}
	var fs []finding.Finding
	// A message that came before and was not kept may not have been told.
	fresh := res.Moved || res.Repeated
	again := fmt.Sprintf("%d %s", rec.ID, st.Code)
	switch {
	case res.Doubled && st.Kind == outbox.StatusRefused:
		f := about(finding.StatusDoubled, finding.Warning)
		f.Detail = reports(s)
		fs = append(fs, f)
	case st.Kind == outbox.StatusRefused && rec.State == outbox.Refused && (fresh || !k.once[again]):
		k.once[again] = true
		k.res.Refused++
		f := about(finding.StatusRefused, finding.Error)
		f.Detail = reports(s)
		fs = append(fs, f)
	case st.Kind == outbox.StatusProcessed && rec.State == outbox.Processed && fresh:
		k.res.Processed++
		fs = append(fs, about(finding.StatusProcessed, finding.Info))
		if res.Doubled {
			f := about(finding.StatusDoubled, finding.Warning)
			f.Answer = ""
			fs = append(fs, f)
		}
	case st.Kind == outbox.StatusReceived && res.Moved:
		fs = append(fs, about(finding.StatusReceived, finding.Info))
	}
	if !clear {
		f := about(finding.StatusUnclear, finding.Warning)
		f.Detail = reports(s)
		fs = append(fs, f)
	}
	if len(res.Newer) > 0 {
		f := about(finding.StatusOvertaken, finding.Warning)
		f.Detail = numbers(res.Newer)
		fs = append(fs, f)
	}
	return fs
}

func (k *courier) tell(fs []finding.Finding) {
	k.told.add(fs)
	k.a.printFindings(fs, nil)
}

// tellOnce tells of a message that is not kept, and so comes again next time.
func (k *courier) tellOnce(f finding.Finding) {
	if key := string(f.Code) + " " + f.MessageID; !k.once[key] {
		k.once[key] = true
		k.tell([]finding.Finding{f})
	}
}
