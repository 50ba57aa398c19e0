package iso

import "fmt"

// systemUse is what the system use field of a directory record says (IEEE P1281,
// SUSP, and IEEE P1282, Rock Ridge).
type systemUse struct {
	rock    bool // there are entries of Rock Ridge
	named   bool
	name    string
	child   int64  // where the directory lies that is shown here, or 0
	skipped bool   // the directory is shown elsewhere
	why     string // why the entry is not read, or ""
}

const (
	maxContinuations = 8    // of one record
	maxAreas         = 1024 // bytes of a name in parts
)

// rootUse looks into the root's own record, where Rock Ridge announces itself.
func (w *treeWalk) rootUse(r record) {
	if w.kind != TreePlain {
		return
	}
	su := systemUseField(r)
	w.skip = 0
	for _, at := range []int{0, 14} {
		// CD-ROM XA has 14 bytes of its own in front.
		if len(su) >= at+7 && string(su[at:at+2]) == "SP" && su[at+2] == 7 && su[at+4] == 0xbe && su[at+5] == 0xef {
			w.rock, w.skip = true, int(su[at+6])
			return
		}
	}
}

// systemUseField is what follows the identifier and its filling byte.
func systemUseField(r record) []byte {
	at := 33 + int(r[32])
	if r[32]%2 == 0 {
		at++
	}
	if at >= len(r) {
		return nil
	}
	return r[at:]
}

// systemUse reads the entries of a record of the primary tree. In other trees and
// without Rock Ridge nothing is set.
func (w *treeWalk) systemUse(r record) (u systemUse, err error) {
	if w.kind != TreePlain && w.kind != TreeRockRidge {
		return u, nil
	}
	su := systemUseField(r)
	skip := max(w.skip, 0)
	if skip == 0 && len(su) >= 14 && string(su[6:8]) == "XA" {
		skip = 14
	}
	if skip > len(su) {
		return u, nil
	}
	su = su[skip:]
	var where [3]int64
	for range maxContinuations {
		where = [3]int64{}
		u.entries(su, &where)
		if where[2] == 0 {
			break
		}
		if su, err = w.continuation(where); err != nil {
			return u, err
		}
	}
	if where[2] != 0 {
		u.why = "its Rock Ridge entries go on in too many places"
	}
	if w.kind == TreePlain {
		// The plain tree ignores what Rock Ridge says.
		return systemUse{rock: u.rock}, nil
	}
	return u, nil
}

// continuation reads where the entries of a record go on (SUSP 5.1).
func (w *treeWalk) continuation(where [3]int64) ([]byte, error) {
	block, offset, size := where[0], where[1], where[2]
	b, ok, err := w.sector(block)
	if ok && err == nil && w.kind == TreeRockRidge {
		err = w.read(b, block) // a name that is lost is not the plain one
	}
	if err != nil {
		return nil, err
	}
	if !ok || offset > SectorSize || size > SectorSize-offset {
		return nil, nil
	}
	return b[offset : offset+size], nil
}

// entries reads the entries of one area. where gets the block, offset and size of
// the next one, if there is one.
func (u *systemUse) entries(b []byte, where *[3]int64) {
	for len(b) >= 4 {
		n := int(b[2])
		if n < 4 || n > len(b) {
			return
		}
		e := b[:n]
		b = b[n:]
		switch string(e[:2]) {
		case "CE":
			if n >= 28 {
				where[0], _ = get32(e[4:])
				where[1], _ = get32(e[12:])
				where[2], _ = get32(e[20:])
			}
		case "ST":
			return
		case "RR", "PX", "TF":
			u.rock = true
			if string(e[:2]) == "PX" && n >= 12 {
				u.mode(e)
			}
		case "NM":
			u.rock = true
			if n < 5 {
				continue
			}
			switch {
			case e[4]&0x06 != 0: // the directory itself, or its parent
			case len(u.name)+n-5 > maxAreas:
				u.why = "its name is too long"
			default:
				u.named = true
				u.name += string(e[5:])
			}
		case "SL":
			u.rock, u.why = true, "it is a symbolic link, which is not followed"
		case "CL":
			if n >= 12 {
				u.rock = true
				u.child, _ = get32(e[4:])
			}
		case "RE":
			u.rock, u.skipped = true, true
		case "ZF", "SF":
			u.rock, u.why = true, fmt.Sprintf("its content is stored in another form (%s)", map[string]string{"ZF": "zisofs", "SF": "sparse"}[string(e[:2])])
		}
	}
}

// mode refuses what is neither a file nor a directory (Rock Ridge 4.1.1).
func (u *systemUse) mode(e []byte) {
	mode, _ := get32(e[4:])
	switch mode & 0o170000 {
	case 0o100000, 0o040000, 0:
	case 0o120000:
		u.why = "it is a symbolic link, which is not followed"
	default:
		u.why = "it is neither a file nor a directory"
	}
}
