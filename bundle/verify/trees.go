package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"csuis-offline/checksum"
	"csuis-offline/finding"
	"csuis-offline/internal/litter"
	"csuis-offline/iso"
)

// maxTreeFindings is how many differences of one tree are told.
const maxTreeFindings = 200

// treeCodes are the codes of what a tree shows otherwise.
var treeCodes = map[iso.TreeKind]finding.Code{
	iso.TreePlain: finding.TreePlain, iso.TreeRockRidge: finding.TreeRockRidge, iso.TreeJoliet: finding.TreeJoliet,
	iso.TreeEnhanced: finding.TreeEnhanced, iso.TreeUDF: finding.TreeUDF,
}

// treeNames are the names of trees in findings.
var treeNames = map[iso.TreeKind]string{
	iso.TreePlain: "ISO 9660", iso.TreeRockRidge: "Rock Ridge", iso.TreeJoliet: "Joliet", iso.TreeEnhanced: "ISO 9660:1999", iso.TreeUDF: "UDF",
}

// treeRank orders the kinds of trees by what systems prefer.
var treeRank = []iso.TreeKind{iso.TreePlain, iso.TreeUDF, iso.TreeRockRidge, iso.TreeJoliet, iso.TreeEnhanced}

// judgedByTrees are the rules of the linter that compare the Joliet tree with the
// plain one by places. The trees are compared here by their bytes.
var judgedByTrees = []string{"joliet-file", "joliet-name"}

// treeJudge judges the trees of one image.
type treeJudge struct {
	*verifier
	treeComparer
	label string
	drive bool
	all   []*keyedTree
	short bool // shortened names were told
	// told are the differences between sessions that were told: the trees of one
	// mostly differ alike.
	told map[difference]bool
	// linted says that the linter has an error in a sector, and so says more.
	linted func(sector int64) bool
}

// judgeTrees compares all trees of an image with each other and returns the one by
// which the records are found: the plain one, unless the names are told better by
// one that systems show before it. It is nil if the image has no tree. linted says
// whether the linter has an error in a sector, which is then not told again.
func (v *verifier) judgeTrees(ctx context.Context, trees *iso.Trees, size int64, label string, linted func(sector int64) bool) (*iso.Tree, error) {
	j := &treeJudge{verifier: v, label: label, drive: v.drive != nil, linted: linted, told: map[difference]bool{}, treeComparer: treeComparer{
		ctx: ctx, trees: trees, left: 16*size + 1<<20, sums: map[iso.TreePart]checksum.Sum{},
	}}
	for _, u := range trees.Unjudged {
		if linted(u.Sector) {
			continue
		}
		v.unjudged(label, u.Tree, fmt.Sprintf("sector %d: %s", u.Sector, u.Detail))
	}
	j.marks()
	if len(trees.All) == 0 {
		return nil, nil
	}
	boot := bootKeys(trees)
	for _, t := range trees.All {
		j.all = append(j.all, keyed(t, boot))
	}
	names, err := j.names()
	if errors.Is(err, errTooMuch) {
		v.unjudged(label, "ISO 9660", err.Error())
		return trees.All[0], nil
	}
	if err != nil {
		return nil, err
	}
	return names.Tree, nil
}

// unjudged tells of a tree that was not judged.
func (v *verifier) unjudged(file, tree, why string) {
	v.add(finding.Finding{Code: finding.TreeUnjudged, Severity: finding.Error, File: file, Detail: tree, Found: why})
}

// marks tells what lies behind the first volume.
func (j *treeJudge) marks() {
	severity := finding.Error
	if j.drive {
		// Each session of a disc is judged below.
		severity = finding.Warning
	}
	for i, m := range j.trees.Behind {
		if i == 10 {
			break
		}
		j.add(finding.Finding{Code: finding.TreeSession, Severity: severity, File: j.label, Detail: fmt.Sprintf("sector %d: %s", m.Sector, m.What)})
	}
}

// names finds the tree that names the records, and tells how the others differ
// from it.
func (j *treeJudge) names() (*keyedTree, error) {
	first := j.all[0]
	results, same, err := j.against(first)
	if err != nil {
		return nil, err
	}
	names := first
	if !same {
		names = j.choose(first)
	}
	if names != first {
		if results, _, err = j.against(names); err != nil {
			return nil, err
		}
	}
	for i, t := range j.all {
		if t != names {
			j.tell(names, t, results[i])
		}
		if t != first || names != first {
			j.refusals(t, t == names)
		}
	}
	return names, nil
}

// against compares all trees with one. same says that all show the same.
func (j *treeJudge) against(names *keyedTree) (results []*comparison, same bool, err error) {
	results, same = make([]*comparison, len(j.all)), true
	for i, t := range j.all {
		if t == names {
			continue
		}
		if results[i], err = j.compare(names, t, t.Kind == iso.TreePlain); err != nil {
			return nil, false, err
		}
		same = same && len(results[i].differences) == 0 && results[i].short == 0
	}
	return results, same, nil
}

// choose returns the tree whose names the most .SHA files know. Among equal ones it
// is one of whose names those of the plain tree are shortened, then the plain one,
// and then that which systems prefer. Behind the first volume only a drive looks.
func (j *treeJudge) choose(plain *keyedTree) *keyedTree {
	best, most := plain, 2*j.known(plain)
	for _, kind := range treeRank {
		for _, t := range j.all {
			if t.Kind != kind || t == plain || t.Behind && !j.drive {
				continue
			}
			score := 2 * j.known(t)
			if c, err := j.compare(t, plain, true); err == nil && c.onlyShort() {
				score++
			}
			if score > most || score == most && t.Behind && !best.Behind {
				best, most = t, score
			}
		}
	}
	return best
}

// known counts the .SHA files of a tree that name a record of it.
func (j *treeJudge) known(t *keyedTree) (n int) {
	buf := make([]byte, checksum.MaxSizeOne+1)
	for i, key := range t.keys {
		stem, ext := splitName(key)
		f := t.file(i)
		if ext != "SHA" || nested(key) || f.Size == 0 || f.Size >= int64(len(buf)) || f.Size > j.left || t.find(stem+".XM6") < 0 {
			continue
		}
		r, err := j.trees.Open(f)
		if err != nil {
			continue
		}
		j.left -= f.Size
		if _, err := io.ReadFull(r, buf[:f.Size]); err != nil {
			continue
		}
		entry, err := checksum.ParseOne(strings.NewReader(string(buf[:f.Size])))
		if err == nil && upper(entry.Name[strings.LastIndexAny(entry.Name, `/\`)+1:]) == stem+".XM6" {
			n++
		}
	}
	return n
}

// tell reports how a tree differs from the one that names the records.
func (j *treeJudge) tell(names, t *keyedTree, c *comparison) {
	if c.short > 0 && !j.short {
		j.short = true
		j.add(finding.Finding{Code: finding.TreeShortNames, Severity: finding.Info, File: j.label}.WithCount(c.short))
	}
	slices.SortStableFunc(c.differences, func(a, b difference) int { return strings.Compare(a.name+a.other, b.name+b.other) })
	told := 0
	for i, d := range c.differences {
		if names.Behind != t.Behind {
			d.name, d.other = treeKey(d.name), treeKey(d.other)
			if j.told[d] {
				continue
			}
			j.told[d] = true
		}
		if told++; told > maxTreeFindings {
			f := finding.Finding{Code: treeCode(names, t), Severity: finding.Error, File: j.label, Detail: differMore}
			j.add(f.WithCount(len(c.differences) - i))
			return
		}
		j.add(j.finding(names, t, d))
	}
}

// treeCode is the code of what a tree shows otherwise than the one that names the
// records.
func treeCode(names, t *keyedTree) finding.Code {
	if names.Behind != t.Behind {
		return finding.TreeOtherSession
	}
	return treeCodes[t.Kind]
}

func (j *treeJudge) finding(names, t *keyedTree, d difference) finding.Finding {
	f := finding.Finding{Code: treeCode(names, t), Severity: finding.Error, Detail: d.how, Wanted: shown(withoutVersion(d.name)), Found: shown(withoutVersion(d.other))}
	name := withoutVersion(d.name)
	if d.name == "" {
		name = withoutVersion(d.other)
	}
	f.File = j.label + ":" + shown(name)
	if stem, ext := splitName(name); isRecordExt(ext) && !nested(name) {
		f.Record = shown(upper(stem))
	}
	switch {
	case d.how == differContent:
		f.Wanted, f.Found = d.sum.String(), d.found.String()
	case d.how == differRead:
		f.Wanted, f.Found = "", d.detail
	case d.name == "" && isLeft(name):
		f.Severity = finding.Warning
	case d.how == differMissing && (isLeft(name) || j.drive && names.Behind && !t.Behind):
		// A session before the last one may lack what was added later.
		f.Severity = finding.Warning
	}
	return f
}

// isLeft reports whether a name in a tree is one that systems leave unasked.
func isLeft(name string) bool {
	name, _, _ = strings.Cut(name, "/")
	return litter.Is(name) || litter.IsPlain(name)
}

// refusals tells the entries of a tree that could not be read: those of the tree
// that names the records as files, the others as trees that were not judged.
func (j *treeJudge) refusals(t *keyedTree, names bool) {
	for i, e := range t.Refused {
		if i == maxTreeFindings {
			break
		}
		if j.linted(e.Sector) {
			continue
		}
		file := j.label + ":" + e.Name
		if names {
			j.fail(finding.FileUnreadable, file, e.Detail)
		} else {
			j.unjudged(file, treeNames[t.Kind], e.Detail)
		}
	}
}

// newTreeSet is the set of the files of a tree, under names without versions.
func newTreeSet(trees *iso.Trees, t *iso.Tree, label string) *fileSet {
	s := &fileSet{label: label, image: true, files: make([]setFile, len(t.Files))}
	at := make(map[string]*iso.TreeFile, len(t.Files))
	for i := range t.Files {
		f := &t.Files[i]
		name := strings.TrimSuffix(withoutVersion(f.Name), ".")
		s.files[i] = setFile{name: name, size: f.Size}
		if f.Several {
			s.files[i].kind = kindSeveral
		}
		at[name] = f
	}
	s.open = func(name string) (io.ReadCloser, error) {
		f := at[name]
		if f == nil {
			return nil, &iso.EntryError{Name: name, Detail: "it is not there"}
		}
		r, err := trees.Open(f)
		if err != nil {
			return nil, err
		}
		return io.NopCloser(r), nil
	}
	s.sort()
	return s
}

// addSeveral adds the files of several extents to the set of the plain tree, so
// that they are not missed beside what the linter says about them.
func addSeveral(s *fileSet, t *iso.Tree) {
	for i := range t.Files {
		if f := &t.Files[i]; f.Several {
			s.files = append(s.files, setFile{name: strings.TrimSuffix(withoutVersion(f.Name), "."), size: f.Size, kind: kindSeveral})
		}
	}
	s.sort()
}
