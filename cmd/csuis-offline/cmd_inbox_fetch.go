package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
	"csuis-offline/online"
	"csuis-offline/outbox"
	"csuis-offline/seal"
	"csuis-offline/settings"
	"csuis-offline/stage"
)

type fetchOptions struct {
	ids    []string
	out    string
	force  bool
	key    keyOptions
	online onlineOptions
}

func newInboxFetchCommand(a *app) *cobra.Command {
	var o fetchOptions
	cmd := &cobra.Command{
		Use:   "fetch",
		Short: a.cat.Text("help.fetch.short", nil),
		Args:  needSome(a, "message"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.ids = args
			return runInboxFetch(cmd.Context(), a, o)
		},
	}
	o.key.register(a, cmd)
	f := cmd.Flags()
	f.StringVarP(&o.out, "output", "o", "", a.cat.Text("flag.message-output", nil))
	f.BoolVar(&o.force, "force", false, a.cat.Text("flag.force", nil))
	o.online.registerInbox(a, f)
	documented(cmd, exitOK, exitFindings, exitUsage, exitIO, exitKey, exitInterrupted)
	return cmd
}

// fetchedMessage is a fetched message in JSON.
type fetchedMessage struct {
	Type          string         `json:"type"`
	ID            string         `json:"id"`
	Kind          string         `json:"kind"` // status or other
	Output        string         `json:"output,omitempty"`
	Sealed        bool           `json:"sealed"`
	Identified    bool           `json:"identified"`
	TransactionID string         `json:"transaction_id,omitempty"`
	Reference     string         `json:"reference,omitempty"`
	Created       string         `json:"created,omitempty"`
	SenderIC      string         `json:"sender_ic,omitempty"`
	RecipientIC   string         `json:"recipient_ic,omitempty"`
	RecordType    string         `json:"record_type,omitempty"`
	Root          string         `json:"root,omitempty"`
	SubjectIC     string         `json:"subject_ic,omitempty"`
	Date          string         `json:"statement_date,omitempty"`
	RecordID      int64          `json:"record_id,omitempty"` // in the outbox
	Record        string         `json:"record,omitempty"`
	Status        *fetchedStatus `json:"status,omitempty"`
}

type fetchedStatus struct {
	Code    string          `json:"code"`
	Name    string          `json:"name,omitempty"`
	Text    string          `json:"text,omitempty"`
	Means   string          `json:"means"` // processed, refused or received
	Cause   string          `json:"cause,omitempty"`
	Remedy  string          `json:"remedy,omitempty"`
	Details []fetchedDetail `json:"details"`
}

type fetchedDetail struct {
	Time      string            `json:"time,omitempty"`
	Severity  string            `json:"severity,omitempty"`
	Component string            `json:"component,omitempty"`
	Text      string            `json:"text,omitempty"`
	Other     map[string]string `json:"other,omitempty"`
}

// fetching is one run of inbox fetch.
type fetching struct {
	a      *app
	o      fetchOptions
	c      *settings.Settings
	client *online.Client
	box    *outbox.Outbox // nil where there is none yet
	told   tally
	key    bool // a message lacked its key
	count  int
}

func runInboxFetch(ctx context.Context, a *app, o fetchOptions) error {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	if len(o.ids) > 1 && o.out != "" && !isFolder(o.out) {
		if _, err := os.Stat(o.out); err == nil {
			return usageFault("usage.several-into-one", catalogue.Args{"out": o.out})
		}
	}
	key, err := a.optionalKey(ctx, o.key, c)
	if err != nil {
		return err
	}
	defer key.Wipe()
	client, l, err := a.onlineClient(ctx, o.online, c, inboxService, key)
	if err != nil {
		return err
	}
	defer client.Close()
	defer l.wipe()
	f := &fetching{a: a, o: o, c: c, client: client}
	if _, err := os.Stat(c.OutboxFolder()); err == nil {
		if f.box, err = a.openOutbox(ctx, c); err != nil {
			return err
		}
		defer f.box.Close()
	}
	for _, id := range o.ids {
		if err := f.one(ctx, id); err != nil {
			return err
		}
	}
	if f.told.errors > 0 {
		err = errFindings
	}
	if f.key {
		err = errors.Join(errFindings, seal.ErrKey)
	}
	exit, _, _ := classify(err)
	a.printCounted("inbox fetch", exit, f.told, struct {
		Messages int `json:"messages"`
	}{f.count}, a.cat.Text("summary.fetch", catalogue.Args{"count": f.count}))
	return err
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir() || strings.HasSuffix(path, "/") || strings.HasSuffix(path, string(filepath.Separator))
}

// place is where a message goes; "" for nowhere.
func (f *fetching) place(id string) (string, error) {
	switch {
	case f.o.out == "":
		return "", nil
	case isFolder(f.o.out) || len(f.o.ids) > 1:
		if err := os.MkdirAll(f.o.out, 0o777); err != nil {
			return "", err
		}
		return filepath.Join(f.o.out, messageFile(id)), nil
	}
	return f.o.out, nil
}

// one fetches one message and says what it is. Its error ends the command.
func (f *fetching) one(ctx context.Context, id string) error {
	path, err := f.place(id)
	if err != nil {
		return err
	}
	var text capture
	dst := io.Writer(&text)
	var file *stage.File
	if path != "" {
		if file, err = stage.CreateFile(path, stage.Options{Force: f.o.force, Perm: 0o600}); err != nil {
			return err
		}
		defer file.Abort()
		dst = io.MultiWriter(file, &text)
	}
	m, err := f.client.Fetch(ctx, id, dst)
	bare := errors.Is(err, envelope.ErrNoIdentifier)
	if err != nil && !bare {
		own, single := messageFinding(id, err)
		if !single {
			return onlineFault(err)
		}
		if own.Code == finding.InboxSealed {
			own.Severity, f.key = finding.Error, true
		}
		f.print(own)
		return nil
	}
	var s *online.StatusMessage
	if m.Info.Root == statusRoot && !text.over {
		if s, err = online.ParseStatus(bytes.NewReader(text.Bytes())); err != nil {
			f.print(finding.Finding{Code: finding.InboxDamaged, Severity: finding.Error, MessageID: id, Detail: err.Error()})
			return nil
		}
	}
	if file != nil {
		if err := file.Commit(); err != nil {
			return err
		}
		f.a.made = true
	}
	f.count++
	if err := f.show(ctx, id, path, m, s); err != nil {
		return err
	}
	f.print(aboutMessage(m, id, path, bare)...)
	return nil
}

func (f *fetching) print(fs ...finding.Finding) {
	f.told.add(fs)
	f.a.printFindings(fs, nil)
}

// show prints what a message is. s is nil where it is no status message.
func (f *fetching) show(ctx context.Context, id, path string, m *online.Message, s *online.StatusMessage) error {
	a := f.a
	var rec *outbox.Record
	if s != nil && f.box != nil {
		r, err := recordOf(ctx, f.box, s)
		switch {
		case err == nil:
			rec = &r
		case !errors.Is(err, outbox.ErrNotFound) && !errors.Is(err, outbox.ErrAmbiguous):
			return outboxFault(f.box.Dir(), err)
		}
	}
	if a.json {
		a.printJSON(f.line(id, path, m, s, rec))
		return nil
	}
	if a.quiet {
		return nil
	}
	i := &m.Info
	heading, facts := "phrase.other-message", []fact{
		{"message-name", or(envelope.KindName(i.RecordType), i.Root)}, {"transaction", i.TransactionID}, {"reference", i.ReferenceID},
		{"unit", i.SubjectIC}, {"date", day(i.StatementDate)},
	}
	if s != nil {
		heading, facts = "phrase.status-message", a.statusRows(s, rec, f.c.Online.Processed)
	}
	facts = append([]fact{{"created", a.moment(i.Created)}, {"sender", strings.TrimSpace(i.Sender.IC + " " + i.Sender.Name)}}, facts...)
	if m.Sealed {
		facts = append(facts, fact{"opened", a.cat.Text("phrase.opened", nil)})
	}
	facts = append(facts, fact{"output", path})
	fmt.Fprintln(a.out, a.cat.Text(heading, catalogue.Args{"id": id}))
	a.printFacts(facts)
	if s != nil && len(s.Details) > 0 {
		fmt.Fprintf(a.out, "  %s\n%s", a.cat.Text("phrase.details", nil), a.detailLines(s))
	}
	return nil
}

// line is a message in JSON.
func (f *fetching) line(id, path string, m *online.Message, s *online.StatusMessage, rec *outbox.Record) fetchedMessage {
	i := &m.Info
	line := fetchedMessage{
		Type: "message", ID: id, Kind: "other", Output: path, Sealed: m.Sealed, Identified: m.Identified, TransactionID: i.TransactionID,
		Reference: i.ReferenceID, Created: i.Created, SenderIC: i.Sender.IC, RecipientIC: i.Recipient.IC, RecordType: i.RecordType,
		Root: i.Root, SubjectIC: i.SubjectIC, Date: i.StatementDate,
	}
	if rec != nil {
		line.RecordID, line.Record = rec.ID, rec.Name
	}
	if s == nil {
		return line
	}
	line.Kind, line.Reference = "status", or(s.Reference, i.ReferenceID)
	kind, _ := kindOf(s, f.c.Online.Processed)
	st := &fetchedStatus{Code: s.State, Name: s.Name, Text: s.Text, Details: []fetchedDetail{}, Means: map[outbox.StatusKind]string{
		outbox.StatusReceived: "received", outbox.StatusProcessed: "processed", outbox.StatusRefused: "refused",
	}[kind]}
	if kind == outbox.StatusRefused {
		st.Cause, st.Remedy = f.a.answerText(s.State)
	}
	for _, d := range s.Details {
		one := fetchedDetail{Time: d.Time, Severity: string(d.Severity), Component: d.Component, Text: d.Text}
		for _, v := range d.Other {
			if one.Other == nil {
				one.Other = map[string]string{}
			}
			one.Other[v.Name] = v.Value
		}
		st.Details = append(st.Details, one)
	}
	line.Status = st
	return line
}
