package handover

import (
	"bytes"
	"context"
	"errors"
	"io"

	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/iox"
	"csuis-offline/online"
	"csuis-offline/outbox"
	"csuis-offline/stage"
)

// FetchOptions say where one message goes.
type FetchOptions struct {
	// Path is the file to write it to; "" for none. Force replaces an existing
	// file.
	Path  string
	Force bool
	// Outbox is searched for the record that the message is about; nil searches
	// nothing.
	Outbox *outbox.Outbox
}

// Fetched is one message of the inbox.
type Fetched struct {
	Message *online.Message
	// Status is what a status message says; nil for any other message.
	Status *online.StatusMessage
	// Record is the record of the outbox that it is about; nil for none.
	Record *outbox.Record
}

// Fetch fetches one message and marks it as read. What is wrong with this
// message alone is among the findings, and the message is nil where it cannot be
// used. An error is one that Failed knows if no other message would come either,
// or one of the outbox, the files or the context.
func Fetch(ctx context.Context, ch *Channel, id string, o FetchOptions) (*Fetched, []finding.Finding, error) {
	if !online.Fetchable(id) {
		return nil, nil, &online.Error{Kind: online.KindMessageID, Retry: online.AfterSettings}
	}
	text := iox.Buffer{Max: maxCapture}
	dst := io.Writer(&text)
	var file *stage.File
	var err error
	if o.Path != "" {
		if file, err = stage.CreateFile(o.Path, stage.Options{Force: o.Force, Perm: 0o600}); err != nil {
			return nil, nil, err
		}
		defer file.Abort()
		dst = io.MultiWriter(file, &text)
	}
	m, err := ch.client.Fetch(ctx, id, dst)
	bare := errors.Is(err, envelope.ErrNoIdentifier)
	if err != nil && !bare {
		f, single := messageFinding(id, err)
		if !single {
			return nil, nil, err
		}
		f.Severity = finding.Error // it was asked for
		return nil, []finding.Finding{f}, nil
	}
	got := &Fetched{Message: m}
	if m.Info.Root == statusRoot && !text.Over {
		if got.Status, err = online.ParseStatus(bytes.NewReader(text.Bytes())); err != nil {
			return nil, []finding.Finding{{Code: finding.InboxDamaged, Severity: finding.Error, MessageID: id, Why: string(online.KindNotSOAP), Detail: err.Error()}}, nil
		}
	}
	if file != nil {
		if err := file.Commit(); err != nil {
			return nil, nil, err
		}
	}
	if got.Status != nil && o.Outbox != nil {
		r, err := recordOf(ctx, o.Outbox, got.Status)
		switch {
		case err == nil:
			got.Record = &r
		case !errors.Is(err, outbox.ErrNotFound) && !errors.Is(err, outbox.ErrAmbiguous):
			return got, nil, err
		}
	}
	return got, aboutMessage(m, id, o.Path, bare), nil
}
