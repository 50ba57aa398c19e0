package verify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"csuis-offline/batch"
	"csuis-offline/bundle"
	"csuis-offline/checksum"
	"csuis-offline/finding"
	"csuis-offline/internal/iox"
)

// chunk is the size of one read, in bytes. It is large enough to hash at full
// speed.
const chunk = 1 << 20

// recordVerifier verifies the records of one set, several at once.
type recordVerifier struct {
	*verifier
	set      *fileSet
	table    *table
	expected []*expected
	// open says that the records are opened with the key, and compared with
	// the manifest or the form.
	open     bool
	manifest *bundle.Manifest
	form     *formCopy
}

// run verifies all records. The error is one of the context, or says that records
// cannot be opened at all.
func (rv *recordVerifier) run(ctx context.Context) error {
	group, inner := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range min(rv.workers, len(rv.table.records)) {
		group.Go(func() error {
			buf := make([]byte, chunk)
			for inner.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(rv.table.records) {
					break
				}
				if err := rv.one(inner, i, buf); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := group.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return err
	}
	rv.missing()
	return nil
}

// verdict collects what is found about one record.
type verdict struct {
	fs     []finding.Finding
	record string
}

func (v *verdict) add(code finding.Code, file, detail, wanted, found string) {
	v.fs = append(v.fs, finding.Finding{
		Code: code, Severity: finding.Error, File: file, Record: v.record, Detail: detail, Wanted: wanted, Found: found,
	})
}

// size adds a finding that a size differs.
func (v *verdict) size(code finding.Code, file, detail string, wanted, found int64) {
	v.fs = append(v.fs, finding.Finding{
		Code: code, Severity: finding.Error, File: file, Record: v.record, Detail: detail,
	}.WithSizes(wanted, found))
}

func (rv *recordVerifier) one(ctx context.Context, i int, buf []byte) error {
	r := &rv.table.records[i]
	v := &verdict{record: shown(r.name)}
	rows := rv.lookUp(r)
	if r.xm6 < 0 {
		rv.absent(r, rows, v)
		rv.add(v.fs...)
		return nil
	}
	state := rv.readSHA(r, v, buf)
	err := rv.sealed(ctx, i, rows, state, v, buf)
	rv.unlisted(r, rows, v)
	rv.add(v.fs...)
	return err
}

// lookUp returns the record's row in each list of expected records, or nil for
// each list that lacks it.
func (rv *recordVerifier) lookUp(r *record) []*listed {
	rows := make([]*listed, len(rv.expected))
	for i, e := range rv.expected {
		rows[i] = e.find(r.name)
	}
	return rows
}

// absent reports a .SHA without its sealed record.
func (rv *recordVerifier) absent(r *record, rows []*listed, v *verdict) {
	file := rv.set.files[r.sha].name
	for i, row := range rows {
		if row != nil && rv.expected[i].here(row) {
			stem, _ := splitName(file)
			v.add(finding.RecordMissing, rv.set.show(stem+".XM6"), "", "", "")
			return
		}
	}
	v.add(finding.ShaOrphan, rv.set.show(file), "", "", "")
}

// unlisted reports a record that a list of expected records lacks, once. Without
// any list it reports a name that no disc takes.
func (rv *recordVerifier) unlisted(r *record, rows []*listed, v *verdict) {
	file := rv.set.show(rv.set.files[r.xm6].name)
	for i, e := range rv.expected {
		if rows[i] == nil {
			v.add(e.unlisted, file, "", "", "")
			return
		}
	}
	if len(rows) == 0 && !rv.set.image && !batch.IsName(r.name) {
		v.fs = append(v.fs, finding.Finding{Code: finding.FileName, Severity: finding.Warning, File: file, Record: v.record})
	}
}

// shaState says what a .SHA is good for.
type shaState uint8

const (
	shaUseless shaState = iota // a finding says why
	shaOther                   // it names another file
	shaGood
)

// readSHA reads and judges a record's .SHA, using buf.
func (rv *recordVerifier) readSHA(r *record, v *verdict, buf []byte) shaState {
	if r.sha < 0 {
		stem, _ := splitName(rv.set.files[r.xm6].name)
		v.add(finding.ShaMissing, rv.set.show(stem+".SHA"), "", "", "")
		return shaUseless
	}
	f := &rv.set.files[r.sha]
	file := rv.set.show(f.name)
	if f.kind == kindSeveral {
		r.flags |= badSHA
		return shaUseless
	}
	content, err := rv.content(f, r.flags&twoSHA != 0, buf[:checksum.MaxSizeOne+1])
	switch {
	case errors.Is(err, errDoubled):
		v.add(finding.FileDoubled, file, "", "", "")
	case err != nil:
		v.add(finding.FileUnreadable, file, fileCause(err), "", "")
	case len(content) == 0:
		v.add(finding.FileEmpty, file, "", "", "")
	}
	if err != nil || len(content) == 0 {
		r.flags |= badSHA
		return shaUseless
	}
	rv.read(int64(len(content)))
	entry, err := checksum.ParseOne(bytes.NewReader(content))
	if err != nil {
		v.fs = append(v.fs, finding.Finding{
			Code: finding.ShaMalformed, Severity: finding.Error, File: file, Record: v.record, Line: shaLine(err), Detail: shaDetail(err),
		})
		if len(content) > checksum.MaxSizeOne {
			r.flags |= badSHA
		}
		return shaUseless
	}
	r.stated = entry.Sum
	if bytes.Equal(content, checksum.Line(r.name+".XM6", entry.Sum)) {
		r.flags |= ownSHA
		return shaGood
	}
	// A blank behind the name is a mistake of hand or tool, and names no other file.
	base := entry.Name[strings.LastIndexAny(entry.Name, `/\`)+1:]
	name := strings.Trim(base, " \t")
	if entry.Name != "" && upper(name) != r.name+".XM6" {
		v.add(finding.ShaName, file, "", shown(r.name+".XM6"), shown(entry.Name))
		return shaOther
	}
	// A package digest covers these very bytes, and a list states one.
	severity := finding.Info
	if len(rv.expected) > 0 {
		severity = finding.Error
	}
	how := entry.Form
	if name != base {
		how = strings.TrimPrefix(how+", blanks around the name "+strconv.Quote(base), ", ")
	}
	v.fs = append(v.fs, finding.Finding{Code: finding.ShaForm, Severity: severity, File: file, Record: v.record, Detail: how})
	return shaGood
}

func shaLine(err error) int {
	var format *checksum.FormatError
	if errors.As(err, &format) {
		return format.Line
	}
	return 0
}

func shaDetail(err error) string {
	var format *checksum.FormatError
	if errors.As(err, &format) {
		return format.Detail
	}
	return err.Error()
}

// errDoubled says that an image holds two files of the same name, so that nobody
// knows which one is meant.
var errDoubled = errors.New("two files have this name")

// openFile opens a file of the set. two says that the set has its name twice.
func (rv *recordVerifier) openFile(f *setFile, two bool) (io.ReadCloser, error) {
	if two {
		return nil, errDoubled
	}
	if f.kind != kindRegular {
		return nil, errors.New(f.kind.String())
	}
	return rv.set.open(f.name)
}

// content reads as much of a file as fits into buf.
func (rv *recordVerifier) content(f *setFile, two bool, buf []byte) ([]byte, error) {
	r, err := rv.openFile(f, two)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	n, err := io.ReadFull(r, buf)
	if err == io.EOF || err == io.ErrUnexpectedEOF && !rv.set.image {
		err = nil
	}
	if err == io.ErrUnexpectedEOF && int64(n) == f.size {
		err = nil
	}
	rv.progress.Add(int64(n))
	return buf[:n], err
}

// sealed reads a sealed record and compares it with its .SHA and with what is
// expected.
func (rv *recordVerifier) sealed(ctx context.Context, i int, rows []*listed, state shaState, v *verdict, buf []byte) error {
	r := &rv.table.records[i]
	f := &rv.set.files[r.xm6]
	file := rv.set.show(f.name)
	if f.kind == kindSeveral {
		r.flags |= broken
		return nil
	}
	if f.kind == kindRegular && f.size == 0 && r.flags&twoXM6 == 0 {
		r.flags |= broken
		v.add(finding.FileEmpty, file, "", "", "")
		return nil
	}
	src, err := rv.openFile(f, r.flags&twoXM6 != 0)
	if errors.Is(err, errDoubled) {
		v.add(finding.FileDoubled, file, "", "", "")
		return nil
	}
	if err != nil {
		v.add(finding.FileUnreadable, file, fileCause(err), "", "")
		return nil
	}
	defer src.Close()
	form := &base64Form{r: src}
	in := &iox.Reader{R: form, Counter: rv.progress}
	var seen *opened
	if rv.open {
		seen, err = rv.openSealed(ctx, in, buf, func() (io.ReadCloser, error) { return rv.openFile(f, false) })
	} else {
		seen = &opened{}
		seen.sum, seen.size, err = hashAll(ctx, in, buf)
	}
	if in.Err != nil {
		v.add(finding.FileUnreadable, file, fileCause(in.Err), "", "")
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	rv.read(seen.size)
	f.size, r.sum = seen.size, seen.sum
	r.flags |= hashed
	if form.holdsRecord() {
		// A disc takes the raw form only (doc/package.md, section 3).
		v.add(finding.FileBase64, file, "", "", "")
	}
	if rv.compare(r, rows, state, seen, v) {
		r.flags |= broken
	}
	if rv.open {
		rv.judgeOpened(i, seen, v)
	}
	return nil
}

// compare compares a record with its .SHA and with each list of expected records,
// and reports whether the record's bytes are proven wrong. If a list agrees with
// the record, the .SHA is the one that is wrong.
func (rv *recordVerifier) compare(r *record, rows []*listed, state shaState, seen *opened, v *verdict) (wrong bool) {
	file := rv.set.show(rv.set.files[r.xm6].name)
	trusted := false
	for _, row := range rows {
		trusted = trusted || row != nil && row.size >= 0 && row.sum == r.sum
	}
	mismatch := state == shaGood && r.stated != r.sum
	switch {
	case mismatch && trusted:
		v.add(finding.ShaWrong, rv.set.show(rv.set.files[r.sha].name), "", r.sum.String(), r.stated.String())
	case mismatch:
		v.add(finding.ShaMismatch, file, seen.summary(), r.stated.String(), r.sum.String())
		wrong = true
	}
	for i, row := range rows {
		if row == nil {
			continue
		}
		e := rv.expected[i]
		switch reported := mismatch && !trusted && row.sum == r.stated; {
		case row.size < 0 || reported:
		case row.sum != r.sum:
			v.add(e.differs, file, "sha256", row.sum.String(), r.sum.String())
			wrong = wrong || !trusted
		case row.size != seen.size:
			v.size(e.differs, file, "size", row.size, seen.size)
		}
		if !e.here(row) {
			v.add(e.differs, file, "disc", itoa(int64(row.disc)), itoa(int64(e.disc)))
		}
	}
	return wrong
}

// missing reports the expected records that have no file at all.
func (rv *recordVerifier) missing() {
	var fs []finding.Finding
	for i, e := range rv.expected {
		for k := range e.rows {
			row := &e.rows[k]
			if e.partial || !e.here(row) || rv.table.find(row.name) != nil || rv.reportedBefore(i, row.name) {
				continue
			}
			fs = append(fs, finding.Finding{
				Code: finding.RecordMissing, Severity: finding.Error, File: rv.set.show(row.name + ".XM6"), Record: shown(row.name),
			})
		}
	}
	rv.add(fs...)
}

// reportedBefore reports whether a list before number i expects the record too.
func (rv *recordVerifier) reportedBefore(i int, name string) bool {
	for _, e := range rv.expected[:i] {
		if row := e.find(name); row != nil && e.here(row) {
			return true
		}
	}
	return false
}

// hashAll reads to the end and computes the digest.
func hashAll(ctx context.Context, r io.Reader, buf []byte) (sum checksum.Sum, size int64, err error) {
	h := sha256.New()
	for {
		if err := ctx.Err(); err != nil {
			return sum, size, err
		}
		n, err := r.Read(buf)
		h.Write(buf[:n])
		size += int64(n)
		if err == io.EOF {
			h.Sum(sum[:0])
			return sum, size, nil
		}
		if err != nil {
			return sum, size, err
		}
	}
}
