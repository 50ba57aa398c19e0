package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/handover"
	"csuis-offline/internal/catalogue"
	"csuis-offline/outbox"
	"csuis-offline/seal"
	"csuis-offline/settings"
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
	cmd := a.command("fetch", needSome(a, "arg.message"), func(ctx context.Context, args []string) error {
		o.ids = args
		return runInboxFetch(ctx, a, o)
	}, exitOK, exitFindings, exitUsage, exitIO, exitKey, exitInterrupted)
	o.key.register(a, cmd)
	f := cmd.Flags()
	f.StringVarP(&o.out, "output", "o", "", a.cat.Text("flag.message-output", nil))
	f.BoolVar(&o.force, "force", false, a.cat.Text("flag.force", nil))
	o.online.registerInbox(a, f)
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
	teller
	o     fetchOptions
	c     *settings.Settings
	count int
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
	ch, done, err := a.openInbox(ctx, o.online, o.key, c)
	if err != nil {
		return err
	}
	defer done()
	fo := handover.FetchOptions{Force: o.force}
	dir, err := c.OutboxFolder()
	if err == nil {
		_, err = os.Stat(dir)
	}
	if err == nil {
		if fo.Outbox, err = a.openOutbox(ctx, c); err != nil {
			return err
		}
		defer fo.Outbox.Close()
	}
	f := &fetching{teller: teller{a: a}, o: o, c: c}
	for _, id := range o.ids {
		if fo.Path, err = f.place(id); err != nil {
			return err
		}
		got, fs, err := handover.Fetch(ctx, ch, id, fo)
		a.made = a.made || got != nil && fo.Path != ""
		if err != nil {
			return channelFault(dir, err)
		}
		if got != nil {
			f.count++
			f.show(id, fo.Path, got)
		}
		f.tell(fs...)
	}
	if f.tally.errors > 0 {
		err = errFindings
	}
	if slices.ContainsFunc(f.tally.kinds, func(k finding.Finding) bool { return k.Code == finding.InboxSealed }) {
		err = errors.Join(errFindings, seal.ErrKey)
	}
	exit, _, _ := classify(err)
	a.printCounted("inbox fetch", exit, f.tally, struct {
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
		return filepath.Join(f.o.out, handover.MessageFile(id)), nil
	}
	return f.o.out, nil
}

// show prints what a message is.
func (f *fetching) show(id, path string, got *handover.Fetched) {
	a := f.a
	if a.json {
		a.printJSON(f.line(id, path, got))
		return
	}
	if a.quiet {
		return
	}
	s, i := got.Status, &got.Message.Info
	heading, facts := "phrase.other-message", []fact{
		{"message-name", or(envelope.KindName(i.RecordType), i.Root)}, {"transaction", i.TransactionID}, {"reference", i.ReferenceID},
		{"unit", i.SubjectIC}, {"date", day(i.StatementDate)},
	}
	if s != nil {
		heading, facts = "phrase.status-message", a.statusRows(got, f.c.Online.Processed)
	}
	facts = append([]fact{{"created", a.moment(i.Created)}, {"sender", strings.TrimSpace(i.Sender.IC + " " + i.Sender.Name)}}, facts...)
	if got.Message.Sealed {
		facts = append(facts, fact{"opened", a.cat.Text("phrase.opened", nil)})
	}
	facts = append(facts, fact{"output", path})
	fmt.Fprintln(a.out, a.cat.Text(heading, catalogue.Args{"id": id}))
	a.printFacts(facts)
	if s != nil && len(s.Details) > 0 {
		fmt.Fprintf(a.out, "  %s\n%s", a.cat.Text("phrase.details", nil), a.detailLines(got))
	}
}

// line is a message in JSON.
func (f *fetching) line(id, path string, got *handover.Fetched) fetchedMessage {
	m, s := got.Message, got.Status
	i := &m.Info
	line := fetchedMessage{
		Type: "message", ID: id, Kind: "other", Output: path, Sealed: m.Sealed, Identified: m.Identified, TransactionID: i.TransactionID,
		Reference: i.ReferenceID, Created: i.Created, SenderIC: i.Sender.IC, RecipientIC: i.Recipient.IC, RecordType: i.RecordType,
		Root: i.Root, SubjectIC: i.SubjectIC, Date: i.StatementDate,
	}
	if rec := got.Record; rec != nil {
		line.RecordID, line.Record = rec.ID, rec.Name
	}
	if s == nil {
		return line
	}
	line.Kind, line.Reference = "status", handover.Reference(s)
	kind, _ := handover.Meaning(s, f.c.Online.Processed)
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
