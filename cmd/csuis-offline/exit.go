package main

import (
	"context"
	"errors"

	"csuis-offline/bundle"
	"csuis-offline/bundle/verify"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/internal/catalogue"
	"csuis-offline/seal"
	"csuis-offline/settings"
	"csuis-offline/stage"
)

// The exit codes.
const (
	exitOK          = 0   // done and clean
	exitFindings    = 1   // findings of error severity, refused records
	exitUsage       = 2   // wrong usage or configuration
	exitIO          = 3   // input, output or the connection failed
	exitKey         = 4   // wrong key or password
	exitUnknown     = 5   // sent, no answer
	exitInterrupted = 130 // SIGINT, SIGTERM or SIGHUP
)

// errFindings ends a command that printed findings of error severity. Their
// cause may be joined to it.
var errFindings = errors.New("findings of error severity")

// errInput is joined to errFindings if all of them say that an input cannot be
// read.
var errInput = errors.New("inputs cannot be read")

// fault is an error that the catalogue has a text for.
type fault struct {
	exit  int
	id    string
	args  catalogue.Args
	cause error
}

func (f *fault) Error() string {
	if f.cause != nil {
		return f.id + ": " + f.cause.Error()
	}
	return f.id
}

func (f *fault) Unwrap() error { return f.cause }

// classify is the one place where an error becomes an exit code. Its text is
// empty if everything has already been printed.
func classify(err error) (exit int, id string, args catalogue.Args) {
	var (
		own    *fault
		sender *envelope.ConfigError
		root   *envelope.UnknownRootError
		key    *crypto.KeyFileError
	)
	args, err = catalogue.Args{}, settingsFault(err)
	if err != nil {
		args["detail"] = err.Error()
		_, args["file"] = failedPath(err)
	}
	switch {
	case err == nil:
		return exitOK, "", nil
	case errors.Is(err, context.Canceled):
		return exitInterrupted, "error.interrupted", args
	case errors.As(err, &own):
		return own.exit, own.id, own.args
	case errors.Is(err, errFindings) && errors.Is(err, seal.ErrKey):
		return exitKey, "", nil
	case errors.Is(err, errFindings) && errors.Is(err, errInput):
		return exitIO, "", nil
	case errors.Is(err, errFindings):
		return exitFindings, "", nil
	case errors.Is(err, errUnknown):
		return exitUnknown, "", nil
	case errors.Is(err, errPassword):
		return exitKey, "", nil
	case errors.Is(err, errChannel):
		return exitIO, "", nil
	case errors.As(err, &sender):
		args["section"], args["name"] = settings.Split(sender.Key)
		args["value"] = sender.Value
		return exitUsage, senderText(sender), args
	case errors.Is(err, envelope.ErrNoConfig):
		return exitUsage, "config.none", args
	case errors.As(err, &root):
		args["root"] = root.Local
		if root.URI != "" {
			args["root"] = "{" + root.URI + "}" + root.Local
		}
		return exitUsage, "config.unknown-root", args
	case errors.Is(err, stage.ErrExists):
		return exitUsage, "error.exists", args
	case errors.Is(err, stage.ErrNotRegular):
		return exitUsage, "error.not-regular", args
	case errors.Is(err, bundle.ErrNoFreeName):
		return exitIO, "error.no-free-name", args
	case errors.Is(err, verify.ErrTarget):
		return exitIO, "error.target", args
	case errors.Is(err, stage.ErrBusy):
		return exitIO, "error.busy", args
	case errors.Is(err, crypto.ErrPassword):
		return exitKey, "key.password", args
	case errors.Is(err, crypto.ErrNoPassword):
		return exitKey, "key.no-password", args
	case errors.As(err, &key):
		args["detail"], args["format"] = key.Detail, key.Format
		return exitKey, "key." + string(key.Reason), args
	}
	id, args = systemFault(err, args)
	return exitIO, id, args
}
