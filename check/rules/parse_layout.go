package rules

import (
	"strings"
)

// statement reads "výkaz KIND", which begins a block.
func (p *parser) statement(lexeme) error {
	name, l, err := p.identifier("the name of a kind of statements")
	if err != nil {
		return err
	}
	if strings.ContainsRune(name, '.') {
		return p.wrong(l, "a name without a point")
	}
	if p.set.kinds[name] == nil && len(p.set.kinds) >= maxKinds {
		return p.tooMany("kinds of statements")
	}
	p.kind, p.section = p.set.kind(name), nil
	p.operands = []operand{{kind: name}}
	p.prefix = name
	return p.end()
}

// roots reads "kořen NAME, NAME": root elements of the block's statement.
func (p *parser) roots(at lexeme) error {
	if p.kind == nil {
		return p.wrong(at, "výkaz before the first kořen")
	}
	for {
		name, l, err := p.identifier("the name of a root element")
		if err != nil {
			return err
		}
		if other := p.set.roots[name]; other != nil && other != p.kind {
			return p.wrong(l, "a root element that is not yet one of %s", other.kind)
		}
		p.set.roots[name] = p.kind
		if !p.accept(",") {
			return p.end()
		}
	}
}

// part reads "část NAME" or "část NAME: A, B".
func (p *parser) part(at lexeme) error {
	if p.kind == nil {
		return p.wrong(at, "výkaz before the first část")
	}
	name, _, err := p.identifier("the element of a part of the statement")
	if err != nil {
		return err
	}
	i := p.kind.sectionNamed(name)
	if i < 0 {
		if len(p.kind.sections) >= maxSections {
			return p.tooMany("parts of a statement")
		}
		i = len(p.kind.sections)
		p.kind.sections = append(p.kind.sections, newSection(name))
	}
	p.section = p.kind.sections[i]
	if !p.peek().is(":") {
		return p.end()
	}
	colon := p.next()
	if len(p.section.heads) == 0 && len(p.section.columns) > 0 {
		return p.wrong(colon, "no list of positions, since the part holds all")
	}
	for {
		head, l, err := p.position()
		if err != nil {
			return err
		}
		if strings.ContainsRune(head, '.') {
			return p.wrong(l, "the first part of a position, like A")
		}
		if j := p.kind.headSection(head); j >= 0 && j != i {
			return p.wrong(l, "a position that is not yet one of %s", p.kind.sections[j].name)
		}
		if len(p.section.heads) == 0 || !p.section.holds(head) {
			p.section.heads = append(p.section.heads, head)
		}
		if !p.accept(",") {
			return p.end()
		}
	}
}

// columnLine reads "sloupec 1 name: Element, přímo".
func (p *parser) columnLine(at lexeme) error {
	if p.section == nil {
		return p.wrong(at, "část before the first sloupec")
	}
	number := p.next()
	if number.kind != numberToken || strings.ContainsRune(number.text, '.') || len(number.text) > 3 {
		return p.wrong(number, "the number of a column")
	}
	name, l, err := p.identifier("the name of a column")
	if err != nil {
		return err
	}
	s, key := p.section, fold(name)
	i := s.column(key)
	if i < 0 {
		if len(s.columns) >= maxSections {
			return p.tooMany("columns")
		}
		i = len(s.columns)
	}
	if j := s.column(number.text); j >= 0 && j != i || i < len(s.columns) && s.columns[i].number != number.text {
		return p.wrong(l, "another name or number than those of the columns %s", s.columnNames())
	}
	if i == len(s.columns) {
		s.columns = append(s.columns, column{number.text, name, key})
	}
	if err := p.expect(":"); err != nil {
		return err
	}
	for {
		element, l, err := p.identifier("the element of the column")
		if err != nil {
			return err
		}
		if fold(element) == "primo" {
			if s.direct >= 0 && s.direct != i {
				return p.wrong(l, "přímo in one column only")
			}
			s.direct = i
		} else if j, ok := s.cells[element]; ok && j != i {
			return p.wrong(l, "an element that is not yet one of column %s", s.columns[j].name)
		} else {
			s.cells[element] = i
		}
		if !p.accept(",") {
			return p.end()
		}
	}
}

// word reads `řádek "AKTIVA CELKEM" = AKTIVA`.
func (p *parser) word(at lexeme) error {
	if p.section == nil {
		return p.wrong(at, "část before the first řádek")
	}
	l := p.next()
	text := rowWord(l.text)
	if l.kind != stringToken || text == "" || len(text) > maxPosition {
		return p.wrong(l, "the text of a row in quotation marks")
	}
	return p.maps(p.section.words, text, l)
}

// element reads "prvek AktivaSoucet = AKTIVA".
func (p *parser) element(at lexeme) error {
	if p.section == nil {
		return p.wrong(at, "část before the first prvek")
	}
	name, l, err := p.identifier("the name of an element")
	if err != nil {
		return err
	}
	return p.maps(p.section.elements, name, l)
}

func (p *parser) maps(m map[string]string, name string, at lexeme) error {
	if err := p.expect("="); err != nil {
		return err
	}
	pos, l, err := p.position()
	if err != nil {
		return err
	}
	if !p.section.holds(pos) {
		return p.wrong(l, "a position of %s", p.section.name)
	}
	if old, ok := m[name]; ok && old != pos {
		return p.wrong(at, "a name that does not yet stand for %s", old)
	}
	m[name] = pos
	return p.end()
}

// between reads "mezi R = Rozvaha, V = VykazZiskuAztrat", which begins a block of
// rules between statements.
func (p *parser) between(lexeme) error {
	p.kind, p.section, p.operands, p.prefix = nil, nil, nil, acrossPrefix
	for {
		alias, l, err := p.identifier("a letter for a statement")
		if err != nil {
			return err
		}
		if _, ok := parsePosition(alias); !ok || strings.ContainsRune(alias, '.') {
			return p.wrong(l, "a letter for a statement")
		}
		for _, o := range p.operands {
			if o.alias == alias {
				return p.wrong(l, "a letter that is not yet used")
			}
		}
		if err := p.expect("="); err != nil {
			return err
		}
		kind, l, err := p.identifier("the name of a kind of statements")
		if err != nil {
			return err
		}
		if p.set.kinds[kind] == nil {
			return p.wrong(l, "a kind of statements that is defined")
		}
		for _, o := range p.operands {
			if o.kind == kind {
				return p.wrong(l, "another kind of statements")
			}
		}
		p.operands = append(p.operands, operand{alias, kind})
		if !p.accept(",") {
			return p.end()
		}
	}
}

// acrossPrefix begins the ids of rules between statements.
const acrossPrefix = "Mezivykazove"

// rowWord is the canonical form of words that replace a position.
func rowWord(s string) string {
	if isPlain(s) {
		return s
	}
	return strings.ToUpper(strings.Join(strings.Fields(s), " "))
}

// isPlain reports whether s has the usual form of a position: capital letters,
// digits and points without white space.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '.' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
