package attachment_test

import (
	"flag"
	"io"
	"testing"

	"csuis-offline/check/attachment"
	"csuis-offline/internal/testtool"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestEachMistakeIsPlaced(t *testing.T) {
	t.Parallel()
	testtool.Mistakes(t, "bad", *update, func(r io.Reader) error { _, err := attachment.Parse(r); return err }, attachment.ErrData)
}
