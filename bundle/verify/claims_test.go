package verify

import (
	"slices"
	"testing"
	"time"

	"csuis-offline/bundle"
	"csuis-offline/internal/packtest"
)

// TestManifestIsNotBelievedOnItsWord edits the manifest, with a new digest of
// itself, in a package that has nothing but records and an image beside it.
func TestManifestIsNotBelievedOnItsWord(t *testing.T) {
	t.Parallel()
	dir := twoRecords(t)
	for name, c := range map[string]struct {
		change   func(*bundle.Manifest)
		key      bool
		only     []string
		findings []string
	}{
		"nothing, with the key": {func(*bundle.Manifest) {}, true, []string{"media"}, nil},
		"nothing, without it":   {func(*bundle.Manifest) {}, false, []string{"unit_name", "person_name", "media"}, nil},
		"unit": {func(m *bundle.Manifest) { m.Unit.Name = "Obec Jinde" }, true, []string{"unit_name", "media"},
			[]string{"warning|manifest.name|package.json||unit.name"}},
		"person": {func(m *bundle.Manifest) { m.Person.Name = "Někdo Jiný" }, true, []string{"person_name", "media"},
			[]string{"warning|manifest.name|package.json||person.name"}},
		"created": {func(m *bundle.Manifest) { m.Created = m.Created.Add(-24 * time.Hour) }, false, []string{"unit_name", "person_name", "created", "media"},
			[]string{"error|manifest.mismatch|disc-1.iso||created"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := folder{t, copyTree(t, dir)}
			f.remove(bundle.FormName)
			f.manifest(func(m *bundle.Manifest) { c.change(m); m.Checks = nil })
			key := packtest.Key(t)
			if !c.key {
				key = nil
			}
			r := mustVerify(t, f.dir, key)
			wantLines(t, r.Findings, append(c.findings, "error|form.missing|FORMULAR.PDF")...)
			if !slices.Equal(r.ManifestOnly, c.only) {
				t.Errorf("only by the manifest: %q, want %q", r.ManifestOnly, c.only)
			}
		})
	}
}

// TestRecordsMaySpellTheNameOtherwise: where one of them has the manifest's name,
// the others are told when they are packed.
func TestRecordsMaySpellTheNameOtherwise(t *testing.T) {
	t.Parallel()
	files := map[string]string{"a.xml": packtest.Enveloped(1), "b.xml": packtest.Enveloped(2, "Obec Kůňov nad Ďáblicí", "OBEC KŮŇOV")}
	r := mustVerify(t, pack(t, bigDisc, files).Dir, packtest.Key(t))
	wantLines(t, r.Findings)
	if slices.Contains(r.ManifestOnly, "unit_name") {
		t.Errorf("%q", r.ManifestOnly)
	}
}
