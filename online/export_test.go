package online

import "io"

// ParseList is for tests.
var ParseList = parseList

// ParseAnswer reads an answer as Submit does, with one secret.
func ParseAnswer(r io.Reader, secret string) (answer string, fault *Fault, err error) {
	return parseAnswer(r, redactor{secret})
}
