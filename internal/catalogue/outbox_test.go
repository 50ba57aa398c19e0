package catalogue

import (
	"os"
	"strings"
	"testing"

	"csuis-offline/outbox"
)

func TestEveryStateAndCauseOfTheOutboxHasAText(t *testing.T) {
	t.Parallel()
	cs, en := both(t)
	for _, c := range []*Catalogue{cs, en} {
		for _, s := range outbox.States() {
			if !c.Has("outbox.state." + string(s)) {
				t.Errorf("%s: the state %s has no text", c.Lang(), s)
			}
		}
		for _, cause := range outbox.Causes() {
			if !c.Has("outbox.cause." + string(cause)) {
				t.Errorf("%s: the cause %s has no text", c.Lang(), cause)
			}
		}
		for _, h := range []outbox.Hold{outbox.HoldPassword, outbox.HoldUser} {
			if !c.Has("outbox.hold." + string(h)) {
				t.Errorf("%s: the hold %s has no text", c.Lang(), h)
			}
		}
	}
}

// TestGuideExplainsEveryState holds the Czech guide to the words of the program.
func TestGuideExplainsEveryState(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../doc/cs/odesilani.md")
	if err != nil {
		t.Fatal(err)
	}
	cs, _ := both(t)
	for _, s := range outbox.States() {
		if row := "| **" + cs.Text("outbox.state."+string(s), nil) + "** (`" + string(s) + "`) |"; !strings.Contains(string(guide), row) {
			t.Errorf("the guide has no row that begins %s", row)
		}
	}
}
