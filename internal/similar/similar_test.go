package similar

import "testing"

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"demo", "pack", "verify", "seal", "open", "version"}
	for word, want := range map[string]string{
		"verfy": "verify", "PACK": "pack", "sael": "seal", "opne": "open", "x": "", "blabla": "", "": "", "versoin": "version", "evrify": "verify",
	} {
		if got, ok := Nearest(word, names); got != want || ok != (want != "") {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
	if d := distance("kůň", "kun"); d != 2 {
		t.Errorf("distance %d", d)
	}
}
