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
