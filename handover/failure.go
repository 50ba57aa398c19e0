package handover

import (
	"errors"

	"csuis-offline/online"
)

// FailureClass says who can mend a failure of the channel.
type FailureClass uint8

// The classes.
const (
	// FailedConnection: the connection or the server's machine; it may pass.
	FailedConnection FailureClass = iota
	// FailedSettings: the options or the conditions do not allow the call.
	FailedSettings
	// FailedSecret: the login was refused, or the key opens no message.
	FailedSecret
	// FailedAnswer: the server refused what it was asked, or its answer is damaged.
	FailedAnswer
	// FailedCancelled: the caller's context ended.
	FailedCancelled
)

// Failure is why the channel failed.
type Failure struct {
	Class FailureClass
	// Kind tells the reasons apart further: a kind of the online room, which are
	// stable.
	Kind string
	Host string // host:port of the service; "" where none was spoken to
	// Status is the HTTP status, 0 where none came, and Fault the SOAP Fault as
	// text, "" where none came.
	Status int
	Fault  string
	// Detail is the whole of it in English, on one line, without any secret.
	Detail string
}

// Failed says why the channel failed; ok is false for any other error.
func Failed(err error) (f Failure, ok bool) {
	var e *online.Error
	if !errors.As(err, &e) {
		return f, false
	}
	f = Failure{Kind: string(e.Kind), Host: e.Host, Status: e.Status, Detail: e.Error()}
	switch e.Kind {
	case online.KindSettings, online.KindMessageID, online.KindProxySettings:
		f.Class = FailedSettings
	case online.KindUnauthorized, online.KindKey:
		f.Class = FailedSecret
	case online.KindFault, online.KindDamaged:
		f.Class = FailedAnswer
	case online.KindCancelled:
		f.Class = FailedCancelled
	}
	if e.Fault != nil {
		f.Fault = e.Fault.String()
	}
	return f, true
}
