package handover

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/internal/iox"
	"csuis-offline/online"
)

// ChannelOptions say which services a Channel speaks with, and as whom. An
// address is needed only for what is called.
type ChannelOptions struct {
	// Submit takes sealed records, Inbox has the messages; both begin with https://.
	Submit, Inbox string
	// User and Password are the person's login. The Channel keeps Password, and
	// Close overwrites it.
	User     string
	Password []byte
	// Typed: the password was typed just now. Who types it wants it to be tried, even
	// if the server refused it before.
	Typed bool
	// Roots are the authorities that may sign the server's certificate; nil means
	// those of the system. See ReadAuthorities.
	Roots *x509.CertPool
	// Key opens sealed messages; nil leaves them sealed. The caller wipes it.
	Key *crypto.Key
	// Sender is who the requests to the inbox say they are from, and Profile that
	// of the identifiers of these requests.
	Sender  envelope.Config
	Profile envelope.Profile
	// Now and Rand are the clock and the randomness of the requests; nil means
	// time.Now and crypto/rand.
	Now  func() time.Time
	Rand io.Reader
}

// Channel is the online channel with one person's login. Close it.
type Channel struct {
	client *online.Client
	login  login
}

// NewChannel makes a Channel; it reaches no network. Where the options do not
// allow it the password is overwritten, and Failed finds FailedSettings in the error.
func NewChannel(o ChannelOptions) (*Channel, error) {
	c := &Channel{login: login{address: o.Submit, user: o.User, password: o.Password, typed: o.Typed}}
	var err error
	c.client, err = online.New(online.Options{
		Submit: o.Submit, Inbox: o.Inbox, User: o.User, Roots: o.Roots, Key: o.Key, Sender: o.Sender, Profile: o.Profile, Now: o.Now, Rand: o.Rand,
		Password: func(context.Context) ([]byte, error) { return slices.Clone(c.login.password), nil },
	})
	if err != nil {
		clear(o.Password)
		return nil, err
	}
	return c, nil
}

// Close ends the use of the channel and overwrites the password. No call may be
// under way.
func (c *Channel) Close() {
	c.client.Close()
	clear(c.login.password)
}

// String keeps the password out of what is printed.
func (c *Channel) String() string { return "handover.Channel" }

// GoString is String.
func (c *Channel) GoString() string { return c.String() }

// Conditions say which messages List is about.
type Conditions = online.Conditions

// Listed is a message of the inbox as List shows it.
type Listed = online.Listed

// List asks the inbox which messages there are. Failed says what kind of error
// came; asking again is harmless.
func (c *Channel) List(ctx context.Context, cond Conditions) ([]Listed, error) {
	list, err := c.client.List(ctx, cond)
	if err != nil {
		return nil, err
	}
	return list.Messages, nil
}

// maxAuthorities is the largest file of authorities that is read, in bytes.
const maxAuthorities = 1 << 20

// ErrAuthorities: a file holds no certificates in PEM, or is larger than 1 MiB.
var ErrAuthorities = errors.New("handover: no usable certificates of authorities")

// ReadAuthorities reads the authorities that may sign the server's certificate.
// Errors: ErrAuthorities, and those of the files.
func ReadAuthorities(path string) (*x509.CertPool, error) {
	f, err := iox.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	pem, err := io.ReadAll(io.LimitReader(f, maxAuthorities+1))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if len(pem) > maxAuthorities || !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%w: %s", ErrAuthorities, path)
	}
	return pool, nil
}
