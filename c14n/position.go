package c14n

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// advance returns the line and column after w[:n], where w is the window. No
// token begins between CR and LF.
func (s *Scanner) advance(w []byte, n int) (line, col int) {
	line, col = s.line, s.col
	if s.cr && bytes.IndexByte(w[:n], '\r') >= 0 {
		return advanceCR(line, col, w[:n])
	}
	i := 0
	for ; i+8 <= n; i += 8 {
		line, col = advanceWord(line, col, binary.LittleEndian.Uint64(w[i:]), 8)
	}
	if i == n {
		return line, col
	}
	if i+8 <= len(w) {
		v := binary.LittleEndian.Uint64(w[i:])
		return advanceWord(line, col, v&(1<<(8*(n-i))-1), n-i)
	}
	for ; i < n; i++ {
		if w[i] == '\n' {
			line, col = line+1, 1
		} else if w[i]&0xC0 != 0x80 {
			col++
		}
	}
	return line, col
}

// advanceWord advances over the n low bytes of v; the others are 0.
func advanceWord(line, col int, v uint64, n int) (int, int) {
	x := v ^ '\n'*ones
	feeds := ^((x&^highs + 0x7F*ones) | x | 0x7F*ones) // the high bits of line feeds
	later := v & highs &^ (v << 1)                     // the high bits of bytes inside a character
	if feeds == 0 {
		return line, col + n - bits.OnesCount64(later)
	}
	behind := 64 - bits.LeadingZeros64(feeds)
	return line + bits.OnesCount64(feeds), 1 + n - behind/8 - bits.OnesCount64(later>>behind)
}

func advanceCR(line, col int, b []byte) (int, int) {
	for i, c := range b {
		if c == '\n' || c == '\r' && (i+1 == len(b) || b[i+1] != '\n') {
			line, col = line+1, 1
		} else if c&0xC0 != 0x80 && c != '\r' {
			col++
		}
	}
	return line, col
}
