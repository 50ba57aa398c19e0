package manpage

import (
	"strings"
	"testing"
	"time"
)

func TestPage(t *testing.T) {
	t.Parallel()
	p := New(Head{Name: "tool-outbox-with-a-very-long-name", Section: 1, Date: time.Unix(0, 0), Source: "tool 1.0"})
	p.Section("POPIS")
	p.Name("tool-x", "dělá \"x\"")
	p.Text(".tečka na začátku\na druhá řádka\n\nodstavec:\n- jedna\n  dál\n- dvě\nkonec")
	p.Lines("a --b 'c'\n.d \\e~^`\n")
	p.Term("-o, --out", "DIR", "kam\n'co")
	p.See("tool", "tool-y")
	want := `.\" -*- coding: utf-8 -*- Generated; do not edit.
.TH "TOOL\-OUTBOX\-WITH\-A\-VERY\-LONG" 1 1970-01-01 "tool 1.0" ""
.nh
.ad l
.SH "POPIS"
tool\-x \- dělá \(dqx\(dq
\&.tečka na začátku
a druhá řádka
.PP
odstavec:
.IP \(bu 2
jedna
dál
.IP \(bu 2
dvě
.PP
konec
.nf
a \-\-b \(aqc\(aq
\&.d \(rse\(ti\(ha\(ga
.fi
.TP
\fB\-o, \-\-out\fR \fIDIR\fR
kam
\(aqco
.BR tool (1) ,
.BR tool\-y (1)
`
	if got := p.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if title := strings.Split(p.String(), `"`)[2]; len(strings.ReplaceAll(title, `\`, "")) > maxTitle {
		t.Errorf("title %s", title)
	}
}
