package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/testtool"
)

// TestPagesHoldWhatTheHelpHolds wants a page for each command in each language,
// with each of its flags, commands and exit codes.
func TestPagesHoldWhatTheHelpHolds(t *testing.T) {
	t.Parallel()
	for _, lang := range catalogue.Langs() {
		a := testApp(t, lang)
		pages := testApp(t, catalogue.Czech).pages(lang, time.Unix(0, 0))
		root := newRootCommand(a)
		root.InitDefaultHelpCmd()
		commands := shownCommands(root)
		for _, cmd := range commands {
			page, ok := pages[pageName(cmd)]
			if !ok {
				t.Errorf("%s: %s has no page", lang, cmd.CommandPath())
				continue
			}
			page = strings.ReplaceAll(page, `\-`, "-")
			for _, f := range slices.Concat(a.flagRows(cmd.NonInheritedFlags()), a.flagRows(cmd.InheritedFlags())) {
				if !strings.Contains(page, `\fB`+f.name()+`\fR`) {
					t.Errorf("%s: %s has no %s", lang, cmd.CommandPath(), f.name())
				}
			}
			for _, code := range documentedCodes(cmd) {
				if !strings.Contains(page, `\fB`+strconv.Itoa(code)+`\fR`) {
					t.Errorf("%s: %s has no exit code %d", lang, cmd.CommandPath(), code)
				}
			}
			for _, c := range shownCommands(cmd)[1:] {
				if c.Parent() == cmd && (!strings.Contains(page, `\fB`+c.Name()+`\fR`) || !strings.Contains(page, ".BR "+pageName(c)+" (1)")) {
					t.Errorf("%s: %s does not name %s", lang, cmd.CommandPath(), c.Name())
				}
			}
		}
		if len(commands) != len(pages) || len(pages) < 20 {
			t.Errorf("%s: %d pages of %d commands", lang, len(pages), len(commands))
		}
	}
}

// TestOthersTakeThePages shows every page to groff and mandoc, which must
// neither warn nor lose a letter.
func TestOthersTakeThePages(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "groff", "mandoc")
	dir := t.TempDir()
	for _, lang := range catalogue.Langs() {
		a := testApp(t, lang)
		a.identity = identity{version: "1.0.0"}
		root := newRootCommand(a)
		root.InitDefaultHelpCmd()
		pages := a.pages(lang, time.Unix(1700000000, 0))
		var files []string
		for _, cmd := range shownCommands(root) {
			name := pageName(cmd)
			path := filepath.Join(dir, string(lang)+"-"+name+".1")
			if err := os.WriteFile(path, []byte(pages[name]), 0o666); err != nil {
				t.Fatal(err)
			}
			files = append(files, path)
			out := oneLine(shown(t, "groff", "-k", "-man", "-Tutf8", "-ww", "-P-cbou", path))
			for _, id := range []string{".long", ".usage", ".examples"} {
				id = "help." + commandName(cmd) + id
				for line := range strings.Lines(a.cat.Text(id, nil)) {
					if a.cat.Has(id) && !strings.Contains(out, oneLine(strings.TrimPrefix(line, "- "))) {
						t.Errorf("%s: the page of %s does not say %q", lang, name, line)
					}
				}
			}
		}
		shown(t, "mandoc", append([]string{"-Tlint", "-Wwarning"}, files...)...)
	}
}

// shown is what a program makes of pages; a word on standard error is a fault.
func shown(t *testing.T, program string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err != nil || errs.Len() > 0 {
		t.Errorf("%s %s: %v\n%s%s", program, args[len(args)-1], err, errs.Bytes(), out.Bytes())
	}
	return out.String()
}

// oneLine is a text with one space between any two words.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
