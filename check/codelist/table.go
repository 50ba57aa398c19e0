package codelist

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"sort"
	"strings"
	"sync"

	"csuis-offline/internal/iox"
)

// version is a stored list. Its body is read when it is first used.
type version struct {
	name   string
	path   string
	header header
	load   func() (*table, error)
}

func openVersion(path, name string) (*version, error) {
	f, err := iox.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, maxHeader))
	if err != nil {
		return nil, err
	}
	h, _, err := parseHeader(head)
	if err != nil {
		return nil, fmt.Errorf("%w %s: %w", ErrStore, path, err)
	}
	v := &version{name: name, path: path, header: h}
	v.load = sync.OnceValues(func() (*table, error) { return loadTable(path) })
	return v, nil
}

func loadTable(path string) (*table, error) {
	f, err := iox.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > MaxBody+maxHeader {
		return nil, fmt.Errorf("%w %s: over %d bytes", ErrStore, path, MaxBody+maxHeader)
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, err
	}
	t, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("%w %s: %w", ErrStore, path, err)
	}
	return t, nil
}

// table is the body of a stored list: sorted lines.
type table struct {
	header    header
	body      []byte
	unitKinds map[string]bool // of statements
}

// decode reads a stored list and checks all of it, so that lookups need not.
func decode(data []byte) (*table, error) {
	h, n, err := parseHeader(data)
	if err != nil {
		return nil, err
	}
	body := data[n:]
	if int64(len(body)) != h.size {
		return nil, fmt.Errorf("body has %d bytes, wanted %d", len(body), h.size)
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != h.digest {
		return nil, errors.New("body differs from its digest")
	}
	t := &table{header: h, body: body, unitKinds: map[string]bool{}}
	var last []byte
	for line := range bytes.Lines(body) {
		if line[len(line)-1] != '\n' {
			return nil, errors.New("the last line is cut off")
		}
		line = line[:len(line)-1]
		if last != nil && bytes.Compare(last, line) >= 0 {
			return nil, errors.New("lines are not in order")
		}
		if err := t.check(line); err != nil {
			return nil, err
		}
		last = line
	}
	return t, nil
}

func (t *table) check(line []byte) error {
	if len(line) == 0 || strings.IndexByte(sorts[t.header.kind], line[0]) < 0 {
		return errors.New("a line of a kind that this list does not have")
	}
	if n := bytes.Count(line, tab) + 1; n != columns[line[0]] || line[1] != '\t' {
		return fmt.Errorf("a line of %d columns, wanted %d", n, columns[line[0]])
	}
	if at := spanColumn[line[0]]; at > 0 {
		from, to, ok := parseSpan(column(line, at), column(line, at+1))
		if !ok || from > to || !from.valid() || !to.valid() {
			return errors.New("a line with an impossible validity")
		}
	}
	if line[0] == 'S' {
		if kind := column(line, 2); !t.unitKinds[string(kind)] {
			t.unitKinds[string(kind)] = true
		}
	}
	return nil
}

var tab = []byte("\t")

// column is a column of a line, counted from 0.
func column(line []byte, n int) []byte {
	for ; n > 0; n-- {
		line = line[bytes.IndexByte(line, '\t')+1:]
	}
	if end := bytes.IndexByte(line, '\t'); end >= 0 {
		line = line[:end]
	}
	return line
}

// spanColumn is the column of from in a row; to follows it.
var spanColumn = map[byte]int{'U': 2, 'P': 3, 'S': 3, 'C': 2}

// parseSpan reads the two days of a validity.
func parseSpan[T string | []byte](from, to T) (a, b day, ok bool) {
	if len(from) != 8 || len(to) != 8 {
		return 0, 0, false
	}
	for i := range 8 {
		if from[i] < '0' || from[i] > '9' || to[i] < '0' || to[i] > '9' {
			return 0, 0, false
		}
		a, b = 10*a+day(from[i]-'0'), 10*b+day(to[i]-'0')
	}
	return a, b, true
}

// find yields the rows whose first columns are these, split into columns.
func (t *table) find(key ...string) iter.Seq[[]string] {
	prefix := []byte(strings.Join(key, "\t") + "\t")
	if bytes.Count(prefix, []byte("\t")) != len(key) || bytes.IndexByte(prefix, '\n') >= 0 {
		return func(func([]string) bool) {} // no row holds such a value
	}
	start := func(at int) int { return bytes.LastIndexByte(t.body[:at], '\n') + 1 }
	// The first place in the body whose line is not before the prefix.
	at := sort.Search(len(t.body), func(i int) bool {
		line := t.body[start(i):]
		return bytes.Compare(line[:min(len(line), len(prefix))], prefix) >= 0
	})
	return func(yield func([]string) bool) {
		rest := t.body[start(at):]
		if at == len(t.body) {
			return
		}
		for bytes.HasPrefix(rest, prefix) {
			line, after, _ := bytes.Cut(rest, []byte("\n"))
			if !yield(strings.Split(string(line), "\t")) {
				return
			}
			rest = after
		}
	}
}
