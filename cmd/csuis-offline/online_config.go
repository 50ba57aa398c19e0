package main

import (
	"context"
	"errors"

	"github.com/spf13/pflag"

	"csuis-offline/crypto"
	"csuis-offline/handover"
	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/prompt"
	"csuis-offline/outbox"
	"csuis-offline/settings"
)

// onlineOptions are the flags of every command that speaks with CSÚIS.
type onlineOptions struct{ submit, inbox, user, passwordFile, ca string }

func (o *onlineOptions) register(a *app, f *pflag.FlagSet) {
	f.StringVar(&o.submit, "submit-url", "", a.cat.Text("flag.submit-url", nil))
	f.StringVar(&o.inbox, "inbox-url", "", a.cat.Text("flag.inbox-url", nil))
	f.StringVar(&o.user, "user", "", a.cat.Text("flag.user", nil))
	f.StringVar(&o.passwordFile, "login-password-file", "", a.cat.Text("flag.login-password-file", nil))
	f.StringVar(&o.ca, "ca", "", a.cat.Text("flag.ca", nil))
}

// service is one of the services that a command speaks with.
type service uint8

const (
	submitService service = 1 << iota
	inboxService
)

// openChannel makes the channel of the flags and the configuration, for the
// services that are needed; key opens sealed messages and may be nil. The caller
// closes the channel.
func (a *app) openChannel(ctx context.Context, o onlineOptions, c *settings.Settings, needs service, key *crypto.Key) (*handover.Channel, error) {
	for _, s := range []struct{ flag, setting, value string }{
		{o.submit, "online.submit", c.Online.Submit}, {o.inbox, "online.inbox", c.Online.Inbox},
		{o.passwordFile, "online.password_file", c.Relative(c.Online.PasswordFile)}, {o.ca, "online.ca", c.Relative(c.Online.CA)},
	} {
		if s.flag == "" {
			a.fromConfig(c, s.setting, s.value)
		}
	}
	co := handover.ChannelOptions{
		Submit: or(o.submit, c.Online.Submit), Inbox: or(o.inbox, c.Online.Inbox), User: or(o.user, c.Online.User),
		Key: key, Now: a.now, Rand: a.rand,
	}
	passwordFile := or(o.passwordFile, c.Relative(c.Online.PasswordFile))
	for _, need := range []struct {
		needed           bool
		value, flag, key string
	}{
		{needs&submitService != 0, co.Submit, "--submit-url", "submit"}, {needs&inboxService != 0, co.Inbox, "--inbox-url", "inbox"},
		{true, co.User, "--user", "user"},
	} {
		if need.needed && need.value == "" {
			return nil, usageFault("usage.missing-online", catalogue.Args{"flag": need.flag, "name": need.key})
		}
	}
	sender := c.Envelope("")
	if sender == nil {
		return nil, usageFault("config.none", a.withConfig(nil))
	}
	co.Sender = *sender
	var err error
	if co.Profile, err = c.Profile(""); err != nil {
		return nil, err
	}
	if file := or(o.ca, c.Relative(c.Online.CA)); file != "" {
		co.Roots, err = handover.ReadAuthorities(file)
		if errors.Is(err, handover.ErrAuthorities) {
			return nil, usageFault("online.bad-ca", catalogue.Args{"file": file})
		}
		if err != nil {
			return nil, err
		}
	}
	if passwordFile != "" {
		co.Password, err = passwordFromFile(passwordFile)
		co.Password = passwordText(co.Password)
	} else {
		co.Typed = true
		co.Password, err = prompt.Password(ctx, a.in, a.err, a.cat.Text("prompt.login", catalogue.Args{"user": co.User}))
	}
	if errors.Is(err, crypto.ErrNoPassword) {
		return nil, &fault{exit: exitKey, id: "online.no-password", args: catalogue.Args{"user": co.User}, cause: err}
	}
	if err != nil {
		return nil, err
	}
	ch, err := handover.NewChannel(co)
	return ch, onlineFault(err)
}

// openOutbox opens the outbox of the configuration, and settles what an
// interrupted run left open in it.
func (a *app) openOutbox(ctx context.Context, c *settings.Settings) (*outbox.Outbox, error) {
	return a.openOutboxBy(ctx, c, handover.OpenOutbox)
}

func (a *app) openOutboxBy(ctx context.Context, c *settings.Settings, open opener) (*outbox.Outbox, error) {
	dir, err := c.OutboxFolder()
	if err != nil {
		return nil, err
	}
	a.fromConfig(c, "online.outbox", c.Relative(c.Online.Outbox))
	a.stores = true
	box, err := open(ctx, dir, outbox.Options{Clock: a.now, Backoff: a.backoff})
	if err != nil {
		return nil, openFault(dir, err)
	}
	return box, nil
}

func (a *app) clock() handover.Clock { return handover.Clock{Now: a.now} }

// openInbox makes the channel of a command that only asks the inbox; done closes
// it and wipes its secrets.
func (a *app) openInbox(ctx context.Context, o onlineOptions, ko keyOptions, c *settings.Settings) (ch *handover.Channel, done func(), err error) {
	key, err := a.optionalKey(ctx, ko, c)
	if err != nil {
		return nil, nil, err
	}
	ch, err = a.openChannel(ctx, o, c, inboxService, key)
	if err != nil {
		key.Wipe()
		return nil, nil, err
	}
	return ch, func() { ch.Close(); key.Wipe() }, nil
}

// channelFault gives the errors of handing over their texts.
func channelFault(dir string, err error) error { return onlineFault(outboxFault(dir, err)) }

// openFault is outboxFault for what opening the outbox says.
func openFault(dir string, err error) error {
	if outbox.Unwritable(err) && !errors.Is(err, outbox.ErrFull) {
		return &fault{exit: exitIO, id: "outbox.read-only", args: catalogue.Args{"path": dir, "detail": err.Error()}, cause: err}
	}
	return outboxFault(dir, err)
}

// outboxFault gives the outbox's errors their texts.
func outboxFault(dir string, err error) error {
	if err == nil {
		return nil
	}
	var (
		file      *outbox.FileError
		move      *outbox.MoveError
		ambiguous = errors.Is(err, outbox.ErrAmbiguous)
	)
	args := catalogue.Args{"path": dir, "detail": err.Error()}
	if errors.As(err, &file) {
		args["path"] = file.Path
	}
	for _, c := range []struct {
		is   error
		exit int
		id   string
	}{
		{outbox.ErrBusy, exitIO, "outbox.busy"}, {outbox.ErrFull, exitIO, "outbox.full"}, {outbox.ErrDamaged, exitIO, "outbox.damaged"},
		{outbox.ErrMisplaced, exitIO, "outbox.misplaced"}, {outbox.ErrOlder, exitIO, "outbox.older"},
		{outbox.ErrForeign, exitUsage, "outbox.foreign"}, {outbox.ErrNewer, exitUsage, "outbox.newer"}, {outbox.ErrBytes, exitFindings, "outbox.bytes"},
		{outbox.ErrNotFound, exitUsage, "outbox.not-found"}, {outbox.ErrNothingToPack, exitUsage, "outbox.nothing-to-pack"},
		{outbox.ErrPackageState, exitUsage, "outbox.package-state"}, {outbox.ErrNoBytes, exitUsage, "outbox.no-bytes"},
	} {
		if errors.Is(err, c.is) {
			return &fault{exit: c.exit, id: c.id, args: args, cause: err}
		}
	}
	switch {
	case errors.As(err, &move):
		args["record"], args["state"] = move.ID, string(move.From)
		return &fault{exit: exitUsage, id: "outbox.move", args: args, cause: err}
	case ambiguous:
		return &fault{exit: exitUsage, id: "outbox.ambiguous", args: args, cause: err}
	}
	return err
}

// onlineFault gives the channel's errors their texts and exit codes.
func onlineFault(err error) error {
	f, ok := handover.Failed(err)
	if !ok {
		return err
	}
	exit := exitIO
	switch f.Class {
	case handover.FailedSettings:
		exit = exitUsage
	case handover.FailedSecret:
		exit = exitKey
	case handover.FailedAnswer:
		exit = exitFindings
	case handover.FailedCancelled:
		return context.Canceled
	}
	args := catalogue.Args{"host": f.Host, "status": f.Status, "fault": f.Fault, "detail": f.Detail}
	return &fault{exit: exit, id: "online.kind." + f.Kind, args: args, cause: err}
}
