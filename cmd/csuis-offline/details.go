package main

import (
	"slices"
	"strings"

	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
)

// pairs are the findings about two files: the detail names the other one.
var pairs = []finding.Code{
	finding.PackUnitDiffers, finding.PackPersonDiffers, finding.PackNameDiffers, finding.PackContactDiffers,
	finding.PackDoubleTransaction, finding.PackDoubleStatement, finding.FileSameContent,
}

// details are the rows below a finding's text: what was wanted and found, and
// what more there is to say. What the text already says is left out.
func (a *app) details(f finding.Finding, text string) [][2]string {
	if fromCheck(f) {
		return a.checkDetails(f)
	}
	wanted, found := f.Wanted, f.Found
	if f.Sizes.Known {
		wanted, found = a.exactSize(f.Sizes.Wanted), a.exactSize(f.Sizes.Found)
	}
	foundLabel, detailLabel, answerLabel, detail := "found", "detail", "answer", f.Detail
	switch {
	case strings.HasPrefix(string(f.Code), "status."):
		answerLabel, detailLabel = "answered", "report"
	case slices.Contains(pairs, f.Code):
		detailLabel = "other-file"
	case f.Code == finding.PackCollision:
		foundLabel = "other-file"
	case f.Code == finding.PackTooLarge || f.Code == finding.PackTooManyDiscs:
		detailLabel = "media"
	case f.Code == finding.FileLitter:
		foundLabel, detailLabel = "count", "files"
	case f.Code == finding.TreeShortNames || f.Code == finding.ImageBoot || f.Code == finding.FileVersion:
		foundLabel = "count"
	case strings.HasPrefix(string(f.Code), "tree.") && a.cat.Has("differs."+f.Detail):
		detailLabel, detail = "how", a.cat.Text("differs."+f.Detail, nil)
	case f.Disc > 0:
		detailLabel, detail = "disc", a.cat.Text("field.disc.of", catalogue.Args{"disc": f.Disc, "discs": f.Discs})
	}
	var rows [][2]string
	for _, r := range []struct{ label, value string }{
		{"wanted", wanted}, {foundLabel, found}, {detailLabel, detail}, {"clause", f.Clause}, {answerLabel, f.Answer},
	} {
		value := catalogue.Visible(r.value)
		if value != "" && (r.label != "detail" || !strings.Contains(text, value)) {
			rows = append(rows, [2]string{a.cat.Text("label."+r.label, nil), value})
		}
	}
	return rows
}

// exactSize writes a number of bytes in full, as sizes that are compared must be.
func (a *app) exactSize(bytes int64) string { return a.cat.Value(bytes) + "\u00a0B" }
