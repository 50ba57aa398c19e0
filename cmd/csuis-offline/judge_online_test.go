package main

import (
	"slices"
	"strings"

	"csuis-offline/internal/sim"
	"csuis-offline/outbox"
)

// judge holds every record against what the simulator did with it, and the
// simulator's deliveries against the records.
func (o *ordeal) judge() {
	o.t.Helper()
	all := o.records()
	if len(all) != o.files {
		o.t.Errorf("%d statements were handed over, the outbox has %d", o.files, len(all))
	}
	deliveries := map[string][]sim.Delivery{}
	for _, d := range o.sim.Deliveries() {
		id := strings.ToUpper(d.TransactionID)
		deliveries[id] = append(deliveries[id], d)
	}
	newest := map[[2]string]outbox.Record{}
	for _, r := range all {
		id := strings.ToUpper(r.TransactionID)
		o.judgeOne(&r, deliveries[id])
		delete(deliveries, id)
		newest[[2]string{r.Type, r.Date}] = r
	}
	for id := range deliveries {
		o.t.Errorf("CSÚIS got %q, which the outbox does not know", id)
	}
	// A correction must not be overwritten by what it corrects (technical manual,
	// chapter D).
	for s, r := range newest {
		if r.State != outbox.Processed {
			continue
		}
		if d, ok := o.sim.Holder(r.Unit, s[0], s[1]); !ok || !strings.EqualFold(d.TransactionID, r.TransactionID) {
			o.t.Errorf("record %d is the newest version of its statement, and %s counts", r.ID, d.TransactionID)
		}
	}
	o.noSecrets()
}

func (o *ordeal) judgeOne(r *outbox.Record, came []sim.Delivery) {
	o.t.Helper()
	wrong := func(what string) {
		o.t.Errorf("record %d (%s) is %s, reason %q, status %q: %s; CSÚIS has %+v\n%s", r.ID, r.TransactionID, r.State, r.Reason, r.StatusCode, what, came, o.log(r.ID))
	}
	count := o.sim.Count(r.TransactionID)
	code := ""
	for _, d := range came {
		if d.SHA256 != r.Sum {
			wrong("other bytes came than were stored")
		}
		if d.Outcome == sim.Refused || d.Outcome == sim.Failed {
			code = d.Code
		}
	}
	switch {
	case count.Processed > 1, count.Duplicates > 0, count.Processed == 1 && count.Refused > 0, count.Refused > 1:
		wrong("it was handed over twice")
	case count.Processed == 1:
		if r.State != outbox.Processed {
			wrong("it was processed")
		}
	case count.Refused == 1:
		if r.State != outbox.Refused || r.StatusCode != code || r.StatusText == "" {
			wrong("it was refused")
		}
	case count.Waiting > 0: // the fault never: no status message will come
		if !slices.Contains([]outbox.State{outbox.Accepted, outbox.Unknown, outbox.Superseded}, r.State) {
			wrong("it was accepted and never processed")
		}
	case r.State == outbox.Refused && r.Reason != "", r.State == outbox.Superseded && r.SupersededBy != 0, r.State == outbox.Unknown && o.said[r.ID]:
	default:
		wrong("it never came")
	}
}

// log is a record's way, for messages.
func (w *world) log(id int64) string {
	box := w.box()
	defer box.Close()
	entries, err := box.Log(w.t.Context(), id)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, e := range entries {
		b.WriteString("    " + e.Time.Format("15:04:05.000") + " " + string(e.From) + " -> " + string(e.To) + " " + string(e.Cause) + " " + e.Reason + " " + e.Detail + "\n")
	}
	return b.String()
}
