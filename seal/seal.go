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

// Options say how Seal works. Key and Now are needed.
type Options struct {
	Key     *crypto.Key
	Profile envelope.Profile
	// Envelope is what the envelope around a bare record is built from; nil
	// refuses bare records.
	Envelope *envelope.Config
	Now      time.Time
	// Rand is where filler and TransactionId come from; nil means crypto/rand.
	Rand io.Reader
}

// Result says what was sealed or opened.
type Result struct {
	Info envelope.Info
	// Kept: the document already had a valid identifier and is as it was, but
	// for a conversion to UTF-8, of which Notes tells.
	Kept bool
	// Built: an envelope was built around a bare record.
	Built bool
	// XMLSize and SealedSize are in bytes; Sum is the SHA-256 of the sealed
	// record as it stands in the file.
	XMLSize, SealedSize int64
	Sum                 checksum.Sum
	// Notes are findings that do not stop anything.
	Notes []finding.Finding
}

// Seal reads one record from src and writes it sealed to dst. What src holds is
// an envelope or a bare record. Nothing that dst received counts unless the
// error is nil: the caller stages it.
//
// Errors: those of envelope.Complete, of src and dst, and the context's.
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
