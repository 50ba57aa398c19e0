package batch

import (
	"context"
	"errors"
	"io"
	"runtime"

	"csuis-offline/check"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/iox"
	"csuis-offline/internal/pool"
	"csuis-offline/progress"
	"csuis-offline/seal"
)

// CheckOptions say how Check works. Checker is required.
type CheckOptions struct {
	Checker Checker
	// Key opens finished .XM6; without it they are skipped.
	Key      *crypto.Key
	Progress progress.Counter
	// Workers is how many records are checked at once; 0 means one for each
	// processor.
	Workers int
}

// Checked is what Check found out about one input.
type Checked struct {
	Input    Input
	Findings []finding.Finding
	// Skipped: it is a finished .XM6, and there is no key to open it.
	Skipped bool
}

// Check checks inputs without sealing them, several at once, and calls take with
// what it found, one input after another in their order. It keeps what the
// records say to one another in the Checker, whose Finish is left to the caller.
// What cannot be read is a finding. The error is the first one of take, or the
// context's.
func Check(ctx context.Context, inputs []Input, o CheckOptions, take func(Checked) error) error {
	o.Progress = progress.Or(o.Progress)
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	return pool.InOrder(ctx, o.Workers, inputs, o.input, func(j judged) error {
		if j.err != nil {
			return j.err
		}
		beside := o.Checker.Keep(j.Judgement)
		return take(Checked{Input: j.in, Findings: append(j.Findings, beside...), Skipped: j.skipped})
	})
}

// judged is one input on its way from a worker to take.
type judged struct {
	in Input
	check.Judgement
	skipped bool
	err     error
}

func (o *CheckOptions) input(ctx context.Context, in Input) judged {
	j := judged{in: in}
	if in.Sealed && o.Key == nil {
		j.skipped = true
		j.Findings = []finding.Finding{{Code: finding.CheckNoKey, Severity: finding.Warning, File: in.Shown()}}
		return j
	}
	// Programs that read the findings of check know the detail with its path.
	unreadable := func(err error) finding.Finding {
		return finding.Finding{Code: finding.PackUnreadable, Severity: finding.Error, File: in.Shown(), Detail: err.Error()}
	}
	f, err := iox.Open(in.Path)
	if iox.TooManyOpen(err) {
		j.err = err // which says nothing about this record
		return j
	}
	if err != nil {
		j.Findings = []finding.Finding{unreadable(err)}
		return j
	}
	defer f.Close()
	src := &iox.Reader{R: f, Counter: o.Progress}
	if in.Sealed {
		j.Judgement, j.err = o.sealed(ctx, in.Shown(), src)
	} else {
		j.Judgement, j.err = o.Checker.Judge(ctx, in.Shown(), "", src)
	}
	switch {
	case ctx.Err() != nil:
		j.err = ctx.Err()
	case src.Err != nil:
		j.Findings, j.err = append(j.Findings, unreadable(src.Err)), nil
	}
	return j
}

// sealed opens a sealed record and checks the envelope in it while it is
// decrypted. If the container or the XML is damaged, it reports only that.
func (o *CheckOptions) sealed(ctx context.Context, file string, src io.Reader) (check.Judgement, error) {
	pr, pw := io.Pipe()
	opened := make(chan error, 1)
	go func() {
		_, err := seal.Open(ctx, pw, src, o.Key)
		pw.Close()
		opened <- err
	}()
	j, err := o.Checker.Judge(ctx, file, "", pr)
	// The rest must be read, so that opening can finish.
	_, _ = io.Copy(io.Discard, pr)
	openErr := <-opened
	if openErr == nil {
		return j, err
	}
	fs := seal.Findings(openErr)
	if fs == nil {
		return j, openErr
	}
	for i := range fs {
		fs[i].File, fs[i].Answer = file, check.AnswerOf(fs[i].Code)
	}
	// With a wrong identifier the envelope is still whole, and worth checking.
	var id *envelope.IdentifierError
	if errors.As(openErr, &id) {
		fs = append(fs, j.Findings...)
	}
	j.Findings = fs
	return j, nil
}
