package madeup

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// Dates on which rules of chapter J hold that do not hold on others.
var (
	YearEnd = time.Date(2026, time.December, 31, 0, 0, 0, 0, time.UTC)
	Opening = time.Date(2010, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// far is more than any of the made-up numbers.
const far = 1e12

// BrokenRules lists the rules for which Break knows a way.
func BrokenRules() []string {
	var all []string
	for _, b := range breaks() {
		all = append(all, b.rule)
	}
	return all
}

// Break tells which numbers to change in what Statements makes of that date, so
// that one rule ("Rozvaha 12") fails and no other. ok is false for a rule that is
// not known, or that has nothing to compare.
func Break(rule string) (date time.Time, edits []Edit, ok bool) {
	for _, b := range breaks() {
		if b.rule == rule {
			date = YearEnd
			if rule == "VykazZiskuAztrat 1" {
				date = Opening
			}
			return date, b.edits, true
		}
	}
	return time.Time{}, nil, false
}

type breaking struct {
	rule  string
	edits []Edit
}

// breaks is, for each rule, what breaks it alone. The previous period's column is
// in fewest rules, so most changes are there.
func breaks() []breaking {
	var all []breaking
	in := func(kind string) func(number int, edits ...Edit) {
		return func(number int, edits ...Edit) {
			for i := range edits {
				if edits[i].Kind == "" {
					edits[i].Kind = kind
				}
			}
			all = append(all, breaking{fmt.Sprintf("%s %d", kind, number), edits})
		}
	}
	one := func(position string, column int, add int64) Edit { return Edit{"", position, column, add} }

	b := in("Rozvaha")
	b(1, one("PASIVA", 1, far))
	b(2, one("A", 4, 1))
	for i, p := range []string{"A.I", "A.II", "A.III", "A.IV"} {
		b(3+i, one(p+".1", 4, far))
	}
	b(7, one("B", 4, 1))
	for i, p := range []string{"B.I", "B.II", "B.III", "B.IV"} {
		b(8+i, one(p+".2", 4, far))
	}
	b(12, one("C", 2, 1))
	for i, p := range []string{"C.I", "C.II", "C.III"} {
		b(13+i, one(p+".1", 2, far))
	}
	b(16, one("D", 2, 1))
	for i, p := range []string{"D.I", "D.II", "D.III", "D.IV"} {
		b(17+i, one(p+".1", 2, far))
	}
	b(21, one("AKTIVA", 2, far))
	b(22, one("C.I.1", 2, far), one("C.I", 2, far), one("C", 2, far))
	for i, n := range []int{11, 12, 13, 14, 15, 20} {
		b(23+i, one(fmt.Sprintf("B.II.%d", n), 4, -far), one("B.II.1", 4, far))
	}
	for i, n := range []int{16, 17, 18, 19, 20, 25} {
		b(29+i, one(fmt.Sprintf("D.IV.%d", n), 2, -far), one("D.IV.1", 2, far))
	}
	for i, p := range []string{"B.I.7", "B.I.1", "A.I.8", "A.II.9"} {
		other := p[:strings.LastIndexByte(p, '.')] + ".2"
		b(35+i, one(p, 1, 100), one(p, 3, 100), one(other, 1, -100), one(other, 3, -100))
	}
	b(39, one("C.III.2", 1, 100), one("C.III.3", 1, -100))

	b = in("VykazZiskuAztrat")
	b(1, one("A.I.1", 1, 100), one("A.I", 1, 100), one("A", 1, 100), one("B.I.1", 1, 100), one("B.I", 1, 100), one("B", 1, 100))
	b(2, one("A", 3, 1))
	for i, p := range []string{"A.I", "A.II", "A.III", "A.IV"} {
		b(3+i, one(p+".4", 3, 1))
	}
	b(7, one("B", 4, 1))
	for i, p := range []string{"B.I", "B.II", "B.III", "B.IV", "B.V"} {
		b(8+i, one(p+".4", 4, -1))
	}
	b(13, one("B.VI.1", 3, 1), one("B.VI.4", 3, 1))
	b(14, one("B.VI.4", 3, 1))

	b = in("PenezniToky")
	for i, p := range []string{"Z", "A.I.6", "A.II.4", "B.V", "B.III.1", "C.II", "F"} {
		b(1+i, one(p, 1, 1))
	}
	b = in("ZmenyVlastnihoKapitalu")
	b(1, one("C.II", 2, 1))
	b(2, one("C", 4, 1))
	b = in("FondPrivatizace")
	b(1, one("H.I.5", 1, 1))
	b(2, one("H.II.1", 1, 1))
	b(3, one("H.III", 1, 1))

	b = in("Mezivykazove")
	b(1, Edit{"Rozvaha", "C.III.1", 1, 1}, Edit{"Rozvaha", "C.III", 1, 1}, Edit{"Rozvaha", "C", 1, 1})
	b(11, Edit{"ZmenyVlastnihoKapitalu", "C.III", 4, 1})
	return all
}

// StatementRecords writes the statements of Statements after some edits, each in a
// file of its own, in the form since 2010.
func StatementRecords(seed uint64, date time.Time, edits ...Edit) []Record {
	var all []Record
	for _, s := range Statements(seed, date) {
		s.Apply(edits...)
		var b bytes.Buffer
		s.Write(&b)
		all = append(all, Record{fmt.Sprintf("%s %s.xml", s.Kind, date.Format("2006-01")), b.Bytes()})
	}
	return all
}
