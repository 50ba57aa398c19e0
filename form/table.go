package form

import (
	"context"
	"fmt"
	"strconv"
)

// Columns of the table. A record takes two lines or more:
//
//	number  name  kind  date  size
//	        sum         id
//	        original name
const (
	numberEnd = left + 31
	nameX     = left + 37
	kindX     = left + 182
	dateX     = left + 394
	sizeFrom  = left + 444
	sizeEnd   = right - 2
	idX       = left + 334

	cellLeading = 9.5
	rowPadding  = 5.0
	headHeight  = 25.0
	discHeight  = 16.0
)

// table prints the list of files, disc by disc.
func (l *layout) table(ctx context.Context) error {
	l.tableStart()
	for i := range l.f.Count {
		if i%256 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		row, err := l.ready(i, l.disc)
		if err != nil {
			return err
		}
		if l.record(i, &row); l.err != nil {
			return l.err
		}
	}
	if l.total > 0 && l.listed != l.size {
		return refuse("Row gave another answer when asked again")
	}
	l.size = l.listed
	return nil
}

func (l *layout) tableStart() {
	l.section(sectionFiles, headHeight+discHeight+3*cellLeading)
	l.tableHead()
	l.disc = 1
}

// record prints row i, which is never split over pages, with the disc heading before
// it.
func (l *layout) record(i int, row *Row) {
	discs := len(l.f.Medium.Volumes)
	l.listed += row.Size
	cells := l.splitRow(i+1, row)
	heading := discs > 1 && (i == 0 || row.Disc > l.disc)
	h := cells.height()
	if heading {
		h += discHeight
	}
	if l.disc = row.Disc; l.y+h > bottom {
		l.nextPage()
		l.tableHead()
		if discs > 1 {
			l.discHead(l.disc, !heading)
		}
	} else if heading {
		l.discHead(l.disc, false)
	}
	l.row(cells)
}

func (l *layout) tableHead() {
	l.page.band(left, l.y, right-left, headHeight-3)
	y := l.y + 9
	l.printRight(bold, l.pt.cell, numberEnd, y, columnNumber)
	l.print(bold, l.pt.cell, nameX, y, columnName)
	l.print(bold, l.pt.cell, kindX, y, columnKind)
	l.print(bold, l.pt.cell, dateX, y, columnDate)
	l.printRight(bold, l.pt.cell, sizeEnd, y, columnSize)
	l.print(bold, l.pt.cell, nameX, y+cellLeading, columnSum)
	l.print(bold, l.pt.cell, idX, y+cellLeading, columnID)
	l.y += headHeight - 3
}

func (l *layout) discHead(disc int, continued bool) {
	s := fmt.Sprintf(discHeading, disc, len(l.f.Medium.Volumes))
	y := l.y + 11
	l.print(bold, l.pt.label, left+inset, y, s)
	x := left + inset + l.width(bold, l.pt.label, s+" ")
	volume := l.f.Medium.Volumes[disc-1]
	l.print(mono, l.pt.disc, x, y, volume)
	if continued {
		l.print(bold, l.pt.cell, x+l.width(mono, l.pt.disc, volume+" "), y, discContinued)
	}
	l.y += discHeight
	l.page.rule(left, l.y, right, l.y, 0.25)
}

// cells holds the texts of one record, broken into lines.
type cells struct {
	number, size, sum            string
	name, kind, date, id, origin []string
}

func (l *layout) splitRow(n int, r *Row) cells {
	c := cells{
		number: strconv.Itoa(n), size: grouped(r.Size), sum: r.Sum.String(),
		name: l.wrap(mono, l.pt.monoCell, kindX-nameX-4, r.Name),
		kind: l.wrap(regular, l.pt.cell, dateX-kindX-4, r.Kind),
		date: l.wrap(regular, l.pt.cell, sizeFrom-dateX-4, r.Date),
		id:   l.wrap(mono, l.pt.monoCell, right-idX, r.TransactionID),
	}
	if r.Original != "" {
		c.origin = l.wrap(regular, l.pt.origin, right-nameX, originalPrefix+r.Original)
	}
	return c
}

func (c *cells) height() float64 {
	lines := max(1, len(c.name), len(c.kind), len(c.date)) + max(1, len(c.id)) + len(c.origin)
	return float64(lines)*cellLeading + rowPadding
}

func (l *layout) row(c cells) {
	y := l.y + cellLeading
	l.printRight(mono, l.pt.monoCell, numberEnd, y, c.number)
	l.column(mono, nameX, y, c.name)
	l.column(regular, kindX, y, c.kind)
	l.column(regular, dateX, y, c.date)
	l.printRight(regular, l.pt.cell, sizeEnd, y, c.size)
	y += float64(max(1, len(c.name), len(c.kind), len(c.date))) * cellLeading
	l.print(mono, l.pt.monoCell, nameX, y, c.sum)
	l.column(mono, idX, y, c.id)
	y += float64(max(1, len(c.id))) * cellLeading
	for i, line := range c.origin {
		l.print(regular, l.pt.origin, nameX, y+float64(i)*cellLeading, line)
	}
	l.y += c.height()
	l.page.rule(left, l.y, right, l.y, 0.25)
}

func (l *layout) column(f face, x, y float64, lines []string) {
	size := l.pt.cell
	if f == mono {
		size = l.pt.monoCell
	}
	for i, line := range lines {
		l.print(f, size, x, y+float64(i)*cellLeading, line)
	}
}
