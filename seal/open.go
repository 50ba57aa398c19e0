package seal

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"

	"csuis-offline/c14n"
	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/internal/iox"
)

// ErrKey says that the decrypted content is garbage from the first byte to the
// last, so the record was most probably sealed with another key.
var ErrKey = errors.New("seal: the record was not sealed with this key, or is damaged throughout")

// Open reads one sealed record from src, decrypts it, verifies the identifier and
// writes the envelope to dst as it was sealed. The result is never nil: with an
// error it holds as much as could be read. The caller must discard what dst
// received unless the error is nil.
//
// The errors distinguish a damaged container (crypto.ErrDamaged), a wrong key
// (ErrKey), damaged XML (*c14n.SyntaxError) and a changed document
// (*envelope.IdentifierError, envelope.ErrNoIdentifier). Findings turns them into
// findings. With each of these, src was read to its end, so that Sum and
// SealedSize are those of the whole file; with an error of src or dst or a
// cancelled context they are not.
func Open(ctx context.Context, dst io.Writer, src io.Reader, key *crypto.Key) (*Result, error) {
	sealed := &iox.Reader{R: src, Hash: sha256.New()}
	seen := &edges{r: crypto.NewReader(sealed, key)}
	ahead := newAsyncReader(seen)
	plain := &iox.Writer{W: dst}
	info, err := envelope.Verify(ctx, plain, ahead)
	var bad error
	if Findings(err) != nil {
		// If the XML is broken, the end of the container shows whether a
		// damaged container broke it.
		bad = drain(ctx, ahead)
	}
	ahead.Close()
	if err = diagnose(err, bad, seen.garbage()); Findings(err) != nil {
		if rest := drain(ctx, sealed); rest != nil {
			err = rest
		}
	}
	res := &Result{Kept: err == nil, XMLSize: plain.N, SealedSize: sealed.N}
	res.Sum = checksum.Sum(sealed.Hash.Sum(nil))
	if info != nil {
		res.Info = *info
		res.Notes = openNotes(info)
	}
	return res, err
}

// diagnose chooses between the error of the XML and that of the container.
func diagnose(err, container error, garbage bool) error {
	var damage *crypto.DamageError
	var syntax *c14n.SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(container, &damage):
		if garbage && damage.Reason == crypto.NoEnd {
			return errors.Join(ErrKey, container)
		}
		return container
	case container != nil:
		return container
	case garbage && errors.As(err, &syntax):
		// With a wrong key, CR LF is in the right place once in some thousand
		// records.
		return errors.Join(ErrKey, err)
	}
	return err
}

// drain reads r to its end. It returns r's error, or the context's.
func drain(ctx context.Context, r io.Reader) error {
	buf := make([]byte, asyncChunk)
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		switch _, err := r.Read(buf); err {
		case nil:
		case io.EOF:
			return nil
		default:
			return err
		}
	}
}
