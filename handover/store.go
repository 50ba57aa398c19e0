package handover

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"csuis-offline/batch"
	"csuis-offline/check"
	"csuis-offline/finding"
	"csuis-offline/internal/iox"
	"csuis-offline/internal/pool"
	"csuis-offline/outbox"
	"csuis-offline/progress"
	"csuis-offline/stage"
)

const (
	// sealingFolder is the folder inside the outbox's where records are sealed
	// before all of them are known to be good.
	sealingFolder = "sealing"
	// adders is how many records are put into the outbox at once, so that they
	// share syncs and transactions.
	adders = 16
)

// StoreOptions say how Store seals and stores.
type StoreOptions struct {
	// Batch says how the records are sealed. Store sets InputSums.
	Batch batch.Options
	// Again stores a second record of a file that is already stored.
	Again bool
	Tell  Tell
}

// Stored is what Store did.
type Stored struct {
	Added      int
	Duplicates int // the outbox had them already
	// Conflicts of Duplicates have the TransactionId of a record with another
	// content, and so cannot be handed over as they are.
	Conflicts int
	// Checks says which checks the records passed.
	Checks check.Passed
}

// Store checks and seals the inputs and puts them into the outbox. If one of
// them has a finding of error severity, none is put there, and the result is
// nil. Errors: those of batch.Seal, of the outbox and of the files.
func Store(ctx context.Context, box *outbox.Outbox, in batch.Inputs, o StoreOptions) (*Stored, error) {
	folder, err := stage.CreateFolder(ownFolder(box, sealingFolder), stage.Options{})
	if err != nil {
		return nil, err
	}
	defer folder.Abort()
	o.Batch.InputSums = true
	sealed, fs, err := batch.Seal(ctx, in, folder.Path(), o.Batch)
	if err != nil {
		return nil, err
	}
	progress.Or(o.Batch.Progress).Done()
	o.Tell.tell(fs...)
	if sealed == nil {
		return nil, nil
	}
	res := &Stored{Checks: sealed.Checks}
	// Each record is safe as soon as it is added, whatever comes after.
	err = pool.InOrder(ctx, adders, sealed.Records, func(ctx context.Context, r batch.Record) error {
		return add(ctx, box, folder.Path(), &r, o.Again)
	}, func(err error) error {
		var double *doubleError
		switch {
		case err == nil:
			res.Added++
		case errors.As(err, &double):
			res.Duplicates++
			if double.finding.Code == finding.SendTransaction {
				res.Conflicts++
			}
			o.Tell.tell(double.finding)
		default:
			return err
		}
		return nil
	})
	return res, err
}

// doubleError says that the outbox already has a record.
type doubleError struct{ finding finding.Finding }

func (e *doubleError) Error() string { return string(e.finding.Code) }

// add puts one sealed record of the folder dir into the outbox.
func add(ctx context.Context, box *outbox.Outbox, dir string, r *batch.Record, again bool) error {
	f, err := iox.Open(filepath.Join(dir, r.Name+".XM6"))
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = box.Add(ctx, outbox.Meta{
		TransactionID: r.Info.TransactionID, Unit: r.Info.Sender.IC, Person: r.Info.Sender.Person.ID, Type: r.Info.RecordType,
		Date: dateOnly(r.Info.StatementDate), Name: r.Name, Source: r.Input.FileName(), SourceSum: r.InputSum,
	}, f, outbox.AddOptions{Sum: r.Sum, Size: r.Size, Again: again})
	var double *outbox.DuplicateError
	if errors.As(err, &double) {
		return &doubleError{aboutDouble(r, double)}
	}
	return err
}

// aboutDouble is the finding about a record that the outbox already has.
func aboutDouble(r *batch.Record, d *outbox.DuplicateError) finding.Finding {
	f := finding.Finding{
		Code: finding.SendDuplicate, Severity: finding.Warning, File: r.Input.Path, Record: r.Name,
	}.WithOther(d.Existing.ID)
	if d.SameTransaction {
		// An envelope keeps its TransactionId, however often it is sent.
		f.Found = r.Info.TransactionID
	}
	if d.SameTransaction && !d.SameBytes && d.Existing.SourceSum != r.InputSum {
		f.Code, f.Severity = finding.SendTransaction, finding.Error
		return f
	}
	return f.WithState(string(d.Existing.State))
}

// dateOnly is a date as the outbox wants it, or "".
func dateOnly(s string) string {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return ""
	}
	return s
}
