package attachment

// shortestLine is the least characters of base64 in a line that is not the
// last; shorter pieces between white space are words.
const shortestLine = 40

// decoder decodes base64 as it comes and hands the bytes to a detector. White
// space may be anywhere (XML Schema part 2, 3.2.16). The padding bits are not
// checked, since the schema does that.
type decoder struct {
	detector detector
	buf      []byte
	quad     uint32
	in       int   // characters in quad
	pad      int   // padding characters
	chars    int64 // characters of base64, padding included
	run      int   // characters since the last white space
	short    bool  // a run ended that was shorter than a line
	ragged   bool  // and more came after it
	bad      bool  // it is no base64
	seen     uint8 // classes of characters that occurred
}

func newDecoder() decoder {
	d := decoder{buf: make([]byte, 0, 3<<10)}
	d.reset()
	return d
}

func (d *decoder) reset() {
	d.detector.reset()
	*d = decoder{detector: d.detector, buf: d.buf[:0]}
}

// classes of a character beyond its value.
const (
	upper = 1 << iota
	lower
	digit // also + and /

	padding = 0xfd
	space   = 0xfe
	foreign = 0xff
)

var values, classes = func() (v, c [256]byte) {
	for i := range v {
		v[i] = foreign
	}
	for i := range 26 {
		v['A'+i], c['A'+i] = byte(i), upper
		v['a'+i], c['a'+i] = byte(26+i), lower
	}
	for i := range 10 {
		v['0'+i], c['0'+i] = byte(52+i), digit
	}
	v['+'], c['+'], v['/'], c['/'] = 62, digit, 63, digit
	v['='] = padding
	for _, b := range []byte(" \t\r\n") {
		v[b] = space
	}
	return v, c
}()

// write takes the next characters. After it set bad, it does nothing.
func (d *decoder) write(p []byte) {
	for len(p) > 0 {
		if n := d.quads(p); n > 0 {
			p = p[n:]
			continue
		}
		b := p[0]
		p = p[1:]
		v := values[b]
		if v == space {
			d.short = d.short || d.run > 0 && d.run < shortestLine
			d.run = 0
			continue
		}
		if v == foreign || d.bad {
			d.bad = true
			return
		}
		d.ragged = d.ragged || d.short
		d.run++
		d.chars++
		d.seen |= classes[b]
		if v == padding {
			d.pad++
			// Padding stands in the last two places of the last four.
			if d.in+d.pad > 4 || d.in < 2 {
				d.bad = true
				return
			}
			continue
		}
		if d.pad > 0 {
			d.bad = true
			return
		}
		d.quad = d.quad<<6 | uint32(v)
		if d.in++; d.in == 4 {
			d.buf = append(d.buf, byte(d.quad>>16), byte(d.quad>>8), byte(d.quad))
			d.quad, d.in = 0, 0
			if len(d.buf) == cap(d.buf) {
				d.push()
			}
		}
	}
}

// quads decodes as many groups of four from the beginning of p as fit into the
// buffer, and returns how many characters they are. It is the fast way through
// the inside of a line.
func (d *decoder) quads(p []byte) int {
	if d.in != 0 || d.pad != 0 || d.short || d.bad {
		return 0
	}
	n, seen := 0, d.seen
	for len(p)-n >= 4 && len(d.buf)+3 <= cap(d.buf) {
		q := p[n : n+4 : n+4]
		a, b, c, e := values[q[0]], values[q[1]], values[q[2]], values[q[3]]
		if a|b|c|e > 63 {
			break
		}
		seen |= classes[q[0]] | classes[q[1]] | classes[q[2]] | classes[q[3]]
		v := uint32(a)<<18 | uint32(b)<<12 | uint32(c)<<6 | uint32(e)
		d.buf = append(d.buf, byte(v>>16), byte(v>>8), byte(v))
		n += 4
	}
	d.seen = seen
	d.run += n
	d.chars += int64(n)
	if len(d.buf) == cap(d.buf) {
		d.push()
	}
	return n
}

func (d *decoder) push() {
	d.detector.write(d.buf)
	d.buf = d.buf[:0]
}

// flush hands over what is left, the last one or two bytes included.
func (d *decoder) flush() {
	if d.whole() && !d.bad {
		switch d.in {
		case 2:
			d.buf = append(d.buf, byte(d.quad>>4))
		case 3:
			d.buf = append(d.buf, byte(d.quad>>10), byte(d.quad>>2))
		}
	}
	d.push()
}

// whole reports whether the characters are a multiple of four.
func (d *decoder) whole() bool { return d.in == 0 && d.pad == 0 || d.in+d.pad == 4 }

// mixed reports whether the text has letters of both cases and digits, as every
// file of some size has in base64, and a number or a hash in hexadecimal has
// not.
func (d *decoder) mixed() bool { return d.seen == upper|lower|digit }
