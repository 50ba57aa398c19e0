package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"csuis-offline/internal/catalogue"
	"csuis-offline/outbox"
)

// wordAction is something that the user decides about one record.
type wordAction struct {
	name  string
	noted bool // it takes the user's words for the log
	run   func(*outbox.Outbox, context.Context, int64, string) (outbox.Record, error)
}

var wordActions = []wordAction{
	{"delivered", true, (*outbox.Outbox).MarkDelivered},
	{"not-delivered", true, (*outbox.Outbox).MarkNotDelivered},
	{"withdraw", true, (*outbox.Outbox).Withdraw},
	{"renew", true, (*outbox.Outbox).Renew},
	{"retry", false, func(o *outbox.Outbox, ctx context.Context, id int64, _ string) (outbox.Record, error) {
		return o.SendNow(ctx, id)
	}},
	{"allow-newer", true, (*outbox.Outbox).LetNewerPass},
}

// oldWords are the names that actions had before: scripts may use them, and the help does
// not show them.
var oldWords = map[string][]string{"allow-newer": {"pass"}}

func newWordCommands(a *app) []*cobra.Command {
	var all []*cobra.Command
	for _, w := range wordActions {
		var note string
		cmd := a.command(w.name, needArgs(a, "arg.number"), func(ctx context.Context, args []string) error {
			return runWord(ctx, a, w, args[0], note)
		}, exitOK, exitUsage, exitIO, exitInterrupted)
		if w.noted {
			cmd.Flags().StringVar(&note, "note", "", a.cat.Text("flag.note", nil))
		}
		cmd.Aliases = oldWords[w.name]
		all = append(all, cmd)
	}
	return all
}

func runWord(ctx context.Context, a *app, w wordAction, arg, note string) error {
	id, err := number(arg)
	if err != nil {
		return err
	}
	return a.withOutbox(ctx, func(box *outbox.Outbox) error {
		if _, err := w.run(box, ctx, id, note); err != nil {
			return a.wordFault(ctx, box, w.name, id, err)
		}
		r, err := box.Get(ctx, id)
		if err != nil {
			return err
		}
		heading := a.cat.Text("summary.word."+w.name, catalogue.Args{"number": arg})
		cause, next := a.attention(&r)
		if next == "" {
			next = a.stateNext(&r)
		}
		a.printSummary("outbox "+a.ran.CalledAs(), exitOK, nil, a.recordLine(&r), heading,
			fact{"record", r.Name}, fact{"state", a.cat.Text("outbox.state."+string(r.State), nil)}, fact{"cause", cause}, fact{"what-next", next})
		return nil
	})
}

// wordFault says why the user's decision is not possible, and what is.
func (a *app) wordFault(ctx context.Context, box *outbox.Outbox, name string, id int64, err error) error {
	var move *outbox.MoveError
	if !errors.As(err, &move) {
		return err
	}
	r, gerr := box.Get(ctx, id)
	if gerr != nil {
		return gerr
	}
	args := catalogue.Args{
		"number": fmt.Sprint(id), "state": a.cat.Text("outbox.state."+string(move.From), nil), "newer": fmt.Sprint(move.Newer),
		"older": fmt.Sprint(id),
	}
	text := "outbox.refuse." + name
	switch {
	case move.Newer != 0:
		text = "outbox.refuse.newer"
	case name == "renew" && !r.BytesRemoved.IsZero():
		text = "outbox.no-bytes"
	case name == "renew" && move.From == outbox.Refused && !r.StatusAt.IsZero():
		text = "outbox.refuse.sealed-anew"
	case name == "retry" && r.Hold == outbox.HoldPassword:
		text = "outbox.refuse.password"
	}
	return &fault{exit: exitUsage, id: text, args: args, cause: err}
}
