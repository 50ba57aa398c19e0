package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"csuis-offline/check"
	"csuis-offline/crypto"
	"csuis-offline/finding"
	"csuis-offline/internal/packtest"
	"csuis-offline/seal"
)

// fakeChecker finds an error in the files that it is told to, and remembers how
// many bytes it saw of each.
type fakeChecker struct {
	refuse map[string]int // base name to the bytes after which it has seen enough; -1: all
	across bool

	mu   sync.Mutex
	seen map[string]int
}

func (j *fakeChecker) Judge(_ context.Context, file, _ string, r io.Reader) (check.Judgement, error) {
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
		return check.Judgement{}, err
	}
	if refused {
		return check.Judgement{Findings: []finding.Finding{{Code: finding.CheckRuleFailed, Severity: finding.Error, File: file, Line: 7}}}, nil
	}
	return check.Judgement{}, nil
}

func (*fakeChecker) Keep(check.Judgement) []finding.Finding { return nil }

func (j *fakeChecker) Finish() iter.Seq[[]finding.Finding] {
	return func(yield func([]finding.Finding) bool) {
		if j.across {
			yield([]finding.Finding{{Code: finding.CheckRuleFailed, Severity: finding.Error}})
		}
	}
}

func (*fakeChecker) Passed() check.Passed { return check.Passed{Made: true} }

func TestWhatTheCheckerRefusesIsNotSealed(t *testing.T) {
	t.Parallel()
	files := map[string]string{"a.xml": packtest.Enveloped(1), "b.xml": packtest.Enveloped(2), "c.xml": packtest.Enveloped(3)}
	for name, j := range map[string]*fakeChecker{
		"one record":                         {refuse: map[string]int{"b.xml": -1}},
		"a checker that has seen enough":     {refuse: map[string]int{"b.xml": 10}},
		"what records say to one another":    {across: true},
		"every record, whatever is the next": {refuse: map[string]int{"a.xml": 0, "b.xml": 0, "c.xml": 0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := testOptions(t)
			o.Checker = j
			sealed, fs, err := Seal(t.Context(), Collect([]string{packtest.Write(t, files)}), t.TempDir(), o)
			if err != nil || sealed != nil {
				t.Fatalf("sealed %v, error %v", sealed, err)
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
		})
	}
}

// The checker sees the file that the user sees, to its end, also where sealing
// gives up before.
func TestCheckerSeesTheWholeFile(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("<x/>\n", 100_000)
	bare := "<a>" + long + "</a>"
	broken := "<a></b>" + long
	o := testOptions(t)
	j := &fakeChecker{}
	o.Checker = j
	_, fs, err := Seal(t.Context(), Collect([]string{packtest.Write(t, map[string]string{"bare.xml": bare, "broken.xml": broken})}), t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	if j.seen["bare.xml"] != len(bare) || j.seen["broken.xml"] != len(broken) {
		t.Errorf("seen %v of %d and %d bytes; findings %+v", j.seen, len(bare), len(broken), fs)
	}
}

func TestCheckerIsNotToldWhatAWrongKeyMadeOfARecord(t *testing.T) {
	t.Parallel()
	var sealed bytes.Buffer
	other, err := crypto.NewKey(bytes.Repeat([]byte{1}, crypto.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Seal(context.Background(), &sealed, strings.NewReader(packtest.Enveloped(1)), seal.Options{Key: other, Now: packtest.Time}); err != nil {
		t.Fatal(err)
	}
	o := testOptions(t)
	o.Checker = &fakeChecker{refuse: map[string]int{"a.xm6": 0}}
	_, fs, err := Seal(t.Context(), Collect([]string{packtest.Write(t, map[string]string{"a.xm6": sealed.String()})}), t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(fs); strings.Contains(got, string(finding.CheckRuleFailed)) || !strings.Contains(got, string(finding.ContainerKey)) {
		t.Errorf("findings %v", got)
	}
}

func TestCheckerThatEndsWithAnErrorStopsSealing(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	o.Checker = brokenChecker{}
	done := make(chan error, 1)
	go func() {
		_, _, err := Seal(t.Context(), Collect([]string{packtest.Write(t, map[string]string{"a.xml": packtest.Enveloped(1)})}), t.TempDir(), o)
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, errChecker) {
			t.Errorf("error %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("sealing hangs")
	}
}

var errChecker = errors.New("the checker is ill")

type brokenChecker struct{}

func (brokenChecker) Judge(context.Context, string, string, io.Reader) (check.Judgement, error) {
	return check.Judgement{}, errChecker
}
func (brokenChecker) Keep(check.Judgement) []finding.Finding { return nil }
func (brokenChecker) Finish() iter.Seq[[]finding.Finding] {
	return func(func([]finding.Finding) bool) {}
}
func (brokenChecker) Passed() check.Passed { return check.Passed{} }

// One day of handing over makes all records of one due date late: that is told
// once, whichever of them was checked first.
func TestLatenessIsToldOnce(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range uint64(5) {
		files[fmt.Sprintf("%d.xml", i)] = packtest.Enveloped(i)
	}
	for _, n := range []int{1, 5} {
		o := testOptions(t)
		checker, err := check.New(check.Options{On: packtest.Time.AddDate(2, 0, 0)})
		if err != nil {
			t.Fatal(err)
		}
		o.Checker, o.OneUnit = checker, false
		some := map[string]string{}
		for i := range n {
			name := fmt.Sprintf("%d.xml", i)
			some[name] = files[name]
		}
		sealed, fs, err := Seal(t.Context(), Collect([]string{packtest.Write(t, some)}), t.TempDir(), o)
		if err != nil || sealed == nil || !sealed.Checks.Made {
			t.Fatalf("%v, %+v", err, fs)
		}
		late := slices.DeleteFunc(fs, func(f finding.Finding) bool { return f.Code != finding.CheckLate })
		if len(late) != 1 || (late[0].File == "") != (n > 1) || n > 1 && late[0].Detail != "5 records" {
			t.Errorf("%d records: %+v", n, late)
		}
	}
}
