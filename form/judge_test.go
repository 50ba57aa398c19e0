package form

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"csuis-offline/internal/testtool"
)

// onDisk writes a form to a file for another program to judge.
func onDisk(t *testing.T, f Form) (path string, l *Listing) {
	t.Helper()
	pdf := write(t, f)
	l, err := Read(bytes.NewReader(pdf))
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "FORMULAR.PDF")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, l
}

func TestOtherProgramsAcceptTheForm(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "qpdf", "pdffonts", "pdfinfo")
	for name, f := range forms() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, l := onDisk(t, f)
			// A warning is exit status 3, which Run does not accept.
			if out := testtool.Run(t, "qpdf", "--check", path); bytes.Contains(out, []byte("WARNING")) {
				t.Errorf("qpdf: %s", out)
			}
			fonts := strings.Split(strings.TrimSpace(string(testtool.Run(t, "pdffonts", path))), "\n")[2:]
			if len(fonts) != len(newest().fonts) {
				t.Errorf("%d fonts", len(fonts))
			}
			for _, font := range fonts {
				// name, type in two words, encoding, emb, sub, uni
				if w := strings.Fields(font); w[4] != "yes" || w[6] != "yes" {
					t.Errorf("font not embedded or without Unicode: %s", font)
				}
			}
			info := string(testtool.Run(t, "pdfinfo", path))
			for _, want := range []string{
				fmt.Sprintf("Pages:           %d\n", l.Pages), "(A4)",
				"Title:           " + formTitle + " – " + f.Package + "\n",
				"Creator:         " + f.Generator + "\n", "Producer:        " + newest().producer() + "\n", f.PackageDigest.String(),
			} {
				if f.Generator == "" && strings.HasPrefix(want, "Creator") {
					continue
				}
				if !strings.Contains(info, want) {
					t.Errorf("pdfinfo lacks %q:\n%s", want, info)
				}
			}
			if !strings.Contains(info, f.Unit.Name) {
				t.Errorf("pdfinfo lacks the unit's name:\n%s", info)
			}
		})
	}
}

// TestTextIsExtractable shows that every value is found whole, in the order in
// which a person reads.
func TestTextIsExtractable(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "pdftotext")
	for name, f := range forms() {
		for _, flag := range []string{"-nopgbrk", "-layout", "-raw"} {
			t.Run(name+flag, func(t *testing.T) {
				t.Parallel()
				path, l := onDisk(t, f)
				text := string(testtool.Run(t, "pdftotext", flag, path, "-"))
				words := strings.Fields(text)
				sums, seen := 0, make(map[string]bool)
				for _, w := range words {
					if len(w) == 64 && strings.Trim(w, "0123456789abcdef") == "" {
						sums++
					}
					seen[w] = true
				}
				if want := len(l.Rows) + l.Pages; sums != want {
					t.Errorf("%d digests, wanted one a row and one a page: %d", sums, want)
				}
				for _, r := range l.Rows {
					if !seen[r.Sum.String()] {
						t.Errorf("the digest of %s is not there", r.Name)
					}
				}
				line := strings.Join(words, " ")
				if f.Reason != "" && !strings.Contains(line, pangram) {
					t.Errorf("%q is not there", pangram)
				}
				at := 0
				for _, label := range []string{
					formTitle, sectionUnit, labelIC, f.Unit.IC, labelUnitName, sectionPerson, labelPersonName, labelPersonID, f.Person.ID,
					labelEmail, labelPhone, sectionReason, sectionMedium, labelMedium, f.Medium.Kind, labelDiscs, "Označení disku 1", f.Medium.Volumes[0],
					sectionPackage, labelPackage, labelCount, labelTotal, labelGenerator, labelDigest, f.PackageDigest.String(),
					sectionSigning, labelPlace, labelDate, f.Date.Format("2. 1. 2006"), sectionOffice, officeAddress,
					sectionFiles, l.Rows[0].Sum.String(), l.Rows[len(l.Rows)-1].Sum.String(), footerText(l.Pages, l.Pages),
				} {
					i := strings.Index(line[at:], label)
					if i < 0 {
						t.Fatalf("%q does not stand after what precedes it:\n%.3000s", label, text)
					}
					at += i
				}
			})
		}
	}
}

// bboxes is what pdftotext -bbox says.
type bboxes struct {
	Pages []struct {
		Width  float64 `xml:"width,attr"`
		Height float64 `xml:"height,attr"`
		Words  []word  `xml:"word"`
	} `xml:"body>doc>page"`
}

type word struct {
	XMin float64 `xml:"xMin,attr"`
	YMin float64 `xml:"yMin,attr"`
	XMax float64 `xml:"xMax,attr"`
	YMax float64 `xml:"yMax,attr"`
	Text string  `xml:",chardata"`
}

func (w word) overlaps(v word) bool {
	const slack = 0.01
	return w.XMin < v.XMax-slack && v.XMin < w.XMax-slack && w.YMin < v.YMax-slack && v.YMin < w.YMax-slack
}

func TestNothingOverlapsOrLeavesThePage(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "pdftotext")
	for name, f := range forms() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, l := onDisk(t, f)
			var b bboxes
			if err := xml.Unmarshal(testtool.Run(t, "pdftotext", "-bbox", path, "-"), &b); err != nil {
				t.Fatal(err)
			}
			if len(b.Pages) != l.Pages {
				t.Fatalf("%d pages", len(b.Pages))
			}
			for n, p := range b.Pages {
				if len(p.Words) < 10 {
					t.Errorf("page %d has %d words", n+1, len(p.Words))
				}
				slices.SortFunc(p.Words, func(a, b word) int { return int(100 * (a.YMin - b.YMin)) })
				for i, w := range p.Words {
					if w.XMin < left-1 || w.XMax > right+1 || w.YMin < 25 || w.YMax > pageHeight-25 {
						t.Errorf("page %d: %+v outside the margins", n+1, w)
					}
					for _, v := range p.Words[i+1:] {
						if v.YMin > w.YMax {
							break
						}
						if w.overlaps(v) {
							t.Errorf("page %d: %+v overlaps %+v", n+1, w, v)
						}
					}
				}
			}
		})
	}
}

// TestEachPageStandsAlone: a loose page tells which package it belongs to,
// and its table has a head.
func TestEachPageStandsAlone(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "pdftotext")
	row := regexp.MustCompile(`(?m)^ +\d+ +\S+\.XM6 `)
	for name, f := range forms() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, l := onDisk(t, f)
			pages := strings.Split(string(testtool.Run(t, "pdftotext", "-layout", path, "-")), "\f")
			// Where names and volumes fill the first page, section 5 comes later.
			crowded := name == "extreme lengths" || name == "60 discs"
			for i, text := range pages[:l.Pages] {
				if !strings.Contains(text, footerText(i+1, l.Pages)) {
					t.Errorf("page %d has no number", i+1)
				}
				if i == 0 && crowded {
					continue
				}
				if !strings.Contains(text, f.PackageDigest.String()) || len(f.Package) < 90 && !strings.Contains(text, f.Package) {
					t.Errorf("page %d does not name its package", i+1)
				}
				if !row.MatchString(text) {
					continue
				}
				for _, column := range []string{columnNumber, columnName, columnKind, columnDate, columnSize, columnSum, columnID} {
					if !strings.Contains(text, column) {
						t.Errorf("page %d lacks %q", i+1, column)
					}
				}
				if len(f.Medium.Volumes) > 1 && !strings.Contains(text, "Disk ") {
					t.Errorf("page %d does not name its disc", i+1)
				}
			}
		})
	}
}

func TestQRCodeIsReadable(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "pdftoppm", "zbarimg")
	for name, f := range forms() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, _ := onDisk(t, f)
			page := "1"
			if name == "extreme lengths" || name == "60 discs" {
				page = "2"
			}
			base := filepath.Join(t.TempDir(), "page")
			testtool.Run(t, "pdftoppm", "-r", "200", "-gray", "-singlefile", "-f", page, "-l", page, path, base)
			got := string(testtool.Run(t, "zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", base+".pgm"))
			want := "CSUIS-OFFLINE package " + f.Package + " sha256 " + f.PackageDigest.String() + "\n"
			if got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

// TestRecipeOfTheDocumentation runs the commands of doc/form.md on the files
// of a disc.
func TestRecipeOfTheDocumentation(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "pdftotext", "awk", "sha256sum", "sh")
	doc, err := os.ReadFile(filepath.Join("..", "doc", "form.md"))
	if err != nil {
		t.Fatal(err)
	}
	var scripts []string
	for i, block := range strings.Split(string(doc), "```") {
		if script, ok := strings.CutPrefix(block, "sh\n"); ok && i%2 == 1 {
			scripts = append(scripts, script)
		}
	}
	if len(scripts) != 2 {
		t.Fatalf("%d scripts", len(scripts))
	}
	f := sample(70, 1)
	for i := range 3 {
		f.Row = disguised(f.Row, i)
	}
	path, l := onDisk(t, f)
	dir := filepath.Dir(path)
	for i, r := range l.Rows {
		if err := os.WriteFile(filepath.Join(dir, r.Name), []byte(strconv.Itoa(i)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := string(testtool.Run(t, "sh", "-ec", "cd "+dir+"\n"+scripts[0]))
	if n := strings.Count(out, ": OK\n"); n != len(l.Rows) {
		t.Errorf("%d of %d files: %s", n, len(l.Rows), out)
	}
	testtool.Run(t, "sh", "-ec", "cd "+dir+"\n"+scripts[1])
	pdf, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pdf[len(pdf)/2] ^= 1
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := testtool.Try(t, "sh", "-ec", "cd "+dir+"\n"+scripts[1]); err == nil {
		t.Error("a flipped bit was not found")
	}
}

// disguised gives record i an original name that looks like another row.
func disguised(row func(int) Row, i int) func(int) Row {
	return func(n int) Row {
		r := row(n)
		if n == i {
			r.Original = strings.Repeat("x", 90) + " 2 FAKE.XM6 " + strings.Repeat("0", 64) + " " + strings.Repeat("y", 40)
		}
		return r
	}
}
