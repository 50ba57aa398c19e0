package rules

import (
	"encoding/binary"
	"math/big"
)

// Held is a statement as it waits for the others of its unit and date: packed,
// with no more than what Across needs of it, since those of very many records
// are held at once. It takes some hundreds of bytes.
type Held struct {
	file, record string
	layout       *layout
	packed       string
}

// Hold packs a statement. ok is false if no rule between statements is about it,
// and for nil.
func (s *Set) Hold(st *Statement) (h Held, ok bool) {
	slim := s.slim(st)
	if slim == nil {
		return h, false
	}
	var b packing
	b.text(slim.IC)
	b.text(slim.Date)
	b.number(slim.Line)
	b.flag(slim.incomplete)
	for i := range slim.filled {
		b.flag(slim.unmapped[i])
		for _, f := range slim.filled[i] {
			b.flag(f)
		}
	}
	b.number(len(slim.rows))
	for _, r := range slim.rows {
		b.row(r)
	}
	return Held{st.File, st.Record, st.layout, string(b.bytes)}, true
}

// Statement returns the statement that was held, for Across.
func (h Held) Statement() *Statement {
	b := unpacking{h.packed}
	st := newStatement(h.layout, 0)
	st.File, st.Record = h.file, h.record
	st.IC, st.Date, st.Line, st.incomplete = b.text(), b.text(), b.number(), b.flag()
	for i := range st.filled {
		st.unmapped[i] = b.flag()
		for k := range st.filled[i] {
			st.filled[i][k] = b.flag()
		}
	}
	for range b.number() {
		r := b.row(h.layout)
		st.rows = append(st.rows, r)
		st.index[r.key] = r
	}
	return st
}

// meeting reads no more than the unit and the date.
func (h Held) meeting() meeting {
	b := unpacking{h.packed}
	st := Statement{IC: b.text(), Date: b.text()}
	return st.meeting()
}

// packing writes what unpacking reads, in the same order.
type packing struct{ bytes []byte }

func (p *packing) number(n int) { p.bytes = binary.AppendUvarint(p.bytes, uint64(n)) }

func (p *packing) text(s string) {
	p.number(len(s))
	p.bytes = append(p.bytes, s...)
}

func (p *packing) flag(f bool) {
	n := 0
	if f {
		n = 1
	}
	p.number(n)
}

func (p *packing) row(r *row) {
	p.text(r.key)
	p.flag(r.position != r.key)
	if r.position != r.key {
		p.text(r.position)
	}
	p.number(r.section)
	p.number(r.line)
	p.flag(r.doubled)
	for _, c := range r.cells {
		p.number(int(c.state))
		if c.state == absent {
			continue
		}
		p.number(c.line)
		p.decimal(c.value)
	}
}

func (p *packing) decimal(d decimal) {
	p.number(d.scale)
	p.flag(d.big != nil)
	if d.big != nil {
		p.text(d.big.String())
		return
	}
	p.bytes = binary.AppendVarint(p.bytes, d.n)
}

type unpacking struct{ rest string }

func (u *unpacking) number() int {
	n, size := binary.Uvarint([]byte(u.rest[:min(len(u.rest), binary.MaxVarintLen64)]))
	u.rest = u.rest[size:]
	return int(n)
}

func (u *unpacking) text() string {
	n := u.number()
	s := u.rest[:n]
	u.rest = u.rest[n:]
	return s
}

func (u *unpacking) flag() bool { return u.number() == 1 }

func (u *unpacking) row(l *layout) *row {
	r := &row{key: u.text()}
	r.position = r.key
	if u.flag() {
		r.position = u.text()
	}
	r.section, r.line, r.doubled = u.number(), u.number(), u.flag()
	r.cells = make([]cell, len(l.sections[r.section].columns))
	for i := range r.cells {
		c := &r.cells[i]
		if c.state = cellState(u.number()); c.state != absent {
			c.line, c.value = u.number(), u.decimal()
		}
	}
	return r
}

func (u *unpacking) decimal() decimal {
	d := decimal{scale: u.number()}
	if u.flag() {
		d.big, _ = new(big.Int).SetString(u.text(), 10)
		return d
	}
	n, size := binary.Varint([]byte(u.rest[:min(len(u.rest), binary.MaxVarintLen64)]))
	d.n, u.rest = n, u.rest[size:]
	return d
}
