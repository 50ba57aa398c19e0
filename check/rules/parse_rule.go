package rules

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"csuis-offline/finding"
)

// replacement reads "místo 7: B = B.I + B.II": a rule that replaces a built-in
// one.
func (p *parser) replacement(lexeme) error {
	if l := p.peek(); l.kind == endToken || !p.ls[p.pos+1].is(":") {
		return p.wrong(l, "the number of a rule and a colon")
	}
	p.replaces = true
	defer func() { p.replaces = false }()
	return p.rule()
}

// rule reads "12: C = C.I + C.II; ve všech sloupcích" or "40: prázdné".
func (p *parser) rule() error {
	id := p.next()
	if id.kind == numberToken && strings.ContainsRune(id.text, '.') || id.kind != numberToken && id.kind != wordToken || len(id.text) > 32 {
		return p.wrong(id, "the number of a rule")
	}
	p.pos++ // the colon
	if p.operands == nil {
		return p.wrong(id, "výkaz or mezi before the first rule")
	}
	if len(p.set.rules) >= maxRules {
		return p.tooMany("rules")
	}
	r := &rule{id: p.prefix + " " + id.text, file: p.name, line: p.line, operands: p.operands, across: p.kind == nil, replaces: p.replaces}
	if p.set.ids[r.id] != nil {
		return p.wrong(id, "a number that no other rule has")
	}
	begin := p.peek().column
	end := 0
	if p.acceptKeyword("prazdne") {
		r.empty = true
	} else {
		if err := p.formula(r); err != nil {
			return err
		}
		end = p.peek().column
	}
	for p.accept(";") {
		isNote := p.peek().isKeyword("pozn")
		if err := p.clause(r); err != nil {
			return err
		}
		if !isNote && !r.empty {
			end = p.peek().column
		}
	}
	if l := p.peek(); l.kind != endToken {
		return p.wrong(l, "an operator, a semicolon or the end of the line")
	}
	if !r.empty {
		r.text = strings.TrimSpace(string(p.source[begin-1 : min(end-1, len(p.source))]))
		if err := p.check(r); err != nil {
			return err
		}
	}
	p.set.rules = append(p.set.rules, r)
	p.set.ids[r.id] = r
	return nil
}

var relations = map[string]string{"=": "=", ">=": ">=", "≥": ">=", "<=": "<=", "≤": "<=", ">": ">", "<": "<"}

func (p *parser) formula(r *rule) error {
	var err error
	if r.left, err = p.sum(r); err != nil {
		return err
	}
	l := p.next()
	if r.relation = relations[l.text]; l.kind != symbolToken || r.relation == "" {
		return p.wrong(l, "one of = >= <= > <")
	}
	if r.right, err = p.sum(r); err != nil {
		return err
	}
	if !p.accept("±") {
		return nil
	}
	l = p.next()
	d, ok := number(l)
	if !ok {
		return p.wrong(l, "a number")
	}
	r.tolerance, r.percent = &d, p.accept("%")
	return nil
}

func number(l lexeme) (decimal, bool) {
	if l.kind != numberToken || strings.HasSuffix(l.text, ".") {
		return decimal{}, false
	}
	return parseDecimal([]byte(l.text))
}

// sum reads terms with + and - between them.
func (p *parser) sum(r *rule) (*node, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, p.wrong(p.peek(), "at most %s parentheses inside one another", strconv.Itoa(maxNesting))
	}
	defer func() { p.depth-- }()
	n := &node{op: opSum, at: p.peek()}
	minus := p.accept("-")
	for {
		t, err := p.term(r)
		if err != nil {
			return nil, err
		}
		n.args, n.minus = append(n.args, t), append(n.minus, minus)
		switch {
		case p.accept("+"):
			minus = false
		case p.accept("-"):
			minus = true
		default:
			if len(n.args) == 1 && !n.minus[0] {
				return n.args[0], nil
			}
			return n, nil
		}
	}
}

// term reads an operand, or two with "nebo" between them.
func (p *parser) term(r *rule) (*node, error) {
	first, err := p.operand(r)
	if err != nil || !p.peek().isKeyword("nebo") {
		return first, err
	}
	at := p.next()
	second, err := p.operand(r)
	if err != nil {
		return nil, err
	}
	return &node{op: opOr, args: []*node{first, second}, at: at}, nil
}

func (p *parser) operand(r *rule) (*node, error) {
	l := p.next()
	n := &node{at: l}
	switch {
	case l.is("("):
		inner, err := p.sum(r)
		if err != nil {
			return nil, err
		}
		if err := p.expect(")"); err != nil {
			return nil, err
		}
		// The node is a new one, since its column must not become that of the inner
		// node.
		n.op, n.args, n.minus = opSum, []*node{inner}, []bool{false}
		return n, p.columnOf(n)
	case l.kind == numberToken:
		d, ok := number(l)
		if !ok {
			return nil, p.wrong(l, "a number")
		}
		n.op, n.number = opNumber, d
		return n, nil
	case l.isKeyword("sl"):
		n.op = opColumn
		c := p.next()
		if c.kind != wordToken && c.kind != numberToken {
			return nil, p.wrong(c, "the name or number of a column")
		}
		n.column = fold(c.text)
		n.at = c
		return n, nil
	case l.isKeyword("hodnota"):
		n.op = opCurrent
		return n, nil
	case l.isKeyword("neurceno"):
		if s := p.next(); s.kind != stringToken {
			return nil, p.wrong(s, "what the source says, in quotation marks")
		}
		n.op = opUnknown
		return n, nil
	}
	return p.value(r, l, n)
}

// value reads a position or a range of positions.
func (p *parser) value(r *rule, l lexeme, n *node) (*node, error) {
	const wanted = "a position, a number, sl., hodnota or a parenthesis"
	if l.kind != wordToken {
		return nil, p.wrong(l, wanted)
	}
	if r.across {
		n.operand = slices.IndexFunc(r.operands, func(o operand) bool { return o.alias == l.text })
		if n.operand < 0 || !p.accept("/") {
			return nil, p.wrong(l, "the letter of a statement, a stroke and a position, like R/A.I")
		}
		l = p.next()
	}
	pos, ok := parsePosition(l.text)
	if l.kind != wordToken || !ok {
		return nil, p.wrong(l, wanted)
	}
	n.op, n.position, n.at = opValue, pos, l
	if p.acceptKeyword("az") {
		if err := p.rangeTo(n, l); err != nil {
			return nil, err
		}
	}
	return n, p.columnOf(n)
}

func (p *parser) rangeTo(n *node, first lexeme) error {
	parent, last := splitPosition(n.position)
	from, roman, ok := ordinal(last)
	if !ok || parent == "" {
		return p.wrong(first, "a range that begins with a subposition, like A.I.1")
	}
	n.op, n.parent, n.from, n.to, n.roman = opRange, parent, from, -1, roman
	if p.acceptKeyword("n") {
		return nil
	}
	pos, l, err := p.position()
	if err != nil {
		return p.wrong(l, "the last position of the range or n")
	}
	parent, last = splitPosition(pos)
	to, toRoman, ok := ordinal(last)
	if !ok || parent != n.parent || toRoman != roman || to < from {
		return p.wrong(l, "a position behind %s and under %s", n.position, n.parent)
	}
	n.to = to
	if p.members += to - from + 1; p.members > maxMembers {
		return p.tooMany("ranges")
	}
	return nil
}

// columnOf reads the column in brackets after an operand, if there is one.
func (p *parser) columnOf(n *node) error {
	if !p.accept("[") {
		return nil
	}
	l := p.next()
	if l.kind != wordToken && l.kind != numberToken {
		return p.wrong(l, "the name or number of a column")
	}
	n.column = fold(l.text)
	return p.expect("]")
}

// clause reads what follows a semicolon.
func (p *parser) clause(r *rule) error {
	l := p.next()
	switch {
	case l.isKeyword("pozn"):
		s := p.next()
		if s.kind != stringToken || r.note != "" {
			return p.wrong(s, "one note in quotation marks")
		}
		r.note = s.text
		return nil
	case r.empty:
		return p.wrong(l, "nothing but a note in an empty rule")
	case l.isKeyword("k"):
		return p.day(r)
	case l.isKeyword("od"):
		return p.bound(&r.when.from)
	case l.isKeyword("do"):
		return p.bound(&r.when.to)
	case l.isKeyword("v", "ve"):
		switch {
		case p.acceptKeyword("vsech"):
			return p.allColumns(r)
		case p.acceptKeyword("kazdem"):
			return p.everyRow(r)
		case p.acceptKeyword("sloupci", "sloupcich"):
			return p.columnList(r)
		case p.acceptKeyword("radku", "radcich"):
			return p.rowList(r)
		}
		return p.wrong(p.peek(), "všech sloupcích, sloupci, sloupcích, řádku, řádcích or každém řádku")
	}
	return p.wrong(l, "v, ve, k, od, do or pozn.")
}

func (p *parser) allColumns(r *rule) error {
	l := p.next()
	if !l.isKeyword("sloupcich") || r.columns != nil {
		return p.wrong(l, "sloupcích, once in a rule")
	}
	r.columns = []string{""}
	return nil
}

func (p *parser) columnList(r *rule) error {
	if r.columns != nil {
		return p.wrong(p.ls[p.pos-1], "columns once in a rule")
	}
	for {
		l := p.next()
		if l.kind != wordToken && l.kind != numberToken {
			return p.wrong(l, "the name or number of a column")
		}
		r.columns = append(r.columns, fold(l.text))
		if !p.accept(",") {
			return nil
		}
	}
}

func (p *parser) everyRow(r *rule) error {
	l := p.next()
	if !l.isKeyword("radku") || r.rows != nil || r.every {
		return p.wrong(l, "řádku, once in a rule")
	}
	r.every = true
	if !p.acceptKeyword("casti") {
		return nil
	}
	name, l, err := p.identifier("the name of a part of the statement")
	if err != nil {
		return err
	}
	if p.kind == nil || p.kind.sectionNamed(name) < 0 {
		return p.wrong(l, "a part of the statement")
	}
	r.part = name
	return nil
}

func (p *parser) rowList(r *rule) error {
	if r.rows != nil || r.every {
		return p.wrong(p.ls[p.pos-1], "rows once in a rule")
	}
	for {
		pos, _, err := p.position()
		if err != nil {
			return err
		}
		r.rows = append(r.rows, pos)
		if !p.accept(",") {
			return nil
		}
	}
}

// day reads "31.12." or "31.12.2010".
func (p *parser) day(r *rule) error {
	l := p.next()
	const wanted = "a day like 31.12. or 1.1.2010, once in a rule"
	if l.kind != numberToken || r.when.day != 0 {
		return p.wrong(l, wanted)
	}
	parts := strings.Split(strings.TrimSuffix(l.text, "."), ".")
	if len(parts) != 2 && len(parts) != 3 || len(parts) == 2 && !strings.HasSuffix(l.text, ".") {
		return p.wrong(l, wanted)
	}
	year := 2000 // a leap year: 29.2. is a day
	if len(parts) == 3 {
		year = atoi(parts[2])
		r.when.year = year
	}
	r.when.day, r.when.month = atoi(parts[0]), atoi(parts[1])
	if !isDay(year, r.when.month, r.when.day) {
		return p.wrong(l, wanted)
	}
	return nil
}

func (p *parser) bound(to *finding.Day) error {
	l := p.next()
	parts := strings.Split(l.text, ".")
	if l.kind != numberToken || *to != 0 || len(parts) != 3 || !isDay(atoi(parts[2]), atoi(parts[1]), atoi(parts[0])) {
		return p.wrong(l, "a date like 1.1.2010, once in a rule")
	}
	*to = finding.Day(atoi(parts[2])*10000 + atoi(parts[1])*100 + atoi(parts[0]))
	return nil
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func isDay(year, month, day int) bool {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return year >= 1900 && year <= 9999 && t.Year() == year && int(t.Month()) == month && t.Day() == day
}
