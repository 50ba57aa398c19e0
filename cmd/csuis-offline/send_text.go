package main

import (
	"strconv"
	"strings"

	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
)

// sendArgs are the arguments that the texts of the online channel have beyond
// those of all findings.
func (a *app) sendArgs(f finding.Finding) catalogue.Args {
	if !strings.HasPrefix(string(f.Code), "send.") {
		return nil
	}
	args := catalogue.Args{"cause": a.causeOf(f.Why), "state": ""}
	if f.State != "" {
		args["state"] = a.cat.Text("outbox.state."+f.State, nil)
	}
	if f.Count > 0 {
		args["count"] = f.Count
	}
	if f.Other > 0 {
		args["other"] = strconv.FormatInt(f.Other, 10)
	}
	return args
}

// causeOf puts the reason of a failed attempt into words; a reason without a
// text is shown as it is.
func (a *app) causeOf(reason string) string {
	if code, ok := strings.CutPrefix(reason, "http-"); ok {
		id := "online.cause.status"
		if code < "400" {
			id = "online.cause.other-status" // it is no failure, and no answer of CSÚIS
		}
		return a.cat.Text(id, nil) + " (HTTP " + code + ")"
	}
	if id := "online.cause." + reason; a.cat.Has(id) {
		return a.cat.Text(id, nil)
	}
	return reason
}
