package bundle

import (
	"context"
	"path/filepath"

	"csuis-offline/checksum"
	"csuis-offline/finding"
)

// Sealed is one input that SealAll sealed.
type Sealed struct {
	RecordInfo // Disc is 0
	// Path is the input, and Source the SHA-256 of its bytes.
	Path   string
	Source checksum.Sum
	// UnitIC and PersonID are the sender's, as the envelope names him.
	UnitIC, PersonID string
	// File is the sealed record. Its name is Name and ".XM6".
	File string
}

// SealAll judges and seals the records in inputs into the folder dir, as Pack
// does, for a hand-over that needs no package: the units may differ, and with
// the zero Media a record may be of any size. With a finding of error severity
// the list is nil. Whatever happens, what lies in dir counts only when it is in
// the list.
func SealAll(ctx context.Context, inputs []string, dir string, o PackOptions) ([]Sealed, []finding.Finding, error) {
	o = o.withDefaults()
	o.sumSources, o.anyUnit = true, true
	ins, fs := collect(inputs)
	fs = append(fs, plan(ctx, ins, &o)...)
	if len(ins) == 0 {
		return nil, fs, nil
	}
	o.Progress.SetMax(totalSize(ins) / 2)
	defer o.Progress.Done()
	if finding.Failed(fs) {
		dir = "" // every record is still judged
	}
	records, more, err := sealAll(ctx, ins, dir, &o)
	fs = sorted(fs, more)
	if err != nil || finding.Failed(fs) {
		return nil, fs, err
	}
	list := make([]Sealed, len(records))
	for i := range records {
		r := &records[i]
		list[i] = Sealed{
			RecordInfo: r.info, Path: ins[i].path, Source: r.source, UnitIC: r.sender.IC, PersonID: r.sender.Person.ID,
			File: filepath.Join(dir, r.info.Name+".XM6"),
		}
	}
	return list, fs, nil
}
