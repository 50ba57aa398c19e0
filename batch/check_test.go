package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"csuis-offline/check"
	"csuis-offline/finding"
	"csuis-offline/internal/packtest"
	"csuis-offline/seal"
)

// Check reports in the order of the inputs, whichever was checked first, and
// opens sealed records when it has the key.
func TestCheckReportsInOrder(t *testing.T) {
	t.Parallel()
	var sealed bytes.Buffer
	if _, err := seal.Seal(t.Context(), &sealed, strings.NewReader(packtest.Enveloped(9)), seal.Options{Key: packtest.Key(t), Now: packtest.Time}); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"z.xm6": sealed.String(), "y.xm6": sealed.String()[:sealed.Len()-16]}
	for i := range 20 {
		files[fmt.Sprintf("%02d.xml", i)] = packtest.Enveloped(uint64(i))
	}
	files["07.xml"] = "<a>"
	in := Collect([]string{packtest.Write(t, files)})
	missing := filepath.Join(t.TempDir(), "zz-gone.xml")
	in.Files = append(in.Files, Input{Path: missing})
	for _, withKey := range []bool{false, true} {
		checker, err := check.New(check.Options{On: packtest.Time})
		if err != nil {
			t.Fatal(err)
		}
		o := CheckOptions{Checker: checker, Workers: 4}
		if withKey {
			o.Key = packtest.Key(t)
		}
		var order []string
		found := map[string][]finding.Code{}
		err = Check(t.Context(), in.Files, o, func(c Checked) error {
			base := filepath.Base(c.Input.Path)
			order = append(order, base)
			if c.Skipped != (c.Input.Sealed && !withKey) {
				t.Errorf("%s skipped: %v", base, c.Skipped)
			}
			for _, f := range c.Findings {
				if f.Severity == finding.Error || f.Code == finding.CheckNoKey {
					found[base] = append(found[base], f.Code)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(order) != len(in.Files) || !slices.IsSorted(order) {
			t.Errorf("order %v", order)
		}
		want := map[string]string{"07.xml": "[xml.truncated]", "zz-gone.xml": "[pack.unreadable]", "y.xm6": "[check.no-key]", "z.xm6": "[check.no-key]"}
		if withKey {
			want["y.xm6"] = "[container.damaged]"
			delete(want, "z.xm6")
		}
		for name, codes := range found {
			if fmt.Sprint(codes) != want[name] {
				t.Errorf("key %v: %s has %v, want %v", withKey, name, codes, want[name])
			}
			delete(want, name)
		}
		if len(want) > 0 {
			t.Errorf("key %v: nothing about %v", withKey, want)
		}
	}
}

func TestCheckEndsWithTheErrorOfTakeAndOfTheContext(t *testing.T) {
	t.Parallel()
	in := Collect([]string{packtest.Write(t, packtest.Demo())})
	checker, err := check.New(check.Options{On: packtest.Time})
	if err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	if err := Check(t.Context(), in.Files, CheckOptions{Checker: checker}, func(Checked) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Check(ctx, in.Files, CheckOptions{Checker: checker}, func(Checked) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
