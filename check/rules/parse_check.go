package rules

// check finds out whether a rule's positions and columns exist, and settles its
// columns: "ve všech sloupcích" and numbers become names.
func (p *parser) check(r *rule) error {
	c := &checker{p: p, r: r}
	if err := c.columns(); err != nil {
		return err
	}
	if err := c.rows(); err != nil {
		return err
	}
	for _, n := range []*node{r.left, r.right} {
		if err := c.node(n, ""); err != nil {
			return err
		}
	}
	if !c.named {
		return p.wrong(r.left.at, "a formula that names a position")
	}
	if r.columns != nil && !c.uses {
		return p.wrong(r.left.at, "a position without a column of its own, since the rule names columns")
	}
	if (r.every || r.rows != nil) && !c.perRow {
		return p.wrong(r.left.at, "sl. or hodnota, since the rule names rows")
	}
	return nil
}

type checker struct {
	p            *parser
	r            *rule
	named        bool // some position, or the judged row
	uses, perRow bool // the rule's columns, its rows are used
}

// columns settles the columns of the rule by the part that its first position,
// or its row, is in.
func (c *checker) columns() error {
	r := c.r
	if r.columns == nil {
		return nil
	}
	if r.across {
		return c.p.wrong(r.left.at, "a column in brackets behind each position: between statements a rule has no columns")
	}
	s := c.first()
	if s == nil {
		return c.p.wrong(r.left.at, "a position, or a clause that names rows")
	}
	if r.columns[0] == "" {
		r.columns = nil
		for _, col := range s.columns {
			r.columns = append(r.columns, col.key)
		}
		if r.columns == nil {
			return c.p.wrong(r.left.at, "a part of the statement that has columns")
		}
		return nil
	}
	seen := map[string]bool{}
	for i, spec := range r.columns {
		j := s.column(spec)
		if j < 0 || seen[s.columns[j].key] {
			return c.p.wrong(lexeme{wordToken, spec, r.left.at.column}, "columns of %s, each once (%s)", s.name, s.columnNames())
		}
		r.columns[i] = s.columns[j].key
		seen[r.columns[i]] = true
	}
	return nil
}

// first is the part that decides what "all columns" are.
func (c *checker) first() *section {
	l := c.p.kind
	for _, row := range c.r.rows {
		if i := l.sectionOf(row); i >= 0 {
			return l.sections[i]
		}
	}
	if c.r.every && len(l.sections) > 0 {
		return l.sections[max(0, l.sectionNamed(c.r.part))]
	}
	var found *section
	for _, n := range []*node{c.r.left, c.r.right} {
		n.each(func(n *node) {
			if found == nil && (n.op == opValue || n.op == opRange) {
				if i := l.sectionOf(n.position); i >= 0 {
					found = l.sections[i]
				}
			}
		})
	}
	return found
}

func (c *checker) rows() error {
	if c.r.across && (c.r.every || c.r.rows != nil) {
		return c.p.wrong(c.r.left.at, "no rows in a rule between statements")
	}
	for _, row := range c.r.rows {
		if c.p.kind.sectionOf(row) < 0 {
			return c.noPosition(lexeme{wordToken, row, c.r.left.at.column}, c.p.kind)
		}
	}
	return nil
}

func (c *checker) noPosition(at lexeme, l *layout) error {
	return c.p.wrong(at, "a position of %s (parts: %s)", l.kind, l.sectionNames())
}

// node checks one node; column is the one that the brackets around it name.
func (c *checker) node(n *node, column string) error {
	if n.column != "" && n.op != opColumn {
		column = n.column
	}
	switch n.op {
	case opValue, opRange:
		c.named = true
		l := c.p.set.kinds[c.r.operands[n.operand].kind]
		i := l.sectionOf(n.position)
		if i < 0 {
			return c.noPosition(n.at, l)
		}
		return c.column(n, l.sections[i], column)
	case opColumn, opCurrent:
		if !c.r.every && c.r.rows == nil {
			return c.p.wrong(n.at, "a position, or a clause that names rows")
		}
		c.named, c.perRow = true, true
		for _, s := range c.rowSections() {
			if n.op == opCurrent {
				if err := c.column(n, s, ""); err != nil {
					return err
				}
			} else if err := c.column(n, s, n.column); err != nil {
				return err
			}
		}
	}
	for _, a := range n.args {
		if err := c.node(a, column); err != nil {
			return err
		}
	}
	return nil
}

// rowSections are the parts that the rule's rows are in.
func (c *checker) rowSections() []*section {
	l := c.p.kind
	if c.r.part != "" {
		return []*section{l.sections[l.sectionNamed(c.r.part)]}
	}
	if c.r.every {
		return l.sections
	}
	var all []*section
	for _, row := range c.r.rows {
		all = append(all, l.sections[l.sectionOf(row)])
	}
	return all
}

// column checks that a part has the column written at a node, or those of the
// rule if there is none.
func (c *checker) column(n *node, s *section, column string) error {
	missing := func(name string) error {
		return c.p.wrong(n.at, "a column of %s (%s) instead of \"%s\"", s.name, s.columnNames(), name)
	}
	if column != "" {
		if s.column(column) < 0 {
			return missing(column)
		}
		return nil
	}
	if c.r.columns == nil {
		return c.p.wrong(n.at, "a column in brackets, or a clause that names columns, for the position")
	}
	c.uses = true
	for _, name := range c.r.columns {
		if s.column(name) < 0 {
			return missing(name)
		}
	}
	return nil
}
