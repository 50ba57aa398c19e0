package deadline_test

import (
	"flag"
	"io"
	"testing"

	"csuis-offline/check/deadline"
	"csuis-offline/internal/testtool"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestEachMistakeIsPlaced(t *testing.T) {
	t.Parallel()
	testtool.Mistakes(t, "bad", *update, func(r io.Reader) error { _, err := deadline.Default().Override(r); return err }, deadline.ErrData)
}
