package check

import (
	"crypto/sha256"
	"strings"
	"time"

	"csuis-offline/finding"
)

// statementKey is a digest of what makes one statement replace an earlier one:
// unit, kind and date (technical manual, chapter D). There may be very many.
type statementKey [sha256.Size / 2]byte

// stated is the statement that a record says it is.
type stated struct {
	key        statementKey
	file, name string
	day        string // YYYY-MM-DD
	at         place  // of the day
}

// stated is nil if the record does not say whose statement of which day it is.
func (rd *reading) stated() *stated {
	day, ok := rd.head.day()
	ic := strings.TrimLeft(strings.Join(strings.Fields(rd.head.subjectIC), ""), "0")
	if !ok || ic == "" {
		return nil
	}
	s := &stated{file: rd.file, name: rd.name, day: day.Format(time.DateOnly), at: rd.head.dateAt}
	sum := sha256.Sum256([]byte(strings.Join([]string{ic, s.day, rd.recordType(), rd.head.local}, "\x00")))
	s.key = statementKey(sum[:len(s.key)])
	return s
}

// doubles finds statements that are given several times. It keeps a digest of each
// and the name of the first file.
type doubles struct {
	first map[statementKey]string
}

// add returns a finding if the statement was there before.
func (d *doubles) add(s *stated) []finding.Finding {
	if s == nil {
		return nil
	}
	if d.first == nil {
		d.first = map[statementKey]string{}
	}
	first, twice := d.first[s.key]
	if !twice {
		d.first[s.key] = s.file
		return nil
	}
	return []finding.Finding{{
		Code: finding.PackDoubleStatement, Severity: finding.Warning, File: s.file, Record: s.name,
		Line: s.at.line, Column: s.at.column, Found: s.day, Detail: first,
	}}
}
