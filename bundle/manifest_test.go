package bundle

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"csuis-offline/check"
	"csuis-offline/checksum"
	"csuis-offline/internal/packtest"
)

// testManifest is a manifest of n records on so many discs.
func testManifest(n, discs int) *Manifest {
	m := &Manifest{
		Format: formatName, Package: "CSUIS_09999990_20261122_01", Created: packtest.Time, Generator: "csuis-offline test",
		Unit:   Unit{IC: "09999990", Name: "Obec Kůňov <nad> \"Ďáblicí\" & syn"},
		Person: Person{ID: "1", Name: "Žofie\nPříliš", Phones: []string{"+420 1", "2"}},
		Reason: "x", Media: "cd", PackageSHA256: checksum.Sum{1}, Form: FileInfo{FormName, 10, checksum.Sum{2}},
	}
	for i := range n {
		m.Records = append(m.Records, RecordInfo{
			Name: fmt.Sprintf("ROZVAHA_%06d", i), Original: fmt.Sprintf("rozvaha-%06d.xml", i), Source: "envelope",
			Disc: i*discs/n + 1, RecordType: "001", Root: "Rozvaha", SubjectIC: "09999990", StatementDate: "2026-09-30",
			TransactionID: fmt.Sprintf("%032X", i), Created: "2026-11-22T09:30:00", Profile: "binding", XMLSize: 100, Size: 144,
			SHA256: checksum.Sum{byte(i), byte(i >> 8), byte(i >> 16)},
		})
	}
	for d := 1; d <= discs; d++ {
		im := ImageInfo{FileInfo: FileInfo{ImageName(d), 1000, checksum.Sum{3}}, Disc: d, VolumeID: volumeID(m.Package, d, discs)}
		for i := range m.Records {
			if m.Records[i].Disc == d {
				im.Records++
			}
		}
		m.Images = append(m.Images, im)
	}
	return m
}

func manifestBytes(t testing.TB, m *Manifest) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteManifest(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readBytes(b []byte) (*Manifest, error) { return ReadManifest(bytes.NewReader(b), int64(len(b))) }

// signed puts a fitting digest behind the text of a manifest.
func signed(body string) []byte {
	sum, _, _ := checksum.Of(strings.NewReader(body))
	return []byte(body + selfDigestHead + sum.String() + selfDigestTail)
}

func TestManifestComesBackAsItWas(t *testing.T) {
	t.Parallel()
	m := testManifest(5, 2)
	b := manifestBytes(t, m)
	back, err := readBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back, m) {
		t.Errorf("read back\n%+v\nwant\n%+v", back, m)
	}
	// To any other program it is one JSON object with all members.
	var plain map[string]any
	if err := json.Unmarshal(b, &plain); err != nil || len(plain) != 13 || len(plain["records"].([]any)) != 5 {
		t.Errorf("%v: %v", err, plain)
	}
	if n := strings.Count(string(b), "\n"); n != 1+10+(2+2)+(2+5)+1+1 {
		t.Errorf("%d lines:\n%s", n, b)
	}
}

func TestManifestThatIsRefused(t *testing.T) {
	t.Parallel()
	whole := string(manifestBytes(t, testManifest(3, 2)))
	body := whole[:len(whole)-selfDigestSize]
	record := "    {\"name\":\"ROZVAHA_000001\""
	for name, c := range map[string]struct {
		old, new string
		reason   ManifestReason
	}{
		"another format":          {formatName, "csuis-package/2", ManifestFormat},
		"no format":               {`"format"`, `"formats"`, ManifestDamaged},
		"unknown member":          {`"media"`, `"medium"`, ManifestDamaged},
		"member twice":            {"  \"media\"", "  \"media\": \"cd\",\n  \"media\"", ManifestDamaged},
		"member missing":          {"  \"media\": \"cd\",\n", "", ManifestDamaged},
		"unknown field":           {`"root"`, `"rood"`, ManifestDamaged},
		"not JSON":                {`"unit": {`, `"unit": {{`, ManifestDamaged},
		"a number for a text":     {`"media": "cd"`, `"media": 1`, ManifestDamaged},
		"null for a list":         {"\"records\": [\n", "\"records\": null, \"x\": [\n", ManifestDamaged},
		"not a digest":            {`"sha256":"02`, `"sha256":"2`, ManifestDamaged},
		"not a date":              {`"created": "2026`, `"created": "x026`, ManifestDamaged},
		"not a package's name":    {`"package": "CSUIS_`, `"package": "../CSUIS_`, ManifestDamaged},
		"another unit":            {`"ic":"09999990"`, `"ic":"00000001"`, ManifestDamaged},
		"not an IČ":               {`"ic":"09999990"`, `"ic":"0999999x"`, ManifestDamaged},
		"no person":               {`"person": {"id":"1"`, `"person": {"id":""`, ManifestDamaged},
		"unknown medium":          {`"media": "cd"`, `"media": "tape"`, ManifestDamaged},
		"form elsewhere":          {`"FORMULAR.PDF"`, `"../X.PDF"`, ManifestDamaged},
		"image elsewhere":         {`"disc-1.iso"`, `"../x.iso"`, ManifestDamaged},
		"image of another disc":   {`"disc":2,"volume`, `"disc":3,"volume`, ManifestDamaged},
		"image's count":           {`"records":1}`, `"records":2}`, ManifestDamaged},
		"record's name":           {record, strings.Replace(record, "ROZVAHA", "ROZ/AHA", 1), ManifestDamaged},
		"record's name lower":     {record, strings.Replace(record, "ROZVAHA", "rozvaha", 1), ManifestDamaged},
		"record's name too long":  {record, strings.Replace(record, "ROZVAHA", strings.Repeat("R", 27), 1), ManifestDamaged},
		"record twice":            {"ROZVAHA_000001", "ROZVAHA_000000", ManifestDamaged},
		"records out of order":    {"ROZVAHA_000001", "ROZVAHA_000003", ManifestDamaged},
		"record on no disc":       {`"disc":1,"record_type"`, `"disc":0,"record_type"`, ManifestDamaged},
		"record on a disc beyond": {`"disc":1,"record_type"`, `"disc":3,"record_type"`, ManifestDamaged},
		"record without size":     {`"xml_size":100,"size":144`, `"xml_size":100,"size":0`, ManifestDamaged},
		"negative size":           {`"xml_size":100`, `"xml_size":-1`, ManifestDamaged},
		"unknown source":          {`"source":"envelope"`, `"source":"air"`, ManifestDamaged},
		"unknown profile":         {`"profile":"binding"`, `"profile":"none"`, ManifestDamaged},
		"not a TransactionId":     {`"transaction_id":"0`, `"transaction_id":"x`, ManifestDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := strings.Replace(body, c.old, c.new, 1)
			if changed == body {
				t.Fatalf("%q is not in the manifest", c.old)
			}
			m, err := readBytes(signed(changed))
			var refused *ManifestError
			if m != nil || !errors.As(err, &refused) || refused.Reason != c.reason {
				t.Errorf("error %v, want one of reason %s", err, c.reason)
			}
			// Without a new digest it is damaged, whatever was changed.
			_, err = readBytes([]byte(strings.Replace(whole, c.old, c.new, 1)))
			if !errors.As(err, &refused) || refused.Reason != ManifestDamaged {
				t.Errorf("with the old digest: %v", err)
			}
		})
	}
	if _, err := readBytes(signed(body)); err != nil {
		t.Errorf("unchanged: %v", err)
	}
	if _, err := readBytes([]byte(whole + "\n")); err == nil {
		t.Error("a byte behind the end is not noticed")
	}
}

func TestManifestThatCannotBeIsNotWritten(t *testing.T) {
	t.Parallel()
	m := testManifest(3, 1)
	m.Records[0], m.Records[1] = m.Records[1], m.Records[0]
	var b bytes.Buffer
	var refused *ManifestError
	if err := WriteManifest(&b, m); !errors.As(err, &refused) || b.Len() > 0 {
		t.Errorf("error %v, %d bytes written", err, b.Len())
	}
}

type failingReaderAt struct{ err error }

func (f failingReaderAt) ReadAt([]byte, int64) (int, error) { return 0, f.err }

func TestManifestErrorOfReadingIsNotDamage(t *testing.T) {
	t.Parallel()
	_, err := ReadManifest(failingReaderAt{iotest.ErrTimeout}, 1000)
	var refused *ManifestError
	if !errors.Is(err, iotest.ErrTimeout) || errors.As(err, &refused) {
		t.Errorf("error %v", err)
	}
	if err := WriteManifest(iotestWriter{}, testManifest(1, 1)); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("writing: %v", err)
	}
}

type iotestWriter struct{}

func (iotestWriter) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestManifestTooLarge(t *testing.T) {
	t.Parallel()
	var refused *ManifestError
	if _, err := ReadManifest(failingReaderAt{io.EOF}, MaxManifest+1); !errors.As(err, &refused) {
		t.Errorf("error %v", err)
	}
}

// FuzzManifest gives the reader any text with a digest that fits; whatever it
// takes must be written again and come back the same.
func FuzzManifest(f *testing.F) {
	whole := string(manifestBytes(f, testManifest(3, 2)))
	f.Add(whole[:len(whole)-selfDigestSize])
	f.Add("{\n  \"format\": \"csuis-package/1\",\n")
	f.Add("[[[[")
	f.Fuzz(func(t *testing.T, body string) {
		m, err := readBytes(signed(body))
		if err != nil {
			var refused *ManifestError
			if !errors.As(err, &refused) {
				t.Fatalf("%v", err)
			}
			return
		}
		again, err := readBytes(manifestBytes(t, m))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(again, m) {
			t.Fatalf("%+v came back as %+v", m, again)
		}
	})
}

func BenchmarkReadManifest(b *testing.B) {
	data := manifestBytes(b, testManifest(100_000, 3))
	b.SetBytes(int64(len(data)))
	var m *Manifest
	for b.Loop() {
		var err error
		if m, err = ReadManifest(bytes.NewReader(data), int64(len(data))); err != nil {
			b.Fatal(err)
		}
	}
	runtime.KeepAlive(m)
}

// TestMemoryOfAManifest: 100,000 records stay below 60 MB.
func TestMemoryOfAManifest(t *testing.T) {
	path := filepath.Join(t.TempDir(), ManifestName)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	if err := WriteManifest(w, testManifest(100_000, 3)); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	held := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := held()
	m, err := ReadManifest(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	if n := held() - before; n > 60<<20 {
		t.Errorf("%d bytes for %d records", n, len(m.Records))
	}
	runtime.KeepAlive(m)
}

func TestManifestWithoutWordOfChecksIsRead(t *testing.T) {
	t.Parallel()
	m := testManifest(1, 1)
	for _, c := range []*check.Passed{nil, {}, {Made: true, On: "2026-11-22", Validated: 1, RulesPassed: 5}} {
		m.Checks = c
		back, err := readBytes(manifestBytes(t, m))
		if err != nil {
			t.Fatal(err)
		}
		if (c == nil) != (back.Checks == nil) || c != nil && *back.Checks != *c {
			t.Errorf("%+v came back as %+v", c, back.Checks)
		}
	}
	for name, c := range map[string]check.Passed{
		"no day":                  {Made: true},
		"no such day":             {Made: true, On: "2026-02-30"},
		"left out, yet counted":   {RulesPassed: 1},
		"fewer than none":         {Made: true, On: "2026-11-22", RulesNotRun: -1},
		"more valid than records": {Made: true, On: "2026-11-22", Validated: 2},
	} {
		m.Checks = &c
		if err := WriteManifest(io.Discard, m); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}
