package verify

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"csuis-offline/checksum"
	"csuis-offline/iso"
)

// keyedTree is a tree with its files in the order of their keys.
type keyedTree struct {
	*iso.Tree
	keys    []string
	order   []int32 // of the files; keys[i] is that of Files[order[i]]
	refused map[string]bool
}

// keyed leaves the files with which a computer starts out.
func keyed(t *iso.Tree, boot map[string]bool) *keyedTree {
	k := &keyedTree{Tree: t, refused: map[string]bool{}, order: make([]int32, 0, len(t.Files))}
	all := make([]string, len(t.Files))
	for i := range t.Files {
		if all[i] = treeKey(t.Files[i].Name); !boot[all[i]] {
			k.order = append(k.order, int32(i))
		}
	}
	k.keys = make([]string, len(k.order))
	slices.SortStableFunc(k.order, func(a, b int32) int { return cmp.Compare(all[a], all[b]) })
	for i, at := range k.order {
		k.keys[i] = all[at]
	}
	for _, e := range t.Refused {
		k.refused[treeKey(e.Name)] = true
	}
	return k
}

func (k *keyedTree) file(i int) *iso.TreeFile { return &k.Files[k.order[i]] }

// find returns the index of the first file with this key, or -1.
func (k *keyedTree) find(key string) int {
	i, found := slices.BinarySearch(k.keys, key)
	if !found {
		return -1
	}
	return i
}

// difference is what one tree shows otherwise than another.
type difference struct {
	name, other string // as the two trees show it; "" where one does not show it
	how         string // one of the following
	sum, found  checksum.Sum
	detail      string
}

// The ways in which trees differ. They stand in Finding.Detail.
const (
	differName    = "name"
	differContent = "content"
	differMissing = "missing"
	differExtra   = "extra"
	differHidden  = "hidden"
	differDoubled = "doubled"
	differRead    = "unreadable"
	differMore    = "more" // so many differences that the rest is counted
)

// comparison is the result of comparing a tree with the one that names the records.
type comparison struct {
	differences []difference
	short       int // files whose name is shortened
}

// onlyShort reports whether the other tree shows the same bytes under shortened
// names, each of them of one file.
func (c *comparison) onlyShort() bool { return len(c.differences) == 0 && c.short > 0 }

// errTooMuch says that a hostile image would take too long to compare.
var errTooMuch = errors.New("the trees hold more than can be compared")

// treeComparer compares the trees of one image. It reads each place once.
type treeComparer struct {
	ctx   context.Context
	trees *iso.Trees
	left  int64 // bytes that may still be read
	sums  map[iso.TreePart]checksum.Sum
	buf   []byte
}

// compare compares the tree b with a. shortened allows names that are shortened.
func (c *treeComparer) compare(a, b *keyedTree, shortened bool) (*comparison, error) {
	out := &comparison{}
	var restA, restB []int
	for i, j := 0, 0; i < len(a.keys) || j < len(b.keys); {
		switch n := compareKeys(a, b, i, j); {
		case n < 0:
			restA, i = append(restA, i), i+1
		case n > 0:
			restB, j = append(restB, j), j+1
		default:
			f, g := a.file(i), b.file(j)
			if err := c.pair(out, f, g); err != nil {
				return nil, err
			}
			i, j = i+1, j+1
		}
		if j > 1 && j <= len(b.keys) && b.keys[j-1] == b.keys[j-2] {
			out.differences = append(out.differences, difference{name: b.file(j - 1).Name, other: b.file(j - 1).Name, how: differDoubled})
		}
	}
	restA = slices.DeleteFunc(restA, func(i int) bool { return b.refused[a.keys[i]] || a.file(i).Several })
	restB = slices.DeleteFunc(restB, func(j int) bool { return a.refused[b.keys[j]] || b.file(j).Several })
	if err := c.rest(out, a, b, restA, restB, shortened); err != nil {
		return nil, err
	}
	return out, nil
}

func compareKeys(a, b *keyedTree, i, j int) int {
	switch {
	case i == len(a.keys):
		return 1
	case j == len(b.keys):
		return -1
	}
	return strings.Compare(a.keys[i], b.keys[j])
}

// pair compares two files of the same name.
func (c *treeComparer) pair(out *comparison, f, g *iso.TreeFile) error {
	d := difference{name: f.Name, other: g.Name}
	switch {
	case f.Several || g.Several:
		return nil // the linter tells it
	case f.Hidden != g.Hidden:
		d.how = differHidden
	case f.SamePlace(g):
		return nil
	default:
		var err error
		if d.sum, err = c.sum(f); err == nil {
			d.found, err = c.sum(g)
		}
		var entry *iso.EntryError
		switch {
		case errors.As(err, &entry):
			d.how, d.detail = differRead, entry.Detail
		case err != nil:
			return err
		case d.sum == d.found && f.Size == g.Size:
			return nil
		default:
			d.how = differContent
		}
	}
	out.differences = append(out.differences, d)
	return nil
}

// sum returns the digest of a file.
func (c *treeComparer) sum(f *iso.TreeFile) (checksum.Sum, error) {
	place := iso.TreePart{Offset: f.Offset, Size: f.Size}
	if sum, known := c.sums[place]; known && f.Parts == nil {
		return sum, nil
	}
	if f.Size > c.left {
		return checksum.Sum{}, errTooMuch
	}
	r, err := c.trees.Open(f)
	if err != nil {
		return checksum.Sum{}, err
	}
	c.left -= f.Size
	if c.buf == nil {
		c.buf = make([]byte, 256<<10)
	}
	sum, _, err := hashAll(c.ctx, r, c.buf)
	if err != nil {
		if c.ctx.Err() != nil {
			return sum, c.ctx.Err()
		}
		return sum, &iso.EntryError{Name: f.Name, Detail: fileCause(err)}
	}
	if f.Parts == nil {
		c.sums[place] = sum
	}
	return sum, nil
}

// maxCandidates is how many files of the same bytes are tried for one name.
const maxCandidates = 64

// rest pairs the files whose names differ by their bytes, and tells the others.
func (c *treeComparer) rest(out *comparison, a, b *keyedTree, restA, restB []int, shortened bool) error {
	if len(restA) == 0 && len(restB) == 0 {
		return nil
	}
	used := make(map[int]bool, len(restA))
	left := restB
	if len(restA) > 0 {
		places := map[iso.TreePart][]int{}
		sizes := map[int64]bool{}
		for _, i := range restA {
			f := a.file(i)
			sizes[f.Size] = true
			if p := (iso.TreePart{Offset: f.Offset, Size: f.Size}); f.Size > 0 && f.Parts == nil {
				places[p] = append(places[p], i)
			}
		}
		left = c.match(out, a, b, restB, used, shortened, func(g *iso.TreeFile) []int {
			if g.Size == 0 || g.Parts != nil {
				return nil
			}
			return places[iso.TreePart{Offset: g.Offset, Size: g.Size}]
		})
		sums, err := c.index(a, restA, used)
		if err != nil {
			return err
		}
		var failed error
		left = c.match(out, a, b, left, used, shortened, func(g *iso.TreeFile) []int {
			if !sizes[g.Size] || failed != nil {
				return nil
			}
			sum, err := c.sum(g)
			if entry := (*iso.EntryError)(nil); err != nil && !errors.As(err, &entry) {
				failed = err
			}
			if err != nil {
				return nil
			}
			return sums[sum]
		})
		if failed != nil {
			return failed
		}
	}
	for _, i := range restA {
		if !used[i] {
			out.differences = append(out.differences, difference{name: a.file(i).Name, how: differMissing})
		}
	}
	for _, j := range left {
		out.differences = append(out.differences, difference{other: b.file(j).Name, how: differExtra})
	}
	return nil
}

// index returns the files not used yet by the digests of their contents.
func (c *treeComparer) index(a *keyedTree, rest []int, used map[int]bool) (map[checksum.Sum][]int, error) {
	sums := map[checksum.Sum][]int{}
	for _, i := range rest {
		if used[i] {
			continue
		}
		sum, err := c.sum(a.file(i))
		var entry *iso.EntryError
		switch {
		case errors.As(err, &entry):
		case err != nil:
			return nil, err
		default:
			sums[sum] = append(sums[sum], i)
		}
	}
	return sums, nil
}

// match gives each file of b one of a with the same bytes, a name that it is
// shortened from before any other, and returns those without one.
func (c *treeComparer) match(out *comparison, a, b *keyedTree, rest []int, used map[int]bool, shortened bool, candidates func(*iso.TreeFile) []int) (left []int) {
	for _, j := range rest {
		g := b.file(j)
		best, short := -1, false
		tried := 0
		for _, i := range candidates(g) {
			if tried++; tried > maxCandidates || short {
				break
			}
			if used[i] {
				continue
			}
			if short = shortened && isShortening(b.keys[j], a.keys[i]); short || best < 0 {
				best = i
			}
		}
		switch {
		case best < 0:
			left = append(left, j)
			continue
		case short:
			out.short++
		default:
			out.differences = append(out.differences, difference{name: a.file(best).Name, other: g.Name, how: differName})
		}
		used[best] = true
	}
	return left
}
