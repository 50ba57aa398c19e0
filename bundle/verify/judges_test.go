package verify

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"csuis-offline/bundle"
	"csuis-offline/finding"
	"csuis-offline/internal/packtest"
	"csuis-offline/internal/testtool"
)

// TestVerdictIsThatOfOtherReaders makes images of the same files by genisoimage and
// xorriso, changes every other one, and holds the verdict to what 7z, isoinfo and
// xorriso extract: whole where every reader shows the records' names and bytes, or
// shortened names in the plain tree, and not whole otherwise. CSUIS_LONG=1 makes 300.
func TestVerdictIsThatOfOtherReaders(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "genisoimage", "xorriso", "7z", "isoinfo")
	n := 30
	if os.Getenv("CSUIS_LONG") != "" {
		n = 300
	}
	pkg := folder{t, pack(t, bigDisc, map[string]string{"vzz.xml": packtest.Enveloped(1), "rozvaha_brezna.xml": packtest.Enveloped(2), "rozvaha_unora.xml": packtest.Enveloped(3)}).Dir}
	files := map[string][]byte{bundle.FormName: pkg.read(bundle.FormName)}
	for _, name := range []string{"VZZ", "ROZVAHA_BREZNA", "ROZVAHA_UNORA"} {
		for _, ext := range []string{".XM6", ".SHA"} {
			files[name+ext] = pkg.read("records/" + name + ext)
		}
	}
	var mu sync.Mutex
	verdicts := map[bool]int{}
	for worker := range 2 {
		t.Run(fmt.Sprint(worker), func(t *testing.T) {
			t.Parallel()
			for i := worker; i < n; i += 2 {
				c := &imageCase{t: t, r: rand.New(rand.NewPCG(uint64(i), 5)), files: files, dir: t.TempDir(), change: i/2%2 == 1}
				c.make()
				good := c.readersAgree()
				r := mustVerify(t, c.path, nil)
				if whole := !finding.Failed(r.Findings); whole != good {
					t.Errorf("image %d, %s: whole %v, and for other readers %v:\n  %s\n  %s", i, strings.Join(c.made, " "), whole, good, strings.Join(c.seen, "\n  "), strings.Join(lines(r.Findings), "\n  "))
				}
				mu.Lock()
				verdicts[good]++
				mu.Unlock()
				if err := removeAll(c.dir); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	t.Cleanup(func() {
		t.Logf("%d are whole for every reader, %d are not", verdicts[true], verdicts[false])
		if verdicts[true] < n/4 || verdicts[false] < n/4 {
			t.Errorf("%d good ones and %d others are no fair mixture of %d", verdicts[true], verdicts[false], n)
		}
	})
}

// removeAll removes a folder in which a program made folders read-only.
func removeAll(dir string) error {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(path, 0o700)
		}
		return err
	})
	return errors.Join(err, os.RemoveAll(dir))
}

// imageCase is one made-up image.
type imageCase struct {
	t      *testing.T
	r      *rand.Rand
	files  map[string][]byte
	dir    string
	path   string
	change bool
	made   []string // how it was made and changed
	seen   []string // what the readers show
}

func (c *imageCase) either() bool { return c.r.IntN(2) == 0 }

func (c *imageCase) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// source writes the files into a folder, but those left out.
func (c *imageCase) source(name string, without ...string) string {
	dir := filepath.Join(c.dir, name)
	c.must(os.Mkdir(dir, 0o700))
	for name, b := range c.files {
		if !slices.Contains(without, name) {
			c.must(os.WriteFile(filepath.Join(dir, name), b, 0o600))
		}
	}
	return dir
}

// make makes the image, and changes it.
func (c *imageCase) make() {
	c.path = filepath.Join(c.dir, "x.iso")
	level := fmt.Sprint(1 + c.r.IntN(4))
	optional := func(flags ...string) {
		if c.either() {
			c.made = append(c.made, flags...)
		}
	}
	switch kind := c.r.IntN(5); {
	case kind == 0:
		c.grow()
		return
	case kind <= 2:
		c.made = []string{"genisoimage", "-quiet", "-iso-level", level}
		optional("-J", "-joliet-long")
		optional("-R")
		optional("-udf")
		optional("-N")
		if c.change && slices.Contains(c.made, "-J") && c.either() {
			c.made = append(c.made, []string{"-hide", "-hide-joliet"}[c.r.IntN(2)], c.victim())
			c.change = false
		}
	default:
		c.made = []string{"xorriso", "-as", "mkisofs", "-quiet", "-iso-level", level}
		c.made = append(c.made, []string{"-R", "--norock"}[c.r.IntN(2)])
		optional("-J")
	}
	testtool.Run(c.t, c.made[0], append(c.made[1:], "-o", c.path, c.source("source"))...)
	if c.change {
		c.patch()
	}
}

// grow adds a second session, in which the last file comes, and perhaps another
// content.
func (c *imageCase) grow() {
	last := c.victim()
	c.made = []string{"xorriso", "-dev", "-map", last, "-commit"}
	testtool.Run(c.t, "xorriso", "-dev", "stdio:"+c.path, "-map", c.source("source", last), "/", "-commit")
	more := filepath.Join(c.dir, last)
	c.must(os.WriteFile(more, c.files[last], 0o600))
	if c.change {
		c.made = append(c.made, "changed")
		c.must(os.WriteFile(more, append(bytes.Clone(c.files[last]), 1), 0o600))
	}
	testtool.Run(c.t, "xorriso", "-dev", "stdio:"+c.path, "-map", more, "/"+last, "-commit")
}

// victim is one of the files.
func (c *imageCase) victim() string {
	names := []string{"VZZ.XM6", "ROZVAHA_BREZNA.XM6", "ROZVAHA_UNORA.SHA", bundle.FormName}
	return names[c.r.IntN(len(names))]
}

// patch changes a byte of a file, or the name or the place of VZZ.XM6 in one tree.
func (c *imageCase) patch() {
	b, err := os.ReadFile(c.path)
	c.must(err)
	name, other := "VZZ.XM6", "VZZ.XM7"
	patches := []func() bool{
		func() bool {
			name := c.victim()
			at := bytes.Index(b, c.files[name])
			b[at+c.r.IntN(len(c.files[name]))] ^= 1 << c.r.IntN(8)
			c.made = append(c.made, "a bit of", name)
			return true
		},
		func() bool { return c.replace(b, "\x0c\x01\x00"+name, "\x0c\x01\x00"+other, "Rock Ridge name") },
		func() bool { return c.replace(b, string(ucs2(name)), string(ucs2(other)), "Joliet name") },
		func() bool { return c.replace(b, "\x09"+name+";1", "\x09"+other+";1", "plain name") },
		func() bool {
			at := bytes.Index(b, ucs2(name)) - 33
			if at < 0 {
				return false
			}
			binary.LittleEndian.PutUint32(b[at+2:], 20)
			binary.BigEndian.PutUint32(b[at+6:], 20)
			c.made = append(c.made, "Joliet place")
			return true
		},
		func() bool { return c.udf(b, name, other) },
	}
	for !patches[c.r.IntN(len(patches))]() {
	}
	c.must(os.WriteFile(c.path, b, 0o600))
}

func (c *imageCase) replace(b []byte, old, new, what string) bool {
	at := bytes.Index(b, []byte(old))
	if at < 0 {
		return false
	}
	copy(b[at:], new)
	c.made = append(c.made, what)
	return true
}

// udf changes the name or the place of a file in genisoimage's UDF tree.
func (c *imageCase) udf(b []byte, name, other string) bool {
	const partition = 257
	at := bytes.Index(b, []byte("\x08"+name)) - 38
	if at < 0 || binary.LittleEndian.Uint16(b[at:]) != 257 {
		return false
	}
	if c.either() {
		copy(b[at+39:], other)
		retag(b[at:])
		c.made = append(c.made, "UDF name")
		return true
	}
	entry := b[(partition+int(binary.LittleEndian.Uint32(b[at+24:])))*2048:]
	place := entry[176+binary.LittleEndian.Uint32(entry[168:])+4:]
	binary.LittleEndian.PutUint32(place, binary.LittleEndian.Uint32(place)-1)
	retag(entry)
	c.made = append(c.made, "UDF place")
	return true
}

// retag makes a UDF tag agree with its descriptor (ECMA-167 3/7.2).
func retag(b []byte) {
	crc := uint16(0)
	for _, x := range b[16 : 16+binary.LittleEndian.Uint16(b[10:])] {
		crc ^= uint16(x) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	binary.LittleEndian.PutUint16(b[8:], crc)
	b[4] = 0
	sum := byte(0)
	for _, x := range b[:16] {
		sum += x
	}
	b[4] = sum
}

// readersAgree extracts every tree that the other programs can show.
func (c *imageCase) readersAgree() bool {
	out := func(name string) string { return filepath.Join(c.dir, name) }
	_, _, sevenErr := testtool.Try(c.t, "7z", "x", "-o"+out("7z"), c.path)
	views := map[string]map[string][]byte{"7z": c.read(out("7z"))}
	for _, fs := range []string{"norock", "nojoliet", "ecma119"} {
		_, _, _ = testtool.Try(c.t, "xorriso", "-read_fs", fs, "-osirrox", "on", "-indev", c.path, "-extract", "/", out(fs))
		views["xorriso "+fs] = c.read(out(fs))
	}
	plain := map[string][]byte{}
	for name := range strings.Lines(string(testtool.Run(c.t, "isoinfo", "-f", "-i", c.path))) {
		name = strings.TrimSuffix(name, "\n")
		plain[treeKey(strings.TrimPrefix(name, "/"))] = testtool.Run(c.t, "isoinfo", "-x", name, "-i", c.path)
	}
	views["isoinfo"] = plain
	if sevenErr != nil {
		views["7z"] = nil
	}
	exact, good := 0, true
	for name, view := range views {
		how := "another"
		switch {
		case c.same(view):
			how = "the same"
			exact++
		case name != "7z" && c.shortened(view):
			how = "shortened"
		default:
			good = false
		}
		c.seen = append(c.seen, name+": "+how)
	}
	return good && exact > 0
}

func (c *imageCase) read(dir string) map[string][]byte {
	view := map[string][]byte{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return view
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		c.must(err)
		view[treeKey(e.Name())] = b
	}
	return view
}

func (c *imageCase) same(view map[string][]byte) bool {
	if len(view) != len(c.files) {
		return false
	}
	for name, b := range c.files {
		if got, there := view[name]; !there || !bytes.Equal(got, b) {
			return false
		}
	}
	return true
}

// shortened reports whether a view has the same bytes under names of at most eight
// and three characters.
func (c *imageCase) shortened(view map[string][]byte) bool {
	left := map[string]int{}
	for _, b := range c.files {
		left[string(b)]++
	}
	for name, b := range view {
		stem, ext := splitName(name)
		if left[string(b)]--; left[string(b)] < 0 || len(stem) > 8 || len(ext) > 3 {
			return false
		}
		if own, known := c.files[name]; known && !bytes.Equal(own, b) || !known && len(stem) < 8 {
			return false
		}
	}
	return len(view) == len(c.files)
}
