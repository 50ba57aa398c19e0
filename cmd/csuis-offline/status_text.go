package main

import (
	"fmt"
	"strings"

	"csuis-offline/finding"
	"csuis-offline/handover"
	"csuis-offline/internal/catalogue"
	"csuis-offline/outbox"
)

// answerText is what a code of CSÚIS means and what to do.
func (a *app) answerText(code string) (cause, remedy string) {
	if id := "answer." + code; code != "" && a.cat.Has(id) {
		return a.cat.Text(id, nil), a.cat.Next(id, nil)
	}
	args := catalogue.Args{"code": code}
	return a.cat.Text("phrase.unlisted-code", args), a.cat.Next("phrase.unlisted-code", args)
}

// inboxArgs are the arguments that the texts about messages and their records
// have beyond those of all findings.
func (a *app) inboxArgs(f finding.Finding) catalogue.Args {
	family, _, _ := strings.Cut(string(f.Code), ".")
	if family != "status" && family != "inbox" && family != "store" {
		return nil
	}
	// A number in a command line must not have groups of digits.
	args := catalogue.Args{"answer": f.Answer, "message": f.MessageID, "number": fmt.Sprint(f.RecordID), "cause": "", "remedy": ""}
	switch f.Code {
	case finding.StatusRefused:
		args["cause"], args["remedy"] = a.answerText(f.Answer)
	case finding.InboxNotFetched, finding.InboxNotReached, finding.InboxDamaged, finding.InboxSealed:
		args["cause"] = a.causeOf(f.Why)
	}
	return args
}

// statusRows puts a status message into words: what happened, to which record,
// why, and what to do.
func (a *app) statusRows(got *handover.Fetched, processed []string) []fact {
	s, rec := got.Status, got.Record
	facts := []fact{{"transaction", handover.Reference(s)}}
	if rec != nil {
		facts = append(facts, fact{"record", fmt.Sprintf("%d  %s", rec.ID, rec.Name)}, fact{"source", rec.Source})
	}
	state := s.State
	if s.Name != "" {
		state += " – " + s.Name
	}
	facts = append(facts, fact{"message-state", state}, fact{"message-text", s.Text})
	if kind, _ := handover.Meaning(s, processed); kind == outbox.StatusRefused {
		cause, remedy := a.answerText(s.State)
		facts = append(facts, fact{"cause", cause}, fact{"remedy", remedy})
	}
	return facts
}

// detailLines are all reports of a status message, one a line.
func (a *app) detailLines(got *handover.Fetched) string {
	var b strings.Builder
	for _, d := range got.Status.Details {
		at := d.Time
		if t, ok := d.At(); ok {
			at = a.cat.Value(t.Local())
		}
		severity := ""
		if d.Severity != "" {
			severity = a.cat.Text("severity."+string(d.Severity), nil)
		}
		line := strings.Join(strings.Fields(at+"  "+severity+" "+d.Component), " ")
		fmt.Fprintf(&b, "    %s: %s\n", catalogue.Visible(line), strings.ReplaceAll(visibleLines(d.Text), "\n", "\n      "))
		for _, f := range d.Other {
			fmt.Fprintf(&b, "      %s: %s\n", catalogue.Visible(f.Name), catalogue.Visible(f.Value))
		}
	}
	return b.String()
}

// visibleLines is catalogue.Visible that keeps line ends.
func visibleLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = catalogue.Visible(lines[i])
	}
	return strings.Join(lines, "\n")
}
