// Package similar finds the name that was probably meant by a misspelt one.
package similar

import "strings"

// Nearest returns the name that differs from word by the fewest letters, if they
// are few.
func Nearest(word string, names []string) (string, bool) {
	best, limit := "", max(1, min(3, len([]rune(word))/2))+1
	for _, n := range names {
		if d := distance(strings.ToLower(word), n); d < limit {
			best, limit = n, d
		}
	}
	return best, best != ""
}

// distance is the number of letters to insert, delete, replace or swap with
// their neighbour.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(y) > 64 {
		return 64
	}
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}
