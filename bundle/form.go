package bundle

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"csuis-offline/envelope"
	"csuis-offline/form"
	"csuis-offline/internal/iox"
)

// writeForm prints the form of the whole set for the given number of discs.
func writeForm(ctx context.Context, dir string, m *Manifest, discs int, date time.Time) (FileInfo, error) {
	path := filepath.Join(dir, FormName)
	// One that was printed for another number of discs may lie there.
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return FileInfo{}, err
	}
	f, err := iox.Create(path, 0o666)
	if err != nil {
		return FileInfo{}, err
	}
	defer f.Close()
	out := &iox.Writer{W: f, Hash: sha256.New()}
	w := bufio.NewWriterSize(out, 256<<10)
	if err := form.Write(ctx, w, formOf(m, discs, date), form.Options{}); err != nil {
		return FileInfo{}, err
	}
	if err := w.Flush(); err != nil {
		return FileInfo{}, err
	}
	return fileInfo(FormName, out), f.Close()
}

func formOf(m *Manifest, discs int, date time.Time) form.Form {
	volumes := make([]string, discs)
	for i := range volumes {
		volumes[i] = volumeID(m.Package, i+1, discs)
	}
	return form.Form{
		Package: m.Package,
		Unit:    form.Unit{IC: m.Unit.IC, Name: m.Unit.Name},
		Person:  form.Person{ID: m.Person.ID, Name: m.Person.Name, Email: m.Person.Email, Phones: m.Person.Phones},
		Reason:  m.Reason,
		Medium:  form.Medium{Kind: mediaKind(m.Media), Volumes: volumes},

		PackageDigest: m.PackageSHA256,
		Place:         m.Place,
		Date:          date,
		Count:         len(m.Records),
		Row:           func(i int) form.Row { return formRow(&m.Records[i]) },
		Generator:     m.Generator,
	}
}

func formRow(r *RecordInfo) form.Row {
	return form.Row{
		Name: r.Name + ".XM6", Kind: kindText(r), Date: czechDate(r.StatementDate),
		TransactionID: r.TransactionID, Size: r.Size, Sum: r.SHA256, Disc: r.Disc, Original: r.Original,
	}
}

// kindText is the kind of a record as people know it: its type and name, or the
// name of its root element if the envelope states no type.
func kindText(r *RecordInfo) string {
	switch name := envelope.KindName(r.RecordType); {
	case name != "":
		return r.RecordType + " " + name
	case r.RecordType != "":
		return r.RecordType + " " + r.Root
	}
	return r.Root
}

func czechDate(iso string) string {
	if t, err := time.Parse(time.DateOnly, iso); err == nil {
		return t.Format("02.01.2006")
	}
	return iso
}

func mediaKind(media string) string {
	if media == "dvd" || media == "dvd-dl" {
		return "DVD"
	}
	return "CD"
}
