package envelope

import (
	"strings"
	"time"
)

// ICState says what can be said of an identification number (IČ) alone.
type ICState uint8

// What CheckIC finds.
const (
	ICValid      ICState = iota // eight digits, check digit right
	ICCheckDigit                // eight digits, check digit wrong: a warning, published examples have such numbers
	ICMalformed                 // not eight digits
)

// CheckIC judges an IČ: eight digits, the last one a check digit (doc/facts.md 3).
func CheckIC(ic string) ICState {
	if len(ic) != 8 {
		return ICMalformed
	}
	sum := 0
	for i := range 8 {
		d := int(ic[i]) - '0'
		if d < 0 || d > 9 {
			return ICMalformed
		}
		if i < 7 {
			sum += d * (8 - i)
		}
	}
	if (11-sum%11)%10 != int(ic[7]-'0') {
		return ICCheckDigit
	}
	return ICValid
}

// isoDate turns the forms of a date seen in records (doc/facts.md 3) into
// YYYY-MM-DD, and leaves anything else as it is: DDMMYYYY, and xs:date and
// xs:dateTime with or without a time zone. The day is the one written, whatever
// its zone.
func isoDate(s string) string {
	for _, layout := range []string{
		"02012006", time.DateOnly, "2006-01-02Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00",
	} {
		// YYYYMMDD would pass for DDMMYYYY, with a year of long ago.
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1900 {
			return t.Format(time.DateOnly)
		}
	}
	return s
}

// IsDate reports whether a StatementDate could be understood: YYYY-MM-DD.
func IsDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// isTransactionID reports whether an identifier is 1 to 32 hexadecimal digits.
func isTransactionID(s string) bool {
	if s == "" || len(s) > 32 {
		return false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' && c < 'A' || c > 'F' && c < 'a' || c > 'f' {
			return false
		}
	}
	return true
}

// isRecordType reports whether a RecordType is three digits (doc/facts.md 3).
func isRecordType(s string) bool {
	return len(s) == 3 && strings.Trim(s, "0123456789") == ""
}
