package verify

import (
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"syscall"
	"unsafe"
)

// The requests of a CD drive (linux/cdrom.h).
const (
	cdromReadTOCHeader = 0x5305
	cdromReadTOCEntry  = 0x5306
	cdromMultisession  = 0x5310
	cdromLBA           = 1 // places in sectors
	cdromDataTrack     = 4 // in the upper half of a track's second byte
)

// sessionStarts returns the first sectors of the data tracks behind the first and
// of the last session of the disc in a drive.
func sessionStarts(f *os.File) ([]int64, error) {
	return startsBy(func(request uintptr, arg []byte) error {
		_, _, e := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(unsafe.Pointer(&arg[0])))
		if e != 0 {
			return e
		}
		return nil
	})
}

// startsBy is sessionStarts with the drive's answers from ask.
func startsBy(ask func(request uintptr, arg []byte) error) (starts []int64, err error) {
	header := make([]byte, 2)
	if err := ask(cdromReadTOCHeader, header); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoTOC, err)
	}
	add := func(n int64) {
		if n > 0 && !slices.Contains(starts, n) {
			starts = append(starts, n)
		}
	}
	for track := int(header[0]); track <= int(header[1]); track++ {
		// struct cdrom_tocentry: track, address and control, format, place, mode.
		entry := make([]byte, 12)
		entry[0], entry[2] = byte(track), cdromLBA
		if err := ask(cdromReadTOCEntry, entry); err != nil {
			return nil, fmt.Errorf("%w: %w", errNoTOC, err)
		}
		if entry[1]>>4&cdromDataTrack != 0 {
			add(int64(int32(binary.NativeEndian.Uint32(entry[4:]))))
		}
	}
	// struct cdrom_multisession: place, whether there is more than one session, format.
	last := make([]byte, 8)
	last[5] = cdromLBA
	if err := ask(cdromMultisession, last); err == nil && last[4] != 0 {
		add(int64(int32(binary.NativeEndian.Uint32(last))))
	}
	return starts, nil
}
