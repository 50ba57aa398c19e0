package verify

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"csuis-offline/batch"
	"csuis-offline/bundle"
	"csuis-offline/check"
	"csuis-offline/checksum"
	"csuis-offline/crypto"
	"csuis-offline/finding"
	"csuis-offline/internal/packtest"
	"csuis-offline/internal/testtool"
)

func TestHealthyPackage(t *testing.T) {
	t.Parallel()
	dir := twoRecords(t)
	for _, key := range []*crypto.Key{nil, packtest.Key(t)} {
		r := mustVerify(t, dir, key)
		wantLines(t, r.Findings)
		if r.Kind != KindPackage || r.Records != 2 || r.Discs != 1 || r.Opened != (key != nil) || r.WrongKey {
			t.Errorf("report %+v", r)
		}
		// package.json, form, 2 x 2 files, the image and its 5 files
		if r.Files != 1+1+4+1+5 {
			t.Errorf("%d files", r.Files)
		}
		cat := append((folder{t, dir}).read("records/A.SHA"), (folder{t, dir}).read("records/B.SHA")...)
		if want, _, _ := checksum.Of(bytes.NewReader(cat)); r.PackageSHA256 != want {
			t.Errorf("package digest %s, want %s", r.PackageSHA256, want)
		}
		if (key == nil) != strings.Contains(string(mustJSON(t, r)), `"verify.no-key"`) {
			t.Error("that the records were not opened is told exactly where there is no key")
		}
	}
}

// TestOneChangeInAPackage changes one thing and wants exactly these findings.
func TestOneChangeInAPackage(t *testing.T) {
	t.Parallel()
	whole := twoRecords(t)
	const (
		imageDigest = "error|image.digest|disc-1.iso||sha256"
		digest      = "error|package.digest|package.json"
	)
	for name, c := range map[string]struct {
		change func(folder)
		want   []string
	}{
		"record flipped": {
			func(f folder) { f.flip("records/A.XM6") },
			[]string{"error|sha.mismatch|records/A.XM6|A"},
		},
		"record cut": {
			func(f folder) { b := f.read("records/B.XM6"); f.write("records/B.XM6", b[:len(b)-16]) },
			[]string{"error|sha.mismatch|records/B.XM6|B"},
		},
		"record empty": {
			func(f folder) { f.write("records/A.XM6", nil) },
			[]string{"error|file.empty|records/A.XM6|A"},
		},
		"record missing": {
			func(f folder) { f.remove("records/A.XM6") },
			[]string{"error|record.missing|records/A.XM6|A"},
		},
		"record and checksum missing": {
			func(f folder) { f.remove("records/A.XM6", "records/A.SHA") },
			[]string{"error|record.missing|records/A.XM6|A", digest},
		},
		"record replaced with its checksum": {
			func(f folder) {
				b := append(f.read("records/A.XM6"), make([]byte, 16)...)
				f.write("records/A.XM6", b)
				f.write("records/A.SHA", checksum.Line("A.XM6", f.sum("records/A.XM6")))
			},
			[]string{
				"error|manifest.mismatch|records/A.XM6|A|sha256", "error|form.mismatch|records/A.XM6|A|sha256", digest,
			},
		},
		"records swapped": {
			func(f folder) {
				a, b := f.read("records/A.XM6"), f.read("records/B.XM6")
				f.write("records/A.XM6", b)
				f.write("records/B.XM6", a)
			},
			[]string{"error|sha.mismatch|records/A.XM6|A", "error|sha.mismatch|records/B.XM6|B"},
		},
		"record twice under another name": {
			func(f folder) {
				f.write("records/C.XM6", f.read("records/A.XM6"))
				f.write("records/C.SHA", checksum.Line("C.XM6", f.sum("records/C.XM6")))
			},
			[]string{
				"error|record.unlisted|records/C.XM6|C", "warning|file.same-content|records/C.XM6|C|A.XM6", digest,
			},
		},
		"record twice in other case": {
			func(f folder) { f.write("records/a.xm6", f.read("records/A.XM6")) },
			[]string{"error|file.doubled|records/a.xm6|A"},
		},
		"checksum flipped": {
			func(f folder) {
				b := f.read("records/A.SHA")
				b[10] = "0123456789abcdef"[(strings.IndexByte("0123456789abcdef", b[10])+1)%16]
				f.write("records/A.SHA", b)
			},
			[]string{"error|sha.wrong|records/A.SHA|A", digest},
		},
		"checksum missing": {
			func(f folder) { f.remove("records/A.SHA") },
			[]string{"error|sha.missing|records/A.SHA|A"},
		},
		"checksum empty": {
			func(f folder) { f.write("records/A.SHA", nil) },
			[]string{"error|file.empty|records/A.SHA|A"},
		},
		"checksum malformed": {
			func(f folder) { f.write("records/A.SHA", []byte("no digest\n")) },
			[]string{"error|sha.malformed|records/A.SHA|A|no SHA-256 digest of 64 hexadecimal digits", digest},
		},
		"checksum of another name": {
			func(f folder) { f.edit("records/A.SHA", "A.XM6", "X.XM6") },
			[]string{"error|sha.name|records/A.SHA|A", digest},
		},
		"checksums swapped": {
			func(f folder) {
				a, b := f.read("records/A.SHA"), f.read("records/B.SHA")
				f.write("records/A.SHA", b)
				f.write("records/B.SHA", a)
			},
			[]string{"error|sha.name|records/A.SHA|A", "error|sha.name|records/B.SHA|B", digest},
		},
		"checksum in another form": {
			func(f folder) { f.edit("records/A.SHA", "\n", "\r\n") },
			[]string{"error|sha.form|records/A.SHA|A", digest},
		},
		"checksum without record": {
			func(f folder) { f.write("records/C.SHA", checksum.Line("C.XM6", f.sum("FORMULAR.PDF"))) },
			[]string{"error|sha.orphan|records/C.SHA|C", digest},
		},
		"a file too many": {
			func(f folder) { f.write("records/README.TXT", []byte("x")) },
			[]string{"error|file.unexpected|records/README.TXT"},
		},
		"what an operating system leaves": {
			func(f folder) { f.write(".DS_Store", []byte("x")) },
			[]string{"info|file.litter|.DS_Store"},
		},
		"a folder too many": {
			func(f folder) { f.write("records/SUB/X.XM6", []byte("x")) },
			[]string{"error|file.unexpected|records/SUB||a folder"},
		},
		"an image too many": {
			func(f folder) { f.write("disc-2.iso", []byte("x")) },
			[]string{"error|file.unexpected|disc-2.iso"},
		},
		"manifest missing": {
			func(f folder) { f.remove("package.json") },
			[]string{"error|manifest.missing|package.json"},
		},
		"manifest of another format": {
			func(f folder) {
				b := f.read(bundle.ManifestName)
				end := bytes.LastIndex(b, []byte(`  "manifest_sha256": "`))
				b = bytes.Replace(b[:end], []byte("csuis-package/1"), []byte("csuis-package/2"), 1)
				sum, _, _ := checksum.Of(bytes.NewReader(b))
				f.write(bundle.ManifestName, append(b, "  \"manifest_sha256\": \""+sum.String()+"\"\n}\n"...))
			},
			[]string{`error|manifest.format|package.json||the format is "csuis-package/2", known is "csuis-package/1"`},
		},
		"manifest with another digest of a record": {
			func(f folder) { f.manifest(func(m *bundle.Manifest) { m.Records[0].SHA256[0] ^= 1 }) },
			[]string{"error|manifest.mismatch|records/A.XM6|A|sha256", "error|image.content|disc-1.iso:A.XM6|A|sha256"},
		},
		"manifest with another size of a record": {
			func(f folder) { f.manifest(func(m *bundle.Manifest) { m.Records[0].Size += 16 }) },
			[]string{"error|manifest.mismatch|records/A.XM6|A|size", "error|image.content|disc-1.iso:A.XM6|A|size"},
		},
		"manifest with another TransactionId": {
			func(f folder) { f.manifest(func(m *bundle.Manifest) { m.Records[1].TransactionID = "ABC" }) },
			[]string{"error|form.mismatch|FORMULAR.PDF|B|transaction_id", "error|record.header|records/B.XM6|B|transaction_id"},
		},
		"manifest of another person": {
			func(f folder) { f.manifest(func(m *bundle.Manifest) { m.Person.ID = "1" }) },
			[]string{
				"error|form.mismatch|FORMULAR.PDF||person.id",
				"error|record.header|records/A.XM6|A|person.id", "error|record.header|records/B.XM6|B|person.id",
			},
		},
		"manifest of another unit": {
			func(f folder) {
				f.manifest(func(m *bundle.Manifest) {
					m.Package = strings.Replace(m.Package, m.Unit.IC, "00000001", 1)
					m.Unit.IC = "00000001"
				})
			},
			[]string{
				"error|form.mismatch|FORMULAR.PDF||package", "error|form.mismatch|FORMULAR.PDF||unit.ic",
				"error|record.header|records/A.XM6|A|unit.ic", "error|record.header|records/B.XM6|B|unit.ic",
			},
		},
		"manifest with other header fields": {
			func(f folder) {
				f.manifest(func(m *bundle.Manifest) {
					r := &m.Records[0]
					r.RecordType, r.Root, r.SubjectIC, r.StatementDate = "007", "X", "1", "2000-01-01"
					r.Created, r.Profile = "x", "exclusive"
					r.XMLSize++
				})
			},
			[]string{
				"error|record.header|records/A.XM6|A|record_type", "error|record.header|records/A.XM6|A|root",
				"error|record.header|records/A.XM6|A|subject_ic", "error|record.header|records/A.XM6|A|statement_date",
				"error|record.header|records/A.XM6|A|created", "error|record.header|records/A.XM6|A|profile",
				"error|record.header|records/A.XM6|A|xml_size",
			},
		},
		"manifest with another package digest": {
			func(f folder) { f.manifest(func(m *bundle.Manifest) { m.PackageSHA256[31] ^= 1 }) },
			[]string{digest},
		},
		"manifest with another image digest": {
			func(f folder) { f.manifest(func(m *bundle.Manifest) { m.Images[0].SHA256[31] ^= 1 }) },
			[]string{imageDigest},
		},
		"manifest with another volume": {
			func(f folder) { f.manifest(func(m *bundle.Manifest) { m.Images[0].VolumeID = "X" }) },
			[]string{"error|manifest.mismatch|disc-1.iso||volume_id", "error|form.mismatch|FORMULAR.PDF||volume_id"},
		},
		"manifest with another form digest": {
			func(f folder) { f.manifest(func(m *bundle.Manifest) { m.Form.SHA256[31] ^= 1 }) },
			[]string{"error|manifest.mismatch|FORMULAR.PDF||sha256", "error|image.content|disc-1.iso:FORMULAR.PDF||sha256"},
		},
		"manifest with a record left out": {
			func(f folder) {
				f.manifest(func(m *bundle.Manifest) { m.Records = m.Records[:1]; m.Images[0].Records = 1 })
			},
			[]string{"error|record.unlisted|records/B.XM6|B", "error|record.unlisted|disc-1.iso:B.XM6|B"},
		},
		"form missing": {
			func(f folder) { f.remove("FORMULAR.PDF") },
			[]string{"error|form.missing|FORMULAR.PDF"},
		},
		"form empty": {
			func(f folder) { f.write("FORMULAR.PDF", nil) },
			[]string{"error|file.empty|FORMULAR.PDF"},
		},
		"form of another program": {
			func(f folder) { f.write("FORMULAR.PDF", []byte("%PDF-1.4\n%%EOF\n")) },
			[]string{"warning|form.foreign|FORMULAR.PDF", "error|manifest.mismatch|FORMULAR.PDF||sha256"},
		},
		"image missing": {
			func(f folder) { f.remove("disc-1.iso") },
			[]string{"error|image.missing|disc-1.iso"},
		},
		"image empty": {
			func(f folder) { f.write("disc-1.iso", nil) },
			[]string{"error|file.empty|disc-1.iso"},
		},
		"record flipped in the image": {
			func(f folder) { f.flipInImage("disc-1.iso", "records/B.XM6") },
			[]string{imageDigest, "error|sha.mismatch|disc-1.iso:B.XM6|B"},
		},
		"checksum changed in the image": {
			func(f folder) {
				sum := f.sum("records/B.XM6").String()
				f.edit("disc-1.iso", sum, strings.Repeat("0", 64))
			},
			[]string{imageDigest, "error|sha.wrong|disc-1.iso:B.SHA|B"},
		},
		"form flipped in the image": {
			func(f folder) { f.flipInImage("disc-1.iso", "FORMULAR.PDF") },
			[]string{imageDigest, "error|image.content|disc-1.iso:FORMULAR.PDF||sha256"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := folder{t, copyTree(t, whole)}
			c.change(f)
			wantLines(t, mustVerify(t, f.dir, packtest.Key(t)).Findings, c.want...)
		})
	}
}

func TestDamagedManifestDoesNotHideTheRest(t *testing.T) {
	t.Parallel()
	f := folder{t, twoRecords(t)}
	f.edit(bundle.ManifestName, `"media": "cd"`, `"media": "dv"`)
	f.flip("records/A.XM6")
	f.flipInImage("disc-1.iso", "records/B.XM6")
	r := mustVerify(t, f.dir, packtest.Key(t))
	got := lines(r.Findings)
	for _, want := range []string{"manifest.damaged", "sha.mismatch|records/A.XM6|A", "sha.mismatch|disc-1.iso:B.XM6|B"} {
		if !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("no %s in %q", want, got)
		}
	}
	if len(got) != 3 {
		t.Errorf("findings %q", got)
	}
	if r.UnitIC == "" || r.Package == "" || r.Discs != 1 {
		t.Errorf("the form could have told whose package it is: %+v", r)
	}
}

func TestBrokenFormIsToldOnce(t *testing.T) {
	t.Parallel()
	f := folder{t, twoRecords(t)}
	f.flip("FORMULAR.PDF")
	r := mustVerify(t, f.dir, packtest.Key(t))
	if got := lines(r.Findings); len(got) != 1 || !strings.HasPrefix(got[0], "error|form.damaged|FORMULAR.PDF|") {
		t.Errorf("findings %q", got)
	}
}

func TestSha256sumAgrees(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "sh", "sha256sum")
	dir := twoRecords(t)
	testtool.Run(t, "sh", "-c", `cd "$1" && sha256sum -c --strict *.SHA`, "sh", dir+"/records")
	out := testtool.Run(t, "sh", "-c", `cd "$1" && LC_ALL=C && cat *.SHA | sha256sum`, "sh", dir+"/records")
	if got := mustVerify(t, dir, nil).PackageSHA256.String(); !strings.HasPrefix(string(out), got) {
		t.Errorf("package digest %s, sha256sum says %s", got, out)
	}
	// The manifest's digest of itself, by hand as doc/package.md shows it.
	out = testtool.Run(t, "sh", "-c", `sed '/^  "manifest_sha256": /,$d' "$1" | sha256sum`, "sh", dir+"/package.json")
	if stated := (folder{t, dir}).read(bundle.ManifestName); !bytes.Contains(stated, append([]byte(`  "manifest_sha256": "`), out[:64]...)) {
		t.Errorf("sha256sum says %s of the manifest, which is\n%s", out, stated)
	}
	f := folder{t, dir}
	f.flip("records/B.XM6")
	out, _, err := testtool.Try(t, "sh", "-c", `cd "$1" && sha256sum -c *.SHA`, "sh", dir+"/records")
	if err == nil || !strings.Contains(string(out), "A.XM6: OK") || !strings.Contains(string(out), "B.XM6: FAILED") {
		t.Errorf("sha256sum says %s", out)
	}
}

func TestReportSaysWhichChecksTheRecordsPassed(t *testing.T) {
	t.Parallel()
	checker, err := check.New(check.Options{On: packtest.Time})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]batch.Checker{"checked": checker, "unchecked": nil} {
		pkg := packWith(t, bigDisc, c, packtest.Demo())
		m, r := pkg.Manifest.Checks, mustVerify(t, pkg.Dir, nil).Checks
		if m == nil || r == nil || *m != *r || m.Made != (c != nil) {
			t.Errorf("%s: the manifest says %+v, verify %+v", name, m, r)
		}
	}
	if p := checker.Passed(); p.On != "2026-11-22" || p.RulesPassed+p.RulesNotRun == 0 {
		t.Errorf("the checker says %+v", p)
	}
}

func TestEveryDiscOfASetIsSound(t *testing.T) {
	t.Parallel()
	dir, m := setOfDiscs(t)
	targets := []string{"."}
	for i := range m.Images {
		targets = append(targets, m.Images[i].File)
	}
	for _, target := range targets {
		if r := mustVerify(t, filepath.Join(dir, target), packtest.Key(t)); finding.Failed(r.Findings) || !r.Opened {
			t.Errorf("%s: %+v", target, r)
		}
	}
}
