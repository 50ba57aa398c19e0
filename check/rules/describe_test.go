package rules_test

import (
	"fmt"
	"testing"

	"csuis-offline/check/rules"
)

func TestRulesTellWhenTheyHoldAndWhoseTheyAre(t *testing.T) {
	t.Parallel()
	s := rules.Builtin()
	own := set(t, "výkaz Rozvaha\n900: A.I[netto] = 0; od 1.1.2011; do 31.12.2012\n901: prázdné\nmezi X = Rozvaha, Y = PenezniToky\n902: X/A[netto] = Y/A[běžné]; k 29.2.")
	if err := s.Add(own); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"Rozvaha 2":          "{  } true [Rozvaha] []",
		"Rozvaha 35":         "{31.12.  } true [Rozvaha] []",
		"VykazZiskuAztrat 1": "{1.1.2010  } true [VykazZiskuAztrat] []",
		"Mezivykazove 1":     "{  } true [Rozvaha VykazZiskuAztrat] [R V]",
		"Rozvaha 900":        "{ 2011-01-01 2012-12-31} false [Rozvaha] []",
		"Rozvaha 901":        "{  } false [Rozvaha] []",
		"Mezivykazove 902":   "{29.2.  } false [Rozvaha PenezniToky] [X Y]",
	}
	for _, r := range s.Rules() {
		if w, ok := want[r.ID]; ok {
			delete(want, r.ID)
			if got := fmt.Sprint(r.Holds, r.Builtin, r.Kinds, r.Letters); got != w {
				t.Errorf("%s: %s, wanted %s", r.ID, got, w)
			}
		}
	}
	for id := range want {
		t.Errorf("%s is not listed", id)
	}
}
