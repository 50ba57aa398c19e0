package verify

import (
	"maps"
	"strings"
	"testing"

	"csuis-offline/internal/packtest"
	"csuis-offline/internal/testtool"
)

// TestShortenedLitterWasAnotherTree: "genisoimage -allow-leading-dots" makes ".DIR" of
// ".directory", which was told as another name of a file.
func TestShortenedLitterWasAnotherTree(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "genisoimage", "xorriso")
	files := discFiles(t)
	for name, data := range map[string]string{
		".directory": "[Dolphin]\n", "Thumbs.db": "thumbs", "desktop.ini": "[.ShellClassInfo]", "._A.XM6": "\x00\x05\x16\x07 a", ".DS_Store": "store",
		".Trash-1000/files/a.txt": "gone", ".Trash-1000/info/a.txt.trashinfo": "[Trash Info]", "lost+found/x": "found",
		".Spotlight-V100/store.db": "spot", "System Volume Information/IndexerVolumeGuid": "guid", ".hidden-empty.swp": "",
	} {
		files[name] = data
	}
	maps.Copy(files, left)
	dir := packtest.Write(t, files)
	for _, args := range [][]string{
		{"genisoimage", "-quiet", "-J", "-r", "-allow-leading-dots"},
		{"genisoimage", "-quiet", "-J", "-r"},
		{"genisoimage", "-quiet", "-r", "-allow-leading-dots"},
		{"genisoimage", "-quiet", "-J", "-allow-leading-dots", "-iso-level", "2"},
		{"genisoimage", "-quiet", "-J", "-r", "-udf", "-allow-leading-dots"},
		{"xorriso", "-as", "mkisofs", "-quiet", "-iso-level", "1", "-J", "-r"},
		{"xorriso", "-as", "mkisofs", "-quiet", "-iso-level", "1", "-J", "-r", "-allow-leading-dots"},
	} {
		r := mustVerify(t, burnt(t, dir, args...), nil)
		wantErrors(t, strings.Join(args, " "), r.Findings)
		if r.Records != 2 {
			t.Errorf("%q: %d records", args, r.Records)
		}
	}
}

// TestRecordUnderTheNameOfLitterIsTold: a name that only resembles litter hides nothing.
func TestRecordUnderTheNameOfLitterIsTold(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		short, long string
		want        bool
	}{
		{".DIR", ".DIRECTORY", true}, {".DIREC00", ".DIRECTORY", true}, {"_TRASH_1/FILES/A.TXT", ".TRASH-1000/FILES/A.TXT", true},
		{".TRASH_1/FILES/A.TXT", ".TRASH-1000/FILES/A.TXT", true}, {"LOST_FOU/X", "LOST+FOUND/X", true},
		{"VZZ.XM6", ".DIRECTORY", false}, {"VZZ.XM6", "._VZZ.XM6", false}, {"FORMULAR.PDF", "._FORMULAR.PDF", false},
		{"DIRECTORY/VZZ.XM6", ".DIRECTORY", false}, {".DIR", "SMLOUVA.DOC", false}, {"SMLOUVA.DOC", ".DIRECTORY", false},
	} {
		if isShortening(tc.short, tc.long) != tc.want {
			t.Errorf("%q of %q: %v", tc.short, tc.long, !tc.want)
		}
	}
}
