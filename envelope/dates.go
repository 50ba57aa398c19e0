package envelope

import "time"

// isoDate turns the forms of a date seen in records (FACTS 3) into YYYY-MM-DD,
// and leaves anything else as it is: DDMMYYYY, and xs:date and xs:dateTime with
// or without a time zone. The day is the one written, whatever its zone.
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
