package rules_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csuis-offline/check/rules"
)

// Each file has one mistake; its first line says where and what is expected.
func TestRefusedFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/refused/*.rules")
	if err != nil || len(files) < 40 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(string(data), "\n")
			_, err = rules.Parse("x", bytes.NewReader(data))
			var p *rules.ParseError
			if !errors.As(err, &p) {
				t.Fatalf("the error is %v", err)
			}
			if want := "x:" + strings.TrimPrefix(first, "# "); !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%v\nwanted %s …", err, want)
			}
			if !strings.Contains(err.Error(), ", found ") {
				t.Errorf("%v does not say what was found", err)
			}
		})
	}
}

func TestTooLargeFiles(t *testing.T) {
	t.Parallel()
	var many, ranges, kinds strings.Builder
	fmt.Fprintln(&many, "výkaz Rozvaha")
	fmt.Fprintln(&ranges, "výkaz Rozvaha")
	for i := range 6000 {
		fmt.Fprintf(&many, "%d: prázdné\n", i)
		fmt.Fprintf(&ranges, "%d: A[1] = A.I.1 až A.I.999 [1]\n", i)
		fmt.Fprintf(&kinds, "výkaz K%d\n", i)
	}
	for name, text := range map[string]string{
		"file":   strings.Repeat("#\n", 1<<20),
		"rules":  many.String(),
		"ranges": ranges.String(),
		"kinds":  kinds.String(),
	} {
		if _, err := rules.Parse("x", strings.NewReader(text)); !errors.Is(err, rules.ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }

func TestReaderError(t *testing.T) {
	t.Parallel()
	if _, err := rules.Parse("x", failing{}); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
}

func TestAddRefusesWhatIsThereTwice(t *testing.T) {
	t.Parallel()
	for text, what := range map[string]string{
		"výkaz Rozvaha\n12: A[1] = 0":                                       "the rule Rozvaha 12",
		"výkaz Rozvaha\nčást Aktiva\nprvek Pozemky = A.II.1":                "the element Pozemky in Rozvaha, Aktiva",
		"výkaz Rozvaha\nčást Aktiva\nřádek \"SOUČET\" = A":                  "the row SOUČET in Rozvaha, Aktiva",
		"výkaz Rozvaha\nčást Aktiva\nsloupec 5 plán: Plan":                  "the column 5 plán in Rozvaha, Aktiva",
		"výkaz Rozvaha\nčást Pasiva: E":                                     "the position E in Rozvaha",
		"výkaz Jine\nkořen Zvlastni":                                        "the root element Zvlastni",
		"výkaz Rozvaha\nčást Aktiva\nsloupec 3 netto: Zustatek":             "the column's element Zustatek in Rozvaha, Aktiva",
		"výkaz Rozvaha\nčást Pasiva\nsloupec 2 minulé: ObdobiMinule, přímo": "the column of direct values (běžné) in Rozvaha, Pasiva",
	} {
		s := rules.Builtin()
		mine := set(t, "výkaz Rozvaha\nkořen Zvlastni\nčást Aktiva: E\nprvek Pozemky = A.II.2\nřádek \"SOUČET\" = B\nsloupec 5 rozpočet: Rozpocet\nsloupec 1 brutto: Zustatek\nčást Pasiva\nsloupec 1 běžné: ObdobiBezne, přímo")
		if err := s.Add(mine); err != nil {
			t.Fatal(err)
		}
		before := fmt.Sprint(s.Rules())
		err := s.Add(set(t, text))
		var d *rules.DuplicateError
		if !errors.As(err, &d) || d.What != what {
			t.Errorf("%q: %v, wanted %s", text, err, what)
		}
		if fmt.Sprint(s.Rules()) != before {
			t.Errorf("%q changed the set", text)
		}
	}
}
