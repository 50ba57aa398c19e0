package bundle

import (
	"context"
	"errors"
	"io"
	"slices"

	"csuis-offline/envelope"
	"csuis-offline/finding"
)

// Judge says whether records are fit to hand over, before they are sealed
// (manual ch. I; the room check does it). Pack judges several records at once,
// and makes no package where anything of error severity was found.
type Judge interface {
	// Record judges the record that r holds, bare or in its envelope, in any
	// encoding, reading to its end or to where it is no XML. file goes into the
	// findings. The error is the reader's or the context's.
	Record(ctx context.Context, file string, r io.Reader) ([]finding.Finding, error)
	// Finish judges what the records say to one another, once all were read.
	// What it finds does not depend on the order in which they were.
	Finish() []finding.Finding
	// Checks says what was judged, for the manifest.
	Checks() Checks
}

// tap hands the bytes that flow through it to a judge.
type tap struct {
	w        *io.PipeWriter
	done     chan struct{}
	findings []finding.Finding
	err      error
}

func newTap(ctx context.Context, j Judge, file string) *tap {
	pr, pw := io.Pipe()
	t := &tap{w: pw, done: make(chan struct{})}
	go func() {
		defer close(t.done)
		t.findings, t.err = j.Record(ctx, file, pr)
		// Who writes must not wait for a judge that has seen enough.
		_, _ = io.Copy(io.Discard, pr)
	}()
	return t
}

func (t *tap) Write(p []byte) (int, error) { return t.w.Write(p) }

// end tells the judge that the record ends here, or that it was not read to its
// end, and waits for what it found.
func (t *tap) end(failed error) ([]finding.Finding, error) {
	t.w.CloseWithError(failed)
	<-t.done
	if failed != nil {
		return nil, nil
	}
	return t.findings, t.err
}

// judged seals an input and has it judged while it flows: the judge sees the
// bytes of the file, so that its findings name the lines that the user sees.
func (b *builder) judged(ctx context.Context, in *input, src *watchedReader, seal func(src io.Reader, plain io.Writer) error) ([]finding.Finding, error) {
	if b.o.Judge == nil {
		return nil, seal(src, io.Discard)
	}
	t := newTap(ctx, b.o.Judge, in.path)
	if in.sealed {
		err := seal(src, t)
		var id *envelope.IdentifierError
		if err != nil && !errors.As(err, &id) {
			// What was decrypted is not what was sealed: only the damage is told.
			_, _ = t.end(err)
			return nil, err
		}
		fs, terr := t.end(nil)
		return fs, errors.Join(err, terr)
	}
	tee := io.TeeReader(src, t)
	err := seal(tee, io.Discard)
	if err != nil && src.err == nil && ctx.Err() == nil {
		// Sealing ends at the first fault; the judge wants to see the rest.
		_, _ = io.Copy(io.Discard, tee)
	}
	fs, terr := t.end(errors.Join(src.err, ctx.Err()))
	return fs, errors.Join(err, terr)
}

// together joins what was found while sealing and what the judge found. What both
// say is told once, with the place and the answer of CSÚIS that only the judge
// knows.
func together(fs, judged []finding.Finding) []finding.Finding {
	own := len(fs)
	for _, j := range judged {
		i := slices.IndexFunc(fs[:own], func(f finding.Finding) bool {
			return f.Code == j.Code && f.Wanted == j.Wanted && f.Found == j.Found &&
				(f.Line == 0 || f.Line == j.Line && f.Column == j.Column)
		})
		if i < 0 {
			fs = append(fs, j)
			continue
		}
		fs[i].Line, fs[i].Column, fs[i].Answer = j.Line, j.Column, j.Answer
	}
	return fs
}
