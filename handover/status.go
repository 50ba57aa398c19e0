package handover

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"csuis-offline/check/answer"
	"csuis-offline/checksum"
	"csuis-offline/online"
	"csuis-offline/outbox"
)

// statusRoot is the element in the body of a status message (technical manual,
// chapter C).
const statusRoot = "StavZpracovani"

// processedStates are the StavId that mean that a record was processed, besides
// those of the configuration. They are assumed: the manual lists only
// identifiers of errors (doc/inbox.md, 2).
var processedStates = []string{"PROCOK"}

// Meaning says what a status message means for its record; processed are further
// StavId that mean that a record was processed. clear is false if the message
// reports an error without a state that says so.
func Meaning(s *online.StatusMessage, processed []string) (kind outbox.StatusKind, clear bool) {
	failed := s.Worst() == online.SeverityError
	if _, known := s.Code(); known {
		return outbox.StatusRefused, true
	}
	switch {
	case slices.Contains(processedStates, s.State), slices.Contains(processed, s.State):
		return outbox.StatusProcessed, !failed
	case failed && strings.HasPrefix(s.State, "ERR"):
		return outbox.StatusRefused, true
	}
	return outbox.StatusReceived, !failed
}

// void reports whether what was refused with a code counts as not delivered
// (technical manual, chapter D).
func void(code string) bool {
	c, ok := answer.ByCode(code)
	return ok && (c.Category == answer.Security || c.Category == answer.Syntax)
}

// statusOf converts a message to the outbox's types; recordOf finds the record.
func statusOf(s *online.StatusMessage, id string, processed []string) (st outbox.Status, clear bool) {
	st = outbox.Status{MessageID: id, Code: s.State, Name: s.Name, Text: s.Text, Void: void}
	st.Kind, clear = Meaning(s, processed)
	// At its ends the calendar of the message has years that the outbox cannot keep.
	if at, err := time.Parse(time.RFC3339, s.Info.Created); err == nil && at.UTC().Year() >= 1 && at.UTC().Year() <= 9999 {
		st.Time = at.UTC()
	}
	return st, clear
}

// Reference is the TransactionId of the record that a status message is about,
// or "".
func Reference(s *online.StatusMessage) string { return cmp.Or(s.Reference, s.Info.ReferenceID) }

// digestForm is a SHA-256 as text.
var digestForm = regexp.MustCompile(`\b[0-9a-fA-F]{64}\b`)

// recordOf finds the record that a status message is about: by the TransactionId,
// or where the message has none, since what was received could not be opened, by
// the digest of the sealed bytes among its details (assumed: doc/inbox.md, 3).
// Errors: outbox.ErrNotFound, outbox.ErrAmbiguous and other ones of the outbox.
func recordOf(ctx context.Context, box *outbox.Outbox, s *online.StatusMessage) (outbox.Record, error) {
	ref := Reference(s)
	if ref != "" {
		r, err := box.ByTransaction(ctx, s.Info.Recipient.IC, ref)
		if errors.Is(err, outbox.ErrNotFound) && s.State == "ERRREP" {
			// A person who does not act for the unit gets the message at another unit.
			return box.ByTransaction(ctx, "", ref)
		}
		return r, err
	}
	var all strings.Builder
	for _, d := range s.Details {
		all.WriteString(d.Text + "\n")
		for _, f := range d.Other {
			all.WriteString(f.Value + "\n")
		}
	}
	for _, text := range digestForm.FindAllString(all.String(), 8) {
		sum, err := checksum.ParseSum(strings.ToLower(text))
		if err != nil {
			continue
		}
		if r, err := box.BySum(ctx, sum); !errors.Is(err, outbox.ErrNotFound) {
			return r, err
		}
	}
	return outbox.Record{}, outbox.ErrNotFound
}

// reports are the texts of a status message in one line.
func reports(s *online.StatusMessage) string {
	var parts []string
	add := func(text string) {
		text = strings.TrimSuffix(text, ".")
		if text != "" && !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	if _, known := s.Code(); !known {
		add(s.Name) // for a known one the catalogue has better words
		add(s.Text)
	}
	for _, d := range s.Details {
		add(strings.ReplaceAll(d.Text, "\n", " "))
	}
	return strings.Join(parts, "; ")
}

// maxCapture is the longest text that may be a status message, in bytes.
const maxCapture = 32 << 20
