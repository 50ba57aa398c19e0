package form

import (
	"errors"
	"strings"
	"testing"

	"csuis-offline/checksum"
)

func TestDigestIsReadAsPeopleGiveIt(t *testing.T) {
	t.Parallel()
	want := checksum.Sum{0x7b, 0xdf, 0x90, 31: 0xfe}
	hex := want.String()
	groups := ""
	for i := 0; i < len(hex); i += 8 {
		groups += hex[i:i+8] + " "
	}
	for text, name := range map[string]string{
		hex: "", strings.ToUpper(hex): "", groups: "", "  " + hex + "\r\n": "", hex[:32] + "\n" + hex[32:]: "",
		strings.ReplaceAll(strings.TrimSpace(groups), " ", "-"): "", strings.ReplaceAll(groups, " ", "\u00a0"): "", "\ufeff" + hex: "",
		"SHA-256: " + groups: "", "sha256:" + hex: "", "SHA256 " + hex: "",
		qrText("CSUIS_09999990_20261122_01", want):                        "CSUIS_09999990_20261122_01",
		"\n" + qrText("CSUIS_09999990_20261122_01", want) + "\n":          "CSUIS_09999990_20261122_01",
		strings.ToUpper(qrText("CSUIS_1", want)):                          "CSUIS_1",
		strings.ReplaceAll(qrText("CSUIS_1", want), " ", "\n"):            "CSUIS_1",
		strings.TrimSpace("CSUIS-OFFLINE package A sha256 " + groups):     "A",
		"CSUIS-OFFLINE  package  B  sha256  " + strings.TrimSpace(groups): "B",
	} {
		got, sum, err := ReadDigest(text)
		if err != nil || got != name || sum != want {
			t.Errorf("%q: %q, %v, %v", text, got, sum, err)
		}
	}
	for _, text := range []string{
		"", " ", hex[1:], hex + "0", "CSUIS-OFFLINE package A sha256", "CSUIS-OFFLINE package A sha256 12", strings.Replace(hex, "0", "O", 1),
		"CSUIS-OFFLINE package A md5 " + hex, "sha256", "sha256:", strings.Repeat("0", 1<<20), hex + " " + hex,
	} {
		if name, _, err := ReadDigest(text); !errors.Is(err, ErrNotDigest) || name != "" {
			t.Errorf("%.80q is taken: %q, %v", text, name, err)
		}
	}
}

func FuzzReadDigest(f *testing.F) {
	f.Add(qrText("CSUIS_09999990_20261122_01", checksum.Sum{1}))
	f.Add(checksum.Sum{2}.String())
	f.Fuzz(func(t *testing.T, text string) {
		name, sum, err := ReadDigest(text)
		if err != nil {
			return
		}
		again, back, err := ReadDigest(qrText(name, sum))
		if name != "" && (again != name || back != sum || err != nil) {
			t.Errorf("%q, %v, %v", again, back, err)
		}
	})
}
