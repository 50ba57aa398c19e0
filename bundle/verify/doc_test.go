package verify

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"csuis-offline/bundle"
	"csuis-offline/crypto"
	"csuis-offline/internal/testtool"
)

// TestCommandsOfTheSpecification runs the commands that doc/package.md gives to
// an auditor.
func TestCommandsOfTheSpecification(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "sh", "sha256sum", "7z", "openssl", "od")
	doc, err := os.ReadFile("../../doc/package.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(doc), -1)
	if len(blocks) != 2 {
		t.Fatalf("%d blocks of commands, want 2", len(blocks))
	}
	f := folder{t, twoRecords(t)}
	script := func(block string) string {
		return string(testtool.Run(t, "sh", "-ec", "cd \"$1\"\n"+block, "sh", f.dir))
	}
	r := mustVerify(t, f.dir, nil)
	out := script(blocks[0][1])
	for _, want := range []string{
		r.PackageSHA256.String() + "  -", "A.XM6: OK", "B.XM6: OK",
		f.sum(bundle.FormName).String() + "  " + bundle.FormName, f.sum("disc-1.iso").String() + "  disc-1.iso",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	stated := regexp.MustCompile(`"manifest_sha256": "([0-9a-f]{64})"`).FindStringSubmatch(out)
	if stated == nil || !strings.HasPrefix(out, stated[1]+"  -") {
		t.Errorf("the manifest's digests differ:\n%s", out)
	}
	if strings.Contains(out, "no checksum") {
		t.Errorf("a checksum is missed:\n%s", out)
	}
	f.write("AESKEY.DEC", bytes.Repeat([]byte{0x5a}, crypto.KeySize))
	script(strings.ReplaceAll(blocks[1][1], "NAME", "A"))
	if xml := f.read("A.xml"); !bytes.HasPrefix(xml, []byte("<?xml")) || !bytes.Contains(xml[len(xml)-17:], []byte("\r\n")) {
		t.Errorf("openssl gives %.100q", xml)
	}
}
