package batch

import (
	"context"
	"slices"
	"strconv"

	"csuis-offline/finding"
)

// plan gives every input its NAME and refuses what cannot be sealed as it is.
func (b *Batch) plan(ctx context.Context) {
	taken := make(map[string]int, len(b.inputs)) // NAME to the first input with it
	last := make(map[string]int)                 // NAME to the last number given to it
	for i := range b.inputs {
		if ctx.Err() != nil {
			return
		}
		in := &b.inputs[i]
		name, ok := recordName(in.Path)
		in.name = numbered(name, 1)
		if f, bad := judgeName(in, name, ok); bad && !b.o.Rename {
			b.findings = append(b.findings, f)
			continue
		}
		if first, doubled := taken[in.name]; doubled {
			if !b.o.Rename {
				b.findings = append(b.findings, finding.Finding{
					Code: finding.PackCollision, Severity: finding.Error, File: in.Shown(), Record: in.name,
					Found: b.inputs[first].Shown(),
				})
				continue
			}
			in.name = nextFree(name, taken, last)
		}
		taken[in.name] = i
		if in.name != name || !ok {
			b.findings = append(b.findings, finding.Finding{
				Code: finding.PackRenamed, Severity: finding.Info, File: in.Shown(), Record: in.name, Wanted: in.FileName(), Found: in.name,
			})
		}
	}
	b.judgeSizes()
}

// nextFree returns the next NAME that is free, counting on from the last one.
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

func judgeName(in *Input, name string, ok bool) (finding.Finding, bool) {
	f := finding.Finding{Severity: finding.Error, File: in.Shown(), Found: in.FileName()}
	switch {
	case !ok:
		f.Code, f.Detail = nameFault(in.Path)
	case len(name) > MaxName:
		f.Code, f.Found = finding.PackLongName, name
	default:
		return f, false
	}
	return f, true
}

// judgeSizes refuses inputs that stay too large even if sealing halves them, as
// it does with UTF-16; decoding base64 takes away only a quarter. The exact size
// shows only after sealing.
func (b *Batch) judgeSizes() {
	limit := b.o.Limit
	if limit == (Limit{}) {
		return
	}
	for i := range b.inputs {
		if in := &b.inputs[i]; in.Size/2 > limit.Size {
			b.findings = append(b.findings, in.tooLarge(in.Size, limit))
		}
	}
}

// TooLarge is the finding that the record of that name turned out to have more
// bytes than the limit allows.
func (b *Batch) TooLarge(name string, size int64, limit Limit) finding.Finding {
	i := slices.IndexFunc(b.inputs, func(in Input) bool { return in.name == name })
	return b.inputs[i].tooLarge(size, limit)
}

func (in *Input) tooLarge(size int64, limit Limit) finding.Finding {
	return finding.Finding{
		Code: finding.PackTooLarge, Severity: finding.Error, File: in.Shown(), Record: in.name, Detail: limit.Of,
	}.WithSizes(limit.Size, size)
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
