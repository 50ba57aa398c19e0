package verify

import (
	"context"
	"path/filepath"
	"testing"

	"csuis-offline/bundle"
	"csuis-offline/finding"
	"csuis-offline/internal/packtest"
)

// A sealed record, a form or a manifest given for an image once got a row of
// findings about ISO 9660, and a folder of packages one about stray files.
func TestWrongTargetsGetOneFinding(t *testing.T) {
	t.Parallel()
	pkg := pack(t, bigDisc, packtest.Demo())
	for target, want := range map[string]finding.Code{
		filepath.Join(pkg.Dir, "records", "FIN_2_12_M.XM6"): finding.VerifyNoImage,
		filepath.Join(pkg.Dir, bundle.FormName):             finding.VerifyNoImage,
		filepath.Join(pkg.Dir, bundle.ManifestName):         finding.VerifyNoImage,
		filepath.Dir(pkg.Dir):                               finding.VerifyPackagesInside,
	} {
		r, err := Target(context.Background(), target, Options{})
		if err != nil || len(r.Findings) != 1 || r.Findings[0].Code != want {
			t.Errorf("%s: %v, %+v", target, err, r)
		}
	}
}
