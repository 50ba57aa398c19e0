package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"csuis-offline/crypto"
	"csuis-offline/finding"
	"csuis-offline/seal"
)

// fakeJudge finds an error in the files that it is told to, and remembers how
// many bytes it saw of each.
type fakeJudge struct {
	refuse map[string]int // base name to the bytes after which it has seen enough; -1: all
	across bool

	mu   sync.Mutex
	seen map[string]int
}

func (j *fakeJudge) Record(_ context.Context, file string, r io.Reader) ([]finding.Finding, error) {
	base := filepath.Base(file)
	enough, refused := j.refuse[base]
	var buf bytes.Buffer
	var err error
	if refused && enough >= 0 {
		_, err = io.CopyN(&buf, r, int64(enough))
	} else {
		_, err = io.Copy(&buf, r)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.seen == nil {
		j.seen = map[string]int{}
	}
	j.seen[base] = buf.Len()
	if err != nil {
		return nil, err
	}
	if refused {
		return []finding.Finding{{Code: finding.CheckRuleFailed, Severity: finding.Error, File: file, Line: 7}}, nil
	}
	return nil, nil
}

func (j *fakeJudge) Finish() []finding.Finding {
	if j.across {
		return []finding.Finding{{Code: finding.CheckRuleFailed, Severity: finding.Error}}
	}
	return nil
}

func (j *fakeJudge) Checks() Checks {
	return Checks{Made: true, On: "2026-11-22", Validated: 1, RulesPassed: 2, RulesNotRun: 3, CodeLists: 4}
}

func TestPackRefusesWhatTheJudgeRefuses(t *testing.T) {
	t.Parallel()
	files := map[string]string{"a.xml": enveloped(1), "b.xml": enveloped(2), "c.xml": enveloped(3)}
	for name, j := range map[string]*fakeJudge{
		"one record":                         {refuse: map[string]int{"b.xml": -1}},
		"a judge that has seen enough":       {refuse: map[string]int{"b.xml": 10}},
		"what records say to one another":    {across: true},
		"every record, whatever is the next": {refuse: map[string]int{"a.xml": 0, "b.xml": 0, "c.xml": 0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := testOptions(t)
			o.Judge = j
			pkg, fs, err := Pack(context.Background(), []string{writeFiles(t, files)}, o)
			if err != nil || pkg != nil {
				t.Fatalf("package %v, error %v", pkg, err)
			}
			want := len(j.refuse)
			if j.across {
				want = 1
			}
			failed := slices.DeleteFunc(fs, func(f finding.Finding) bool { return f.Code != finding.CheckRuleFailed })
			if len(failed) != want || len(j.seen) != len(files) {
				t.Errorf("findings %+v; seen %v", failed, j.seen)
			}
			for _, f := range failed {
				if !j.across && (f.Record == "" || f.Line != 7) {
					t.Errorf("finding %+v lacks the record or the line", f)
				}
			}
			if left := tree(t, filepath.Dir(o.Out)); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestManifestSaysWhetherRecordsWereChecked(t *testing.T) {
	t.Parallel()
	in := writeFiles(t, map[string]string{"a.xml": enveloped(1)})
	judged := &fakeJudge{}
	for _, j := range []Judge{nil, judged} {
		o := testOptions(t)
		want := Checks{}
		if o.Judge = j; j != nil {
			want = judged.Checks()
		}
		pkg, _ := mustPack(t, o, in)
		if got := pkg.Manifest.Checks; got == nil || *got != want {
			t.Errorf("manifest says %+v, want %+v", got, want)
		}
		if rep := mustVerify(t, pkg.Dir, nil); rep.Checks == nil || *rep.Checks != want {
			t.Errorf("verify says %+v, want %+v", rep.Checks, want)
		}
	}
}

func TestManifestWithoutWordOfChecksIsRead(t *testing.T) {
	t.Parallel()
	m := testManifest(1, 1)
	for _, c := range []*Checks{nil, {}, {Made: true, On: "2026-11-22", Validated: 1, RulesPassed: 5}} {
		m.Checks = c
		back, err := readBytes(manifestBytes(t, m))
		if err != nil {
			t.Fatal(err)
		}
		if (c == nil) != (back.Checks == nil) || c != nil && *back.Checks != *c {
			t.Errorf("%+v came back as %+v", c, back.Checks)
		}
	}
	for name, c := range map[string]Checks{
		"no day":                  {Made: true},
		"no such day":             {Made: true, On: "2026-02-30"},
		"left out, yet counted":   {RulesPassed: 1},
		"fewer than none":         {Made: true, On: "2026-11-22", RulesNotRun: -1},
		"more valid than records": {Made: true, On: "2026-11-22", Validated: 2},
	} {
		m.Checks = &c
		if err := WriteManifest(io.Discard, m); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}

// The judge sees the file that the user sees, to its end, also where sealing
// gives up before.
func TestJudgeSeesTheWholeFile(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("<x/>\n", 100_000)
	bare := "<a>" + long + "</a>"
	broken := "<a></b>" + long
	o := testOptions(t)
	j := &fakeJudge{}
	o.Judge = j
	_, fs, err := Pack(context.Background(), []string{writeFiles(t, map[string]string{"bare.xml": bare, "broken.xml": broken})}, o)
	if err != nil {
		t.Fatal(err)
	}
	if j.seen["bare.xml"] != len(bare) || j.seen["broken.xml"] != len(broken) {
		t.Errorf("seen %v of %d and %d bytes; findings %+v", j.seen, len(bare), len(broken), fs)
	}
}

func TestJudgeIsNotToldWhatAWrongKeyMadeOfARecord(t *testing.T) {
	t.Parallel()
	var sealed bytes.Buffer
	other, err := crypto.NewKey(bytes.Repeat([]byte{1}, crypto.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Seal(context.Background(), &sealed, strings.NewReader(enveloped(1)), seal.Options{Key: other, Now: testTime}); err != nil {
		t.Fatal(err)
	}
	o := testOptions(t)
	o.Judge = &fakeJudge{refuse: map[string]int{"a.xm6": 0}}
	_, fs, err := Pack(context.Background(), []string{writeFiles(t, map[string]string{"a.xm6": sealed.String()})}, o)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(lines(fs)); strings.Contains(got, string(finding.CheckRuleFailed)) || !strings.Contains(got, string(finding.ContainerKey)) {
		t.Errorf("findings %v", got)
	}
}

func TestJudgeThatEndsWithAnErrorStopsPack(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	o.Judge = brokenJudge{}
	done := make(chan error, 1)
	go func() {
		_, _, err := Pack(context.Background(), []string{writeFiles(t, map[string]string{"a.xml": enveloped(1)})}, o)
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, errJudge) {
			t.Errorf("error %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("pack hangs")
	}
}

var errJudge = errors.New("the judge is ill")

type brokenJudge struct{}

func (brokenJudge) Record(context.Context, string, io.Reader) ([]finding.Finding, error) {
	return nil, errJudge
}
func (brokenJudge) Finish() []finding.Finding { return nil }
func (brokenJudge) Checks() Checks            { return Checks{} }
