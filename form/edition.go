package form

import (
	"fmt"
	"sync"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
)

// edition is one version of the form's layout. Every form names its own, so that
// Read can lay it out again with the same fonts and sizes and compare. Write prints
// the newest one alone; the earlier ones stay, since their forms lie on discs. An
// edition never changes once forms of it were printed.
type edition struct {
	number int
	fonts  []typeface
	pt     sizes
	// named: the foot line names the edition.
	named bool
	// strict: a letter that the fonts lack is an error. Otherwise it is printed as
	// U+FFFD.
	strict  bool
	metrics func() map[face]*widths
}

// typeface is an embedded font in its part on the form.
type typeface struct {
	face face
	name string
	ttf  []byte
}

// sizes are the font sizes of an edition in points.
type sizes struct {
	title, subtitle, section     float64
	label, text, mono            float64
	small, caption, digest       float64
	headLabel, headText          float64 // the head line of a page
	cell, monoCell, origin, disc float64 // the table; disc is the volume in a disc heading
}

var monoFont = typeface{mono, "gomono", gomono.TTF}

// editions are all versions of the layout, in order.
var editions = []*edition{
	newEdition(edition{
		number: 1,
		fonts:  []typeface{{regular, "goregular", goregular.TTF}, {bold, "gobold", gobold.TTF}, monoFont},
		pt: sizes{
			title: 14, subtitle: 8, section: 9.5, label: 8.5, text: 9.5, mono: 8.5, small: 7.5, caption: 7, digest: 9,
			headLabel: 7, headText: 7, cell: 7.5, monoCell: 7.5, origin: 7, disc: 8,
		},
	}),
	newEdition(edition{
		number: 2, named: true, strict: true,
		fonts: []typeface{{regular, "dejavusans", dejavusans.TTF}, {bold, "dejavusansbold", dejavusansbold.TTF}, monoFont},
		pt: sizes{
			title: 12.5, subtitle: 7.5, section: 8.5, label: 7.5, text: 8.5, mono: 8.5, small: 6.75, caption: 6.5, digest: 9,
			headLabel: 6, headText: 7, cell: 6.75, monoCell: 7.5, origin: 6.5, disc: 8,
		},
	}),
}

func newEdition(e edition) *edition {
	e.metrics = sync.OnceValue(func() map[face]*widths { return e.measure() })
	return &e
}

// newest is the edition that Write prints.
func newest() *edition { return editions[len(editions)-1] }

// The texts of a form's file that name its edition.
func (e *edition) fileHead() string { return fmt.Sprintf(fileHead, e.number) }
func (e *edition) producer() string { return fmt.Sprintf(producer, e.number) }
func (e *edition) footName() string { return fmt.Sprintf(layoutName, e.number) }
