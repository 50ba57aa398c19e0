package bundle

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"

	"csuis-offline/checksum"
	"csuis-offline/finding"
)

// chunk is how much is read at once, in bytes: enough for the speed of hashing.
const chunk = 1 << 20

// judge judges the records of one set, several at once.
type judge struct {
	*verifier
	set       *fileSet
	table     *table
	witnesses []*witness
	// open says that the records are opened with the key, and held to what
	// the manifest and the form say.
	open     bool
	manifest *Manifest
	form     *formCopy
}

// run judges all records. The error is one of the context, or says that
// records cannot be opened at all.
func (j *judge) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(j.workers, len(j.table.records)) {
		wg.Go(func() {
			buf := make([]byte, chunk)
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(j.table.records) {
					return
				}
				if err := j.one(ctx, i, buf); err != nil {
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	j.missing()
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

func (j *judge) one(ctx context.Context, i int, buf []byte) error {
	r := &j.table.records[i]
	v := &verdict{record: shown(r.name)}
	rows := j.lookUp(r)
	if r.xm6 < 0 {
		j.absent(r, rows, v)
		j.add(v.fs...)
		return nil
	}
	state := j.readSHA(r, v, buf)
	err := j.sealed(ctx, i, rows, state, v, buf)
	j.unlisted(r, rows, v)
	j.add(v.fs...)
	return err
}

// lookUp returns what each witness says of the record, nil where nothing.
func (j *judge) lookUp(r *record) []*listed {
	rows := make([]*listed, len(j.witnesses))
	for i, w := range j.witnesses {
		rows[i] = w.find(r.name)
	}
	return rows
}

// absent judges a .SHA without its sealed record.
func (j *judge) absent(r *record, rows []*listed, v *verdict) {
	file := j.set.files[r.sha].name
	for i, row := range rows {
		if row != nil && j.witnesses[i].here(row) {
			stem, _ := splitName(file)
			v.add(finding.RecordMissing, j.set.show(stem+".XM6"), "", "", "")
			return
		}
	}
	v.add(finding.ShaOrphan, j.set.show(file), "", "", "")
}

// unlisted tells the first witness that does not know the record, and a name
// that no disc takes where there is no witness.
func (j *judge) unlisted(r *record, rows []*listed, v *verdict) {
	file := j.set.show(j.set.files[r.xm6].name)
	for i, w := range j.witnesses {
		if rows[i] == nil {
			v.add(w.unlisted, file, "", "", "")
			return
		}
	}
	if len(rows) == 0 && !j.set.image && !recordPattern.MatchString(r.name) {
		v.fs = append(v.fs, finding.Finding{Code: finding.FileName, Severity: finding.Warning, File: file, Record: v.record})
	}
}

// shaState says what a .SHA is good for.
type shaState uint8

const (
	shaUseless shaState = iota // told already
	shaOther                   // it names another file
	shaGood
)

// readSHA reads and judges a record's .SHA. In buf is room for it.
func (j *judge) readSHA(r *record, v *verdict, buf []byte) shaState {
	if r.sha < 0 {
		stem, _ := splitName(j.set.files[r.xm6].name)
		v.add(finding.ShaMissing, j.set.show(stem+".SHA"), "", "", "")
		return shaUseless
	}
	f := &j.set.files[r.sha]
	file := j.set.show(f.name)
	content, err := j.content(f, r.flags&twoSHA != 0, buf[:checksum.MaxSizeOne+1])
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
	j.read(int64(len(content)))
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
	base := entry.Name[strings.LastIndexAny(entry.Name, `/\`)+1:]
	if entry.Name != "" && upper(base) != r.name+".XM6" {
		v.add(finding.ShaName, file, "", shown(r.name+".XM6"), shown(entry.Name))
		return shaOther
	}
	// Where a package digest is stated it covers these very bytes.
	severity := finding.Info
	if len(j.witnesses) > 0 {
		severity = finding.Error
	}
	v.fs = append(v.fs, finding.Finding{Code: finding.ShaForm, Severity: severity, File: file, Record: v.record})
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

// errDoubled: an image holds two files of the name, and which one is meant
// cannot be told.
var errDoubled = errors.New("two files have this name")

// openFile opens a file that is to be judged.
func (j *judge) openFile(f *setFile, two bool) (io.ReadCloser, error) {
	if two {
		return nil, errDoubled
	}
	if f.kind != kindRegular {
		return nil, errors.New(f.kind.String())
	}
	return j.set.open(f.name)
}

// content reads as much of a file as fits into buf.
func (j *judge) content(f *setFile, two bool, buf []byte) ([]byte, error) {
	r, err := j.openFile(f, two)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	n, err := io.ReadFull(r, buf)
	if err == io.EOF || err == io.ErrUnexpectedEOF && !j.set.image {
		err = nil
	}
	if err == io.ErrUnexpectedEOF && int64(n) == f.size {
		err = nil
	}
	j.progress.Add(int64(n))
	return buf[:n], err
}

// sealed reads a sealed record and weighs what its .SHA and the witnesses say.
func (j *judge) sealed(ctx context.Context, i int, rows []*listed, state shaState, v *verdict, buf []byte) error {
	r := &j.table.records[i]
	f := &j.set.files[r.xm6]
	file := j.set.show(f.name)
	if f.kind == kindRegular && f.size == 0 && r.flags&twoXM6 == 0 {
		r.flags |= broken
		v.add(finding.FileEmpty, file, "", "", "")
		return nil
	}
	src, err := j.openFile(f, r.flags&twoXM6 != 0)
	if errors.Is(err, errDoubled) {
		v.add(finding.FileDoubled, file, "", "", "")
		return nil
	}
	if err != nil {
		v.add(finding.FileUnreadable, file, fileCause(err), "", "")
		return nil
	}
	defer src.Close()
	in := &watchedReader{r: src, progress: j.progress}
	var seen *opened
	if j.open {
		seen, err = j.openSealed(ctx, in, buf, func() (io.ReadCloser, error) { return j.openFile(f, false) })
	} else {
		seen = &opened{}
		seen.sum, seen.size, err = hashAll(ctx, in, buf)
	}
	if in.err != nil {
		v.add(finding.FileUnreadable, file, fileCause(in.err), "", "")
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	j.read(seen.size)
	f.size, r.sum = seen.size, seen.sum
	r.flags |= hashed
	if j.weigh(r, rows, state, seen, v) {
		r.flags |= broken
	}
	if j.open {
		j.judgeOpened(i, seen, v)
	}
	return nil
}

// weigh compares a record with its .SHA and with each witness, and reports
// whether its bytes are proven wrong. A .SHA that stands alone against a
// witness is the one that is wrong.
func (j *judge) weigh(r *record, rows []*listed, state shaState, seen *opened, v *verdict) (wrong bool) {
	file := j.set.show(j.set.files[r.xm6].name)
	trusted := false
	for _, row := range rows {
		trusted = trusted || row != nil && row.size >= 0 && row.sum == r.sum
	}
	mismatch := state == shaGood && r.stated != r.sum
	switch {
	case mismatch && trusted:
		v.add(finding.ShaWrong, j.set.show(j.set.files[r.sha].name), "", r.sum.String(), r.stated.String())
	case mismatch:
		v.add(finding.ShaMismatch, file, seen.told(), r.stated.String(), r.sum.String())
		wrong = true
	}
	for i, row := range rows {
		if row == nil {
			continue
		}
		w := j.witnesses[i]
		switch told := mismatch && !trusted && row.sum == r.stated; {
		case row.size < 0 || told:
		case row.sum != r.sum:
			v.add(w.differs, file, "sha256", row.sum.String(), r.sum.String())
			wrong = wrong || !trusted
		case row.size != seen.size:
			v.add(w.differs, file, "size", itoa(row.size), itoa(seen.size))
		}
		if !w.here(row) {
			v.add(w.differs, file, "disc", itoa(int64(row.disc)), itoa(int64(w.disc)))
		}
	}
	return wrong
}

// missing tells the records of which there is no file at all.
func (j *judge) missing() {
	var fs []finding.Finding
	for i, w := range j.witnesses {
		for k := range w.rows {
			row := &w.rows[k]
			if w.partial || !w.here(row) || j.table.find(row.name) != nil || j.toldBefore(i, row.name) {
				continue
			}
			fs = append(fs, finding.Finding{
				Code: finding.RecordMissing, Severity: finding.Error, File: j.set.show(row.name + ".XM6"), Record: shown(row.name),
			})
		}
	}
	j.add(fs...)
}

// toldBefore reports whether a witness before number i misses the record too.
func (j *judge) toldBefore(i int, name string) bool {
	for _, w := range j.witnesses[:i] {
		if row := w.find(name); row != nil && w.here(row) {
			return true
		}
	}
	return false
}

// hashAll reads to the end.
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
