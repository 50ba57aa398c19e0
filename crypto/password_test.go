package crypto

import (
	"bytes"
	"slices"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// TestPasswordInAnOlderEncoding: editors on Windows save a password in
// windows-1250, which once opened no archive that was made with UTF-8.
func TestPasswordInAnOlderEncoding(t *testing.T) {
	t.Parallel()
	const text = "Žluťoučký kůň"
	encoded := func(page *charmap.Charmap) []byte {
		b, err := page.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	ansi, dos := encoded(charmap.Windows1250), encoded(charmap.CodePage852)
	for name, given := range map[string][]byte{"UTF-8": []byte(text), "windows-1250": ansi, "CP852": dos} {
		all := forms(bytes.Clone(given))
		for _, want := range [][]byte{[]byte(text), ansi, dos} {
			if !slices.ContainsFunc(all, func(b []byte) bool { return bytes.Equal(b, want) }) {
				t.Errorf("given as %s, %q is not tried", name, want)
			}
		}
		if !bytes.Equal(all[0], given) || len(all) > 7 {
			t.Errorf("%s: %q", name, all)
		}
	}
}
