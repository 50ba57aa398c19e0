package verify

import (
	"slices"
	"strings"

	"csuis-offline/bundle"
	"csuis-offline/finding"
	"csuis-offline/iso"
)

// bootKeys are the keys of the files from which a computer starts: the boot catalog
// and the boot images of El Torito, under whatever names the trees show them. A
// record or a form is never one.
func bootKeys(trees *iso.Trees) map[string]bool {
	if len(trees.Boot) == 0 {
		return nil
	}
	keys := map[string]bool{}
	for _, t := range trees.All {
		for i := range t.Files {
			f := &t.Files[i]
			key := treeKey(f.Name)
			_, ext := splitName(key)
			if f.Size > 0 && slices.Contains(trees.Boot, f.Offset) && !isRecordExt(ext) && key != bundle.FormName {
				keys[key] = true
			}
		}
	}
	return keys
}

// withoutBoot takes these files out of a set and tells so once.
func (v *verifier) withoutBoot(s *fileSet, trees *iso.Trees) {
	boot := bootKeys(trees)
	before := len(s.files)
	first := ""
	s.files = slices.DeleteFunc(s.files, func(f setFile) bool {
		is := boot[treeKey(f.name)]
		if is && first == "" {
			first = f.name
		}
		return is
	})
	n := before - len(s.files)
	if n == 0 && len(trees.BootVolumes) > 0 {
		v.add(finding.Finding{Code: finding.ImageBoot, Severity: finding.Info, File: strings.TrimSuffix(s.label, ":")}.WithCount(len(trees.BootVolumes)))
	}
	if n > 0 {
		v.add(finding.Finding{Code: finding.ImageBoot, Severity: finding.Info, File: s.show(first)}.WithCount(n))
	}
}
