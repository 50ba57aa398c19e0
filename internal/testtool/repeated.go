package testtool

import "io"

// Repeated returns a reader that reads as the text n times over, for inputs that
// are too large to keep.
func Repeated(text string, n int) io.Reader { return &repeated{line: text, n: n} }

type repeated struct {
	line string
	at   int
	n    int
}

func (r *repeated) Read(p []byte) (int, error) {
	total := 0
	for total < len(p) && r.n > 0 {
		c := copy(p[total:], r.line[r.at:])
		total += c
		if r.at += c; r.at == len(r.line) {
			r.at = 0
			r.n--
		}
	}
	if total == 0 && r.n == 0 {
		return 0, io.EOF
	}
	return total, nil
}
