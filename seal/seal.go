// Package seal turns a record into a sealed record, and back: envelope,
// integrity identifier and encryption in one pass over the data, with memory
// that does not grow with it. The disc and the online channel share it.
package seal

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/iox"
)

// Options say how Seal works. Key and Now are required.
type Options struct {
	Key     *crypto.Key
	Profile envelope.Profile
	// Envelope is the configuration of the envelope around a bare record; with
	// nil, Seal refuses bare records.
	Envelope *envelope.Config
	Now      time.Time
	// Rand is the source of the filler and of TransactionIds; nil means
	// crypto/rand.
	Rand io.Reader
}

// Result says what was sealed or opened.
type Result struct {
	Info envelope.Info
	// Kept says that the document already had a valid identifier and is
	// unchanged, except for a conversion to UTF-8, which Notes reports.
	Kept bool
	// Built says that an envelope was built around a bare record.
	Built bool
	// XMLSize and SealedSize are in bytes; Sum is the SHA-256 of the file of the
	// sealed record.
	XMLSize, SealedSize int64
	Sum                 checksum.Sum
	// Notes are findings that did not stop the work.
	Notes []finding.Finding
}

// Seal reads one record from src, an envelope or a bare record, and writes it
// sealed to dst. The caller must discard what dst received unless the error is
// nil.
//
// The errors are those of envelope.Complete, of src and dst, and the context's.
// Findings turns them into findings.
func Seal(ctx context.Context, dst io.Writer, src io.Reader, o Options) (*Result, error) {
	sealed := &iox.Writer{W: dst, Hash: sha256.New()}
	enc, err := crypto.NewWriter(sealed, o.Key, crypto.WriterOptions{Rand: o.Rand})
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	ahead := newAsyncWriter(enc)
	plain := &iox.Writer{W: ahead}
	made, err := envelope.Complete(ctx, plain, src, envelope.Options{
		Profile: o.Profile, Config: o.Envelope, Now: o.Now, Rand: o.Rand,
	})
	if werr := ahead.Close(); err == nil {
		err = werr
	}
	if err == nil {
		err = enc.Close()
	}
	if err != nil {
		return nil, err
	}
	res := &Result{
		Info: made.Info, Kept: made.Kept, Built: made.Built,
		XMLSize: plain.N, SealedSize: sealed.N, Sum: checksum.Sum(sealed.Hash.Sum(nil)),
	}
	res.Notes = notes(made)
	return res, nil
}
