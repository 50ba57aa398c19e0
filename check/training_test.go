package check_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"csuis-offline/check"
	"csuis-offline/check/codelist"
	"csuis-offline/check/rules"
	"csuis-offline/envelope"
	"csuis-offline/finding"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/testtool"
)

var trainingDate = time.Date(2025, time.December, 31, 0, 0, 0, 0, time.UTC)

// training is what the demonstration of the checks checks against.
func training(t *testing.T, on time.Time) check.Options {
	t.Helper()
	made := fixture.Statements(1, trainingDate)
	files := fstest.MapFS{}
	for _, r := range fixture.StatementSchemas(made) {
		files[r.File] = &fstest.MapFile{Data: r.Data}
	}
	schemas, err := check.OpenSchemas(files)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := codelist.Import(t.Context(), dir, bytes.NewReader(fixture.UnitsList()), "", codelist.Options{}); err != nil {
		t.Fatal(err)
	}
	lists, err := codelist.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	set := rules.Builtin()
	own, err := rules.Parse("own.rules", strings.NewReader(fixture.MapOf2009(made)))
	if err != nil {
		t.Fatal(err)
	}
	if err := set.Add(own); err != nil {
		t.Fatal(err)
	}
	return check.Options{
		Schemas: schemas, Rules: set, Lists: lists, On: on,
		Type: func(uri, local string) (string, bool) { return envelope.RecordTypeOf(nil, uri, local) },
	}
}

// judged lists what was found that is more than information: file, code, rule.
func judged(t *testing.T, o check.Options, records []fixture.Record) (found []string, sum check.Summary) {
	t.Helper()
	c, err := check.New(o)
	if err != nil {
		t.Fatal(err)
	}
	var all []finding.Finding
	for _, r := range records {
		fs, err := c.Record(t.Context(), r.File, "", bytes.NewReader(r.Data))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fs...)
	}
	for fs := range c.Finish() {
		all = append(all, fs...)
	}
	for _, f := range all {
		if f.Severity != finding.Info {
			found = append(found, strings.TrimSpace(fmt.Sprint(f.File, " ", f.Severity, " ", f.Code, " ", f.Rule)))
		}
	}
	return slices.Compact(found), c.Summary()
}

// Nothing is wrong in the good statements of the demonstration, in either form, and
// every rule that can be run was run.
func TestGoodStatementsOfTheDemoPass(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		records []fixture.Record
		on      time.Time
	}{
		"since 2010": {fixture.GoodStatements(trainingDate), trainingDate.AddDate(0, 0, 20)},
		"of 2009":    {fixture.GoodStatementsOf2009(), fixture.EndOf2009.AddDate(0, 0, 20)},
	} {
		found, sum := judged(t, training(t, c.on), c.records)
		if len(found) > 0 || sum.Validated != 5 || sum.RulesFailed != 0 || sum.RulesNotRun != 2 {
			t.Errorf("%s: %q, %+v", name, found, sum)
		}
	}
}

// Each flawed statement of the demonstration shows the mistake that its name says,
// and no other rule or check finds anything beside it but what comes of the same row.
func TestFlawedStatementsOfTheDemoShowTheirFlaw(t *testing.T) {
	t.Parallel()
	o := training(t, trainingDate.AddDate(0, 0, 20))
	flawed := fixture.FlawedStatements(trainingDate)
	beside := map[string][]string{
		"10-penezni-toky-carka-misto-tecky.xml": {"warning check.rule-not-run PenezniToky 2"},
		"11-rozvaha-preklep-ve-jmenu-prvku.xml": {"error check.rule-failed-gap Rozvaha 5", "error xsd.element-missing"},
	}
	for i, f := range flawed {
		if f.Code == "" {
			continue // judged with the one before it
		}
		records := []fixture.Record{f.Record}
		if i+1 < len(flawed) && flawed[i+1].Code == "" {
			records = append(records, flawed[i+1].Record)
		}
		found, _ := judged(t, o, records)
		severity := finding.Error
		if f.Warning {
			severity = finding.Warning
		}
		want := []string{strings.TrimSpace(fmt.Sprint(f.File, " ", severity, " ", f.Code, " ", f.Rule))}
		for _, b := range beside[f.File] {
			want = append(want, f.File+" "+b)
		}
		slices.Sort(found)
		slices.Sort(want)
		if !slices.Equal(found, want) {
			t.Errorf("%s: found %q\nwanted %q", f.File, found, want)
		}
	}
}

// xmllint reads the made-up schemas and judges the statements alike.
func TestXmllintJudgesTheDemoAlike(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	dir := t.TempDir()
	write := func(r fixture.Record) string {
		path := filepath.Join(dir, filepath.FromSlash(r.File))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, r.Data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, r := range fixture.StatementSchemas(fixture.Statements(1, trainingDate)) {
		write(r)
	}
	type judged struct {
		record  fixture.Record
		invalid bool
	}
	var all []judged
	for _, r := range slices.Concat(fixture.GoodStatements(trainingDate), fixture.GoodStatementsOf2009()) {
		all = append(all, judged{r, false})
	}
	for _, f := range fixture.FlawedStatements(trainingDate) {
		all = append(all, judged{f.Record, strings.HasPrefix(f.Code, "xsd.") || strings.HasPrefix(f.Code, "xml.")})
	}
	count := 0
	for _, j := range all {
		_, body, _ := bytes.Cut(j.record.Data, []byte("?>"))
		root, _, _ := bytes.Cut(bytes.TrimSpace(body)[1:], []byte(" "))
		schema := string(root) + ".xsd"
		if strings.Contains(schema, ":") {
			continue // in an envelope
		}
		folder := fixture.Schemas2010
		if strings.Contains(j.record.File, "2009-12-31") {
			folder = fixture.Schemas2009
		}
		_, _, err := testtool.Try(t, "xmllint", "--noout", "--schema", filepath.Join(dir, folder, schema), write(j.record))
		if (err != nil) != j.invalid {
			t.Errorf("%s: xmllint says %v", j.record.File, err)
		}
		count++
	}
	if count < 20 {
		t.Errorf("only %d records", count)
	}
}
