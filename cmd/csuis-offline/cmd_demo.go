package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"csuis-offline/batch"
	"csuis-offline/bundle"
	"csuis-offline/bundle/verify"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/iox"
	"csuis-offline/settings"
	"csuis-offline/stage"
)

// The names in the demo's folder.
const (
	demoFolder  = "csuis-demo"
	demoKey     = "AESKEY.DEC"
	demoRecords = "zaznamy"
	demoOut     = "balicek"
	demoLists   = "ciselniky"
)

// demoResult is what demo says in JSON.
type demoResult struct {
	Folder  string `json:"folder"`
	Package string `json:"package"`
	Image   string `json:"image"`
	Form    string `json:"form"`
	Key     string `json:"key"`
	Config  string `json:"config"`
	Records string `json:"records"`
}

func newDemoCommand(a *app) *cobra.Command {
	var statements bool
	cmd := a.command("demo", atMost(a, 1), func(ctx context.Context, args []string) error {
		dir := demoFolder
		if statements {
			dir = trainingFolder
		}
		if len(args) > 0 {
			dir = args[0]
		}
		if statements {
			return runTraining(ctx, a, dir)
		}
		res, fs, err := runDemo(ctx, a, dir)
		return a.demoOutcome(res, fs, err)
	}, exitOK, exitFindings, exitUsage, exitIO, exitInterrupted)
	cmd.Flags().BoolVar(&statements, "statements", false, a.cat.Text("flag.statements", nil))
	return cmd
}

// runDemo makes the folder of the demo, packs its records and verifies the
// image with the key. The folder is there whole or not at all.
func runDemo(ctx context.Context, a *app, dir string) (*demoResult, []finding.Finding, error) {
	now, err := a.timestamp("")
	if err != nil {
		return nil, nil, err
	}
	a.begun = append(a.begun, dir)
	folder, err := stage.CreateFolder(dir, stage.Options{})
	if err != nil {
		return nil, nil, err
	}
	defer folder.Abort()
	key, err := writeDemo(folder.Path(), a.rand)
	if err != nil {
		return nil, nil, err
	}
	defer key.Wipe()
	media, err := new(settings.Settings).Media("")
	if err != nil {
		return nil, nil, err
	}
	// The settings of the demo apply, whatever others the user has.
	who, err := settings.Read(filepath.Join(folder.Path(), settings.Name))
	if err != nil {
		return nil, nil, err
	}
	checker, _, done, err := a.checker(checkOptions{}, who, fixture.RecordsHandOver)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	pkg, fs, err := bundle.Pack(ctx, batch.Collect([]string{filepath.Join(folder.Path(), demoRecords)}), bundle.Options{
		Batch: batch.Options{
			Key: key, Envelope: who.Envelope(""), Profile: envelope.Binding, Checker: checker, Time: now, Rand: a.rand, Workers: a.workers,
		},
		Out: filepath.Join(folder.Path(), demoOut), Media: media, Reason: fixture.Reason, Place: fixture.Place, Generator: a.generator(),
	})
	if err != nil || pkg == nil {
		return nil, fs, err
	}
	if err := folder.Commit(); err != nil {
		return nil, nil, err
	}
	// The findings name files by their staged paths.
	for i := range fs {
		fs[i].File = strings.Replace(fs[i].File, folder.Path(), dir, 1)
	}
	made := filepath.Join(dir, demoOut, pkg.Manifest.Package)
	res := &demoResult{
		Folder: dir, Package: made, Image: filepath.Join(made, pkg.Manifest.Images[0].File),
		Form: filepath.Join(made, pkg.Manifest.Form.File), Key: filepath.Join(dir, demoKey),
		Config: filepath.Join(dir, settings.Name), Records: filepath.Join(dir, demoRecords),
	}
	rep, err := verify.Target(ctx, res.Image, verify.Options{Key: key})
	if err != nil {
		return nil, fs, err
	}
	return res, append(fs, rep.Findings...), nil
}

// writeDemo makes the key, the configuration and the records.
func writeDemo(dir string, random io.Reader) (*crypto.Key, error) {
	raw := make([]byte, crypto.KeySize)
	defer clear(raw)
	if _, err := io.ReadFull(random, raw); err != nil {
		return nil, err
	}
	if err := iox.WriteNew(filepath.Join(dir, demoKey), raw, 0o600); err != nil {
		return nil, err
	}
	if err := iox.WriteNew(filepath.Join(dir, settings.Name), []byte(demoConfig()), 0o666); err != nil {
		return nil, err
	}
	records := filepath.Join(dir, demoRecords)
	if err := os.Mkdir(records, 0o777); err != nil {
		return nil, err
	}
	for _, r := range fixture.Records(1) {
		if err := iox.WriteNew(filepath.Join(records, r.File), r.Data, 0o666); err != nil {
			return nil, err
		}
	}
	return crypto.NewKey(raw)
}

// demoConfig is the csuis.toml of the made-up unit, an example to start from.
func demoConfig() string {
	return strings.NewReplacer(
		"IC", fixture.UnitIC, "UNIT", fixture.UnitName, "ID", fixture.PersonID, "PERSON", fixture.PersonName,
		"EMAIL", fixture.PersonEmail, "PHONE", fixture.PersonPhone, "PLACE", fixture.Place, "REASON", fixture.Reason,
		"KEY", demoKey, "OUT", demoOut, "LISTS", demoLists,
	).Replace(`[unit]
ic = "IC"
name = "UNIT"

[person]
id = "ID"
name = "PERSON"
email = "EMAIL"
phones = ["PHONE"]

[key]
file = "KEY"

[pack]
media = "cd"
out = "OUT"
place = "PLACE"
reason = "REASON"

[check]
codelists = "LISTS"
`)
}

// demoOutcome prints the findings and says what to look at.
func (a *app) demoOutcome(res *demoResult, fs []finding.Finding, err error) error {
	if err != nil {
		return err
	}
	a.printFindings(fs, nil)
	failed, _ := count(fs)
	exit := exitOK
	if failed > 0 {
		exit, err = exitFindings, errFindings
	}
	if res == nil {
		a.printSummary("demo", exitFindings, fs, nil, a.cat.Text("summary.pack-failed", catalogue.Args{"errors": failed}))
		return errors.Join(errFindings, err)
	}
	a.made = true
	record := filepath.Join(res.Package, bundle.RecordsDir, "ROZVAHA_2026_09.XM6")
	args := catalogue.Args{
		"folder": res.Folder, "package": res.Package, "image": res.Image, "form": res.Form,
		"key": res.Key, "config": res.Config, "records": res.Records, "record": record, "self": invocation(),
	}
	a.printSummary("demo", exit, fs, res, a.cat.Text("summary.demo", args))
	return err
}

// invocation is how the user would call the program again. What `go run` built
// is gone when it ends.
func invocation() string {
	if exe, err := os.Executable(); err == nil && strings.Contains(exe, "go-build") {
		return "go run ./cmd/" + program
	}
	return program
}
