package verify

import "syscall"

// isOptical reports whether a folder lies on a disc, whose drive is slow when
// it is made to seek (statfs(2): ISOFS_SUPER_MAGIC, UDF_SUPER_MAGIC).
func isOptical(path string) bool {
	var s syscall.Statfs_t
	if syscall.Statfs(path, &s) != nil {
		return false
	}
	return s.Type == 0x9660 || s.Type == 0x15013346
}
