package form

import (
	"context"
	"io"
)

// Write writes the form as a PDF. It streams: memory grows neither with the number
// of records nor with the length of the file. The same form gives the same bytes.
// An error that wraps ErrForm says that the form cannot be printed; Write has then
// written nothing, unless the second call of Row returned something else than the
// first.
func Write(ctx context.Context, w io.Writer, f Form, opts Options) error {
	e := newest()
	f, err := e.cleaned(f)
	if err != nil {
		return err
	}
	first := newLayout(e, &f)
	if err := first.run(ctx); err != nil {
		return err
	}
	sk, err := newSkeleton(e, &f, first.used)
	if err != nil {
		return err
	}
	out := newFile(w, sk, opts.Progress)
	out.put([]byte(e.fileHead()))
	second := first.secondRun(out.page)
	if err := second.run(ctx); err != nil {
		return err
	}
	if second.number != first.number {
		return refuse("Row gave another answer when asked again")
	}
	return out.finish()
}
