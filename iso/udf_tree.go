package iso

import (
	"bufio"
	"fmt"
	"io"
)

// udfDir is a directory that is still to be read.
type udfDir struct {
	file  TreeFile // of the identifiers in it
	path  string   // ends with a slash; the root's is ""
	depth int
}

// udfEntry is a file entry (ECMA-167 4/14.9, 4/14.17).
type udfEntry struct {
	kind byte // of the file (ECMA-167 4/14.6.6)
	file TreeFile
	why  string // why the content is not read, or ""
}

// The types of files (ECMA-167 4/14.6.6).
const (
	udfTypeDirectory = 4
	udfTypeFile      = 5
	udfTypeLink      = 12
)

// walk reads all directories from the file set on.
func (u *udfTree) walk() error {
	b, err := u.block(u.fileSet, "the file set descriptor")
	if err != nil {
		return err
	}
	if tagOf(b) != tagFileSet {
		return &errTree{u.tree.Sector, "the file set descriptor is damaged"}
	}
	root, err := u.entry(longPlace(b[400:]))
	if err != nil {
		return err
	}
	if root.kind != udfTypeDirectory || root.why != "" {
		return &errTree{u.tree.Sector, "the root directory cannot be read"}
	}
	queue := []udfDir{{root.file, "", 1}}
	for len(queue) > 0 {
		more, err := u.directory(queue[0])
		if err != nil {
			return err
		}
		queue = append(queue[1:], more...)
	}
	return nil
}

// directory reads the file identifiers of a directory (ECMA-167 4/14.4).
func (u *udfTree) directory(d udfDir) (dirs []udfDir, err error) {
	if u.listed += d.file.Size; u.listed > maxDirectorySectors*SectorSize {
		return nil, &errTree{u.tree.Sector, "the directories are too large"}
	}
	// One whose content lies twice in a tree contains itself.
	if _, twice := u.seen[d.file.Offset]; twice && d.file.Size > 0 {
		return nil, &errTree{u.tree.Sector, "a directory contains itself"}
	}
	u.seen[d.file.Offset] = struct{}{}
	content, err := u.out.Open(&d.file)
	if err != nil {
		return nil, &errTree{u.tree.Sector, "a directory lies outside the image"}
	}
	r := bufio.NewReaderSize(content, 16*SectorSize)
	for left := d.file.Size; left >= 38; {
		if err := u.ctx.Err(); err != nil {
			return nil, err
		}
		if u.entries++; u.entries > maxEntries {
			return nil, &errTree{u.tree.Sector, "there are too many files"}
		}
		head, err := r.Peek(38)
		if err != nil {
			return nil, err
		}
		n := 38 + int(head[19]) + int(le.Uint16(head[36:]))
		n = (n + 3) &^ 3
		if int64(n) > left || n > 16*SectorSize {
			return nil, &errTree{u.tree.Sector, "a directory breaks off"}
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, err
		}
		left -= int64(n)
		if tagOf(b) != tagIdentifier {
			return nil, &errTree{u.tree.Sector, "a file identifier is damaged"}
		}
		if err := u.one(&dirs, d, b); err != nil {
			return nil, err
		}
	}
	return dirs, nil
}

// Characteristics of a file (ECMA-167 4/14.4.3).
const (
	udfHidden  = 1 << 0
	udfIsDir   = 1 << 1
	udfDeleted = 1 << 2
	udfParent  = 1 << 3
)

// one takes one file identifier.
func (u *udfTree) one(dirs *[]udfDir, d udfDir, b []byte) error {
	flags, use := b[18], int(le.Uint16(b[36:]))
	if flags&(udfDeleted|udfParent) != 0 {
		return nil
	}
	id := b[38+use : 38+use+int(b[19])]
	name, ok := udfName(id)
	path := d.path + name
	refuse := func(why string) {
		u.tree.Refused = append(u.tree.Refused, &EntryError{Name: shown(path), Sector: u.tree.Sector, Detail: why})
	}
	if !ok || !goodPart(name) || len(path) > maxPath {
		refuse("its name is not one of a file, or its path is too long")
		return nil
	}
	e, err := u.entry(longPlace(b[20:]))
	if err != nil {
		return err
	}
	switch {
	case e.why != "":
		refuse(e.why)
	case flags&udfIsDir != 0 || e.kind == udfTypeDirectory:
		if d.depth >= maxDepth {
			return &errTree{u.tree.Sector, "the directories lie too deep"}
		}
		*dirs = append(*dirs, udfDir{e.file, path + "/", d.depth + 1})
	case e.kind == udfTypeLink:
		refuse("it is a symbolic link, which is not followed")
	case e.kind != udfTypeFile && e.kind != 0 && e.kind != 249:
		refuse("it is neither a file nor a directory")
	default:
		e.file.Name, e.file.Hidden = path, flags&udfHidden != 0
		u.tree.Files = append(u.tree.Files, e.file)
	}
	return nil
}

// udfName decodes a file identifier (OSTA UDF 2.1.1: characters of 8 or 16 bits).
func udfName(b []byte) (string, bool) {
	if len(b) < 2 {
		return "", false
	}
	switch b[0] {
	case 8:
		s := make([]rune, 0, len(b)-1)
		for _, c := range b[1:] {
			s = append(s, rune(c))
		}
		return string(s), true
	case 16:
		return utf16Name(b[1:]), len(b)%2 == 1
	}
	return "", false
}

// entry reads the file entry at a place. What keeps one file from being read is in
// its why.
func (u *udfTree) entry(p udfPlace) (e udfEntry, err error) {
	b, err := u.block(p, "a file entry")
	if err != nil {
		return e, err
	}
	at, _ := u.at(p)
	var head int // where the extended attributes begin
	switch tagOf(b) {
	case tagFileEntry:
		head = 176
	case tagExtendedFile:
		head = 216
	default:
		e.why = "its file entry is damaged, or of a kind that is not read"
		return e, nil
	}
	e.kind = b[27]
	size := le.Uint64(b[56:])
	attributes, places := int64(le.Uint32(b[head-8:])), int64(le.Uint32(b[head-4:]))
	from := int64(head) + attributes
	switch {
	case le.Uint16(b[20:]) != 4:
		e.why = "its file entry is of a strategy that is not read"
		return e, nil
	case size > 1<<50 || from > SectorSize || places > SectorSize-from:
		e.why = "its file entry is damaged"
		return e, nil
	}
	e.file.Size = int64(size)
	kind := le.Uint16(b[34:]) & 7
	if kind == 3 {
		if e.file.Size > places {
			e.why = "its file entry is damaged"
		}
		e.file.Offset = at + from
		return e, nil
	}
	if kind > 1 {
		e.why = "its places are stored in a form that is not read"
		return e, nil
	}
	parts, why, err := u.extents(b[from:from+places], kind == 1, p.partition, e.file.Size)
	if err != nil || why != "" {
		e.why = why
		return e, err
	}
	if len(parts) == 1 {
		e.file.Offset = parts[0].Offset
	} else if len(parts) > 1 {
		e.file.Offset, e.file.Parts = parts[0].Offset, parts
	}
	return e, nil
}

// extents reads the allocation descriptors of a file of size bytes (ECMA-167
// 4/12). Neighbours are joined. why says what keeps the file from being read.
func (u *udfTree) extents(b []byte, long bool, partition int, size int64) (parts []TreePart, why string, err error) {
	width := 8
	if long {
		width = 16
	}
	left := size
	for count := 0; left > 0; count++ {
		if len(b) < width {
			return nil, "its extents end before its size", nil
		}
		if count > maxUDFExtents {
			return nil, "it has too many extents", nil
		}
		n := le.Uint32(b)
		p := udfPlace{int64(le.Uint32(b[4:])), partition, int64(n &^ (3 << 30)), byte(n >> 30)}
		if long {
			p = longPlace(b)
		}
		b = b[width:]
		if p.size == 0 {
			return nil, "its extents end before its size", nil
		}
		switch p.kind {
		case 3: // the descriptors go on there (ECMA-167 4/12.1)
			block, err := u.block(p, "an allocation extent")
			if err != nil {
				return nil, "", err
			}
			n := int64(le.Uint32(block[20:]))
			if tagOf(block) != tagAllocation || n > SectorSize-24 {
				return nil, "its extents cannot be read", nil
			}
			b = block[24 : 24+n]
			continue
		case 1, 2:
			return nil, "parts of it are not stored", nil
		}
		at, ok := u.at(p)
		if !ok {
			return nil, fmt.Sprintf("its bytes at block %d lie outside the image", p.block), nil
		}
		if left > p.size && p.size%SectorSize != 0 {
			return nil, "an extent ends inside a block", nil
		}
		part := TreePart{at, min(left, p.size)}
		left -= part.Size
		if k := len(parts) - 1; k >= 0 && parts[k].Offset+parts[k].Size == part.Offset {
			parts[k].Size += part.Size
		} else {
			parts = append(parts, part)
		}
	}
	return parts, "", nil
}
