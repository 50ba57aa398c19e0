package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"csuis-offline/finding"
	"csuis-offline/internal/catalogue"
)

// pairs are the findings about two files: the detail names the other one.
var pairs = []finding.Code{
	finding.PackUnitDiffers, finding.PackPersonDiffers, finding.PackNameDiffers,
	finding.PackDoubleTransaction, finding.PackDoubleStatement, finding.FileSameContent,
}

// details are the rows below a finding's text: what was wanted and found, and
// what more there is to say. What the text says already is left out.
func (a *app) details(f finding.Finding, text string) [][2]string {
	if fromCheck(f) {
		return a.checkDetails(f)
	}
	wanted, found := f.Wanted, f.Found
	if isSize(f) {
		wanted, found = a.exactSize(wanted), a.exactSize(found)
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
	case f.Code == finding.RecordElsewhere:
		var disc, discs int
		if n, _ := fmt.Sscanf(detail, "%d / %d", &disc, &discs); n == 2 {
			detailLabel, detail = "disc", a.cat.Text("field.disc.of", catalogue.Args{"disc": disc, "discs": discs})
		}
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

// isSize reports whether wanted and found are numbers of bytes.
func isSize(f finding.Finding) bool {
	return f.Code == finding.PackTooLarge || f.Detail == "size" || strings.HasSuffix(f.Detail, "_size")
}

// exactSize writes a number of bytes in full, as sizes that are compared must be.
func (a *app) exactSize(s string) string {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return s
	}
	return a.cat.Value(n) + "\u00a0B"
}
