package verify

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"csuis-offline/internal/packtest"
)

var sealLine = regexp.MustCompile(`%csuis-form-sha256 [0-9a-f]{64}\n`)

// reseal gives a changed form the digest of its bytes.
func reseal(t *testing.T, pdf []byte) []byte {
	t.Helper()
	at := sealLine.FindIndex(pdf)
	if at == nil {
		t.Fatal("the form has no digest line")
	}
	rest := append(bytes.Clone(pdf[:at[0]]), pdf[at[1]:]...)
	line := fmt.Sprintf("%%csuis-form-sha256 %x\n", sha256.Sum256(rest))
	return append(append(bytes.Clone(pdf[:at[0]]), line...), pdf[at[1]:]...)
}

// TestFormThatAViewerShowsOtherwiseIsNoWitness: a script in the catalog, of the same
// length as what it takes the place of, with the digest made anew.
func TestFormThatAViewerShowsOtherwiseIsNoWitness(t *testing.T) {
	t.Parallel()
	f := folder{t, twoRecords(t)}
	pdf := f.read("FORMULAR.PDF")
	const names = "/Names <<\n/EmbeddedFiles << /Names [\n  \n] >>\n>>\n"
	script := "/OpenAction <</S/JavaScript/JS(app.alert(1))>>"
	script += strings.Repeat(" ", len(names)-1-len(script)) + "\n"
	changed := bytes.Replace(pdf, []byte(names), []byte(script), 1)
	if bytes.Equal(pdf, changed) {
		t.Fatal("nothing was changed")
	}
	f.write("FORMULAR.PDF", reseal(t, changed))
	got := lines(mustVerify(t, f.dir, packtest.Key(t)).Findings)
	if !strings.HasPrefix(strings.Join(got, "\n"), "error|form.altered|FORMULAR.PDF||object") {
		t.Errorf("got %q", got)
	}
	// A folder without a manifest has no other witness.
	f.remove("package.json")
	f.remove("disc-1.iso")
	if got := strings.Join(lines(mustVerify(t, f.dir, packtest.Key(t)).Findings), "\n"); !strings.Contains(got, "form.altered") {
		t.Errorf("got %q", got)
	}
}

// TestFormSavedAgainIsNotDamaged: the records are still compared with what it says.
func TestFormSavedAgainIsNotDamaged(t *testing.T) {
	t.Parallel()
	f := folder{t, twoRecords(t)}
	f.write("FORMULAR.PDF", append(f.read("FORMULAR.PDF"), "1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n"...))
	got := lines(mustVerify(t, f.dir, packtest.Key(t)).Findings)
	if len(got) != 2 || got[0] != "error|form.appended|FORMULAR.PDF" && got[1] != "error|form.appended|FORMULAR.PDF" {
		t.Errorf("got %q", got)
	}
	if all := strings.Join(got, "\n"); strings.Contains(all, "damaged") {
		t.Errorf("an intact form is called damaged: %q", got)
	}
}
