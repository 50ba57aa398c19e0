package csuis_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csuis-offline/internal/testtool"
)

// TestVectorsByOthers lets programs that know nothing of this one judge the
// vectors.
func TestVectorsByOthers(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "sh", "openssl", "basenc", "base64", "sha256sum", "xmlsec1")
	for _, kind := range []string{"xm6", "sha", "identifier"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			if _, all, err := testtool.Try(t, "sh", filepath.Join("testdata", "run.sh"), kind); err != nil {
				t.Errorf("%v\n%s", err, all)
			}
		})
	}
}

// TestVectorsAreExplained holds the vectors to what testdata/README.md tells of
// them: each kind, each header line and each reason stands there.
func TestVectorsAreExplained(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("testdata", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	for _, kind := range testtool.VectorKinds() {
		if !strings.Contains(readme, "| `"+kind+"/` |") || !strings.Contains(readme, "### `"+kind+"/`") {
			t.Errorf("the kind %s is not explained", kind)
		}
		for _, v := range testtool.Vectors(t, kind) {
			for _, line := range v.Header {
				if !strings.Contains(readme, "`"+line[0]+"`") {
					t.Errorf("%s/%s: the header %s is not explained", kind, v.Name, line[0])
				}
			}
			if why := v.Get("reason"); why != "" && kind != "image" && !strings.Contains(readme, "`"+why+"`") {
				t.Errorf("%s/%s: the reason %s is not explained", kind, v.Name, why)
			}
		}
	}
}

// TestVectorsAreSmall: the suite is to be copied into other projects.
func TestVectorsAreSmall(t *testing.T) {
	t.Parallel()
	var total int64
	walk(t, func(path string) {
		if !strings.HasPrefix(path, "testdata/") || strings.HasPrefix(path, "testdata/golden/") {
			return
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if total += info.Size(); info.Size() > 600_000 {
			t.Errorf("%s has %d bytes", path, info.Size())
		}
	})
	if total > 1_000_000 {
		t.Errorf("testdata has %d bytes", total)
	}
}
