package main

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/iox"
	"csuis-offline/seal"
	"csuis-offline/stage"
)

// oneOptions are the flags that seal and open share: one file to another.
type oneOptions struct {
	in, out string
	force   bool
	key     keyOptions
}

func (o *oneOptions) register(a *app, cmd *cobra.Command) {
	o.key.register(a, cmd)
	cmd.Flags().StringVarP(&o.out, "output", "o", "", a.cat.Text("flag.output", nil))
	cmd.Flags().BoolVar(&o.force, "force", false, a.cat.Text("flag.force", nil))
}

type sealOptions struct {
	oneOptions
	profile, module, timestamp string
}

// recordResult is what seal and open say in JSON.
type recordResult struct {
	Input         string `json:"input"`
	Output        string `json:"output,omitempty"`
	TransactionID string `json:"transaction_id,omitempty"`
	RecordType    string `json:"record_type,omitempty"`
	Root          string `json:"root,omitempty"`
	IC            string `json:"ic,omitempty"`
	PersonID      string `json:"person_id,omitempty"`
	StatementDate string `json:"statement_date,omitempty"`
	Profile       string `json:"profile,omitempty"`
	Kept          bool   `json:"identifier_kept"`
	Built         bool   `json:"envelope_built"`
	XMLSize       int64  `json:"xml_size"`
	SealedSize    int64  `json:"sealed_size"`
	SHA256        string `json:"sealed_sha256,omitempty"`
}

func newSealCommand(a *app) *cobra.Command {
	var o sealOptions
	cmd := a.command("seal", needArgs(a, "arg.in"), func(ctx context.Context, args []string) error {
		o.in = args[0]
		res, err := runSeal(ctx, a, o)
		return a.recordOutcome("seal", o.in, o.out, res, err)
	}, exitOK, exitFindings, exitUsage, exitIO, exitKey, exitInterrupted)
	o.register(a, cmd)
	cmd.Flags().StringVar(&o.profile, "profile", "", a.cat.Text("flag.profile", nil))
	cmd.Flags().StringVar(&o.module, "module", "", a.cat.Text("flag.module", nil))
	cmd.Flags().StringVar(&o.timestamp, "timestamp", "", a.cat.Text("flag.timestamp", nil))
	return cmd
}

func runSeal(ctx context.Context, a *app, o sealOptions) (*seal.Result, error) {
	c, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	so := seal.Options{Envelope: c.Envelope(o.module), Rand: a.rand}
	if so.Profile, err = c.Profile(o.profile); err != nil {
		return nil, err
	}
	if so.Now, err = a.timestamp(o.timestamp); err != nil {
		return nil, err
	}
	res, err := a.convert(ctx, "seal", o.oneOptions, c, func(dst io.Writer, src io.Reader, key *crypto.Key) (*seal.Result, error) {
		so.Key = key
		return seal.Seal(ctx, dst, src, so)
	})
	return res, moduleFault(o.module, err)
}

// moduleFault blames the flag, not the configuration, if the flag is wrong.
func moduleFault(flag string, err error) error {
	var config *envelope.ConfigError
	if flag != "" && errors.As(err, &config) && config.Key == "seal.module" {
		return badChoice("module", flag, []string{"CSUIS", "CSÚIS"})
	}
	return err
}

// recordOutcome prints the findings and the summary of seal or open.
func (a *app) recordOutcome(command, in, out string, res *seal.Result, err error) error {
	if err != nil && isConfig(err) {
		return err
	}
	var fs []finding.Finding
	if res != nil {
		fs = append(fs, res.Notes...)
	}
	if err != nil {
		found := seal.Findings(err)
		if found == nil {
			return err
		}
		fs = append(fs, found...)
	}
	for i := range fs {
		if fs[i].File == "" {
			fs[i].File = in
		}
	}
	finding.Sort(fs)
	textOf := func(f finding.Finding) string { return wrongKind(f, command == "open") }
	a.printFindings(fs, textOf)
	exit, heading, r := exitOK, "summary."+command, recordResult{Input: in}
	if err != nil {
		if slices.ContainsFunc(fs, func(f finding.Finding) bool { return textOf(f) != "" }) {
			err = nil // no key fits what is not sealed
		}
		err = errors.Join(errFindings, err)
		exit, _, _ = classify(err)
		heading += "-failed"
	} else {
		r.Output = out
	}
	var facts []fact
	if res != nil {
		r.fill(res)
		if err == nil {
			a.made = true
			r.Profile = res.Info.Profile.String()
			facts = r.facts(a, command)
		}
	}
	a.printSummary(command, exit, fs, r, a.cat.Text(heading, catalogue.Args{"in": in, "out": out}), facts...)
	return err
}

// isConfig reports whether an error is about the configuration, not about a
// record.
func isConfig(err error) bool {
	var root *envelope.UnknownRootError
	return errors.Is(err, envelope.ErrNoConfig) || errors.As(err, &root)
}

func (r *recordResult) fill(res *seal.Result) {
	in := res.Info
	r.TransactionID, r.RecordType, r.Root = in.TransactionID, in.RecordType, in.Root
	r.IC, r.PersonID, r.StatementDate = in.Sender.IC, in.Sender.Person.ID, in.StatementDate
	r.Kept, r.Built = res.Kept, res.Built
	r.XMLSize, r.SealedSize, r.SHA256 = res.XMLSize, res.SealedSize, res.Sum.String()
}

func (r *recordResult) facts(a *app, command string) []fact {
	identifier := "identifier.made"
	switch {
	case command == "open":
		identifier = "identifier.verified"
	case r.Kept:
		identifier = "identifier.kept"
	}
	kind := r.RecordType
	if r.Root != "" {
		kind += " " + r.Root
	}
	return []fact{
		{"kind", kind}, {"unit", r.IC}, {"date", day(r.StatementDate)}, {"transaction", r.TransactionID},
		{"identifier", a.cat.Text("field."+identifier, catalogue.Args{"profile": r.Profile})},
		{"xml-size", catalogue.Bytes(r.XMLSize)}, {"sealed-size", catalogue.Bytes(r.SealedSize)}, {"sum", r.SHA256},
	}
}

// openInput opens a file that is read to its end, and returns its size.
func openInput(path string) (*os.File, int64, error) {
	f, err := iox.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = &fault{exit: exitIO, id: "error.is-folder", args: catalogue.Args{"file": path}}
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// checkOutput refuses an output that is one of the inputs, whatever it is called.
func checkOutput(out string, inputs ...string) error {
	if in, same := stage.SameFile(out, inputs...); same {
		return usageFault("usage.same-file", catalogue.Args{"out": out, "in": in})
	}
	return nil
}

// day is a date as people write it, if s is a date.
func day(s string) any {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return catalogue.Date(t)
	}
	return s
}
