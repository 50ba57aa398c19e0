package rules_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"csuis-offline/check/rules"
	"csuis-offline/internal/fixture"
)

// The numbers that each rule names are found here by reading the text of the data
// file with a few regular expressions, apart from the package's parser.

type place struct {
	kind, position string
	column         int
}

var columnNumbers = map[string]map[string]int{
	"Aktiva":  {"brutto": 1, "korekce": 2, "netto": 3, "minulé": 4},
	"Pasiva":  {"běžné": 1, "minulé": 2},
	"Naklady": {"hlavní": 1, "hospodářská": 2, "minulé_hlavní": 3, "minulé_hospodářská": 4},
	"Vynosy":  {"hlavní": 1, "hospodářská": 2, "minulé_hlavní": 3, "minulé_hospodářská": 4},
	"Vykaz":   {"běžné": 4, "minulé": 1, "zvýšení": 2, "snížení": 3},
}

var (
	header     = regexp.MustCompile(`^(výkaz|mezi) (.*)`)
	aliases    = regexp.MustCompile(`(\w) = (\w+)`)
	ruleLine   = regexp.MustCompile(`^(\d+): (.*)`)
	fallback   = regexp.MustCompile(` nebo (\([^)]*\)|0)`)
	grouped    = regexp.MustCompile(`\(([^()]*)\)\[([^\]]*)\]`)
	ranges     = regexp.MustCompile(`([A-Z0-9.]+) až ([A-Z0-9.]+|n)`)
	reference  = regexp.MustCompile(`(?:(\w)/)?\b([A-Z][A-Z0-9.]*)(?:\[([^\]]*)\])?`)
	columnList = regexp.MustCompile(`ve? sloup\S+ (.*)`)
)

// names reads which rules name which numbers of the made-up statements.
func names(t *testing.T, made []*fixture.Statement, date time.Time) map[place]map[string]bool {
	t.Helper()
	data, err := os.ReadFile("builtin/chapter-j.rules")
	if err != nil {
		t.Fatal(err)
	}
	n := namer{sections: map[string]map[string]string{}, all: map[place]map[string]bool{}}
	for _, s := range made {
		n.sections[s.Kind] = map[string]string{}
		for _, c := range s.Cells() {
			n.sections[s.Kind][c.Position] = c.Section
			if !slices.Contains(n.order, s.Kind+" "+c.Position) {
				n.order = append(n.order, s.Kind+" "+c.Position)
			}
		}
	}
	var kinds map[string]string
	prefix := ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if m := header.FindStringSubmatch(line); m != nil {
			prefix, kinds = m[2], map[string]string{"": m[2]}
			if m[1] == "mezi" {
				prefix = "Mezivykazove"
				for _, a := range aliases.FindAllStringSubmatch(m[2], -1) {
					kinds[a[1]] = a[2]
				}
			}
		} else if m := ruleLine.FindStringSubmatch(line); m != nil && m[2] != "prázdné" && !strings.Contains(m[2], "neurčeno") {
			n.rule(prefix+" "+m[1], m[2], kinds, date)
		}
	}
	return n.all
}

type namer struct {
	sections map[string]map[string]string
	order    []string
	all      map[place]map[string]bool
}

func (n *namer) name(rule, kind, position string, column int) {
	p := place{kind, position, column}
	if n.all[p] == nil {
		n.all[p] = map[string]bool{}
	}
	n.all[p][rule] = true
}

func (n *namer) rule(id, text string, kinds map[string]string, date time.Time) {
	if strings.Contains(text, "k 31.12.") && date.Format("02.01.") != "31.12." || strings.Contains(text, "k 1.1.2010") && date.Format(time.DateOnly) != "2010-01-01" {
		return
	}
	formula, clauses, _ := strings.Cut(text, ";")
	kind := kinds[""]
	var columns []string
	if m := columnList.FindStringSubmatch(clauses); m != nil {
		list, _, _ := strings.Cut(m[1], ";")
		columns = strings.Split(list, ", ")
	}
	if strings.Contains(clauses, "řádku") {
		for position, section := range n.sections[kind] {
			if strings.Contains(clauses, "části") && !strings.Contains(clauses, "části "+section) || strings.Contains(clauses, "v řádku ") && !strings.Contains(clauses, "v řádku "+position) {
				continue
			}
			for _, m := range regexp.MustCompile(`sl\. (\S+)`).FindAllStringSubmatch(formula, -1) {
				n.name(id, kind, position, columnNumber(section, m[1]))
			}
			if strings.Contains(formula, "hodnota") {
				for _, c := range columns {
					n.name(id, kind, position, columnNumber(section, c))
				}
			}
		}
		return
	}
	formula = fallback.ReplaceAllString(formula, "")
	formula = grouped.ReplaceAllStringFunc(formula, func(s string) string {
		m := grouped.FindStringSubmatch(s)
		return regexp.MustCompile(`[A-Z][A-Z0-9.]*`).ReplaceAllString(m[1], "$0["+m[2]+"]")
	})
	formula = ranges.ReplaceAllStringFunc(formula, func(s string) string {
		m := ranges.FindStringSubmatch(s)
		return strings.Join(n.between(kind, m[1], m[2]), " + ")
	})
	for _, m := range reference.FindAllStringSubmatch(formula, -1) {
		kind := kinds[m[1]]
		section := n.sections[kind][m[2]]
		switch {
		case m[3] != "":
			n.name(id, kind, m[2], columnNumber(section, m[3]))
		case strings.Contains(clauses, "všech"):
			for _, c := range columnNumbers[section] {
				n.name(id, kind, m[2], c)
			}
		default:
			for _, c := range columns {
				n.name(id, kind, m[2], columnNumber(section, c))
			}
		}
	}
}

func columnNumber(section, name string) int {
	if c, ok := columnNumbers[section][name]; ok {
		return c
	}
	return int(name[0] - '0')
}

// between lists the positions of a range, by the order in the statement.
func (n *namer) between(kind, first, last string) (all []string) {
	parent := first[:strings.LastIndex(first, ".")+1]
	in := false
	for _, p := range n.order {
		position, ok := strings.CutPrefix(p, kind+" ")
		if rest, under := strings.CutPrefix(position, parent); !ok || !under || strings.Contains(rest, ".") {
			continue
		}
		in = in || position == first
		if in {
			all = append(all, position)
		}
		if position == last {
			break
		}
	}
	return all
}

// Breaking exactly one number breaks exactly the rules that name it. Of the later
// dates only those statements are taken whose rules depend on the date.
func TestOneBrokenNumberBreaksWhatNamesIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		date time.Time
		kind string
		min  int
	}{{fixture.YearEnd, "", 1000}, {day(2026, 9, 30), "Rozvaha", 500}, {fixture.Opening, "VykazZiskuAztrat", 400}} {
		t.Run(c.date.Format(time.DateOnly), func(t *testing.T) {
			t.Parallel()
			breakEach(t, c.date, c.kind, c.min)
		})
	}
}

func breakEach(t *testing.T, date time.Time, kind string, least int) {
	set := rules.Builtin()
	made := fixture.Statements(11, date)
	named := names(t, made, date)
	sts := group(t, set, made)
	broken, unnamed := 0, 0
	for i, s := range made {
		if kind != "" && s.Kind != kind {
			continue
		}
		record := write(s)
		for _, c := range s.Cells() {
			// The one column of these parts has the number 1, but see columnNumbers.
			column := c.Column
			if c.Section == "Vykaz" && s.Kind != "ZmenyVlastnihoKapitalu" {
				column = 4
			}
			want := maps.Clone(named[place{s.Kind, c.Position, column}])
			// The other number is far below all others.
			maps.DeleteFunc(want, func(rule string, _ bool) bool { return lesser[rule] == c.Position })
			changed := slices.Clone(sts)
			changed[i] = extract(t, set.NewExtractor(), spoil(t, record, c))[0]
			// The other statements are as they were, and agree within themselves.
			got := with(append(set.Within(changed[i]), set.Across(changed)...), rules.Failed)
			if fmt.Sprint(got) != fmt.Sprint(nonNil(want)) {
				t.Errorf("%s %s column %d: these fail: %v\nthese name it: %v", s.Kind, c.Position, c.Column, got, want)
			}
			broken++
			if len(want) == 0 {
				unnamed++
			}
		}
	}
	t.Logf("%d numbers, %d of them in no rule", broken, unnamed)
	if broken < least || unnamed > broken/20 {
		t.Errorf("%d numbers, %d in no rule: the test reads the data wrongly", broken, unnamed)
	}
}

// spoil puts another number in the place of one: a negative one, far from all others.
// The made-up records have a number on each line behind that of its position.
func spoil(t *testing.T, record []byte, c fixture.Cell) []byte {
	t.Helper()
	at := bytes.Index(record, []byte("<"+c.Section+">"))
	tag := []byte("<PolozkaCislo>" + c.Position + ".<")
	if c.Position == "AKTIVA" || c.Position == "PASIVA" {
		tag = []byte("<PolozkaCislo>" + c.Position + " CELKEM<")
	}
	at += bytes.Index(record[at:], tag)
	for range c.Column {
		at += bytes.IndexByte(record[at:], '\n') + 1
	}
	begin := at + bytes.IndexByte(record[at:], '>') + 1
	end := begin + bytes.IndexByte(record[begin:], '<')
	if old := string(record[begin:end]); old != fmt.Sprintf("%s%d.%02d", map[bool]string{true: "-"}[c.Cents < 0], abs(c.Cents)/100, abs(c.Cents)%100) {
		t.Fatalf("%+v: %q stands there", c, old)
	}
	return slices.Concat(record[:begin], []byte("-9876543210000.99"), record[end:])
}

func abs(n int64) int64 { return max(n, -n) }

func nonNil(m map[string]bool) map[string]bool {
	if m == nil {
		return map[string]bool{}
	}
	return m
}

func date2(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
