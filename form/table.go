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

	cellSize    = 7.5
	cellLeading = 9.5
	rowPadding  = 5.0
	headHeight  = 25.0
	discHeight  = 16.0
)

// table prints the list of files, disc by disc.
func (l *layout) table(ctx context.Context) error {
	discs := len(l.f.Medium.Volumes)
	l.section(sectionFiles, headHeight+discHeight+3*cellLeading)
	l.tableHead()
	disc, size := 1, int64(0)
	for i := range l.f.Count {
		if i%256 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		row, err := l.f.row(i, disc)
		if err != nil {
			return err
		}
		size += row.Size
		cells := splitRow(i+1, &row)
		heading := discs > 1 && (i == 0 || row.Disc > disc)
		h := cells.height()
		if heading {
			h += discHeight
		}
		if disc = row.Disc; l.y+h > bottom {
			l.nextPage()
			l.tableHead()
			if discs > 1 {
				l.discHead(disc, !heading)
			}
		} else if heading {
			l.discHead(disc, false)
		}
		l.row(cells)
		if l.err != nil {
			return l.err
		}
	}
	if l.total > 0 && size != l.size {
		return refuse("Row gave another answer when asked again")
	}
	l.size = size
	return nil
}

func (l *layout) tableHead() {
	l.page.band(left, l.y, right-left, headHeight-3)
	y := l.y + 9
	l.printRight(bold, cellSize, numberEnd, y, columnNumber)
	l.print(bold, cellSize, nameX, y, columnName)
	l.print(bold, cellSize, kindX, y, columnKind)
	l.print(bold, cellSize, dateX, y, columnDate)
	l.printRight(bold, cellSize, sizeEnd, y, columnSize)
	l.print(bold, cellSize, nameX, y+cellLeading, columnSum)
	l.print(bold, cellSize, idX, y+cellLeading, columnID)
	l.y += headHeight - 3
}

func (l *layout) discHead(disc int, continued bool) {
	s := fmt.Sprintf(discHeading, disc, len(l.f.Medium.Volumes))
	y := l.y + 11
	l.print(bold, labelSize, left+inset, y, s)
	x := left + inset + width(bold, labelSize, s+" ")
	volume := l.f.Medium.Volumes[disc-1]
	l.print(mono, 8, x, y, volume)
	if continued {
		l.print(bold, cellSize, x+width(mono, 8, volume+" "), y, discContinued)
	}
	l.y += discHeight
	l.page.rule(left, l.y, right, l.y, 0.25)
}

// cells holds the texts of one record, broken into lines.
type cells struct {
	number, size, sum            string
	name, kind, date, id, origin []string
}

func splitRow(n int, r *Row) cells {
	c := cells{
		number: strconv.Itoa(n), size: grouped(r.Size), sum: r.Sum.String(),
		name: wrap(mono, cellSize, kindX-nameX-4, r.Name),
		kind: wrap(regular, cellSize, dateX-kindX-4, r.Kind),
		date: wrap(regular, cellSize, sizeFrom-dateX-4, r.Date),
		id:   wrap(mono, cellSize, right-idX, r.TransactionID),
	}
	if r.Original != "" {
		c.origin = wrap(regular, 7, right-nameX, originalPrefix+r.Original)
	}
	return c
}

func (c *cells) height() float64 {
	lines := max(1, len(c.name), len(c.kind), len(c.date)) + max(1, len(c.id)) + len(c.origin)
	return float64(lines)*cellLeading + rowPadding
}

func (l *layout) row(c cells) {
	y := l.y + cellLeading
	l.printRight(mono, cellSize, numberEnd, y, c.number)
	l.column(mono, nameX, y, c.name)
	l.column(regular, kindX, y, c.kind)
	l.column(regular, dateX, y, c.date)
	l.printRight(regular, cellSize, sizeEnd, y, c.size)
	y += float64(max(1, len(c.name), len(c.kind), len(c.date))) * cellLeading
	l.print(mono, cellSize, nameX, y, c.sum)
	l.column(mono, idX, y, c.id)
	y += float64(max(1, len(c.id))) * cellLeading
	for i, line := range c.origin {
		l.print(regular, 7, nameX, y+float64(i)*cellLeading, line)
	}
	l.y += c.height()
	l.page.rule(left, l.y, right, l.y, 0.25)
}

func (l *layout) column(f face, x, y float64, lines []string) {
	for i, line := range lines {
		l.print(f, cellSize, x, y+float64(i)*cellLeading, line)
	}
}
