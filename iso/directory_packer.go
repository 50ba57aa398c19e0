package iso

// directoryPacker counts the sectors of a directory whose records are added in
// the order of the directory. A record does not cross the end of a sector
// (ECMA-119 6.8.1): one that does not fit begins the next sector.
type directoryPacker struct {
	full int64 // sectors before the last one
	used int   // bytes used in the last one
}

// newDirectoryPacker returns a directory that has the records for itself and for
// its parent (ECMA-119 6.8.2.2).
func newDirectoryPacker() directoryPacker { return directoryPacker{used: 2 * minRecord} }

func (p *directoryPacker) add(length int) {
	if p.used+length > SectorSize {
		p.full++
		p.used = 0
	}
	p.used += length
}

func (p *directoryPacker) sectors() int64 { return p.full + 1 }

// minRecord is the length of a directory record with an identifier of one byte.
const minRecord = 34

// recordLength returns the length of the directory record of a file in the primary
// tree: 33 bytes, the name with its version, and a byte if that makes it even
// (ECMA-119 9.1).
func recordLength(name string) int { return (33 + len(name) + len(version) + 1) &^ 1 }

// jolietLength returns the length in the Joliet tree, whose names are UCS-2 and
// have no version (as those of genisoimage and xorriso).
func jolietLength(name string) int { return 34 + 2*len(name) }

const version = ";1"
