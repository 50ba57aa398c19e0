package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csuis-offline/finding"
	"csuis-offline/handover"
	"csuis-offline/internal/catalogue"
)

func TestAges(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]time.Duration{"365d": 365 * 24 * time.Hour, "0d": 0, "36h": 36 * time.Hour, "-1d": -1, "d": -1, "99999999d": -1, "rok": -1, "-1h": -1} {
		if got, ok := ageOf(in); ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %v, %v", in, got, ok)
		}
	}
}

// TestEverySubcommandHasItsTexts: their help is found by their own names, and
// each documents its exit codes.
func TestEverySubcommandHasItsTexts(t *testing.T) {
	t.Parallel()
	for _, lang := range catalogue.Langs() {
		a := testApp(t, lang)
		seen := map[string]bool{}
		for _, cmd := range newRootCommand(a).Commands() {
			for _, sub := range append(cmd.Commands(), cmd) {
				if seen[sub.Name()] {
					t.Errorf("two commands are called %s", sub.Name())
				}
				seen[sub.Name()] = true
				text := a.helpText(sub)
				if len(documentedCodes(sub)) == 0 || strings.Contains(text, "help."+sub.Name()) {
					t.Errorf("%s %s: %s", lang, sub.Name(), text)
				}
			}
		}
	}
}

func TestEveryTextAboutMessagesIsFilled(t *testing.T) {
	t.Parallel()
	for _, lang := range catalogue.Langs() {
		a := testApp(t, lang)
		var out bytes.Buffer
		a.out = &out
		for _, c := range finding.All() {
			if family, _, _ := strings.Cut(string(c), "."); family == "status" || family == "inbox" || family == "store" {
				a.printFindings([]finding.Finding{{Code: c, Severity: finding.Error, Answer: "ERRSYN", Why: "timeout", Detail: "12", MessageID: "7", RecordID: 1234}}, nil)
			}
		}
		if strings.Contains(out.String(), "{") || strings.Contains(out.String(), "1\u00a0234") {
			t.Errorf("%s", out.String())
		}
	}
}

// TestGuideNamesWhatTheInboxTells: each finding about a record, and each command
// of the outbox and the inbox, stands in the Czech guide.
func TestGuideNamesWhatTheInboxTells(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("..", "..", "doc", "cs", "odesilani.md"))
	if err != nil {
		t.Fatal(err)
	}
	guide := string(data)
	for _, c := range finding.All() {
		if strings.HasPrefix(string(c), "status.") && !strings.Contains(guide, "| `"+string(c)+"` |") {
			t.Errorf("no row for %s", c)
		}
	}
	for _, cmd := range newRootCommand(testApp(t, catalogue.Czech)).Commands() {
		if cmd.Name() != "outbox" && cmd.Name() != "inbox" {
			continue
		}
		for _, sub := range cmd.Commands() {
			if !strings.Contains(guide, "`"+cmd.Name()+" "+sub.Name()) {
				t.Errorf("the guide does not name %s %s", cmd.Name(), sub.Name())
			}
		}
	}
}

// TestAValueWithoutEndDoesNotFillTheList: whatever the server calls a message.
func TestAValueWithoutEndDoesNotFillTheList(t *testing.T) {
	t.Parallel()
	a := testApp(t, catalogue.Langs()[0])
	var out bytes.Buffer
	a.out = &out
	long := strings.Repeat("ž0", 2500)
	a.printListed(handover.Listed{ID: long, Name: long, Created: long, Status: long, Type: long})
	if n := strings.Count(out.String(), "…"); n != 5 || out.Len() > 5*2*maxCell {
		t.Errorf("%d bytes, %d values cut", out.Len(), n)
	}
	out.Reset()
	a.printListed(handover.Listed{ID: strings.Repeat("0", 200)})
	if strings.Contains(out.String(), "…") {
		t.Error("a number that can be fetched is cut")
	}
}

// TestAGoodStatusIsNotAFailureOfTheServer: 201 is another answer than CSÚIS gives.
func TestAGoodStatusIsNotAFailureOfTheServer(t *testing.T) {
	t.Parallel()
	for _, lang := range catalogue.Langs() {
		a := testApp(t, lang)
		failure := a.cat.Text("online.cause.status", nil)
		for reason, want := range map[string]bool{"http-201": false, "http-206": false, "http-404": true, "http-503": true} {
			if got := a.causeOf(reason); strings.HasPrefix(got, failure) != want || !strings.Contains(got, strings.TrimPrefix(reason, "http-")) {
				t.Errorf("%s: %s", reason, got)
			}
		}
	}
}
