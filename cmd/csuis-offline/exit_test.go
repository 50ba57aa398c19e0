package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"

	"csuis-offline/bundle"
	"csuis-offline/bundle/verify"
	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/internal/catalogue"
	"csuis-offline/seal"
	"csuis-offline/stage"
)

func testApp(t *testing.T, lang catalogue.Lang) *app {
	t.Helper()
	cat, ok := catalogue.For(lang)
	if !ok {
		t.Fatal(lang)
	}
	return &app{out: io.Discard, err: io.Discard, cat: cat, getenv: func(string) string { return "" }}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	at := func(err error) error { return &fs.PathError{Op: "open", Path: "F", Err: err} }
	for _, tc := range []struct {
		err  error
		exit int
		id   string
	}{
		{nil, exitOK, ""},
		{errFindings, exitFindings, ""},
		{errors.Join(errFindings, crypto.ErrDamaged), exitFindings, ""},
		{errors.Join(errFindings, seal.ErrKey), exitKey, ""},
		{usageFault("usage.missing-key", nil), exitUsage, "usage.missing-key"},
		{fmt.Errorf("x: %w", usageFault("usage.missing-key", nil)), exitUsage, "usage.missing-key"},
		{&envelope.ConfigError{Key: "unit.ic", Problem: "missing"}, exitUsage, "config.missing"},
		{&envelope.ConfigError{Key: "unit.ic", Problem: "malformed"}, exitUsage, "config.bad-ic"},
		{&envelope.ConfigError{Key: "unit.name", Problem: "malformed"}, exitUsage, "config.malformed"},
		{envelope.ErrNoConfig, exitUsage, "config.none"},
		{&envelope.UnknownRootError{Local: "x"}, exitUsage, "config.unknown-root"},
		{at(stage.ErrExists), exitUsage, "error.exists"},
		{at(stage.ErrNotRegular), exitUsage, "error.not-regular"},
		{at(stage.ErrBusy), exitIO, "error.busy"},
		{bundle.ErrNoFreeName, exitIO, "error.no-free-name"},
		{verify.ErrTarget, exitIO, "error.target"},
		{crypto.ErrPassword, exitKey, "key.password"},
		{crypto.ErrNoPassword, exitKey, "key.no-password"},
		{&crypto.KeyFileError{Reason: crypto.NotAKey}, exitKey, "key.not-a-key"},
		{at(syscall.ENOSPC), exitIO, "error.disk-full"},
		{at(fs.ErrNotExist), exitIO, "error.not-found"},
		{at(fs.ErrPermission), exitIO, "error.permission"},
		{at(syscall.EISDIR), exitIO, "error.is-folder"},
		{io.ErrUnexpectedEOF, exitIO, "error.other"},
		{context.Canceled, exitInterrupted, "error.interrupted"},
		{fmt.Errorf("read: %w", context.Canceled), exitInterrupted, "error.interrupted"},
	} {
		exit, id, args := classify(tc.err)
		args = testApp(t, catalogue.Czech).withConfig(args)
		args["unfinished"] = "" // finish adds it after a look
		if exit != tc.exit || id != tc.id {
			t.Errorf("%v: %d %q, want %d %q", tc.err, exit, id, tc.exit, tc.id)
		}
		for _, lang := range catalogue.Langs() {
			cat := testApp(t, lang).cat
			if id != "" && !cat.Has(id) {
				t.Errorf("%s: no text for %s", lang, id)
			}
			if text := cat.Text(id, args); strings.Contains(strings.Replace(text, "{}x", "", 2), "{") {
				t.Errorf("%s: %s is not filled: %s", lang, id, text)
			}
		}
	}
}

func TestEveryKeyFileReasonHasAText(t *testing.T) {
	t.Parallel()
	for _, r := range crypto.KeyFileReasons() {
		_, id, _ := classify(&crypto.KeyFileError{Reason: r})
		if !testApp(t, catalogue.Czech).cat.Has(id) {
			t.Errorf("no text for %s", id)
		}
	}
}

// TestHelpListsTheExitCodes holds the help of each command to the codes that
// the scripts let it end with.
func TestHelpListsTheExitCodes(t *testing.T) {
	t.Parallel()
	for _, lang := range catalogue.Langs() {
		a := testApp(t, lang)
		root := newRootCommand(a)
		root.InitDefaultHelpCmd()
		for _, cmd := range append(root.Commands(), root) {
			codes := documentedCodes(cmd)
			if len(codes) == 0 || codes[0] != exitOK || !slices.Contains(codes, exitUsage) {
				t.Errorf("%s documents only %v", cmd.Name(), codes)
			}
			_, section, ok := strings.Cut(a.helpText(cmd), a.cat.Text("label.exit-status", nil)+"\n")
			if !ok {
				t.Errorf("%s %s: no section of exit codes", lang, cmd.Name())
				continue
			}
			var listed []int
			for line := range strings.Lines(section) {
				n, err := strconv.Atoi(strings.Fields(line)[0])
				if err != nil {
					t.Errorf("%s %s: %q", lang, cmd.Name(), line)
				}
				listed = append(listed, n)
				if want := a.cat.Text("exit."+strconv.Itoa(n), nil); !strings.Contains(line, want) {
					t.Errorf("%s %s: %q does not say %q", lang, cmd.Name(), line, want)
				}
			}
			if !slices.Equal(listed, codes) {
				t.Errorf("%s %s: help lists %v, the command documents %v", lang, cmd.Name(), listed, codes)
			}
		}
	}
}

func TestHelpIsWholeInBothLanguages(t *testing.T) {
	t.Parallel()
	var shape [2][]string
	for i, lang := range catalogue.Langs() {
		a := testApp(t, lang)
		root := newRootCommand(a)
		for _, cmd := range append([]*cobra.Command{root}, root.Commands()...) {
			text := a.helpText(cmd)
			for line := range strings.Lines(text) {
				if n := width(strings.TrimRight(line, "\n")); n > 100 {
					t.Errorf("%s %s: %d columns: %s", lang, cmd.Name(), n, line)
				}
				for _, family := range []string{"help.", "flag.", "label.", "exit."} {
					if strings.Contains(line, family) {
						t.Errorf("%s %s: an identifier shows: %s", lang, cmd.Name(), line)
					}
				}
			}
			for _, r := range append(a.flagRows(cmd.NonInheritedFlags()), a.flagRows(cmd.InheritedFlags())...) {
				shape[i] = append(shape[i], cmd.Name()+" "+r.name())
			}
		}
	}
	if !slices.Equal(shape[0], shape[1]) {
		t.Errorf("the languages show different flags: %v, %v", shape[0], shape[1])
	}
}
