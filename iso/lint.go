package iso

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"csuis-offline/finding"
)

// Violation says where an image breaks a rule.
type Violation struct {
	Rule     string // the ID of a RuleInfo
	Clause   string
	Severity finding.Severity
	// Sector is the sector concerned, from 0.
	Sector int64
	// File is the path of the file or directory concerned, without a version,
	// or empty. It is quoted if it holds unprintable characters.
	File   string
	Detail string
	// Wanted and Found are values to compare; either may be empty.
	Wanted, Found string
}

// maxViolations is the number of violations of one rule that are listed. The last
// one says how many more there are.
const maxViolations = 200

// listed is how many violations of a rule are listed. Names that a burner relaxed
// are so in every record, and one is enough to tell.
func listed(rule string) int {
	if rule == ruleRelaxedID {
		return 1
	}
	return maxViolations
}

// Lint checks an image of size bytes by all of [Rules] and returns every violation
// found, in the order of the checks, at most 200 of a rule, and one of relaxed
// names. It reads descriptors, path tables, directories and the ends of files, not
// their contents. It recognizes an image that [Layout.Write] wrote by a mark in its
// descriptors, plans it again from what it says, and compares every byte outside
// the files' contents.
//
// The error is one of reading r, wrapped, or that of ctx; Lint returns with it the
// violations found until then. Time and memory are bounded whatever the image
// holds, to some 80 bytes per file and tree.
func Lint(ctx context.Context, r io.ReaderAt, size int64) ([]Violation, error) {
	l := &linter{ctx: ctx, r: r, size: size, sectors: size / SectorSize, count: map[string]int{}}
	err := l.run()
	l.countUnlisted()
	if err != nil {
		return l.found, fmt.Errorf("iso: %w", err)
	}
	return l.found, nil
}

// linter is one run of Lint.
type linter struct {
	ctx              context.Context
	r                io.ReaderAt
	size             int64
	sectors          int64 // whole sectors of the image
	space            int64 // sectors of the volume that the image holds
	afterDescriptors int64 // the first sector after the descriptors
	found            []Violation
	count            map[string]int
	primary          *volume
	joliet           *volume
	created          time.Time // the volume's creation; zero if unknown
	// dirtySystem and dirtyEnd are the first sector that is not zero in the
	// system area and among the last 150 of the volume, or -1.
	dirtySystem, dirtyEnd int64
	buf                   []byte
}

func (l *linter) run() error {
	if l.size < 0 {
		return fmt.Errorf("a size of %d bytes", l.size)
	}
	if l.size%SectorSize != 0 {
		l.report(ruleImageSize, l.sectors, "", "a multiple of 2048", fmt.Sprint(l.size), "the image ends inside a sector")
	}
	for _, step := range []func() error{
		l.checkSystemArea, l.checkDescriptors, l.checkVolumes, l.walkTrees, l.checkPathTables, l.checkExtents, l.compareTrees, l.checkEnd, l.checkOwnImage,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// report notes a violation. The detail is a format.
func (l *linter) report(rule string, sector int64, file, wanted, found, format string, args ...any) {
	if l.count[rule]++; l.count[rule] > listed(rule) {
		return
	}
	v := Violation{Rule: rule, Sector: sector, File: shown(file), Wanted: shown(wanted), Found: shown(found), Detail: shown(fmt.Sprintf(format, args...))}
	for _, r := range rules {
		if r.ID == rule {
			v.Clause, v.Severity = r.Clause, r.Severity
		}
	}
	l.found = append(l.found, v)
}

// shown quotes a text from the image if it has control characters.
func shown(s string) string {
	if strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsGraphic(c) || c == utf8.RuneError }) {
		return strconv.Quote(s)
	}
	return s
}

func (l *linter) countUnlisted() {
	for i := len(l.found) - 1; i >= 0; i-- {
		v := &l.found[i]
		if more := l.count[v.Rule] - listed(v.Rule); more > 0 {
			v.Detail += fmt.Sprintf(" (and %d more violations of this rule)", more)
			l.count[v.Rule] = 0
		}
	}
}

// read reads whole sectors. whole is false where raw sectors have no data, which
// are then zero here.
func (l *linter) read(p []byte, sector int64) (whole bool, err error) {
	if err := l.ctx.Err(); err != nil {
		return false, err
	}
	return readPast(l.r, p, sector*SectorSize, true)
}

func (l *linter) checkSystemArea() (err error) {
	l.dirtySystem, err = l.firstNonZero(0, min(sectorPVD, l.sectors))
	if err == nil && l.dirtySystem >= 0 {
		l.report(ruleSystemArea, l.dirtySystem, "", "", "", "the sector is not zero: perhaps a disc that a computer starts from")
	}
	return err
}

// checkEnd checks what follows the last file.
func (l *linter) checkEnd() (err error) {
	l.dirtyEnd = -1
	if l.primary == nil || l.space == 0 {
		return nil
	}
	l.dirtyEnd, err = l.firstNonZero(max(0, l.space-padSectors), l.space)
	if err == nil && l.dirtyEnd >= 0 {
		l.report(ruleEndPadding, l.dirtyEnd, "", "150 zero sectors", "", "the sector is among the last 150 of the volume and not zero")
	}
	return err
}

// firstNonZero returns the first sector of a range that is not zero, or -1.
func (l *linter) firstNonZero(from, to int64) (int64, error) {
	const step = 16
	if l.buf == nil {
		l.buf = make([]byte, step*SectorSize)
	}
	for ; from < to; from += step {
		b := l.buf[:min(step, to-from)*SectorSize]
		if err := l.ctx.Err(); err != nil {
			return -1, err
		}
		if _, err := readPast(l.r, b, from*SectorSize, false); err != nil {
			return -1, err
		}
		for i := range int64(len(b) / SectorSize) {
			if !isZero(b[i*SectorSize:][:SectorSize]) {
				return from + i, nil
			}
		}
	}
	return -1, nil
}

// isZero reports whether all bytes of b, at most a sector long, are zero.
func isZero(b []byte) bool { return bytes.Equal(b, zeroSector[:len(b)]) }
