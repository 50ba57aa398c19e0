package form

import (
	"fmt"
	"strconv"
)

func footerText(n, total int) string { return fmt.Sprintf(footer, n, total) }

// front prints everything that comes before the table of files.
func (l *layout) front() {
	l.title()
	edge := right - inset
	f := l.f

	l.section(sectionUnit, 2*textLeading)
	l.field(labelIC, regular, edge, f.Unit.IC)
	l.field(labelUnitName, regular, edge, f.Unit.Name)

	l.section(sectionPerson, 4*textLeading)
	l.field(labelPersonName, regular, edge, f.Person.Name)
	l.field(labelPersonID, regular, edge, f.Person.ID)
	l.field(labelEmail, regular, edge, f.Person.Email)
	l.field(labelPhone, regular, edge, f.Person.Phones...)

	l.section(sectionReason, 2*textLeading)
	l.reasonLines(edge)

	l.section(sectionMedium, 3*textLeading)
	l.field(labelMedium, regular, edge, f.Medium.Kind)
	l.field(labelDiscs, regular, edge, strconv.Itoa(len(f.Medium.Volumes)))
	for i, v := range f.Medium.Volumes {
		l.field(fmt.Sprintf(labelVolume, i+1), mono, edge, v)
	}

	l.packageSection()
	l.signingSection(edge)
	l.officeBox()
}

func (l *layout) title() {
	l.y += 12
	l.print(bold, l.pt.title, left, l.y, formTitle)
	l.y += 13
	l.print(regular, l.pt.subtitle, left, l.y, subtitle)
	l.y += 5
	l.page.rule(left, l.y, right, l.y, 1)
}

func (l *layout) reasonLines(edge float64) {
	ps := l.reason
	for i, p := range ps {
		if i > 0 {
			l.y += 3
		}
		for _, line := range l.wrap(regular, l.pt.text, edge-left-inset, p) {
			l.ensureRoom(textLeading)
			l.print(regular, l.pt.text, left+inset, l.y+10, line)
			l.y += textLeading
		}
	}
	if len(ps) > 0 {
		return
	}
	for range 2 {
		l.page.dotted(left+inset, edge, l.y+11)
		l.y += textLeading
	}
}

const qrSide = 82.0

// packageSection prints the QR code and, beside it, what the code says. Both stay
// on one page.
func (l *layout) packageSection() {
	f, edge := l.f, right-qrSide-14
	lines := len(l.wrap(mono, l.pt.mono, edge-valueX, f.Package)) + max(1, len(l.wrap(regular, l.pt.text, edge-valueX, f.Generator)))
	h := max(qrSide, float64(lines+2)*textLeading+28) + 5
	l.section(sectionPackage, h)
	start := l.y
	rects, err := qrRects(qrText(f.Package, f.PackageDigest), right-qrSide-2, l.y+4, qrSide)
	if err != nil {
		l.err = err
		return
	}
	l.page.squares(rects)
	l.field(labelPackage, mono, edge, f.Package)
	l.field(labelCount, regular, edge, grouped(int64(f.Count)))
	l.field(labelTotal, regular, edge, grouped(l.size)+" B")
	l.field(labelGenerator, regular, edge, f.Generator)
	l.print(bold, l.pt.label, left+inset, l.y+10, labelDigest)
	l.print(mono, l.pt.digest, left+inset, l.y+22, f.PackageDigest.String())
	l.print(regular, l.pt.caption, left+inset, l.y+31, digestCaption)
	l.y = max(l.y+28, start+qrSide) + 5
}

// signingSection prints place, date and the line to sign on.
func (l *layout) signingSection(edge float64) {
	lines := l.wrap(regular, l.pt.text, 300-valueX, l.f.Place)
	h := float64(max(1, len(lines)))*textLeading + 4*textLeading
	l.section(sectionSigning, h)
	l.print(regular, l.pt.text, left+inset, l.y+10, declaration)
	l.y += textLeading + 8
	l.field(labelPlace, regular, 300, l.f.Place)
	l.field(labelDate, regular, 300, l.date)
	l.page.dotted(330, edge, l.y-3)
	w := l.width(regular, l.pt.small, signature)
	l.print(regular, l.pt.small, (330+edge-w)/2, l.y+6, signature)
	l.y += 10
}

// officeBox prints the box that the ministry's filing office fills in.
func (l *layout) officeBox() {
	const h, middle = 84.0, 300.0
	l.section(sectionOffice, h)
	y := l.y
	l.page.box(left, y-3-15, right-left, h+18, 1)
	l.print(regular, l.pt.text, left+inset, y+10, officeAddress)
	l.page.rule(middle, y+17, middle, y+h, 0.5)
	l.page.rule(left, y+17, right, y+17, 0.5)
	l.print(bold, l.pt.label, left+inset, y+28, labelStamp)
	for i, label := range []string{labelReceived, labelTime, labelTaker} {
		base := y + 32 + float64(i)*20
		l.print(bold, l.pt.label, middle+inset, base, label)
		l.page.dotted(middle+92, right-inset, base+2)
	}
	l.y = y + h + 2
}
