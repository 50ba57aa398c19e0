package bundle

import (
	"context"
	"path/filepath"
	"testing"

	"csuis-offline/finding"
)

// A sealed record, a form or a manifest given for an image once got a row of
// findings about ISO 9660, and a folder of packages one about stray files.
func TestWrongTargetsGetOneFinding(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	pkg, _ := mustPack(t, o, writeFiles(t, demoFiles()))
	for target, want := range map[string]finding.Code{
		filepath.Join(pkg.Dir, "records", "FIN_2_12_M.XM6"): finding.VerifyNoImage,
		filepath.Join(pkg.Dir, FormName):                    finding.VerifyNoImage,
		filepath.Join(pkg.Dir, ManifestName):                finding.VerifyNoImage,
		o.Out:                                               finding.VerifyPackagesInside,
	} {
		r, err := Verify(context.Background(), target, VerifyOptions{})
		if err != nil || len(r.Findings) != 1 || r.Findings[0].Code != want {
			t.Errorf("%s: %v, %+v", target, err, r)
		}
	}
}
