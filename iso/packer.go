package iso

// packer counts the sectors of a directory whose records are added in the order
// of the directory. A record does not cross the end of a sector (ECMA-119
// 6.8.1): what does not fit begins the next one.
type packer struct {
	full int64 // sectors before the last one
	used int   // bytes used of the last one
}

// newPacker returns a directory with the records of itself and of its parent
// (ECMA-119 6.8.2.2).
func newPacker() packer { return packer{used: 2 * minRecord} }

func (p *packer) add(length int) {
	if p.used+length > SectorSize {
		p.full++
		p.used = 0
	}
	p.used += length
}

func (p *packer) sectors() int64 { return p.full + 1 }

// minRecord is the length of a directory record with an identifier of one byte.
const minRecord = 34

// recordLength is the length of the directory record of a file in the primary
// tree: 33 bytes, the name with its version, a byte more to make it even
// (ECMA-119 9.1).
func recordLength(name string) int { return (33 + len(name) + len(version) + 1) &^ 1 }

// jolietLength is the same in the Joliet tree, whose names are UCS-2 and have no
// version (as those of genisoimage and xorriso).
func jolietLength(name string) int { return 34 + 2*len(name) }

const version = ";1"
