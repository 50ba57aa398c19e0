package iso

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf16"

	"csuis-offline/internal/testtool"
)

// udfMaker makes a small UDF image, as no program at hand does in all its forms:
// anchor in 256, descriptors from 32, and the partition from 300 on.
type udfMaker struct {
	b         []byte
	next      int // the next free block of the partition
	partition []byte
	root      []byte // file identifiers
}

const (
	udfSequence   = 32
	udfPartition0 = 300
	udfBlocks     = 200
)

func newUDF() *udfMaker {
	return &udfMaker{b: make([]byte, (udfPartition0+udfBlocks)*SectorSize), next: 3, partition: []byte{1, 6, 1, 0, 0, 0}}
}

// tag finishes a descriptor of n bytes.
func tag(b []byte, id int, location int) {
	le.PutUint16(b, uint16(id))
	le.PutUint16(b[2:], 2)
	le.PutUint16(b[8:], crc16(b[16:]))
	le.PutUint16(b[10:], uint16(len(b)-16))
	le.PutUint32(b[12:], uint32(location))
	b[4] = 0
	for i := range 16 {
		if i != 4 {
			b[4] += b[i]
		}
	}
}

func (m *udfMaker) sector(n int) []byte { return m.b[n*SectorSize:][:SectorSize] }
func (m *udfMaker) block(n int) []byte  { return m.sector(udfPartition0 + n) }

// take gives so many free blocks.
func (m *udfMaker) take(n int) int {
	m.next += n
	return m.next - n
}

// shortAD and longAD are allocation descriptors.
func shortAD(n uint32, block int) []byte {
	return le.AppendUint32(le.AppendUint32(nil, n), uint32(block))
}

func longAD(n uint32, block int) []byte { return append(shortAD(n, block), make([]byte, 8)...) }

// entry writes a file entry and returns its block. kind is that of the places: 0
// short, 1 long, 3 inside.
func (m *udfMaker) entry(extended bool, fileType, kind byte, size int, places []byte) int {
	n := m.take(1)
	b := m.block(n)
	head, id := 176, tagFileEntry
	if extended {
		head, id = 216, tagExtendedFile
	}
	le.PutUint16(b[20:], 4)
	b[27], b[34] = fileType, kind
	le.PutUint64(b[56:], uint64(size))
	le.PutUint32(b[head-4:], uint32(len(places)))
	copy(b[head:], places)
	tag(b[:head+len(places)], id, n)
	return n
}

// name adds a file identifier to the root directory.
func (m *udfMaker) name(name string, flags byte, block int) {
	id := append([]byte{8}, name...)
	if strings.ContainsFunc(name, func(c rune) bool { return c > 0xff }) {
		id = []byte{16}
		for _, c := range utf16.Encode([]rune(name)) {
			id = append(id, byte(c>>8), byte(c))
		}
	}
	b := make([]byte, (38+len(id)+3)&^3)
	le.PutUint16(b[16:], 1)
	b[18], b[19] = flags, byte(len(id))
	copy(b[20:], longAD(SectorSize, block))
	copy(b[38:], id)
	tag(b, tagIdentifier, 2)
	m.root = append(m.root, b...)
}

// finish writes what leads to the root directory.
func (m *udfMaker) finish() []byte {
	for i, id := range []string{"BEA01", "NSR02", "TEA01"} {
		copy(m.sector(sectorPVD + i)[1:], id+"\x01")
	}
	a := m.sector(256)
	copy(a[16:], shortAD(16*SectorSize, udfSequence))
	copy(a[24:], shortAD(16*SectorSize, udfSequence))
	tag(a[:512], tagAnchor, 256)
	p := m.sector(udfSequence)
	le.PutUint32(p[188:], udfPartition0)
	le.PutUint32(p[192:], udfBlocks)
	tag(p[:512], tagPartition, udfSequence)
	l := m.sector(udfSequence + 1)
	copy(l[84:], "\x08LABEL")
	l[211] = 6
	le.PutUint32(l[212:], SectorSize)
	copy(l[248:], longAD(SectorSize, 0))
	le.PutUint32(l[264:], uint32(len(m.partition)))
	le.PutUint32(l[268:], 1)
	copy(l[440:], m.partition)
	tag(l[:440+len(m.partition)], tagLogical, udfSequence+1)
	tag(m.sector(udfSequence + 2)[:512], tagTerminating, udfSequence+2)
	f := m.block(0)
	copy(f[400:], longAD(SectorSize, 1))
	tag(f[:512], tagFileSet, 0)
	saved := m.next
	m.next = 1
	m.entry(false, udfTypeDirectory, 0, len(m.root), shortAD(uint32(len(m.root)), 2))
	m.next = saved
	copy(m.block(2), m.root)
	return m.b
}

// put writes content from a block on.
func (m *udfMaker) put(block int, content []byte) {
	copy(m.b[(udfPartition0+block)*SectorSize:], content)
}

// everyUDF has a file in every form that is read, and one in each that is not.
func everyUDF() ([]byte, contents, []string) {
	m, c := newUDF(), contents{}
	content := noise(1, 3*SectorSize+100)
	at := m.take(10)
	m.put(at, content)
	n := uint32(len(content))
	m.name("SHORT.XM6", 0, m.entry(false, udfTypeFile, 0, len(content), shortAD(n, at)))
	m.name("LONG.XM6", 0, m.entry(true, udfTypeFile, 1, len(content), longAD(n, at)))
	m.name("JOINED.XM6", 0, m.entry(false, udfTypeFile, 0, len(content), append(shortAD(SectorSize, at), shortAD(n-SectorSize, at+1)...)))
	m.put(at+5, content[SectorSize:])
	m.name("APART.XM6", 0, m.entry(true, udfTypeFile, 0, len(content), append(shortAD(SectorSize, at), shortAD(n-SectorSize, at+5)...)))
	for _, name := range []string{"SHORT.XM6", "LONG.XM6", "JOINED.XM6", "APART.XM6"} {
		c[name] = content
	}
	c["INSIDE.SHA"] = noise(2, 90)
	m.name("INSIDE.SHA", 0, m.entry(true, udfTypeFile, 3, 90, c["INSIDE.SHA"]))
	c["EMPTY.SHA"] = nil
	m.name("EMPTY.SHA", 0, m.entry(false, udfTypeFile, 0, 0, nil))
	c["Nguyễn.XM6"] = content
	m.name("Nguyễn.XM6", 0, m.entry(false, udfTypeFile, 0, len(content), shortAD(n, at)))
	next := m.take(1)
	a := m.block(next)
	places := shortAD(n-SectorSize, at+1)
	le.PutUint32(a[20:], uint32(len(places)))
	copy(a[24:], places)
	tag(a[:24+len(places)], tagAllocation, next)
	c["CONTINUED.XM6"] = content
	m.name("CONTINUED.XM6", 0, m.entry(false, udfTypeFile, 0, len(content), append(shortAD(SectorSize, at), shortAD(3<<30|SectorSize, next)...)))
	m.name("DELETED.XM6", udfDeleted, 0)
	m.name("", udfParent|udfIsDir, 1)

	m.name("SPARSE.XM6", 0, m.entry(false, udfTypeFile, 0, len(content), shortAD(1<<30|n, at)))
	m.name("LINK.XM6", 0, m.entry(false, udfTypeLink, 0, 10, shortAD(10, at)))
	m.name("OUTSIDE.XM6", 0, m.entry(false, udfTypeFile, 0, 10, shortAD(10, 100_000)))
	m.name("TOO_SHORT.XM6", 0, m.entry(false, udfTypeFile, 0, 100, shortAD(10, at)))
	m.name("A/B.XM6", 0, m.entry(false, udfTypeFile, 0, 0, nil))
	damaged := m.entry(false, udfTypeFile, 0, 10, shortAD(10, at))
	m.block(damaged)[60]++
	m.name("DAMAGED.XM6", 0, damaged)
	return m.finish(), c, []string{"A/B.XM6", "DAMAGED.XM6", "LINK.XM6", "OUTSIDE.XM6", "SPARSE.XM6", "TOO_SHORT.XM6"}
}

func TestEveryFormOfUDF(t *testing.T) {
	t.Parallel()
	b, c, refused := everyUDF()
	ts := trees(t, b)
	tree := ts.tree(TreeUDF)
	if tree == nil || tree.Label != "LABEL" {
		t.Fatalf("%+v", ts)
	}
	var names []string
	for _, e := range tree.Refused {
		names = append(names, e.Name)
	}
	tree.Refused = nil
	shows(t, ts, TreeUDF, c, asIs)
	for _, name := range refused {
		if !strings.Contains(strings.Join(names, " "), name) {
			t.Errorf("%s is not refused: %q", name, names)
		}
	}
	if len(names) != len(refused) {
		t.Errorf("refused %q, want %q", names, refused)
	}
}

// TestUDFThatIsNotReadIsNamed has partitions of other kinds, and damage on the way to
// the root directory.
func TestUDFThatIsNotReadIsNamed(t *testing.T) {
	t.Parallel()
	kind := func(name string) []byte {
		p := make([]byte, 64)
		p[0], p[1] = 2, 64
		copy(p[5:], name)
		return p
	}
	for _, tc := range []struct {
		what   string
		change func(m *udfMaker)
		after  func(b []byte)
	}{
		{"virtual partition", func(m *udfMaker) { m.partition = kind("*UDF Virtual Partition") }, nil},
		{"sparable partition", func(m *udfMaker) { m.partition = kind("*UDF Sparable Partition") }, nil},
		{"metadata partition", func(m *udfMaker) { m.partition = kind("*UDF Metadata Partition") }, nil},
		{"unknown type", func(m *udfMaker) { m.partition = kind("*OTHER") }, nil},
		{"no descriptor", func(m *udfMaker) { m.partition[4] = 9 }, nil},
		{"partition maps are damaged", func(m *udfMaker) { m.partition[1] = 200 }, nil},
		{"no anchor", nil, func(b []byte) { b[256*SectorSize+20]++ }},
		{"volume descriptors", nil, func(b []byte) { b[(udfSequence+1)*SectorSize+20]++ }},
		{"file set", nil, func(b []byte) { b[udfPartition0*SectorSize+20]++ }},
		{"root directory", nil, func(b []byte) { b[(udfPartition0+1)*SectorSize+20]++ }},
		{"file identifier", nil, func(b []byte) { b[(udfPartition0+2)*SectorSize+21]++ }},
	} {
		m := newUDF()
		m.name("A.XM6", 0, m.entry(false, udfTypeFile, 0, 0, nil))
		if tc.change != nil {
			tc.change(m)
		}
		b := m.finish()
		if tc.after != nil {
			tc.after(b)
		}
		ts := trees(t, b)
		if len(ts.Unjudged) != 1 || ts.Unjudged[0].Tree != "UDF" || !strings.Contains(fmt.Sprint(ts.Unjudged), tc.what) {
			t.Errorf("%s: %+v, %d trees", tc.what, ts.Unjudged, len(ts.All))
		}
	}
}

// TestUDFDirectoryThatContainsItself ends.
func TestUDFDirectoryThatContainsItself(t *testing.T) {
	t.Parallel()
	m := newUDF()
	m.name("AGAIN", udfIsDir, 1)
	if ts := trees(t, m.finish()); len(ts.Unjudged) != 1 {
		t.Errorf("%+v", ts)
	}
}

// TestMkudffsPartitionsAreNamed holds the kinds of partitions to what mkudffs makes
// for media that are written in other ways.
func TestMkudffsPartitionsAreNamed(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "mkudffs")
	for medium, what := range map[string]string{"cdr": "virtual", "cdrw": "sparable", "dvd": ""} {
		path := write(t, make([]byte, 8<<20))
		testtool.Run(t, "mkudffs", "-b", "2048", "--media-type="+medium, path)
		ts, err := readTreesOf(path)
		switch {
		case err != nil:
			t.Error(err)
		case what == "" && (len(ts.All) != 1 || len(ts.Unjudged) > 0):
			t.Errorf("%s: %+v", medium, ts)
		case what != "" && (len(ts.Unjudged) != 1 || !strings.Contains(ts.Unjudged[0].Detail, what)):
			t.Errorf("%s: %+v", medium, ts.Unjudged)
		}
	}
}

func readTreesOf(path string) (*Trees, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return ReadTrees(context.Background(), bytes.NewReader(b), int64(len(b)), TreeOptions{})
}
