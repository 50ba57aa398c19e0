package bundle

import (
	"context"
	"strings"

	"csuis-offline/finding"
	"csuis-offline/iso"
)

// maxDiscs is how many discs a set may have: "NN of NN" must fit into the
// volume identifier behind the package's name.
const maxDiscs = 99

// plan gives every input its NAME and refuses what cannot be packed as it is,
// before anything is read.
func plan(ctx context.Context, inputs []input, o *PackOptions) []finding.Finding {
	var fs []finding.Finding
	taken := make(map[string]int, len(inputs)) // NAME to the first input with it
	last := make(map[string]int)               // NAME to the last number given to it
	for i := range inputs {
		if ctx.Err() != nil {
			return fs
		}
		in := &inputs[i]
		name, ok := recordName(in.path)
		in.name = numbered(name, 1)
		if f, bad := judgeName(in, name, ok); bad && !o.Rename {
			fs = append(fs, f)
			continue
		}
		if first, doubled := taken[in.name]; doubled {
			if !o.Rename {
				fs = append(fs, finding.Finding{
					Code: finding.PackCollision, Severity: finding.Error, File: in.path, Record: in.name,
					Found: inputs[first].path,
				})
				continue
			}
			in.name = nextFree(name, taken, last)
		}
		taken[in.name] = i
		if in.name != name || !ok {
			fs = append(fs, finding.Finding{
				Code: finding.PackRenamed, Severity: finding.Info, File: in.path, Record: in.name, Wanted: in.original(), Found: in.name,
			})
		}
	}
	return append(fs, judgeSizes(inputs, o.Media)...)
}

// nextFree finds the next NAME that is free, going on where it was left.
func nextFree(name string, taken, last map[string]int) string {
	n := max(last[name], 1)
	for {
		n++
		if free := numbered(name, n); !has(taken, free) {
			last[name] = n
			return free
		}
	}
}

func has(m map[string]int, key string) bool {
	_, ok := m[key]
	return ok
}

func judgeName(in *input, name string, ok bool) (finding.Finding, bool) {
	f := finding.Finding{Severity: finding.Error, File: in.path, Found: in.original()}
	switch {
	case !ok:
		f.Code = finding.PackName
	case len(name) > maxName:
		f.Code, f.Found = finding.PackLongName, name
	default:
		return f, false
	}
	return f, true
}

// judgeSizes refuses records that no disc takes, whatever sealing makes of
// them: UTF-16 halves at the most, base64 loses a quarter. How large a record
// really is, is known once it is sealed, and judged again then.
func judgeSizes(inputs []input, m iso.Media) []finding.Finding {
	if m == (iso.Media{}) {
		return nil
	}
	var fs []finding.Finding
	for i := range inputs {
		in := &inputs[i]
		if most := capacity(m, 1); in.size/2 > most {
			fs = append(fs, tooLarge(in, in.size, most, m))
		}
	}
	return fs
}

// maxFile is the largest file on a disc in bytes (ECMA-119 9.1.4: 32 bits).
const maxFile = 1<<32 - 1

// capacity is how many bytes the largest record on a disc can have, beside a
// form of this size.
func capacity(m iso.Media, formSize int64) int64 {
	s := iso.NewSizer(iso.File{Name: FormName, Size: formSize})
	name := strings.Repeat("X", maxName)
	s.Add(iso.File{Name: name + ".SHA", Size: 1})
	s.Add(iso.File{Name: name + ".XM6", Size: 0})
	return min(max(m.Sectors-s.Sectors(), 0)*iso.SectorSize, maxFile)
}

func tooLarge(in *input, size, most int64, m iso.Media) finding.Finding {
	return finding.Finding{
		Code: finding.PackTooLarge, Severity: finding.Error, File: in.path, Record: in.name,
		Wanted: itoa(most), Found: itoa(size), Detail: m.Name,
	}
}
