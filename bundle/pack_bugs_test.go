package bundle

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"csuis-offline/batch"
	"csuis-offline/finding"
	"csuis-offline/internal/packtest"
	"csuis-offline/iso"
)

// A run that waited for the lock of another's package once staged the same name
// and lost its work when that package was there first.
func TestPacksAtOnceGetNumbersOfTheirOwn(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	dir := packtest.Write(t, map[string]string{"a.xml": packtest.Enveloped(1)})
	const runs = 8
	var wg sync.WaitGroup
	errs := make([]error, runs)
	for i := range runs {
		wg.Go(func() {
			_, _, errs[i] = Pack(context.Background(), batch.Collect([]string{dir}), o)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	if entries, err := os.ReadDir(o.Out); err != nil || len(entries) != runs {
		t.Errorf("%d packages of %d runs, %v", len(entries), runs, err)
	}
}

// A record in UTF-16 is half as large once it is sealed, and was once refused
// for its size before.
func TestUTF16RecordThatFitsOnceConverted(t *testing.T) {
	t.Parallel()
	text := packtest.Enveloped(1, "</cus:MessageBody>", strings.Repeat(" ", 400<<10)+"</cus:MessageBody>", `encoding="UTF-8"`, `encoding="UTF-16"`)
	wide := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(text)) {
		wide = binary.LittleEndian.AppendUint16(wide, u)
	}
	o := testOptions(t)
	o.Media = iso.Media{Name: "cd", Sectors: 460}
	if int64(len(wide)) < o.Media.Sectors*iso.SectorSize*4/5 {
		t.Fatal("the record is too small to show anything")
	}
	mustPack(t, o, packtest.Write(t, map[string]string{"a.xml": string(wide)}))
}

// Of several records too large for the disc once only the first was told.
func TestEveryRecordTooLargeIsTold(t *testing.T) {
	t.Parallel()
	big := func(seed uint64) string {
		return packtest.Enveloped(seed, "</cus:MessageBody>", strings.Repeat(" ", 700<<10)+"</cus:MessageBody>")
	}
	o := testOptions(t)
	o.Media = iso.Media{Name: "cd", Sectors: 460}
	dir := packtest.Write(t, map[string]string{"a.xml": big(1), "b.xml": packtest.Enveloped(2), "c.xml": big(3)})
	pkg, fs, err := Pack(context.Background(), batch.Collect([]string{dir}), o)
	var told []string
	for _, f := range fs {
		if f.Code == finding.PackTooLarge {
			told = append(told, filepath.Base(f.File))
		}
	}
	if pkg != nil || err != nil || strings.Join(told, " ") != "a.xml c.xml" {
		t.Errorf("package %v, error %v, told %v", pkg, err, told)
	}
}

func TestFailedPackRemovesTheFoldersItMade(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	top := t.TempDir()
	o.Out = filepath.Join(top, "deep", "er", "out")
	pkg, fs, err := Pack(context.Background(), batch.Collect([]string{packtest.Write(t, map[string]string{"a.xml": packtest.Enveloped(1), "b.xml": "<"})}), o)
	if pkg != nil || err != nil || !finding.Failed(fs) {
		t.Fatalf("%v %v %v", pkg, fs, err)
	}
	if left := packtest.Tree(t, top); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

func TestMoreThan99DiscsAreRefused(t *testing.T) {
	t.Parallel()
	records := make([]RecordInfo, 300)
	for i := range records {
		records[i] = RecordInfo{Name: fmt.Sprintf("R%03d", i), Size: 300 << 10}
	}
	if n := split(records, iso.Media{Name: "cd", Sectors: 500}, 1000); n <= maxDiscs {
		t.Fatalf("%d discs", n)
	}
}

// The form once stayed blank where the first header lacked what others had.
func TestFormTakesNamesFromWhoeverStatesThem(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	o.Batch.Envelope = nil
	nameless := packtest.Enveloped(1, "<iissp:PersonName>Žofie Příliš-Žluťoučká</iissp:PersonName>", "", "<iissp:Email>zofie.prilis@kunov.example</iissp:Email>", "")
	pkg, _ := mustPack(t, o, packtest.Write(t, map[string]string{"a.xml": nameless, "b.xml": packtest.Enveloped(2, "2026-09-30", "2026-08-31")}))
	if p := pkg.Manifest.Person; p.Name == "" || p.Email == "" {
		t.Errorf("person %+v", p)
	}
}
