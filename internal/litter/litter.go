// Package litter is the one rule about files that operating systems and programs
// leave in folders unasked. They are no part of a hand-over, whatever their
// extension says: "._VZZ.XM6" is no sealed record. Whoever lists a folder asks
// here before looking at a name's extension.
package litter

import (
	"bytes"
	"strings"
)

// Is reports whether a file or folder of this name is one that systems or
// programs leave. The name is without folders.
func Is(name string) bool {
	n := strings.ToUpper(name)
	if exact[n] || numbered(n, "FOUND.", "") || numbered(n, ".TRASH-", "") || numbered(n, "FILE", ".CHK") || isSwap(n) || isWord(n) {
		return true
	}
	for _, p := range prefixes {
		if strings.HasPrefix(n, p.start) && strings.HasSuffix(n, p.end) && len(n) > len(p.start)+len(p.end) {
			return true
		}
	}
	return false
}

// exact are names in upper case.
var exact = set(
	// macOS
	".DS_STORE", ".LOCALIZED", ".APDISK", ".TRASHES", ".SPOTLIGHT-V100", ".FSEVENTSD", ".TEMPORARYITEMS",
	".DOCUMENTREVISIONS-V100", ".VOLUMEICON.ICNS", ".METADATA_NEVER_INDEX", ".APPLEDOUBLE", ".APPLEDB",
	".APPLEDESKTOP", "ICON\r", "__MACOSX", "NETWORK TRASH FOLDER", "TEMPORARY ITEMS", ".MOBILEBACKUPS", ".HIDDEN",
	// Windows
	"THUMBS.DB", "THUMBS.DB:ENCRYPTABLE", "EHTHUMBS.DB", "EHTHUMBS_VISTA.DB", "DESKTOP.INI",
	"SYSTEM VOLUME INFORMATION", "$RECYCLE.BIN", "RECYCLER", "RECYCLED", "WPSETTINGS.DAT", "INDEXERVOLUMEGUID",
	// Linux and its desktops
	".DIRECTORY", "LOST+FOUND", ".TRASH", ".XDG-VOLUME-INFO",
	// Network storage and programs that keep folders alike
	"@EADIR", "@EASTREAMS", "@RECYCLE", "@RECENTLY-SNAPSHOT", "#RECYCLE", "#SNAPSHOT", ".@__THUMB", ".SNAPSHOT",
	".ZFS", "~SNAPSHOT", ".DROPBOX", ".DROPBOX.ATTR", ".DROPBOX.CACHE", ".STFOLDER", ".STVERSIONS", ".STIGNORE",
	".OWNCLOUDSYNC.LOG",
	// Android
	"LOST.DIR", ".ANDROID_SECURE", ".NOMEDIA",
	// Programs for pictures, for lists of files and for burning discs
	".PICASA.INI", "PICASA.INI", "DESCRIPT.ION", "TRANS.TBL",
)

// prefixes are beginnings and ends of names, in upper case. At least one more
// character stands between them.
var prefixes = []struct{ start, end string }{
	{"._", ""},                // macOS, on media that keep no attributes of files
	{"~$", ""},                // Office, while a document is open
	{".~LOCK.", "#"},          // LibreOffice likewise
	{".FUSE_HIDDEN", ""},      // Linux, for a file that was deleted while it was open
	{".NFS", ""},              // the same on NFS
	{".SMBDELETE", ""},        // the same on Samba
	{".~", ""},                // other offices, and programs that copy
	{".#", ""},                // Emacs, for its locks, and CVS
	{"#", "#"},                // Emacs, for what was not saved yet
	{"", "~"},                 // Emacs and other editors, for the text before
	{".", ".KATE-SWP"},        // Kate
	{"", ":ZONE.IDENTIFIER"},  // Windows, for a file from the network, copied by other systems
	{".COM.APPLE.", ""},       // Time Machine and others
	{".SYNCTHING.", ".TMP"},   // a transfer that was cut off
	{"~SYNCTHING~", ""},       // the same on Windows
	{".GOUTPUTSTREAM-", ""},   // GLib, likewise
	{".TRASH-", ".TRASHINFO"}, // the trash of a desktop
}

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// numbered reports whether a name is a number between start and end.
func numbered(name, start, end string) bool {
	digits, ok := strings.CutPrefix(name, start)
	digits, tail := strings.CutSuffix(digits, end)
	return ok && tail && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// isSwap reports whether a name is that of a swap file of vim, which takes the next
// letter while there is one: ".A.XML.SWP", ".A.XML.SWO".
func isSwap(name string) bool {
	n := len(name)
	return n > len("..SWP") && name[0] == '.' && name[n-4:n-1] == ".SW" && name[n-1] >= 'A' && name[n-1] <= 'Z'
}

// isWord reports whether a name is that of a file which Word keeps while a document
// is open: "~WRL0001.TMP", "~WRD0001.XML".
func isWord(name string) bool {
	stem, ext, _ := strings.Cut(name, ".")
	return ext != "" && len(stem) > 4 && numbered(stem, "~WR"+stem[3:4], "")
}

// IsPlain reports whether a name in the plain tree of an image, without a
// version, is what a burning program made of such a name: letters in upper case,
// "_" for every other character, and at levels of eight and three characters cut.
// What macOS leaves is not among them, since "__NAME" may as well be a record's
// own name; [Companion] and [AppleDouble] tell these.
func IsPlain(name string) bool {
	n := strings.TrimSuffix(strings.ToUpper(name), ".")
	if plain[n] || numbered(n, "_TRASH_", "") {
		return true
	}
	for _, start := range []string{"_FUSE_HI", "__LOCK_", "_SMBDELE", "_COM_APP", "_GOUTPUT"} {
		if strings.HasPrefix(n, start) {
			return true
		}
	}
	return numbered(n, "_NFS", "")
}

var plain = func() map[string]bool {
	m := map[string]bool{}
	for name := range exact {
		p := mangled(name)
		m[p] = true
		stem, ext, dot := strings.Cut(p, ".")
		m[cut(stem, 8)] = true
		if dot {
			m[cut(stem, 8)+"."+cut(ext, 3)] = true
		}
	}
	return m
}()

// mangled is a name with no characters but those of a plain tree, and one dot.
func mangled(name string) string {
	dot := strings.LastIndexByte(name, '.')
	b := []byte(name)
	for i, c := range b {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && (i != dot || i == 0) {
			b[i] = '_'
		}
	}
	return string(b)
}

func cut(s string, most int) string { return s[:min(len(s), most)] }

// Companion returns the name beside which macOS would have left a file of this
// name: it is "VZZ.XM6" for "._VZZ.XM6", and for "__VZZ.XM6", which is what
// burning programs make of it.
func Companion(name string) (of string, ok bool) {
	for _, start := range []string{"._", "__"} {
		if of, ok = strings.CutPrefix(name, start); ok && of != "" {
			return of, true
		}
	}
	return "", false
}

// AppleDouble reports whether a file that begins with head is what macOS leaves
// in "._NAME": the magic number and the version of RFC 1740, appendix B.
func AppleDouble(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\x00\x05\x16\x07\x00\x02\x00\x00"))
}
