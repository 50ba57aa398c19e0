package online

import (
	"io"
	"net/http"

	"csuis-offline/internal/iox"
)

// ParseList is for tests.
var ParseList = parseList

// ParseAnswer reads an answer as Submit does, with one secret.
func ParseAnswer(r io.Reader, secret string) (*Fault, error) {
	return parseAnswer(r, redactor{secret})
}

// ReadContent reads what a body holds, as a client does, and says how long it is.
func ReadContent(kind, coding string, body io.Reader, limit int64) (int64, error) {
	r, err := contentOf(http.Header{"Content-Type": {kind}, "Content-Encoding": {coding}}, iox.Limit(body, limit, errTooLarge), limit)
	if r == nil || err != nil {
		return 0, err
	}
	return io.Copy(io.Discard, r)
}

// EnvironmentProxy is for tests.
var EnvironmentProxy = environmentProxy
