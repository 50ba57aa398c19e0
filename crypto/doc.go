// Package crypto is the XM6 container of sealed records as a stream wrapper,
// and its keys. doc/xm6.md specifies the format; comments cite its sections.
package crypto
