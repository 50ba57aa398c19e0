package madeup

import (
	"fmt"
	"math/rand/v2"
	"time"
)

var (
	activities  = []string{"ObdobiBezneCinnostHlavni", "ObdobiBezneCinnostHospodarska", "ObdobiMinuleCinnostHlavni", "ObdobiMinuleCinnostHospodarska"}
	balanceForm = &statementForm{root2009: "RozvahaUSC", columns: map[string][]string{
		"Aktiva": {"ObdobiBezneBrutto", "ObdobiBezneKorekce", "ObdobiBezneNetto", "ObdobiMinule"},
		"Pasiva": {"ObdobiBezne", "ObdobiMinule"},
	}}
	incomeForm = &statementForm{root2009: "VykazZiskuAztratUSC", columns: map[string][]string{"Naklady": activities, "Vynosy": activities}}
	cashForm   = &statementForm{root2009: "PenezniToky", columns: map[string][]string{"Vykaz": {"ObdobiBezne"}}, direct: true}
	equityForm = &statementForm{root2009: "ZmenyVlastnihoKapitalu", columns: map[string][]string{
		"Vykaz": {"ObdobiMinule", "StavZvyseni", "StavSnizeni", "ObdobiBezne"},
	}}
	fundForm = &statementForm{root2009: "FondPrivatizace", columns: map[string][]string{"Vykaz": {"ObdobiBezne"}}, direct: true}
)

// maker makes up statements of one date.
type maker struct {
	rnd  *rand.Rand
	date time.Time
}

func newMaker(seed uint64, date time.Time) *maker {
	return &maker{rand.New(rand.NewPCG(seed, 2)), date}
}

func (m *maker) statement(kind string, form *statementForm) *Statement {
	return &Statement{Kind: kind, Date: m.date, IC: UnitIC, form: form}
}

// fill gives the subpositions of a position random numbers below limit.
func (m *maker) fill(s *Statement, limit int64, parents ...string) {
	for _, p := range parents {
		for _, r := range s.children(p) {
			for i := range r.cents {
				r.cents[i] = 1 + m.rnd.Int64N(limit)
			}
		}
	}
}

// income makes a Výkaz zisků a ztrát. On 1.1.2010 nothing was earned or spent yet
// (row 1 of chapter J).
func (m *maker) income() *Statement {
	s := m.statement("VykazZiskuAztrat", incomeForm)
	costs := []string{"A.I", "A.II", "A.III", "A.IV"}
	revenues := []string{"B.I", "B.II", "B.III", "B.IV", "B.V"}
	s.add("Naklady", "A")
	for i, n := range []int{32, 5, 4, 7} {
		s.family("Naklady", costs[i], n)
	}
	s.add("Vynosy", "B")
	for i, n := range []int{25, 6, 9, 4, 7} {
		s.family("Vynosy", revenues[i], n)
	}
	s.family("Vynosy", "B.VI", 4)
	m.fill(s, 1e8, costs...)
	m.fill(s, 1e8, revenues...)
	m.fill(s, 1e6, "B.VI")
	if m.date.Equal(time.Date(2010, time.January, 1, 0, 0, 0, 0, time.UTC)) {
		for _, r := range s.rows {
			r.cents[0], r.cents[1] = 0, 0
		}
	}
	s.totalOfChildren(append(costs, revenues...)...)
	s.total("A", costs...)
	s.total("B", revenues...) // the heading B.VI has no number of its own: 0
	for i := range activities {
		cents := func(p string) *int64 { return &s.row(p).cents[i] }
		*cents("B.VI.1") = *cents("B") - *cents("A")
		*cents("B.VI.4") = *cents("B.VI.1") - *cents("B.VI.2") - *cents("B.VI.3")
	}
	return s
}

// balance makes a Rozvaha with the result of an income statement. C.I.1 is what
// balances it.
func (m *maker) balance(income *Statement) *Statement {
	s := m.statement("Rozvaha", balanceForm)
	assets, families := m.assets(s)
	s.add("Pasiva", "PASIVA")
	for _, p := range []struct {
		head   string
		counts []int
	}{{"C", []int{7, 6, 3}}, {"D", []int{2, 2, 9, 36}}} {
		s.add("Pasiva", p.head)
		for i, n := range p.counts {
			parent := p.head + "." + []string{"I", "II", "III", "IV"}[i]
			s.family("Pasiva", parent, n)
			m.fill(s, 1e8, parent)
			families = append(families, parent)
		}
	}
	result := income.row("B.VI.1").cents
	approval, undivided := s.row("C.III.2"), s.row("C.III.3")
	if m.yearEnd() {
		approval.cents[0] = 0
	}
	s.row("C.III.1").cents[0] = result[0] + result[1] - approval.cents[0] - undivided.cents[0]
	s.totalOfChildren(families...)
	balances := s.row("C.I.1")
	for i, asset := range []int{2, 3} { // net against current, previous against previous
		rest := assets.cents[asset]
		for _, p := range []string{"C.I", "C.II", "C.III", "D.II", "D.III", "D.IV"} {
			rest -= s.row(p).cents[i]
		}
		balances.cents[i] += rest
	}
	s.totalOfChildren("C.I")
	s.total("C", "C.I", "C.II", "C.III")
	s.total("D", "D.II", "D.III", "D.IV") // without D.I: row 16
	s.total("PASIVA", "C", "D")
	return s
}

// assets adds the part Aktiva and returns its total. On 31.12. some are zero (rows
// 35 to 38 of chapter J).
func (m *maker) assets(s *Statement) (total *statementRow, families []string) {
	s.add("Aktiva", "AKTIVA")
	for _, p := range []struct {
		head   string
		counts []int
	}{{"A", []int{9, 10, 6, 5}}, {"B", []int{10, 30, 3, 14}}} {
		s.add("Aktiva", p.head)
		for i, n := range p.counts {
			parent := p.head + "." + []string{"I", "II", "III", "IV"}[i]
			s.family("Aktiva", parent, n)
			families = append(families, parent)
			for _, r := range s.children(parent) {
				gross := 1 + m.rnd.Int64N(1e9)
				less := m.rnd.Int64N(gross/3 + 1)
				copy(r.cents, []int64{gross, less, gross - less, 1 + m.rnd.Int64N(1e9)})
			}
		}
	}
	if m.yearEnd() {
		for _, p := range []string{"A.I.8", "A.II.9", "B.I.1", "B.I.7"} {
			copy(s.row(p).cents, []int64{0, 0, 0})
		}
	}
	s.totalOfChildren(families...)
	s.total("A", "A.I", "A.II", "A.III", "A.IV")
	s.total("B", "B.I", "B.II", "B.IV") // without B.III: row 7
	s.total("AKTIVA", "A", "B")
	return s.row("AKTIVA"), families
}

func (m *maker) yearEnd() bool { return m.date.Month() == time.December && m.date.Day() == 31 }

// cashFlow makes a Přehled o peněžních tocích.
func (m *maker) cashFlow() *Statement {
	s := m.statement("PenezniToky", cashForm)
	s.add("Vykaz", "P", "Z", "A")
	s.family("Vykaz", "A.I", 6)
	s.family("Vykaz", "A.II", 4)
	s.add("Vykaz", "A.III", "A.IV", "B", "B.I", "B.II")
	s.family("Vykaz", "B.III", 4)
	s.add("Vykaz", "B.IV", "B.V", "C", "C.I", "C.II", "C.III", "F", "R")
	for _, r := range s.rows {
		r.cents[0] = m.rnd.Int64N(2e8) - 1e8
	}
	s.totalOfChildren("A.I", "A.II", "B.III")
	s.total("A", "Z", "A.I", "A.II", "A.III", "A.IV")
	s.totalOfChildren("B", "C")
	s.total("F", "A", "B", "C")
	s.total("R", "P", "F")
	return s
}

// equity makes a Přehled o změnách vlastního kapitálu that agrees with the result
// in the other statements (row 11 between statements).
func (m *maker) equity(income, balance *Statement) *Statement {
	s := m.statement("ZmenyVlastnihoKapitalu", equityForm)
	s.add("Vykaz", "C", "C.I", "C.II", "C.III")
	m.fill(s, 1e8, "C")
	for _, r := range s.children("C") {
		r.cents[3] = r.cents[0] + r.cents[1] - r.cents[2]
	}
	result := s.row("C.III")
	revenue, cost := income.row("B").cents, income.row("A").cents
	result.cents[3] = revenue[0] + revenue[1] - cost[0] - cost[1] + balance.row("C.III.2").cents[0] + balance.row("C.III.3").cents[0]
	result.cents[0] = result.cents[3] - result.cents[1] + result.cents[2]
	s.totalOfChildren("C")
	return s
}

// fund makes a Přehled tvorby a použití fondu privatizace.
func (m *maker) fund() *Statement {
	s := m.statement("FondPrivatizace", fundForm)
	for i, n := range []int{5, 3} {
		parent := fmt.Sprintf("H.%s", []string{"I", "II"}[i])
		s.family("Vykaz", parent, n)
		m.fill(s, 1e8, parent)
		s.totalOfChildren(parent)
	}
	s.add("Vykaz", "H.III")
	s.row("H.III").cents[0] = s.row("H.I").cents[0] - s.row("H.II").cents[0]
	return s
}
