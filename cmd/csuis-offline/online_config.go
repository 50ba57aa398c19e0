package main

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"os"
	"slices"

	"github.com/spf13/pflag"

	"csuis-offline/crypto"
	"csuis-offline/handover"
	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/prompt"
	"csuis-offline/online"
	"csuis-offline/outbox"
	"csuis-offline/settings"
)

// maxCA is the largest file of authorities that is read, in bytes.
const maxCA = 1 << 20

// onlineOptions are the flags of every command that speaks with CSÚIS.
type onlineOptions struct{ submit, inbox, user, passwordFile, ca string }

func (o *onlineOptions) register(a *app, f *pflag.FlagSet) {
	f.StringVar(&o.submit, "submit-url", "", a.cat.Text("flag.submit-url", nil))
	f.StringVar(&o.inbox, "inbox-url", "", a.cat.Text("flag.inbox-url", nil))
	f.StringVar(&o.user, "user", "", a.cat.Text("flag.user", nil))
	f.StringVar(&o.passwordFile, "login-password-file", "", a.cat.Text("flag.login-password-file", nil))
	f.StringVar(&o.ca, "ca", "", a.cat.Text("flag.ca", nil))
}

// login is who logs in, and with what; fresh is when the password was typed or
// its file written, which shows whether it is newer than a refused one.
type login struct {
	password []byte
	typed    bool
	file     string
}

func (l *login) wipe() { clear(l.password) }

// service is one of the services that a command speaks with.
type service uint8

const (
	submitService service = 1 << iota
	inboxService
)

// onlineClient makes the client of the flags and the configuration, for the
// services that are needed; key opens sealed messages and may be nil. The caller
// closes the client and wipes the login.
func (a *app) onlineClient(ctx context.Context, o onlineOptions, c *settings.Settings, needs service, key *crypto.Key) (*online.Client, *login, error) {
	oo := online.Options{
		Submit: or(o.submit, c.Online.Submit), Inbox: or(o.inbox, c.Online.Inbox), User: or(o.user, c.Online.User),
		Key: key, Now: a.now, Rand: a.rand,
	}
	for _, need := range []struct {
		needed           bool
		value, flag, key string
	}{
		{needs&submitService != 0, oo.Submit, "--submit-url", "submit"}, {needs&inboxService != 0, oo.Inbox, "--inbox-url", "inbox"},
		{true, oo.User, "--user", "user"},
	} {
		if need.needed && need.value == "" {
			return nil, nil, usageFault("usage.missing-online", catalogue.Args{"flag": need.flag, "name": need.key})
		}
	}
	sender := c.Envelope("")
	if sender == nil {
		return nil, nil, usageFault("config.none", a.withConfig(nil))
	}
	oo.Sender = *sender
	var err error
	if oo.Profile, err = c.Profile(""); err != nil {
		return nil, nil, err
	}
	if file := or(o.ca, c.Relative(c.Online.CA)); file != "" {
		if oo.Roots, err = readCA(file); err != nil {
			return nil, nil, err
		}
	}
	l := &login{file: or(o.passwordFile, c.Relative(c.Online.PasswordFile))}
	if l.file != "" {
		l.password, err = passwordFromFile(l.file)
	} else {
		l.typed = true
		l.password, err = prompt.Password(ctx, a.in, a.err, a.cat.Text("prompt.login", catalogue.Args{"user": oo.User}))
	}
	if errors.Is(err, crypto.ErrNoPassword) {
		return nil, nil, &fault{exit: exitKey, id: "online.no-password", args: catalogue.Args{"user": oo.User}, cause: err}
	}
	if err != nil {
		return nil, nil, err
	}
	oo.Password = func(context.Context) ([]byte, error) { return slices.Clone(l.password), nil }
	client, err := online.New(oo)
	if err != nil {
		l.wipe()
		return nil, nil, onlineFault(err)
	}
	return client, l, nil
}

// readCA reads the authorities that may have signed the server's certificate.
func readCA(path string) (*x509.CertPool, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	pem, err := io.ReadAll(io.LimitReader(f, maxCA+1))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if len(pem) > maxCA || !pool.AppendCertsFromPEM(pem) {
		return nil, usageFault("online.bad-ca", catalogue.Args{"file": path})
	}
	return pool, nil
}

// openOutbox opens the outbox of the configuration, and settles what an
// interrupted run left open in it.
func (a *app) openOutbox(ctx context.Context, c *settings.Settings) (*outbox.Outbox, error) {
	dir := c.OutboxFolder()
	box, err := handover.OpenOutbox(ctx, dir, outbox.Options{Clock: a.now, Backoff: a.backoff})
	if err != nil {
		return nil, outboxFault(dir, err)
	}
	return box, nil
}

func (a *app) clock() handover.Clock { return handover.Clock{Now: a.now} }

// inboxClient makes the client of a command that only asks the inbox; done closes
// it and wipes its secrets.
func (a *app) inboxClient(ctx context.Context, o onlineOptions, ko keyOptions, c *settings.Settings) (client *online.Client, done func(), err error) {
	key, err := a.optionalKey(ctx, ko, c)
	if err != nil {
		return nil, nil, err
	}
	client, l, err := a.onlineClient(ctx, o, c, inboxService, key)
	if err != nil {
		key.Wipe()
		return nil, nil, err
	}
	return client, func() { client.Close(); l.wipe(); key.Wipe() }, nil
}

// channelFault gives the errors of handing over their texts.
func channelFault(dir string, err error) error { return onlineFault(outboxFault(dir, err)) }

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

// onlineFault gives the client's errors their texts and exit codes.
func onlineFault(err error) error {
	var e *online.Error
	if !errors.As(err, &e) {
		return err
	}
	exit := exitIO
	switch e.Kind {
	case online.KindSettings:
		exit = exitUsage
	case online.KindUnauthorized, online.KindKey:
		exit = exitKey
	case online.KindFault, online.KindDamaged:
		exit = exitFindings
	case online.KindCancelled:
		return context.Canceled
	}
	args := catalogue.Args{"host": e.Host, "status": e.Status, "fault": "", "detail": e.Error()}
	if e.Fault != nil {
		args["fault"] = e.Fault.String()
	}
	return &fault{exit: exit, id: "online.kind." + string(e.Kind), args: args, cause: err}
}
