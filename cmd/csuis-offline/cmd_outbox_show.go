package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"csuis-offline/internal/catalogue"
	"csuis-offline/outbox"
)

func newOutboxShowCommand(a *app) *cobra.Command {
	return a.command("show", needArgs(a, "arg.number"), func(ctx context.Context, args []string) error {
		return runOutboxShow(ctx, a, args[0])
	}, exitOK, exitUsage, exitIO, exitInterrupted)
}

// loggedMove is an entry of a record's log in JSON.
type loggedMove struct {
	Type      string `json:"type"`
	Time      string `json:"time"`
	From      string `json:"from,omitempty"`
	To        string `json:"to"`
	Cause     string `json:"cause"`
	Reason    string `json:"reason,omitempty"`
	HTTP      int    `json:"http,omitempty"`
	Detail    string `json:"detail,omitempty"`
	MessageID string `json:"message_id,omitempty"`
	Package   int64  `json:"package,omitempty"`
	Message   string `json:"message"`
}

func runOutboxShow(ctx context.Context, a *app, arg string) error {
	id, err := number(arg)
	if err != nil {
		return err
	}
	return a.listingOutbox(ctx, func(box *outbox.Outbox) error {
		r, err := box.Get(ctx, id)
		if err != nil {
			return err
		}
		log, err := box.Log(ctx, id)
		if err != nil {
			return err
		}
		heading := a.cat.Text("summary.show", catalogue.Args{"number": arg})
		if a.json {
			for _, e := range log {
				a.printJSON(loggedMove{
					"log", stamp(e.Time), string(e.From), string(e.To), string(e.Cause), e.Reason, e.HTTP, e.Detail, e.MessageID, e.Package,
					a.cat.Text("outbox.cause."+string(e.Cause), nil),
				})
			}
		}
		a.printSummary("outbox show", exitOK, nil, a.recordLine(&r), heading, a.recordFacts(&r)...)
		if !a.json && !a.quiet {
			fmt.Fprintf(a.out, "  %s\n", a.cat.Text("phrase.log", nil))
			for _, e := range log {
				a.printMove(&e)
			}
		}
		return nil
	})
}

// printMove writes one entry of the log; what a server said comes on the lines
// below it.
func (a *app) printMove(e *outbox.Entry) {
	line := a.cat.Value(e.Time.Local()) + "  " + a.cat.Text("outbox.cause."+string(e.Cause), nil)
	if e.From != e.To {
		line += " → " + a.cat.Text("outbox.state."+string(e.To), nil)
	}
	fmt.Fprintf(a.out, "    %s\n", line)
	detail := e.Detail
	if e.MessageID != "" {
		detail = joined(a.cat.Text("phrase.message-id", catalogue.Args{"id": e.MessageID}), e.Reason, e.Detail)
	} else if e.Reason != "" {
		detail = joined(a.causeOf(e.Reason), e.Detail)
	}
	if e.Package != 0 {
		detail = joined(a.cat.Text("phrase.in-package", catalogue.Args{"package": fmt.Sprint(e.Package)}), detail)
	}
	if detail != "" {
		fmt.Fprintf(a.out, "      %s\n", catalogue.Visible(detail))
	}
}
