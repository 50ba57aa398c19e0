package batch

import (
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"sync"

	"csuis-offline/check"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/iox"
)

// Checker checks records and what they say to one another. A *[check.Checker]
// is one, and its methods say what these must do.
type Checker interface {
	Judge(ctx context.Context, file, name string, r io.Reader) (check.Judgement, error)
	Keep(check.Judgement) []finding.Finding
	Finish() iter.Seq[[]finding.Finding]
	Passed() check.Passed
}

// checking asks a Checker about the records of one batch. A nil *checking
// checks nothing.
type checking struct {
	checker Checker

	mu   sync.Mutex // guards what follows
	kept []kept
	late map[string]*lateness // by due date
}

type kept struct {
	file string
	check.Judgement
}

// lateness counts the records that are late for one due date. One day of handing
// over made all of them late, so one finding reports them together.
type lateness struct {
	records int
	first   finding.Finding // that of the file that comes first
}

// record checks one record, bare or in its envelope, in any encoding.
func (c *checking) record(ctx context.Context, file string, r io.Reader) ([]finding.Finding, error) {
	j, err := c.checker.Judge(ctx, file, "", r)
	c.mu.Lock()
	defer c.mu.Unlock()
	fs := slices.DeleteFunc(telling(j.Findings), c.isLate)
	j.Findings = nil
	c.kept = append(c.kept, kept{file, j})
	return fs, err
}

// finish checks what the records say to one another, after all of them have been
// read. Its findings do not depend on the order of reading.
func (c *checking) finish() []finding.Finding {
	slices.SortFunc(c.kept, func(a, b kept) int { return cmp.Compare(a.file, b.file) })
	for _, k := range c.kept {
		// agree says better which statements are there twice.
		_ = c.checker.Keep(k.Judgement)
	}
	c.kept = nil
	var all []finding.Finding
	for fs := range c.checker.Finish() {
		all = append(all, telling(fs)...)
	}
	for _, due := range slices.Sorted(maps.Keys(c.late)) {
		l := c.late[due]
		if l.records > 1 {
			l.first.File, l.first.Line, l.first.Column = "", 0, 0
			l.first.Count, l.first.Detail = l.records, strconv.Itoa(l.records)+" records"
		}
		all = append(all, l.first)
	}
	return all
}

// isLate takes out the findings that finish reports together.
func (c *checking) isLate(f finding.Finding) bool {
	if f.Code != finding.CheckLate {
		return false
	}
	l := c.late[f.Wanted]
	if l == nil {
		l = &lateness{first: f}
		if c.late == nil {
			c.late = map[string]*lateness{}
		}
		c.late[f.Wanted] = l
	}
	if l.records++; f.File < l.first.File {
		l.first = f
	}
	return true
}

// telling leaves out what only informs, such as the rules that could not be
// asked: a record has dozens of them, and a batch may have a hundred thousand
// records. The summary counts them. agree reports double statements.
func telling(fs []finding.Finding) []finding.Finding {
	return slices.DeleteFunc(fs, func(f finding.Finding) bool {
		return f.Severity == finding.Info || f.Code == finding.PackDoubleStatement
	})
}

// flow seals an input and has it checked while it flows by: the checker gets
// the bytes of the file, so that its findings name the lines that the user sees.
func (c *checking) flow(ctx context.Context, in *Input, src *iox.Reader, seal func(src io.Reader, plain io.Writer) error) ([]finding.Finding, error) {
	if c == nil {
		return nil, seal(src, io.Discard)
	}
	t := c.newTap(ctx, in.Shown())
	if in.Sealed {
		err := seal(src, t)
		var id *envelope.IdentifierError
		if err != nil && !errors.As(err, &id) {
			// What was decrypted is not what was sealed: only the damage counts.
			_, _ = t.end(err)
			return nil, err
		}
		fs, terr := t.end(nil)
		return fs, errors.Join(err, terr)
	}
	tee := io.TeeReader(src, t)
	err := seal(tee, io.Discard)
	if err != nil && src.Err == nil && ctx.Err() == nil {
		// Sealing ends at the first fault; the checker wants to see the rest.
		_, _ = io.Copy(io.Discard, tee)
	}
	fs, terr := t.end(errors.Join(src.Err, ctx.Err()))
	return fs, errors.Join(err, terr)
}

// tap hands the bytes that flow through it to the checker.
type tap struct {
	w        *io.PipeWriter
	done     chan struct{}
	findings []finding.Finding
	err      error
}

func (c *checking) newTap(ctx context.Context, file string) *tap {
	pr, pw := io.Pipe()
	t := &tap{w: pw, done: make(chan struct{})}
	go func() {
		defer close(t.done)
		t.findings, t.err = c.record(ctx, file, pr)
		// The writer must not wait for a checker that has stopped reading.
		_, _ = io.Copy(io.Discard, pr)
	}()
	return t
}

func (t *tap) Write(p []byte) (int, error) { return t.w.Write(p) }

// end lets the checker see the end of the record, or the error that kept it from
// being read to its end, and waits for the findings.
func (t *tap) end(failed error) ([]finding.Finding, error) {
	t.w.CloseWithError(failed)
	<-t.done
	if failed != nil {
		return nil, nil
	}
	return t.findings, t.err
}

// join joins the findings of sealing and of the checker. What both report stands
// in the result once, with the place and the answer of CSÚIS that only the
// checker knows.
func join(fs, checked []finding.Finding) []finding.Finding {
	own := len(fs)
	for _, j := range checked {
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
