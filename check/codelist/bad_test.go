package codelist_test

import (
	"io"
	"testing"

	"csuis-offline/check/codelist"
	"csuis-offline/internal/testtool"
)

func TestEachMistakeIsPlaced(t *testing.T) {
	t.Parallel()
	testtool.Mistakes(t, "mapping-bad", *update, func(r io.Reader) error { _, err := codelist.DefaultMapping().Override(r); return err }, codelist.ErrMapping)
	testtool.Mistakes(t, "places-bad", *update, func(r io.Reader) error { _, err := codelist.ParsePlaces(r); return err }, codelist.ErrPlaces)
}
