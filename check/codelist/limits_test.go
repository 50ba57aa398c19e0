package codelist

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// TestLimits begins just below each limit, so as not to fill it.
func TestLimits(t *testing.T) {
	t.Parallel()
	const doc = `<cus0014><r Kod="1"/><r Kod="2"/></cus0014>`
	for name, c := range map[string]struct {
		records, refused int
		size             int64
		ok               bool
	}{
		"records, none left":     {records: MaxRecords - 1},
		"records, enough":        {records: MaxRecords - 2, ok: true},
		"refused count too":      {refused: MaxRecords - 1},
		"bytes of rows, too few": {size: MaxBody - 45},
		"bytes of rows, enough":  {size: MaxBody - 46, ok: true},
	} {
		d := newReader("", DefaultMapping())
		d.out.summary.Records, d.out.summary.Refused, d.out.size = c.records, c.refused, c.size
		err := d.read(context.Background(), strings.NewReader(doc))
		if c.ok && err != nil || !c.ok && !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSourceIsBounded(t *testing.T) {
	t.Parallel()
	const doc = `<cus0014><r Kod="1"/></cus0014>`
	for most, ok := range map[int64]bool{int64(len(doc)): true, int64(len(doc)) - 1: false} {
		d := newReader("", DefaultMapping())
		d.most = most
		err := d.read(context.Background(), strings.NewReader(doc))
		if ok && err != nil || !ok && !errors.Is(err, ErrTooLarge) {
			t.Errorf("%d bytes: %v", most, err)
		}
	}
}
