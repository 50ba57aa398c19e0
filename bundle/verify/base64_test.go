package verify

import (
	"testing"

	"csuis-offline/bundle"
	"csuis-offline/checksum"
	"csuis-offline/finding"
	"csuis-offline/internal/packtest"
)

// TestBase64OnADiscIsAnError: the record is whole and opens, and still no disc
// takes it like that.
func TestBase64OnADiscIsAnError(t *testing.T) {
	t.Parallel()
	files := discFiles(t)
	text := packtest.Base64([]byte(files["A.XM6"]))
	files["A.XM6"] = text
	sum := folder{t, packtest.Write(t, files)}.sum("A.XM6")
	files["A.SHA"] = string(checksum.Line("A.XM6", sum))
	delete(files, bundle.FormName) // which knows another digest
	for _, target := range []string{packtest.Write(t, files), writeImageOf(t, testVolume, files)} {
		for _, key := range []bool{false, true} {
			k := packtest.Key(t)
			if !key {
				k = nil
			}
			r := mustVerify(t, target, k)
			n := 0
			for _, f := range r.Findings {
				if f.Severity == finding.Error {
					n++
					if f.Code != finding.FileBase64 || f.Record != "A" {
						t.Errorf("%s: %+v", r.Kind, f)
					}
				}
			}
			if n != 1 || r.Intact != No {
				t.Errorf("%s, key %v: %d errors, %s", r.Kind, key, n, said(r))
			}
			if key && r.OpenedRecords != 2 {
				t.Errorf("%s: %d records opened", r.Kind, r.OpenedRecords)
			}
		}
	}
}
