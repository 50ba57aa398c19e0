package verify

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"csuis-offline/finding"
	"csuis-offline/iso"
	"csuis-offline/progress"
)

// FuzzVerifyImage judges any image. Whatever it is, verifying ends, and an
// image that is taken as sound is the one that was made.
func FuzzVerifyImage(f *testing.F) {
	dir := twoRecords(f)
	whole, err := os.ReadFile(filepath.Join(dir, "disc-1.iso"))
	if err != nil {
		f.Fatal(err)
	}
	// The fuzzer changes the structure: descriptors and directories.
	const from, to = 16 * iso.SectorSize, 25 * iso.SectorSize
	f.Add(whole[from:to])
	f.Add(whole[from : from+4096])
	f.Fuzz(func(t *testing.T, structure []byte) {
		image := bytes.Clone(whole)
		copy(image[from:to], structure)
		v := &verifier{workers: 1, progress: progress.None, report: &Report{Kind: KindImage}, units: map[string]bool{}}
		set, volume, err := v.openImage(context.Background(), bytes.NewReader(image), int64(len(image)), "x.iso")
		if err != nil {
			if errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			return
		}
		if set != nil {
			if err := v.alone(context.Background(), set, volume); err != nil {
				t.Fatal(err)
			}
		}
		v.finish()
		if !finding.Failed(v.report.Findings) && !bytes.Equal(image, whole) {
			t.Errorf("a changed image passes: %+v", v.report)
		}
	})
}
