//go:build unix

package settings

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestOthersWrite(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		mode             fs.FileMode
		owner, group, me uint32
		folder, want     bool
	}{
		{0o755, 1000, 1000, 1000, true, false},
		{0o644, 0, 0, 1000, false, false},
		{0o755, 1001, 1001, 1000, true, true},
		{0o777, 1000, 1000, 1000, true, true},
		{0o777 | fs.ModeSticky, 0, 0, 1000, true, false},
		{0o777 | fs.ModeSticky, 1001, 0, 1000, true, true},
		{0o666, 1000, 1000, 1000, false, true},
		{0o664, 1000, 1000, 1000, false, false}, // the user's own group
		{0o664, 1000, 100, 1000, false, true},
		{0o775, 0, 100, 0, true, true},
		{0o775, 0, 0, 0, true, false},
	} {
		if got := others(tc.mode, tc.owner, tc.group, tc.me, tc.folder); got != tc.want {
			t.Errorf("%v of %d, %d, for %d: %v", tc.mode, tc.owner, tc.group, tc.me, got)
		}
	}
}

func TestSharedLooksAtTheFileAndItsFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, Name)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := Settings{Path: path}
	for _, tc := range []struct {
		file, folder fs.FileMode
		want         bool
	}{{0o644, 0o755, false}, {0o644, 0o777, true}, {0o666, 0o755, true}} {
		if err := os.Chmod(path, tc.file); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, tc.folder); err != nil {
			t.Fatal(err)
		}
		if got := s.Shared(); got != tc.want {
			t.Errorf("%v in %v: %v", tc.file, tc.folder, got)
		}
	}
	if (&Settings{}).Shared() {
		t.Error("no file is shared")
	}
}
