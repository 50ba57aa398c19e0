package envelope

import "testing"

func TestSharedRoots(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, group := range sharedRoots {
		for _, kind := range group {
			if kinds[kind] == "" {
				t.Errorf("%s is no type", kind)
			}
			if seen[kind] {
				t.Errorf("%s is in two groups", kind)
			}
			seen[kind] = true
		}
	}
	for _, tc := range []struct {
		a, b string
		want bool
	}{{"001", "001", true}, {"001", "006", true}, {"023", "001", true}, {"001", "002", false}, {"012", "013", false}, {"", "001", false}} {
		if got := SharesRoot(tc.a, tc.b); got != tc.want {
			t.Errorf("%q, %q: %v", tc.a, tc.b, got)
		}
	}
}
