// Package progress lets long work report how far it is without knowing whether
// anybody watches. Only the terminal side draws.
package progress

// Counter counts the bytes that long work has done. Its methods may be called
// from several goroutines at once.
type Counter interface {
	// SetMax announces the total in bytes; 0 means unknown.
	SetMax(bytes int64)
	// Add reports that this many more bytes are done.
	Add(bytes int64)
	// Done ends the display.
	Done()
}

// None is the Counter that does nothing.
var None Counter = none{}

type none struct{}

func (none) SetMax(int64) {}
func (none) Add(int64)    {}
func (none) Done()        {}

// Or returns c, or None if c is nil.
func Or(c Counter) Counter {
	if c == nil {
		return None
	}
	return c
}
