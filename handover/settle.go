package handover

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"csuis-offline/bundle"
	"csuis-offline/checksum"
	"csuis-offline/internal/iox"
	"csuis-offline/outbox"
)

// OpenOutbox opens the outbox in the folder dir and settles what an interrupted
// run left open in it. Errors are those of outbox.Open.
func OpenOutbox(ctx context.Context, dir string, o outbox.Options) (*outbox.Outbox, error) {
	box, err := outbox.Open(ctx, dir, o)
	if err != nil {
		return nil, err
	}
	if err := settlePackages(ctx, box); err != nil {
		return nil, errors.Join(err, box.Close())
	}
	return box, nil
}

// OpenToList is OpenOutbox for who only reads: where the outbox cannot be written
// to, on a full disk or a medium that takes nothing, it is read as it stands.
func OpenToList(ctx context.Context, dir string, o outbox.Options) (*outbox.Outbox, error) {
	box, err := OpenOutbox(ctx, dir, o)
	if err == nil || !outbox.Unwritable(err) {
		return box, err
	}
	if shot, serr := outbox.Snapshot(ctx, dir, o); serr == nil {
		return shot, nil
	}
	return nil, err
}

// settlePackages finishes or undoes the packages whose making was interrupted
// after they had a name: the folder appears whole or not at all.
func settlePackages(ctx context.Context, box *outbox.Outbox) error {
	all, err := box.Packages(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		if !p.Interrupted {
			continue
		}
		// Another process may have settled it meanwhile.
		if err := settlePackage(ctx, box, p); err != nil && !errors.Is(err, outbox.ErrPackageState) {
			return err
		}
	}
	return nil
}

// settlePackage finishes a package that is whole in its place, and undoes one
// that is not. If the place cannot be read now (a drive that was pulled out),
// the package is left as it is: undone, its records would be sent although they
// may lie on a disc.
func settlePackage(ctx context.Context, box *outbox.Outbox, p outbox.Package) error {
	m, certain := manifestAt(p.Path)
	if !certain {
		return nil
	}
	if m != nil {
		// The name was free when it was chosen; another run may have taken it since.
		whole, err := holdsAll(ctx, box, p.ID, m)
		if err != nil {
			return err
		}
		if whole {
			return box.FinishPackage(ctx, p.ID, m.PackageSHA256.String())
		}
	}
	return box.UndoPackage(ctx, p.ID)
}

// manifestAt reads the manifest of a package folder; nil if no package is there.
// certain is false if that cannot be determined. The place comes from the
// database, which stores whole paths of packages only.
func manifestAt(dir string) (m *bundle.Manifest, certain bool) {
	if dir == "" {
		return nil, true
	}
	if !filepath.IsAbs(dir) || !bundle.IsPackageName(filepath.Base(dir)) {
		return nil, false
	}
	if _, err := os.Stat(filepath.Dir(dir)); err != nil {
		return nil, false
	}
	if _, err := os.Lstat(dir); err != nil {
		return nil, errors.Is(err, fs.ErrNotExist)
	}
	root, err := iox.OpenRoot(dir)
	if err != nil {
		return nil, false
	}
	defer root.Close()
	f, err := iox.OpenIn(root, bundle.ManifestName)
	if err != nil {
		return nil, errors.Is(err, fs.ErrNotExist)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, false
	}
	m, err = bundle.ReadManifest(f, info.Size())
	return m, err == nil
}

// holdsAll reports whether a package holds every record that the outbox put into it.
func holdsAll(ctx context.Context, box *outbox.Outbox, id int64, m *bundle.Manifest) (bool, error) {
	there := map[checksum.Sum]bool{}
	for _, r := range m.Records {
		there[r.SHA256] = true
	}
	for r, err := range box.List(ctx, outbox.Filter{Package: id}) {
		if err != nil {
			return false, err
		}
		if !there[r.Sum] {
			return false, nil
		}
	}
	return true, nil
}
