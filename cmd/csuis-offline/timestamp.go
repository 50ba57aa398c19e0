package main

import (
	"strconv"
	"time"

	"csuis-offline/internal/catalogue"
)

// timestamp is the time of the run: that of the flag (RFC 3339, or seconds since
// 1970), of SOURCE_DATE_EPOCH, or of the clock.
func (a *app) timestamp(flag string) (time.Time, error) {
	if flag != "" {
		if t, ok := parseTimestamp(flag); ok {
			return t, nil
		}
		return time.Time{}, usageFault("usage.bad-timestamp", catalogue.Args{"name": "--timestamp", "value": flag})
	}
	if env := a.getenv("SOURCE_DATE_EPOCH"); env != "" {
		if s, err := strconv.ParseInt(env, 10, 64); err == nil && s >= 0 && s < maxUnix {
			return time.Unix(s, 0).UTC(), nil
		}
		return time.Time{}, usageFault("usage.bad-timestamp", catalogue.Args{"name": "SOURCE_DATE_EPOCH", "value": env})
	}
	return a.now(), nil
}

// maxUnix is the year 2156, in seconds: ISO 9660 dates end the year before.
const maxUnix = 5869584000

func parseTimestamp(s string) (time.Time, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(n, 0).UTC(), n >= 0 && n < maxUnix
	}
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil && t.Unix() >= 0 && t.Unix() < maxUnix
}
