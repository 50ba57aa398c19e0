package verify

import (
	"slices"
	"testing"

	"csuis-offline/envelope"
)

// TestNamesDoNotDependOnWhichRecordIsOpenedFirst gives the headers of records,
// which several workers open side by side, in every order.
func TestNamesDoNotDependOnWhichRecordIsOpenedFirst(t *testing.T) {
	t.Parallel()
	party := func(ic, unit, id, person string) envelope.Party {
		p := envelope.Party{IC: ic, Name: unit}
		p.Person.ID, p.Person.Name = id, person
		return p
	}
	headers := []envelope.Party{
		party("", "", "", ""), party("1", "Obec", "7", ""), party("1", "Obec 2", "7", "Jana"), party("1", "", "7", "Eva"), party("2", "Jiná", "8", "Petr"),
	}
	for name, c := range map[string]struct {
		from, want Report // as the form or nothing has said it, and in the end
	}{
		"nothing known":            {want: Report{UnitIC: "1", UnitName: "Obec", PersonID: "7"}},
		"numbers from the form":    {Report{UnitIC: "1", PersonID: "7"}, Report{UnitIC: "1", UnitName: "Obec", PersonID: "7", PersonName: "Jana"}},
		"names from the manifest":  {Report{UnitIC: "1", UnitName: "A", PersonID: "7", PersonName: "B"}, Report{UnitIC: "1", UnitName: "A", PersonID: "7", PersonName: "B"}},
		"a unit that no header is": {Report{UnitIC: "9", PersonID: "8"}, Report{UnitIC: "9", PersonID: "8", PersonName: "Petr"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachOrder(len(headers), func(order []int) {
				got := c.from
				v := &verifier{report: &got}
				for _, i := range order {
					v.header(i, &headers[i])
				}
				if got.UnitIC != c.want.UnitIC || got.UnitName != c.want.UnitName || got.PersonID != c.want.PersonID || got.PersonName != c.want.PersonName {
					t.Errorf("in order %v: %s %q, %s %q", order, got.UnitIC, got.UnitName, got.PersonID, got.PersonName)
				}
			})
		})
	}
}

// eachOrder calls f with every order of the numbers below n.
func eachOrder(n int, f func([]int)) {
	var next func(order []int)
	next = func(order []int) {
		if len(order) == n {
			f(order)
			return
		}
		for i := range n {
			if !slices.Contains(order, i) {
				next(append(order, i))
			}
		}
	}
	next(nil)
}
