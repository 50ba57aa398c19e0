package codelist

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"csuis-offline/stage"
)

// storeFormat is the first line of a stored list (doc/codelists.md, 3).
const storeFormat = "csuis-codelist/1"

// extension of a stored list.
const extension = ".list"

// maxHeader is the most that a stored list's header takes, in bytes.
const maxHeader = 1024

// Options say how a list is imported. The zero value uses the names that ship
// with the program.
type Options struct {
	Mapping *Mapping // nil: DefaultMapping
	Stage   stage.Options
}

// Import reads a published list and stores it as a new version in the folder
// dir, which it makes if it is missing. kind is "" if the file itself must show
// which list it is. Existing versions stay. Of several imports at once, one
// waits for the other. The Summary is filled even if the error is ErrFields.
// Other errors: ErrKind, ErrTooLarge, a *c14n.SyntaxError, those of the context,
// the reader and the file system.
func Import(ctx context.Context, dir string, r io.Reader, kind Kind, o Options) (Summary, error) {
	if kind != "" && !kind.known() {
		return Summary{}, fmt.Errorf("%w: %q", ErrKind, kind)
	}
	m := o.Mapping
	if m == nil {
		m = DefaultMapping()
	}
	c, err := read(ctx, r, kind, m)
	if err != nil {
		return c.summary, fmt.Errorf("codelist: reading a code list: %w", err)
	}
	if s := &c.summary; s.Records == 0 || s.Refused > s.Records {
		return *s, fmt.Errorf("%w: %d records understood, %d refused", ErrFields, s.Records, s.Refused)
	}
	data := c.encode()
	folder := filepath.Join(dir, string(c.kind))
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return c.summary, err
	}
	guard, err := only(ctx, folder)
	if err != nil {
		return c.summary, err
	}
	defer guard.Abort()
	return store(folder, c, data, o.Stage)
}

// only waits until no other import writes to the folder, and excludes others
// until the file is aborted: they would give one number to two versions, or fail
// to store the same list.
func only(ctx context.Context, folder string) (*stage.File, error) {
	for {
		guard, err := stage.CreateFile(filepath.Join(folder, "import"), stage.Options{})
		if !errors.Is(err, stage.ErrBusy) {
			return guard, err
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
}

// store writes a list as the next version of its folder.
func store(folder string, c *content, data []byte, o stage.Options) (Summary, error) {
	if err := stage.Sweep(folder); err != nil {
		return c.summary, err
	}
	names, err := versions(folder)
	if err != nil {
		return c.summary, err
	}
	digest := sha256.Sum256(data)
	id, next := hex.EncodeToString(digest[:8]), 1
	for _, n := range names {
		number, of := splitName(n)
		if of == id {
			c.summary.Version, c.summary.Already = strings.TrimSuffix(n, extension), true
			return c.summary, nil
		}
		next = max(next, number+1)
	}
	if len(names) >= MaxVersions || next > maxNumber {
		return c.summary, fmt.Errorf("%w: over %d versions", ErrTooLarge, MaxVersions)
	}
	c.summary.Version = fmt.Sprintf("%06d-%s", next, id)
	f, err := stage.CreateFile(filepath.Join(folder, c.summary.Version+extension), o)
	if err != nil {
		return c.summary, err
	}
	defer f.Abort()
	if _, err := f.Write(data); err != nil {
		return c.summary, err
	}
	return c.summary, f.Commit()
}

// encode returns the stored form: rows sorted by their bytes, each once.
func (c *content) encode() []byte {
	slices.Sort(c.rows)
	var body bytes.Buffer
	body.Grow(int(c.size) + maxHeader)
	last := ""
	for i, row := range c.rows {
		if i > 0 && row == last {
			// The reverse rows of persons repeat although the list says nothing twice.
			if row[0] != 'Q' {
				c.summary.Duplicates++
			}
			continue
		}
		body.WriteString(row)
		body.WriteByte('\n')
		last = row
	}
	digest := sha256.Sum256(body.Bytes())
	h := header{
		kind: c.kind, from: c.from, to: c.to, records: c.summary.Records, refused: c.summary.Refused,
		size: int64(body.Len()), digest: hex.EncodeToString(digest[:]),
	}
	return append([]byte(h.String()), body.Bytes()...)
}

// header is what a stored list begins with.
type header struct {
	kind             Kind
	from, to         day
	records, refused int
	size             int64 // of the body, in bytes
	digest           string
}

func (h header) String() string {
	return fmt.Sprintf("%s\nkind %s\nvalid %08d %08d\nrecords %d\nrefused %d\nbody %d %s\n\n",
		storeFormat, h.kind, h.from, h.to, h.records, h.refused, h.size, h.digest)
}

// parseHeader reads the header that data begins with, and its length.
func parseHeader(data []byte) (header, int, error) {
	var h header
	n := bytes.Index(data[:min(len(data), maxHeader)], []byte("\n\n"))
	if n < 0 {
		return h, 0, errors.New("no header")
	}
	n += 2
	format := ""
	var from, to int32
	_, err := fmt.Sscanf(string(data[:n]), "%s\nkind %s\nvalid %d %d\nrecords %d\nrefused %d\nbody %d %s\n\n",
		&format, &h.kind, &from, &to, &h.records, &h.refused, &h.size, &h.digest)
	if err != nil {
		return h, 0, fmt.Errorf("header: %w", err)
	}
	h.from, h.to = day(from), day(to)
	switch {
	case format != storeFormat:
		return h, 0, fmt.Errorf("format is %q, wanted %q", shorten([]byte(format)), storeFormat)
	// A header that would be written differently was not made by this package.
	case h.String() != string(data[:n]):
		return h, 0, errors.New("malformed header")
	case !h.kind.known() || !h.from.valid() || !h.to.valid() || h.from > h.to || h.records < 1 || h.refused < 0 || h.size < 1 || h.size > MaxBody:
		return h, 0, errors.New("header with an impossible value")
	}
	return h, n, nil
}

// maxNumber is the highest number of a version.
const maxNumber = 999_999

// splitName splits the name of a stored list: NNNNNN-<16 hex>.list. The digest
// is "" for any other name.
func splitName(name string) (int, string) {
	base, ok := strings.CutSuffix(name, extension)
	number, id, dash := strings.Cut(base, "-")
	if !ok || !dash || len(number) != 6 || len(id) != 16 || strings.Trim(number, "0123456789") != "" || strings.Trim(id, "0123456789abcdef") != "" {
		return 0, ""
	}
	n, _ := strconv.Atoi(number)
	return n, id
}

// versions returns the names of the stored lists of a folder, oldest first. A
// missing folder holds none.
func versions(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if _, id := splitName(e.Name()); id != "" && e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	if len(names) > MaxVersions {
		return nil, fmt.Errorf("%w: over %d versions in %s", ErrTooLarge, MaxVersions, folder)
	}
	return names, nil // ReadDir sorts, and the number comes first
}
