// Package progress lets long work say how far it is without knowing whether
// anybody looks. Only the terminal side draws.
package progress

// Counter is told about work in bytes. Its methods may be called from several
// goroutines at once.
type Counter interface {
	// SetMax announces the total in bytes; 0 means unknown.
	SetMax(bytes int64)
	// Add reports that so many bytes more are done.
	Add(bytes int64)
	// Done ends the display.
	Done()
}

// None is the Counter that ignores what it is told.
var None Counter = none{}

type none struct{}

func (none) SetMax(int64) {}
func (none) Add(int64)    {}
func (none) Done()        {}

// Or returns c, or None where c is nil.
func Or(c Counter) Counter {
	if c == nil {
		return None
	}
	return c
}
