package verify

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csuis-offline/bundle"
	"csuis-offline/internal/testtool"
)

// TestChecksumFilesOfOtherProgramsAreRead puts a .SHA as another program writes it
// beside its record: it is read, and the finding says what it is.
func TestChecksumFilesOfOtherProgramsAreRead(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]string{
		"certutil":        "certutil",
		"get-filehash":    "UTF-16, Get-FileHash",
		"hashcheck":       "",
		"trailing-blanks": `blanks around the name "VZZ.XM6  "`,
		"utf16":           "UTF-16",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := folder{t, copyTree(t, testtool.Shared(t, "cases", "disc"))}
			sha, err := os.ReadFile(filepath.Join(testtool.Shared(t, "cases", "sha-of-other-tools"), name+".sha"))
			f.must(err)
			f.write("VZZ.SHA", sha)
			// The form states a package digest, which covers these very bytes.
			r := mustVerify(t, f.dir, nil)
			wantLines(t, r.Findings, strings.TrimRight("error|sha.form|VZZ.SHA|VZZ|"+how, "|"), "error|package.digest|FORMULAR.PDF")
			f.remove(bundle.FormName)
			f.flip("VZZ.XM6")
			if got := strings.Join(lines(mustVerify(t, f.dir, nil).Findings), "\n"); !strings.Contains(got, "error|sha.mismatch|VZZ.XM6|VZZ") || !strings.Contains(got, "info|sha.form|VZZ.SHA|VZZ") {
				t.Errorf("a damaged record beside it: %s", got)
			}
		})
	}
}
