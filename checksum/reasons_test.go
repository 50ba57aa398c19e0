package checksum

import (
	"errors"
	"strings"
	"testing"
)

// TestDigestBehindTheNameIsNotBlamedOnAnAlgorithm: no algorithm is named there.
func TestDigestBehindTheNameIsNotBlamedOnAnAlgorithm(t *testing.T) {
	t.Parallel()
	digest := strings.Repeat("ab", 32)
	for line, want := range map[string]string{
		"VZZ.XM6: " + digest:          "a digest behind the name, a form that is not read",
		"VZZ.XM6 " + digest:           "a digest behind the name, a form that is not read",
		"SHA512 " + digest + " A.XM6": notSHA256,
	} {
		_, err := ParseOne(strings.NewReader(line + "\n"))
		var format *FormatError
		if !errors.As(err, &format) || format.Detail != want {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestCommentOfTwoSlashesIsNoEntry(t *testing.T) {
	t.Parallel()
	e, err := ParseOne(strings.NewReader("// made by hand\n" + strings.Repeat("ab", 32) + "  VZZ.XM6\n"))
	if err != nil || e.Name != "VZZ.XM6" {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestNoBreakSpaceBehindTheDigestAndOtherClosingLines(t *testing.T) {
	t.Parallel()
	digest := strings.Repeat("ab", 32)
	for _, text := range []string{
		digest + "\u00a0VZZ.XM6\n", digest + " \u00a0VZZ.XM6\n", digest + "\u00a0\u00a0VZZ.XM6",
		"SHA256 hash of VZZ.XM6:\r\n" + digest + "\r\nCertUtil: Befehl wurde erfolgreich beendet.\r\n",
	} {
		if e, err := ParseOne(strings.NewReader(text)); err != nil || e.Name != "VZZ.XM6" || e.Sum.String() != digest {
			t.Errorf("%q: %+v, %v", text, e, err)
		}
	}
	if _, err := ParseOne(strings.NewReader("CertUtil: the command failed\n")); err == nil {
		t.Error("a closing line alone passes")
	}
}
