package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"csuis-offline/check/codelist"
	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/iox"
	"csuis-offline/progress"
	"csuis-offline/settings"
	"csuis-offline/stage"
)

// The names in the folder of demo --statements.
const (
	trainingFolder  = "csuis-kontroly"
	trainingGood    = "zaznamy"
	trainingOld     = "zaznamy-2009"
	trainingFlawed  = "chybne"
	trainingSchemas = "schemata"
	trainingRules   = "vlastni.rules"
	trainingLists   = "ciselniky"
	trainingList    = "ciselnik-jednotek.xml"
)

// trainingResult is what demo --statements says in JSON.
type trainingResult struct {
	Folder   string          `json:"folder"`
	Config   string          `json:"config"`
	Schemas  string          `json:"schemas"`
	Rules    string          `json:"rules"`
	CodeList string          `json:"codelist"`
	Checked  []checkedFolder `json:"checked"`
	Commands []string        `json:"commands"`
}

// checkedFolder is what check found in one of the folders.
type checkedFolder struct {
	checkResult
	Folder string      `json:"folder"`
	Found  []foundFlaw `json:"found"`

	findings []finding.Finding
}

// foundFlaw is one finding that is more than information.
type foundFlaw struct {
	File     string           `json:"file"`
	Line     int              `json:"line,omitempty"`
	Code     finding.Code     `json:"code"`
	Severity finding.Severity `json:"severity"`
	Rule     string           `json:"rule,omitempty"`
}

// runTraining makes the folder with statements to try the checks on, and checks
// them. The folder is there whole or not at all.
func runTraining(ctx context.Context, a *app, dir string) error {
	now, err := a.timestamp("")
	if err != nil {
		return err
	}
	// The last 31.12., handed over in the January after it. The schemas of the form
	// since 2010 begin in that year.
	date := time.Date(max(now.Year()-1, 2010), time.December, 31, 0, 0, 0, 0, time.UTC)
	a.begun = append(a.begun, dir)
	folder, err := stage.CreateFolder(dir, stage.Options{})
	if err != nil {
		return err
	}
	defer folder.Abort()
	if err := writeTraining(ctx, folder.Path(), date); err != nil {
		return err
	}
	if err := folder.Commit(); err != nil {
		return err
	}
	a.made = true
	res := &trainingResult{
		Folder: dir, Config: filepath.Join(dir, settings.Name), Schemas: filepath.Join(dir, trainingSchemas),
		Rules: filepath.Join(dir, trainingRules), CodeList: filepath.Join(dir, trainingList),
	}
	c, err := settings.Read(res.Config)
	if err != nil {
		return err
	}
	for _, t := range []struct {
		name string
		date time.Time
	}{{trainingGood, date}, {trainingFlawed, date}, {trainingOld, fixture.EndOf2009}} {
		checked, err := a.checkFolder(ctx, c, filepath.Join(dir, t.name), dueDay(t.date))
		if err != nil {
			return err
		}
		res.Checked = append(res.Checked, *checked)
		res.Commands = append(res.Commands, fmt.Sprintf("%s check %s --config %s --on %s", invocation(), checked.Folder, res.Config, checked.On))
	}
	res.Commands = append(res.Commands, fmt.Sprintf("%s check --list-rules --config %s", invocation(), res.Config))
	return a.trainingOutcome(res)
}

// dueDay is the day on which statements of a 31.12. are handed over in time.
func dueDay(date time.Time) string { return date.AddDate(0, 0, 20).Format(time.DateOnly) }

// checkFolder checks a folder as check does, and keeps what it found.
func (a *app) checkFolder(ctx context.Context, c *settings.Settings, folder, on string) (*checkedFolder, error) {
	checked := &checkedFolder{Folder: folder, Found: []foundFlaw{}}
	k := &checking{a: a, o: checkOptions{inputs: []string{folder}, on: on}, counter: progress.None}
	k.heard = func(fs []finding.Finding) {
		for _, f := range fs {
			if f.Severity == finding.Info {
				continue
			}
			checked.findings = append(checked.findings, f)
			checked.Found = append(checked.Found, foundFlaw{filepath.Base(f.File), f.Line, f.Code, f.Severity, f.Rule})
		}
	}
	if err := k.run(ctx, c); err != nil {
		return nil, err
	}
	checked.checkResult = k.res
	return checked, nil
}

// writeTraining makes the statements and what they are checked against.
func writeTraining(ctx context.Context, dir string, date time.Time) error {
	made := fixture.Statements(1, date)
	files := []fixture.Record{
		{File: settings.Name, Data: []byte(trainingConfig())},
		{File: trainingList, Data: fixture.UnitsList()},
		{File: trainingRules, Data: []byte(trainingOwnRules + fixture.MapOf2009(made))},
	}
	add := func(folder string, rs []fixture.Record) {
		for _, r := range rs {
			files = append(files, fixture.Record{File: filepath.Join(folder, r.File), Data: r.Data})
		}
	}
	add(trainingSchemas, fixture.StatementSchemas(made))
	add(trainingGood, fixture.GoodStatements(date))
	add(trainingOld, fixture.GoodStatementsOf2009())
	for _, f := range fixture.FlawedStatements(date) {
		add(trainingFlawed, []fixture.Record{f.Record})
	}
	for _, f := range files {
		path := filepath.Join(dir, f.File)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := iox.WriteNew(path, f.Data, 0o666); err != nil {
			return err
		}
	}
	_, err := codelist.Import(ctx, filepath.Join(dir, trainingLists), bytes.NewReader(fixture.UnitsList()), codelist.Units, codelist.Options{})
	return err
}

// trainingConfig is the csuis.toml of the made-up unit with what check needs.
func trainingConfig() string {
	return fmt.Sprintf(`[unit]
ic = %q
name = %q

[person]
id = %q
name = %q

[check]
schemas = %q
rules = %q
codelists = %q
`, fixture.UnitIC, fixture.UnitName, fixture.PersonID, fixture.PersonName, trainingSchemas, trainingRules, trainingLists)
}

// trainingOwnRules begins the user's own file of rules; the map of the made-up
// elements of the form of 2009 follows.
const trainingOwnRules = `# Vlastní pravidla k ukázce. Jak se zapisují, popisuje doc/rules.md.
#
# Jedno pravidlo navíc:

výkaz Rozvaha
901: A.II.1[netto] >= 0

# Které položce odpovídá který prvek výkazu v podobě z roku 2009. Jména prvků
# jsou smyšlená: zveřejněno jich bylo jen pět a ta program zná.

`

// trainingOutcome says what was found and what to do next.
func (a *app) trainingOutcome(res *trainingResult) error {
	good, flawed, old := res.Checked[0], res.Checked[1], res.Checked[2]
	// A finding about statements that should be right is a fault of the program.
	wrong := append(good.findings, old.findings...)
	a.printFindings(wrong, nil)
	exit, err := exitOK, error(nil)
	if finding.Failed(wrong) {
		exit, err = exitFindings, errFindings
	}
	if a.json || err != nil {
		a.printSummary("demo", exit, wrong, res, a.cat.Text("summary.check-failed", nil))
		return err
	}
	failed, warned := count(flawed.findings)
	text := a.cat.Text("summary.demo-statements", catalogue.Args{
		"folder": res.Folder, "good": good.Folder, "good-records": good.Records, "good-rules": good.RulesPassed,
		"old": old.Folder, "old-records": old.Records, "old-rules": old.RulesPassed,
		"flawed": flawed.Folder, "flawed-records": flawed.Records, "errors": failed, "warnings": warned,
	})
	text += "\n\n" + a.flaws(flawed.Found) + "\n  "
	text += a.cat.Text("summary.demo-statements-beside", catalogue.Args{
		"schemas": res.Schemas, "rules": res.Rules, "codelist": res.CodeList, "config": res.Config,
	})
	text += "\n\n" + a.cat.Text("summary.demo-statements-next", nil)
	for _, c := range res.Commands {
		text += "\n  " + catalogue.Visible(c)
	}
	a.printSummary("demo", exit, wrong, res, text)
	return err
}

// flaws lists, file by file, what was found; what several columns say alike once.
func (a *app) flaws(found []foundFlaw) string {
	var rows [][2]string
	for _, f := range found {
		what := string(f.Code)
		if f.Rule != "" {
			what += ", " + f.Rule
		}
		if f.Severity == finding.Warning {
			what += " (" + a.cat.Text("severity.warning", nil) + ")"
		}
		row := [2]string{"    " + catalogue.Visible(f.File), what}
		if !slices.Contains(rows, row) {
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return columns(rows)
}
