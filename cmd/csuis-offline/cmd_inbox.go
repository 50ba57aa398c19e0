package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/handover"
	"csuis-offline/internal/catalogue"
	"csuis-offline/settings"
)

func newInboxCommand(a *app) *cobra.Command {
	var o listOptions
	var cmd *cobra.Command
	cmd = a.command("inbox", cobra.ArbitraryArgs, func(ctx context.Context, args []string) error {
		if len(args) > 0 {
			return unknownCommandFault(args[0], cmd)
		}
		o.bulkGiven = cmd.Flags().Changed("bulk")
		return runInboxList(ctx, a, o)
	}, exitOK, exitFindings, exitUsage, exitIO, exitKey, exitInterrupted)
	f := cmd.Flags()
	o.online.registerInbox(a, f)
	f.BoolVar(&o.unread, "unread", false, a.cat.Text("flag.unread", nil))
	f.BoolVar(&o.read, "read", false, a.cat.Text("flag.read", nil))
	f.StringVar(&o.kind, "type", "", a.cat.Text("flag.type", nil))
	f.StringVar(&o.from, "from", "", a.cat.Text("flag.from", nil))
	f.StringVar(&o.to, "to", "", a.cat.Text("flag.to", nil))
	f.BoolVar(&o.bulk, "bulk", false, a.cat.Text("flag.bulk", nil))
	cmd.AddCommand(newInboxFetchCommand(a), newInboxUpdateCommand(a))
	return cmd
}

// registerInbox registers the flags of a command that only asks the inbox.
func (o *onlineOptions) registerInbox(a *app, f *pflag.FlagSet) {
	f.StringVar(&o.inbox, "inbox-url", "", a.cat.Text("flag.inbox-url", nil))
	f.StringVar(&o.user, "user", "", a.cat.Text("flag.user", nil))
	f.StringVar(&o.passwordFile, "login-password-file", "", a.cat.Text("flag.login-password-file", nil))
	f.StringVar(&o.ca, "ca", "", a.cat.Text("flag.ca", nil))
}

// listOptions are the conditions of a list.
type listOptions struct {
	online          onlineOptions
	unread, read    bool
	kind, from, to  string
	bulk, bulkGiven bool
}

// conditions turns the flags into those of the service.
func (o *listOptions) conditions() (handover.Conditions, error) {
	c := handover.Conditions{Type: o.kind}
	if o.bulkGiven {
		c.Bulk = &o.bulk
	}
	switch {
	case o.unread && o.read:
		return c, usageFault("usage.read-and-unread", nil)
	case o.unread:
		c.Status = "N"
	case o.read:
		c.Status = "R"
	}
	if digits := strings.TrimPrefix(o.kind, "C"); o.kind != "" && (len(digits) != 3 || strings.Trim(digits, "0123456789") != "") {
		return c, usageFault("usage.bad-type", catalogue.Args{"value": o.kind})
	}
	for _, d := range []struct {
		flag, value string
		into        *time.Time
	}{{"--from", o.from, &c.From}, {"--to", o.to, &c.To}} {
		if d.value == "" {
			continue
		}
		t, err := time.Parse(time.DateOnly, d.value)
		if err != nil {
			return c, usageFault("usage.bad-day", catalogue.Args{"flag": d.flag, "value": d.value})
		}
		*d.into = t
	}
	if o.from != "" && o.to != "" && c.From.After(c.To) {
		return c, usageFault("usage.days-reversed", catalogue.Args{"from": o.from, "to": o.to})
	}
	return c, nil
}

// listedMessage is a message of the inbox in JSON; values as the service writes them.
type listedMessage struct {
	Type       string            `json:"type"`
	ID         string            `json:"id"`
	Name       string            `json:"name,omitempty"`
	Unit       string            `json:"unit,omitempty"`
	Created    string            `json:"created,omitempty"`
	Published  string            `json:"published,omitempty"`
	Status     string            `json:"status,omitempty"` // R or N
	RecordType string            `json:"record_type,omitempty"`
	Other      map[string]string `json:"other,omitempty"`
}

func runInboxList(ctx context.Context, a *app, o listOptions) error {
	cond, err := o.conditions()
	if err != nil {
		return err
	}
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	ch, err := a.openChannel(ctx, o.online, c, inboxService, nil)
	if err != nil {
		return err
	}
	defer ch.Close()
	messages, err := ch.List(ctx, cond)
	if err != nil {
		return onlineFault(err)
	}
	unread := 0
	for _, m := range messages {
		if m.Status == "N" {
			unread++
		}
		a.printListed(m)
	}
	heading := a.cat.Text("summary.inbox", catalogue.Args{"count": len(messages), "unread": unread})
	if len(messages) == 0 {
		heading = a.cat.Text("summary.inbox-empty", nil)
	}
	a.printSummary("inbox", exitOK, nil, struct {
		Messages int `json:"messages"`
		Unread   int `json:"unread"`
	}{len(messages), unread}, heading)
	return nil
}

func (a *app) printListed(m handover.Listed) {
	if a.json {
		line := listedMessage{"message", m.ID, m.Name, m.IC, m.Created, m.Published, m.Status, m.Type, nil}
		for _, f := range m.Other {
			if line.Other == nil {
				line.Other = map[string]string{}
			}
			line.Other[f.Name] = f.Value
		}
		a.printJSON(line)
		return
	}
	if a.quiet {
		return
	}
	state := m.Status
	if id := "phrase.message." + m.Status; a.cat.Has(id) {
		state = a.cat.Text(id, nil)
	}
	name := or(m.Name, envelope.KindName(strings.TrimPrefix(m.Type, "C")))
	fmt.Fprintf(a.out, "%s  %s  %s  %s  %s\n", cell(m.ID), a.moment(m.Created), cell(state), cell(m.Type), cell(name))
}

// maxCell is how much of one value a line of the list shows, in characters. The
// numbers that can be fetched are shorter; JSON has every value whole.
const maxCell = 200

// cell is a value of the service in a line of the list.
func cell(s string) string {
	if rs := []rune(s); len(rs) > maxCell {
		s = string(rs[:maxCell]) + "…"
	}
	return catalogue.Visible(s)
}

// moment is a time of the service in the user's language and time zone, or as it
// is written.
func (a *app) moment(s string) string {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return a.cat.Value(t.Local())
	}
	return cell(s)
}

// optionalKey reads the key, if there is one. For the key of the configuration
// it never asks for a password, as few messages are sealed.
func (a *app) optionalKey(ctx context.Context, o keyOptions, c *settings.Settings) (*crypto.Key, error) {
	if o.file != "" || c.Key.File != "" && o.passwordFile != "" {
		return a.readKey(ctx, o, c)
	}
	if c.Key.File == "" {
		return nil, nil
	}
	f, err := openSmall(c.Relative(c.Key.File), "key.is-folder")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	key, err := crypto.ReadKey(f, func() ([]byte, error) { return nil, crypto.ErrNoPassword })
	if errors.Is(err, crypto.ErrNoPassword) {
		return nil, nil
	}
	return key, err
}
