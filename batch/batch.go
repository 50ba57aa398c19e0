// Package batch turns files into sealed records, many at once, for a hand-over
// on disc and online alike: it lists the inputs, gives each its name, has each
// checked while it is sealed, and compares the headers of all. Whatever is wrong
// with an input is a finding, and every input is judged before any of them
// counts.
package batch

import (
	"context"
	"crypto/rand"
	"io"
	"runtime"
	"slices"
	"time"

	"csuis-offline/check"
	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/iox"
	"csuis-offline/progress"
)

// Options say how records are sealed. Key and Time are required.
type Options struct {
	Key *crypto.Key
	// Envelope is what envelopes around bare records are built from; nil
	// refuses bare records. What it says of the unit and the person also stands
	// in [Sealed].Sender, before what the headers say of the same.
	Envelope *envelope.Config
	Profile  envelope.Profile
	// Checker checks each record while it is sealed; nil seals them unchecked.
	Checker Checker
	// Rename numbers names that collide and cuts those that are too long,
	// instead of refusing them.
	Rename bool
	// OneUnit refuses records of different units.
	OneUnit bool
	// Limit refuses inputs that cannot become small enough, before they are
	// read. The zero Limit takes any size.
	Limit Limit
	// InputSums computes [Record].InputSum.
	InputSums bool
	// Time dates the envelopes that are built.
	Time time.Time
	// Rand is the randomness of fillers and TransactionIds; nil is crypto/rand.
	Rand     io.Reader
	Progress progress.Counter
	// Workers is how many records are sealed at once; 0 means one for each processor.
	Workers int
}

// Limit is the size that a sealed record may have.
type Limit struct {
	Size int64  // in bytes
	Of   string // what sets the limit, for findings
}

func (o Options) withDefaults() Options {
	if o.Rand == nil {
		o.Rand = rand.Reader
	} else {
		o.Rand = iox.Shared(o.Rand)
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	o.Progress = progress.Or(o.Progress)
	return o
}

// Sealed is what [Batch.Seal] made.
type Sealed struct {
	// Records are in the order of the inputs.
	Records []Record
	// Sender is who hands over, as the records' headers name them. Each of its
	// other fields comes from Options.Envelope if that is about the same unit or
	// person, or else from the first header that has it; Origins says from where.
	Sender  envelope.Party
	Origins []Origin
	// Checks says which checks the records passed.
	Checks check.Passed
}

// Record is one record that was sealed.
type Record struct {
	Input Input
	// InputSum is the SHA-256 of the input's bytes; zero without
	// Options.InputSums.
	InputSum checksum.Sum
	// Name is the record's NAME (doc/package.md): the sealed record is the
	// file NAME.XM6, its checksum file NAME.SHA.
	Name string
	Info envelope.Info
	// Kept: the input's integrity identifier was valid and is kept. Built: an
	// envelope was built around a bare record.
	Kept, Built bool
	// XMLSize and Size are in bytes: of the envelope, and of the sealed record,
	// whose SHA-256 is Sum.
	XMLSize, Size int64
	Sum           checksum.Sum
}

// Batch is a list of inputs with a name for each.
type Batch struct {
	o        Options
	inputs   []Input
	findings []finding.Finding
}

// Plan gives every input its name and refuses what cannot be sealed as it is,
// before anything is read.
func Plan(ctx context.Context, in Inputs, o Options) *Batch {
	b := &Batch{o: o.withDefaults(), inputs: slices.Clone(in.Files), findings: slices.Clone(in.Findings)}
	if len(b.inputs) == 0 && !finding.Failed(b.findings) {
		b.findings = append(b.findings, noInput(""))
	}
	b.plan(ctx)
	return b
}

// Len is the number of inputs.
func (b *Batch) Len() int { return len(b.inputs) }

// Size is the size of all inputs, in bytes.
func (b *Batch) Size() int64 { return size(b.inputs) }

// Findings are those about the inputs and their names. With one of error
// severity Seal keeps nothing.
func (b *Batch) Findings() []finding.Finding { return slices.Clone(b.findings) }

// Seal seals every input into the folder dir, as NAME.XM6 with NAME.SHA beside
// it, several at once. It judges each record and then all of them together. If
// dir is "", or Findings has one of error severity, it judges them and keeps
// nothing.
//
// The findings are those of Findings and the new ones, in the order of
// finding.Sort; with one of error severity the first result is nil. An error
// says that nothing can be sealed, whatever the records are: it is one of
// output, of the configuration (*envelope.ConfigError), or of the context. What lies in dir counts
// only when it is in the result.
func (b *Batch) Seal(ctx context.Context, dir string) (*Sealed, []finding.Finding, error) {
	fs := b.Findings()
	if finding.Failed(fs) {
		dir = ""
	}
	s := newSealing(b, dir)
	if err := s.all(ctx); err != nil {
		finding.Sort(fs)
		return nil, fs, err
	}
	for _, found := range s.findings {
		fs = append(fs, found...)
	}
	fs = append(fs, s.agree()...)
	result := &Sealed{Records: s.records}
	result.Sender, result.Origins = s.sender()
	fs = append(fs, s.differing(&result.Sender, result.Origins)...)
	if s.checks != nil {
		fs = append(fs, s.checks.finish()...)
		result.Checks = b.o.Checker.Passed()
	}
	finding.Sort(fs)
	if finding.Failed(fs) {
		return nil, fs, nil
	}
	return result, fs, nil
}

// Seal plans and seals in one call, for a hand-over that needs nothing but the
// sealed records. With no inputs the first result is nil.
func Seal(ctx context.Context, in Inputs, dir string, o Options) (*Sealed, []finding.Finding, error) {
	b := Plan(ctx, in, o)
	if b.Len() == 0 {
		return nil, b.findings, nil
	}
	b.o.Progress.SetMax(b.Size())
	defer b.o.Progress.Done()
	return b.Seal(ctx, dir)
}
