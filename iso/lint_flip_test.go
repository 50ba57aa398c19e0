package iso

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"testing"

	"csuis-offline/finding"
	"csuis-offline/internal/testtool"
)

// flipped is an image with one bit turned over.
type flipped struct {
	b    []byte
	at   int64
	mask byte
}

func (f flipped) ReadAt(p []byte, off int64) (int, error) {
	n, err := bytes.NewReader(f.b).ReadAt(p, off)
	if f.at >= off && f.at < off+int64(n) {
		p[f.at-off] ^= f.mask
	}
	return n, err
}

func lint(t testing.TB, r io.ReaderAt, size int64) []Violation {
	t.Helper()
	vs, err := Lint(context.Background(), r, size)
	if err != nil {
		t.Fatal(err)
	}
	return vs
}

// TestEveryFlippedBitIsFound turns every bit over that is no file's content:
// the descriptors, path tables, directories and the rest behind each file. Lint
// must report an error in that sector; the file must be named where the bit is in
// its directory record or behind its end. Long runs of zeros are tried with one
// bit a byte, the system area and the padding in parts; with FULL_FLIPS=1 every
// bit of everything is tried, which takes minutes.
func TestEveryFlippedBitIsFound(t *testing.T) {
	t.Parallel()
	c := fewFiles()
	img := image(t, c, testOptions)
	size := int64(len(img))
	plan := planOf(t, c)

	// Where a file must be named.
	owner := map[int64]string{}
	used := make([]bool, size) // by file contents
	for n := int64(sectorRoot); n < plan.data; n++ {
		v := &volume{joliet: n >= plan.joliet}
		eachRecord(img[n*SectorSize:(n+1)*SectorSize], func(off int, r record) {
			if !r.self() {
				for i := range r {
					owner[n*SectorSize+int64(off+i)] = v.name(r.id())
				}
			}
		})
	}
	extent := plan.data
	for _, f := range plan.files {
		for i := extent * SectorSize; i < extent*SectorSize+f.Size; i++ {
			used[i] = true
		}
		for i := extent*SectorSize + f.Size; i < (extent+sectorsOf(f.Size))*SectorSize; i++ {
			owner[i] = f.Name
		}
		extent += sectorsOf(f.Size)
	}

	full := os.Getenv("FULL_FLIPS") != ""
	stop := errors.New("enough")
	var failed error
	var mu sync.Mutex
	var wg sync.WaitGroup
	const chunk = 512
	work := make(chan int64)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for from := range work {
				for at := from; at < from+chunk; at++ {
					if used[at] {
						continue
					}
					masks := []byte{1, 2, 4, 8, 16, 32, 64, 128}
					around := img[max(0, at-16):min(size, at+16)]
					if !full && (isZero(around) || testtool.RaceEnabled || testing.Short()) {
						masks = []byte{1 << (at % 8)}
					}
					for _, m := range masks {
						vs, err := Lint(context.Background(), flipped{img, at, m}, size)
						if err == nil {
							err = flipFound(vs, at, owner[at])
						}
						if err != nil {
							mu.Lock()
							failed = fmt.Errorf("byte %d of sector %d, mask %#02x: %w", at%SectorSize, at/SectorSize, m, err)
							mu.Unlock()
						}
					}
				}
			}
		})
	}
	step := int64(1)
	if testtool.RaceEnabled || testing.Short() {
		step = 7
	}
	for i := int64(0); i*chunk < size; i++ {
		// Of the system area and the padding, which are all alike, the first
		// and last sectors and a chunk here and there between.
		at := i * chunk
		inside := at >= SectorSize && at < (sectorPVD-1)*SectorSize || at >= (extent+1)*SectorSize && at < size-SectorSize
		if !full && (inside && i%15 != 0 || i%step != 0) {
			continue
		}
		mu.Lock()
		if failed != nil {
			failed = fmt.Errorf("%w; %w", failed, stop)
			mu.Unlock()
			break
		}
		mu.Unlock()
		work <- i * chunk
	}
	close(work)
	wg.Wait()
	if failed != nil {
		t.Error(failed)
	}
}

// flipFound tells why violations do not tell of a flipped bit.
func flipFound(vs []Violation, at int64, owner string) error {
	seen, named := false, owner == ""
	for _, v := range vs {
		if v.Severity == finding.Error && v.Sector == at/SectorSize {
			seen = true
			named = named || v.File == owner
		}
	}
	if !seen || !named {
		return fmt.Errorf("found %t, file %q named %t: %+v", seen, owner, named, vs)
	}
	return nil
}

// TestEveryTruncationIsFound cuts an image at every sector's start, and a byte
// before and after it.
func TestEveryTruncationIsFound(t *testing.T) {
	t.Parallel()
	img := image(t, fewFiles(), testOptions)
	for sector := 0; sector <= len(img)/SectorSize; sector++ {
		for _, by := range []int{-1, 0, 1} {
			n := sector*SectorSize + by
			if n < 0 || n >= len(img) {
				continue
			}
			if !finding.Failed(findings(lint(t, bytes.NewReader(img[:n]), int64(n)))) {
				t.Errorf("cut to %d bytes: no error", n)
			}
		}
	}
}

// TestOwnImageReadFromALongerDevice has what a drive gives: the image and more.
func TestOwnImageReadFromALongerDevice(t *testing.T) {
	t.Parallel()
	img := image(t, fewFiles(), testOptions)
	vs := lint(t, bytes.NewReader(append(bytes.Clone(img), make([]byte, 3*SectorSize)...)), int64(len(img)+3*SectorSize))
	if len(vs) != 1 || vs[0].Rule != ruleTrailing || vs[0].Severity != finding.Warning {
		t.Errorf("%+v", vs)
	}
}

func findings(vs []Violation) []finding.Finding {
	fs := make([]finding.Finding, len(vs))
	for i, v := range vs {
		fs[i].Severity = v.Severity
	}
	return fs
}
