package outbox

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// tableLine is one cause of the table of moves as doc/outbox.md has it.
func tableLine(r rule) string {
	list := func(ss []State) string {
		var q []string
		for _, s := range ss {
			if s == "" {
				q = append(q, "(new)")
				continue
			}
			q = append(q, "`"+string(s)+"`")
		}
		return strings.Join(q, ", ")
	}
	return fmt.Sprintf("| `%s` | %s | %s |", r.cause, list(r.from), list(r.to))
}

func TestDocumentHasTheTableOfMoves(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../doc/outbox.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(doc), "\n## Moves\n")
	section, _, _ := strings.Cut(rest, "\n## ")
	var wanted, found []string
	for _, r := range rules() {
		wanted = append(wanted, tableLine(r))
	}
	for line := range strings.Lines(section) {
		if strings.HasPrefix(line, "| `") {
			found = append(found, strings.TrimSpace(line))
		}
	}
	if !slices.Equal(wanted, found) {
		t.Errorf("doc/outbox.md, Moves, should have:\n%s\nit has:\n%s", strings.Join(wanted, "\n"), strings.Join(found, "\n"))
	}
	for _, c := range Causes() {
		if !strings.Contains(section, "`"+string(c)+"`") {
			t.Errorf("%s is not documented", c)
		}
	}
}

func TestDocumentHasEveryState(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../doc/outbox.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(doc), "\n## States\n")
	section, _, _ := strings.Cut(rest, "\n## ")
	var found []State
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z-]+)`").FindAllStringSubmatch(section, -1) {
		found = append(found, State(m[1]))
	}
	if !slices.Equal(found, States()) {
		t.Errorf("documented %v, wanted %v", found, States())
	}
}

func TestSchemaKnowsEveryState(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, s := range States() {
		w.bring(s)
		if s == Sending || s == Unknown || s == OnDisc || s == Prepared || s == Waiting {
			w = newWorld(t)
		}
	}
}

// TestWhatIsNotInTheTableIsRefused tries every cause from every state.
func TestWhatIsNotInTheTableIsRefused(t *testing.T) {
	t.Parallel()
	for _, from := range States() {
		w := newWorld(t)
		r := w.bring(from)
		before := w.causes(r.ID)
		for _, cause := range Causes() {
			for _, to := range States() {
				if permits(Move{from, cause, to}) {
					continue
				}
				err := w.change(t.Context(), func(tx *txn) error {
					x := r
					return tx.move(&x, cause, to, note{})
				})
				var m *MoveError
				if !errors.As(err, &m) || m.From != from || m.Cause != cause || m.ID != r.ID {
					t.Errorf("%s %s %s: %v", from, cause, to, err)
				}
			}
		}
		w.is(r.ID, from)
		if got := w.causes(r.ID); got != before {
			t.Errorf("refused moves are in the log: %s", got)
		}
	}
}

func TestEveryMoveLeadsBetweenKnownStates(t *testing.T) {
	t.Parallel()
	for _, m := range Moves() {
		if m.From != "" && !slices.Contains(States(), m.From) || !slices.Contains(States(), m.To) || !slices.Contains(Causes(), m.Cause) || m.From == m.To {
			t.Errorf("%+v", m)
		}
	}
	for _, s := range States() {
		if !slices.ContainsFunc(Moves(), func(m Move) bool { return m.To == s }) {
			t.Errorf("nothing leads to %s", s)
		}
	}
}
