package stage

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gofrs/flock"
)

// holds fails the test unless the folder has exactly these entries.
func holds(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("folder holds %q, want %q", got, want)
	}
}

func content(t *testing.T, path, want string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != want {
		t.Errorf("%s holds %q, want %q", path, b, want)
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func writeFile(path, text string, o Options) error {
	f, err := CreateFile(path, o)
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := f.Write([]byte(text)); err != nil {
		return err
	}
	return f.Commit()
}

func writeFolder(path string, o Options) error {
	d, err := CreateFolder(path, o)
	if err != nil {
		return err
	}
	defer d.Abort()
	if err := os.Mkdir(filepath.Join(d.Path(), "records"), 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(d.Path(), "records", "A.XM6"), []byte("a"), 0o666); err != nil {
		return err
	}
	return d.Commit()
}

func TestFileIsSeenOnlyWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "out.xml")
	f, err := CreateFile(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("hello "))
	f.Write([]byte("world"))
	holds(t, dir, ".out.xml.csuis-lock", ".out.xml.csuis-partial")
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	f.Abort()
	if err := f.Commit(); !errors.Is(err, ErrClosed) {
		t.Errorf("second Commit: %v", err)
	}
	if _, err := f.Write([]byte("x")); !errors.Is(err, ErrClosed) {
		t.Errorf("Write after Commit: %v", err)
	}
	holds(t, dir, "out.xml")
	content(t, path, "hello world")
}

func TestAbortLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := CreateFile(filepath.Join(dir, "f"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("x"))
	f.Abort()
	f.Abort()
	if err := f.Commit(); !errors.Is(err, ErrClosed) {
		t.Errorf("Commit after Abort: %v", err)
	}
	d, err := CreateFolder(filepath.Join(dir, "d"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(d.Path(), "x"), "x")
	d.Abort()
	if err := d.Commit(); !errors.Is(err, ErrClosed) {
		t.Errorf("Commit after Abort: %v", err)
	}
	holds(t, dir)
}

func TestExistingIsKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, folder := filepath.Join(dir, "f"), filepath.Join(dir, "d")
	put(t, file, "old")
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		err  error
		want error
	}{
		{"file on file", writeFile(file, "new", Options{}), ErrExists},
		{"file on folder", writeFile(folder, "new", Options{}), ErrExists},
		{"forced file on folder", writeFile(folder, "new", Options{Force: true}), ErrNotRegular},
		{"folder on folder", writeFolder(folder, Options{}), ErrExists},
		{"forced folder on folder", writeFolder(folder, Options{Force: true}), ErrExists},
		{"folder on file", writeFolder(file, Options{}), ErrExists},
	} {
		if !errors.Is(tc.err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, tc.err, tc.want)
		}
		var pe *fs.PathError
		if !errors.As(tc.err, &pe) {
			t.Errorf("%s: %v names no path", tc.name, tc.err)
		}
	}
	holds(t, dir, "d", "f")
	content(t, file, "old")
	if err := writeFile(file, "new", Options{Force: true}); err != nil {
		t.Fatal(err)
	}
	content(t, file, "new")
	holds(t, dir, "d", "f")
}

func TestDanglingLinkCountsAsExisting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "nowhere"), path); err != nil {
		t.Skip(err)
	}
	if err := writeFile(path, "x", Options{}); !errors.Is(err, ErrExists) {
		t.Errorf("got %v", err)
	}
	if err := writeFile(path, "x", Options{Force: true}); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, "link")
	content(t, path, "x")
}

func TestWhatAppearsMeanwhileIsKept(t *testing.T) {
	t.Parallel()
	for _, how := range []struct {
		name   string
		rename func(from, to string, replace bool) error
	}{{"exclusive rename", nil}, {"claim", claimForTest}} {
		t.Run(how.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			ops := &Ops{Rename: how.rename}
			file, folder := filepath.Join(dir, "f"), filepath.Join(dir, "d")
			f, err := CreateFile(file, Options{Ops: ops})
			if err != nil {
				t.Fatal(err)
			}
			d, err := CreateFolder(folder, Options{Ops: ops})
			if err != nil {
				t.Fatal(err)
			}
			put(t, file, "other")
			if err := os.Mkdir(folder, 0o777); err != nil { // empty: a plain rename would replace it
				t.Fatal(err)
			}
			if err := f.Commit(); !errors.Is(err, ErrExists) {
				t.Errorf("file: %v", err)
			}
			if err := d.Commit(); !errors.Is(err, ErrExists) {
				t.Errorf("folder: %v", err)
			}
			holds(t, dir, "d", "f")
			content(t, file, "other")
			if err := writeFolder(filepath.Join(dir, "e"), Options{Ops: ops}); err != nil {
				t.Error(err)
			}
			if err := writeFile(filepath.Join(dir, "g"), "g", Options{Ops: ops}); err != nil {
				t.Error(err)
			}
			holds(t, dir, "d", "e", "f", "g")
		})
	}
}

func TestBadPaths(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, filepath.Join(dir, "file"), "x")
	for _, path := range []string{"", ".", "..", "/", filepath.Join(dir, "absent", "x"), filepath.Join(dir, "file", "x")} {
		if err := writeFile(path, "x", Options{Force: true}); err == nil {
			t.Errorf("%q: no error", path)
		}
		if err := writeFolder(path, Options{}); err == nil {
			t.Errorf("folder %q: no error", path)
		}
	}
	holds(t, dir, "file")
}

func TestLongestName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := strings.Repeat("x", 255)
	if err := writeFile(filepath.Join(dir, name), "x", Options{}); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, name)
}

func TestRights(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such rights")
	}
	dir := t.TempDir()
	mode := func(path string) fs.FileMode {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	usualFile, usualDir := filepath.Join(dir, "usual"), filepath.Join(dir, "usual.d")
	put(t, usualFile, "")
	os.Chmod(usualFile, 0o666)
	h, err := os.OpenFile(filepath.Join(dir, "umask"), os.O_CREATE, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	h.Close()
	if err := os.Mkdir(usualDir, 0o777); err != nil {
		t.Fatal(err)
	}
	file, folder, secret := filepath.Join(dir, "f"), filepath.Join(dir, "d"), filepath.Join(dir, "key")
	for _, err := range []error{writeFile(file, "x", Options{}), writeFolder(folder, Options{}), writeFile(secret, "x", Options{Perm: 0o600})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got, want := mode(file), mode(filepath.Join(dir, "umask")); got != want {
		t.Errorf("file %v, want %v", got, want)
	}
	if got, want := mode(folder), mode(usualDir); got != want {
		t.Errorf("folder %v, want %v", got, want)
	}
	if got := mode(secret); got != 0o600 {
		t.Errorf("secret %v", got)
	}
	if err := writeFile(secret, "y", Options{Force: true}); err != nil {
		t.Fatal(err)
	}
	if got := mode(secret); got != 0o600 {
		t.Errorf("replaced secret %v: its rights got wider", got)
	}
}

func TestManyFilesCommit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d, err := CreateFolder(filepath.Join(dir, "d"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Abort()
	for i := range 4 * syncEachLimit {
		put(t, filepath.Join(d.Path(), string(rune('A'+i/64))+string(rune('0'+i%64))), "x")
	}
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	entries, _ := os.ReadDir(filepath.Join(dir, "d"))
	if len(entries) != 4*syncEachLimit {
		t.Errorf("%d files", len(entries))
	}
}

func TestOneOfManyWins(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for range 8 {
		wg.Go(func() {
			err := writeFile(path, "whole", Options{})
			if err != nil && !errors.Is(err, ErrExists) && !errors.Is(err, ErrBusy) {
				t.Error(err)
			}
			if err == nil {
				mu.Lock()
				won++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d runs made the output", won)
	}
	holds(t, dir, "out")
	content(t, path, "whole")
}

func TestSameFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b, link := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "link")
	put(t, a, "x")
	put(t, b, "x")
	if err := os.Link(a, link); err != nil {
		t.Skip(err)
	}
	for _, tc := range []struct {
		out  string
		in   []string
		want string
	}{
		{a, []string{b}, ""},
		{a, []string{b, a}, a},
		{dir + "/./a", []string{a}, a},
		{link, []string{b, a}, a},
		{filepath.Join(dir, "new"), []string{a, b}, ""},
		{a, []string{filepath.Join(dir, "gone")}, ""},
		{a, nil, ""},
	} {
		got, ok := SameFile(tc.out, tc.in...)
		if got != tc.want || ok != (tc.want != "") {
			t.Errorf("SameFile(%s, %s) = %q, %v", tc.out, tc.in, got, ok)
		}
	}
}

func TestIsStaging(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		".out.csuis-partial": true, ".out.csuis-lock": true,
		"out.csuis-partial": false, ".csuis-partial": false, ".csuis-lock": false,
		".out.lock": false, ".out.partial": false, "": false, ".": false,
	} {
		if IsStaging(name) != want {
			t.Errorf("IsStaging(%q) = %v", name, !want)
		}
	}
}

func TestUnlockLeavesNoFileAndNoLock(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "one.lock")
	f := flock.New(path)
	if ok, err := f.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	Unlock(f)
	if f.Locked() {
		t.Error("the lock is still held")
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}
