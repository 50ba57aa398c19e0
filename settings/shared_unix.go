//go:build unix

package settings

import (
	"io/fs"
	"os"
	"syscall"
)

// othersWrite reports whether somebody other than the user and the system's
// administrator can write to a file, or can exchange what is in a folder.
func othersWrite(path string, folder bool) bool {
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	return others(info.Mode(), st.Uid, st.Gid, uint32(os.Getuid()), folder)
}

func others(mode fs.FileMode, owner, group, me uint32, folder bool) bool {
	if owner != me && owner != 0 {
		return true
	}
	// In a folder with the sticky bit only the owner of a file can exchange it, and
	// the file is looked at too.
	if folder && mode&fs.ModeSticky != 0 {
		return false
	}
	// Many systems give each user a group of the same number that is the user's own.
	return mode&0o002 != 0 || mode&0o020 != 0 && (group != me || me == 0) && group != 0
}
