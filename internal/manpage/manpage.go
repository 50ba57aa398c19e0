// Package manpage writes manual pages in the man macros of roff, in any
// language. The pages are UTF-8, as man, mandoc and apropos expect them, and say
// so; groff alone needs -k. All of these take the pages without a warning.
package manpage

import (
	"fmt"
	"strings"
	"time"
)

// Page is a manual page that is being written, from its title on.
type Page struct {
	b strings.Builder
}

// Head is the content of the header and the footer of a page.
type Head struct {
	Name    string // of the page, as its file is called without the section
	Section int
	Date    time.Time
	Source  string // the program and its version
}

// maxTitle is how long a title may be so that header and footer of a page of 78
// columns have it beside the rest.
const maxTitle = 30

// New begins a page.
func New(h Head) *Page {
	p := &Page{}
	title := h.Name
	for len(title) > maxTitle && strings.Contains(title, "-") {
		title = title[:strings.LastIndex(title, "-")]
	}
	p.b.WriteString(".\\\" -*- coding: utf-8 -*- Generated; do not edit.\n")
	fmt.Fprintf(&p.b, ".TH %s %d %s %s \"\"\n", quoted(strings.ToUpper(title)), h.Section, h.Date.UTC().Format(time.DateOnly), quoted(h.Source))
	// Names must not be hyphenated, nor words of a language whose rules the
	// reader's roff does not have.
	p.b.WriteString(".nh\n.ad l\n")
	return p
}

// Section begins a section.
func (p *Page) Section(title string) {
	fmt.Fprintf(&p.b, ".SH %s\n", quoted(title))
}

// Name writes what whatis and apropos index: the page's name and what it is
// about.
func (p *Page) Name(name, what string) {
	p.b.WriteString(escaped(name) + " \\- " + escaped(what) + "\n")
}

// Text writes paragraphs, which empty lines separate. A line that begins with "-
// " begins an item of a list, in which indented lines go on.
func (p *Page) Text(text string) {
	macro, list := "", false
	for line := range strings.Lines(text) {
		indented := strings.HasPrefix(line, " ")
		line = strings.TrimSpace(line)
		item, isItem := strings.CutPrefix(line, "- ")
		switch {
		case line == "":
			macro, list = ".PP\n", false
			continue
		case isItem:
			p.b.WriteString(".IP \\(bu 2\n" + line1(item))
			macro, list = "", true
			continue
		case list && !indented:
			macro, list = ".PP\n", false
		}
		p.b.WriteString(macro + line1(line))
		macro = ""
	}
}

// Lines writes lines as they are, without filling.
func (p *Page) Lines(text string) {
	p.b.WriteString(".nf\n")
	for line := range strings.Lines(text) {
		p.b.WriteString(line1(strings.TrimRight(line, "\n")))
	}
	p.b.WriteString(".fi\n")
}

// Term writes a term in bold, the name of its value in italics, and what it
// means.
func (p *Page) Term(term, value, meaning string) {
	p.b.WriteString(".TP\n\\fB" + escaped(term) + "\\fR")
	if value != "" {
		p.b.WriteString(" \\fI" + escaped(value) + "\\fR")
	}
	p.b.WriteString("\n")
	for line := range strings.Lines(meaning) {
		p.b.WriteString(line1(strings.TrimSpace(line)))
	}
}

// See writes references to pages of section 1.
func (p *Page) See(names ...string) {
	for i, n := range names {
		comma := " ,"
		if i == len(names)-1 {
			comma = ""
		}
		p.b.WriteString(".BR " + escaped(n) + " (1)" + comma + "\n")
	}
}

// String is the page as written so far.
func (p *Page) String() string { return p.b.String() }

// line1 is one line of text, which roff does not take for a request, whatever it
// begins with.
func line1(s string) string {
	s = escaped(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s + "\n"
}

// quoted is an argument of a macro.
func quoted(s string) string { return `"` + escaped(s) + `"` }

// names are the characters that roff would take for something else, or turn into
// typographic ones that cannot be copied to a terminal.
var names = strings.NewReplacer(
	`\`, `\(rs`, `-`, `\-`, `'`, `\(aq`, `"`, `\(dq`, "`", `\(ga`, `^`, `\(ha`, `~`, `\(ti`, "\u00a0", `\ `,
)

func escaped(s string) string { return names.Replace(s) }
