package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"csuis-offline/bundle/verify"
	"csuis-offline/internal/catalogue"
)

// TestOutputFaultsNameTheFolder: the clerk once read of a .csuis-lock.
func TestOutputFaultsNameTheFolder(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("other error numbers")
	}
	out := filepath.Join("/srv", "vystup")
	at := func(op, path string, errno syscall.Errno) error {
		return fmt.Errorf("stage: lock: %w", &fs.PathError{Op: op, Path: path, Err: errno})
	}
	lock := filepath.Join(out, ".A.XM6.csuis-lock")
	record := filepath.Join(out, ".CSUIS_1.csuis-partial", "records", "A.XM6")
	for _, tc := range []struct {
		err  error
		id   string
		says string
	}{
		{at("open", lock, syscall.EACCES), "error.not-writable", out},
		{at("open", lock, syscall.EROFS), "error.read-only", out},
		{at("open", record, syscall.EACCES), "error.not-writable", out},
		{at("mkdir", filepath.Join(out, "new"), syscall.EROFS), "error.read-only", out},
		{at("mkdir", filepath.Join(out, "new"), syscall.EPERM), "error.not-writable", out},
		{&os.LinkError{Op: "rename", Old: lock, New: filepath.Join(out, "A.XM6"), Err: syscall.EROFS}, "error.read-only", out},
		{at("open", filepath.Join(out, "in.xml"), syscall.EACCES), "error.permission", "in.xml"},
		{at("open", lock, syscall.ENOSPC), "error.disk-full", "místa"},
		{at("lstat", filepath.Join(out, strings.Repeat("x", 300)), syscall.ENAMETOOLONG), "error.long-name", "xxx…"},
		{at("read", filepath.Join(out, "in.xml"), syscall.EIO), "error.device", "in.xml"},
		{&fs.PathError{Op: "verify", Path: "/dev/null", Err: verify.ErrTarget}, "error.target", "/dev/null"},
	} {
		exit, id, args := classify(tc.err)
		text := testApp(t, catalogue.Czech).cat.Text(id, args)
		if exit != exitIO || id != tc.id || !strings.Contains(text, tc.says) {
			t.Errorf("%v: %d %s %q, want %s that says %q", tc.err, exit, id, text, tc.id, tc.says)
		}
		for _, never := range []string{"csuis-lock", "csuis-partial", "stage:", "denied", "system"} {
			if strings.Contains(text, never) {
				t.Errorf("%s says %q: %s", id, never, text)
			}
		}
	}
}

func TestAFileWhereAFolderShouldBe(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "csuis.toml")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, open := os.Open(filepath.Join(file, "deep", "in.xml"))
	for _, err := range []error{os.MkdirAll(file, 0o700), os.MkdirAll(filepath.Join(file, "deep"), 0o700), open} {
		_, id, args := classify(err)
		if id != "error.not-folder" || args["file"] != file {
			t.Errorf("%v: %s %v", err, id, args["file"])
		}
	}
}
