package verify

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// TestSessionStarts takes a table of contents of an audio track and three of data.
func TestSessionStarts(t *testing.T) {
	t.Parallel()
	places := map[byte]int32{1: 0, 2: 5000, 3: 12_000, 4: 24_000}
	starts, err := startsBy(func(request uintptr, arg []byte) error {
		switch request {
		case cdromReadTOCHeader:
			arg[0], arg[1] = 1, 4
		case cdromReadTOCEntry:
			arg[1] = 0x41
			if arg[0] == 2 {
				arg[1] = 0x01 // audio
			}
			binary.NativeEndian.PutUint32(arg[4:], uint32(places[arg[0]]))
		case cdromMultisession:
			binary.NativeEndian.PutUint32(arg, 24_000)
			arg[4] = 1
		}
		return nil
	})
	if err != nil || !slices.Equal(starts, []int64{12_000, 24_000}) {
		t.Errorf("%v, %v", starts, err)
	}
	if _, err := startsBy(func(uintptr, []byte) error { return syscall.ENOTTY }); !errors.Is(err, errNoTOC) || !errors.Is(err, syscall.ENOTTY) {
		t.Error(err)
	}
}

// TestNoTableOfContentsIsNoError: what is no drive has none, and that is told.
func TestNoTableOfContentsIsNoError(t *testing.T) {
	t.Parallel()
	f, err := os.Create(filepath.Join(t.TempDir(), "sr0"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	v := &verifier{report: &Report{}}
	if d := v.readDrive(f, 10); d.size != 10 || len(d.starts) > 0 || len(v.report.Findings) != 1 || v.report.Findings[0].Severity != "info" {
		t.Errorf("%+v, %+v", d, v.report.Findings)
	}
}
