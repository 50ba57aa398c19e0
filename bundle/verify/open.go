package verify

import (
	"context"
	"io"
	"strings"

	"csuis-offline/checksum"
	"csuis-offline/finding"
	"csuis-offline/internal/iox"
	"csuis-offline/seal"
)

// opened is what reading a sealed record showed.
type opened struct {
	sum  checksum.Sum
	size int64
	// result and found are what opening it with the key gave; result is nil
	// without a key.
	result *seal.Result
	found  []finding.Finding
}

// summary says what opening showed about a record that differs from its .SHA.
func (o *opened) summary() string {
	switch {
	case o.result == nil:
		return ""
	case len(o.found) == 0:
		return "it opens, and its integrity identifier is valid"
	}
	return "opening it shows " + string(o.found[0].Code)
}

// openSealed opens a record and hashes it as it flows by. again opens the file a
// second time, in case the container is so damaged that it was not read to its
// end.
func (rv *recordVerifier) openSealed(ctx context.Context, in *iox.Reader, buf []byte, again func() (io.ReadCloser, error)) (*opened, error) {
	res, err := seal.Open(ctx, io.Discard, in, rv.key)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if in.Err != nil {
		return nil, in.Err
	}
	if err == nil {
		err = res.Info.Check()
	}
	o := &opened{result: res}
	if err != nil {
		if o.found = seal.Findings(err); o.found == nil {
			return nil, err
		}
	}
	if in.EOF {
		o.sum, o.size = res.Sum, res.SealedSize
		return o, nil
	}
	f, err := again()
	if err != nil {
		in.Err = err
		return nil, err
	}
	defer f.Close()
	o.sum, o.size, err = hashAll(ctx, f, buf)
	if err != nil && ctx.Err() == nil {
		in.Err = err
	}
	return o, err
}

// judgeOpened adds what opening record i showed, unless the record's bytes are
// already proven wrong.
func (rv *recordVerifier) judgeOpened(i int, o *opened, v *verdict) {
	r := &rv.table.records[i]
	wrongKey := len(o.found) > 0 && o.found[0].Code == finding.ContainerKey
	rv.countKey(r.flags&broken == 0, wrongKey)
	if r.flags&broken != 0 {
		return
	}
	file := rv.set.show(rv.set.files[r.xm6].name)
	for _, f := range o.found {
		f.File, f.Record = file, v.record
		v.fs = append(v.fs, f)
	}
	if len(o.found) > 0 {
		return
	}
	rv.countOpened()
	rv.claimedNames(i, &o.result.Info.Sender)
	rv.header(i, &o.result.Info.Sender)
	for _, f := range o.result.Notes {
		if f.Code == finding.HeaderCheckDigit {
			// All records have the same number of the unit.
			rv.checkDigit(f)
			continue
		}
		f.File, f.Record = file, v.record
		v.fs = append(v.fs, f)
	}
	rv.compareHeader(r, o.result, file, v)
}

func (v *verifier) countKey(whole, wrong bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	n, bad := &v.keys.broken, &v.keys.brokenWrong
	if whole {
		n, bad = &v.keys.whole, &v.keys.wholeWrong
	}
	*n++
	if wrong {
		*bad++
	}
}

func (v *verifier) countOpened() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.opened++
}

func (v *verifier) checkDigit(f finding.Finding) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.units[f.Found] {
		v.units[f.Found] = true
		v.report.Findings = append(v.report.Findings, f)
	}
}

// compareHeader compares an opened record's header with the manifest, or with the
// form if there is no manifest.
func (rv *recordVerifier) compareHeader(r *record, res *seal.Result, file string, v *verdict) {
	in := &res.Info
	differ := func(code finding.Code, field, wanted, found string) {
		if wanted != found {
			v.add(code, file, field, shown(wanted), shown(found))
		}
	}
	switch {
	case rv.manifest != nil:
		k := indexRecord(rv.manifest.Records, r.name)
		if k < 0 {
			return
		}
		m := &rv.manifest.Records[k]
		for _, field := range []struct{ name, wanted, found string }{
			{"unit.ic", rv.manifest.Unit.IC, in.Sender.IC},
			{"person.id", rv.manifest.Person.ID, in.Sender.Person.ID},
			{"transaction_id", m.TransactionID, in.TransactionID},
			{"record_type", m.RecordType, in.RecordType},
			{"root", m.Root, in.Root},
			{"subject_ic", m.SubjectIC, in.SubjectIC},
			{"statement_date", m.StatementDate, in.StatementDate},
			{"created", m.Created, in.Created},
			{"profile", m.Profile, in.Profile.String()},
		} {
			differ(finding.RecordHeader, field.name, field.wanted, field.found)
		}
		if m.XMLSize != res.XMLSize {
			v.size(finding.RecordHeader, file, "xml_size", m.XMLSize, res.XMLSize)
		}
	case rv.form != nil:
		row := rv.form.expected.find(r.name)
		if row == nil {
			return
		}
		differ(finding.FormMismatch, "unit.ic", rv.form.listing.IC, in.Sender.IC)
		if !strings.ContainsRune(rv.form.listing.PersonID, '\uFFFD') {
			differ(finding.FormMismatch, "person.id", rv.form.listing.PersonID, in.Sender.Person.ID)
		}
		differ(finding.FormMismatch, "transaction_id", row.transactionID, in.TransactionID)
	}
}
