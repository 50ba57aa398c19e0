package verify

import (
	"path/filepath"
	"testing"

	"csuis-offline/bundle"
	"csuis-offline/internal/packtest"
	"csuis-offline/internal/testtool"
)

// TestRecordsOneFolderDownAreFound: a folder or disc whose records lie one folder
// down is told as that, and not as one with nothing in it.
func TestRecordsOneFolderDownAreFound(t *testing.T) {
	t.Parallel()
	files := discFiles(t)
	below := map[string]string{bundle.FormName: files[bundle.FormName], ".Trash-1000/X.XM6": "x", "EMPTY/NOTES.TXT": "x"}
	for name, data := range files {
		if name != bundle.FormName {
			below["ZAZNAMY/"+name] = data
		}
	}
	dir := packtest.Write(t, below)
	base := filepath.Base(dir)
	wantLines(t, mustVerify(t, dir, nil).Findings, "error|verify.records-inside|"+base+"||ZAZNAMY")
	f := folder{t, dir}
	f.write("._A.XM6", []byte(appleDouble)) // a leftover is no record
	wantLines(t, mustVerify(t, dir, nil).Findings, "error|verify.records-inside|"+base+"||ZAZNAMY")
	r := mustVerify(t, f.path("ZAZNAMY"), packtest.Key(t))
	if r.Records != 2 || r.OpenedRecords != 2 || r.Complete != Unknown {
		t.Errorf("%s: %+v", said(r), r)
	}
	f.write("B.XM6", []byte(files["B.XM6"])) // a record in its place is judged
	if r := mustVerify(t, dir, nil); r.Records != 1 || hasCode(r.Findings, "verify.records-inside") {
		t.Errorf("%+v", r.Findings)
	}
	testtool.Need(t, "genisoimage")
	f.remove("B.XM6")
	image := filepath.Join(t.TempDir(), "x.iso")
	testtool.Run(t, "genisoimage", "-quiet", "-iso-level", "2", "-V", testVolume, "-o", image, dir)
	if r := mustVerify(t, image, nil); !hasCode(r.Findings, "verify.records-inside") || hasCode(r.Findings, "verify.nothing") || hasCode(r.Findings, "record.missing") {
		t.Errorf("in an image: %+v", r.Findings)
	}
}
