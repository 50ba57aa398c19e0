package litter

import "testing"

// names are what systems leave, as they write it and as genisoimage and xorriso
// put it into a plain tree of level 1 and of level 2.
var names = []struct{ name, short, long string }{
	{".DS_Store", "_DS_STOR.", "_DS_STORE."},
	{".Trash-1000", "_TRASH_1", "_TRASH_1000"},
	{"lost+found", "LOST_FOU", "LOST_FOUND"},
	{".directory", "_DIRECTO.", "_DIRECTORY."},
	{"@eaDir", "_EADIR", "_EADIR"},
	{".fuse_hidden000012", "_FUSE_HI.", "_FUSE_HIDDEN000."},
	{".nfs0001", "_NFS0001.", "_NFS0001."},
	{".~lock.A.XML#", "__LOCK_A.XML", "__LOCK_A.XML_"},
	{".TemporaryItems", "_TEMPORA", "_TEMPORARYITEMS"},
	{".apdisk", "_APDISK.", "_APDISK."},
	{"FOUND.000", "FOUND.000", "FOUND.000"},
	{"Thumbs.db", "THUMBS.DB", "THUMBS.DB"},
	{"System Volume Information", "SYSTEM_V", "SYSTEM_VOLUME_INFORMATION"},
	{"$RECYCLE.BIN", "_RECYCLE.BIN", "_RECYCLE.BIN"},
	{"desktop.ini", "DESKTOP.INI", "DESKTOP.INI"},
}

func TestWhatSystemsLeaveIsToldFromRecords(t *testing.T) {
	t.Parallel()
	for _, n := range names {
		if !Is(n.name) {
			t.Errorf("%s is not known", n.name)
		}
		for _, p := range []string{n.short, n.long} {
			if !IsPlain(p) && !Is(p) {
				t.Errorf("%s is not known as %s in a plain tree", n.name, p)
			}
		}
	}
	for _, name := range []string{
		"._VZZ.XM6", "._VZZ.SHA", "._FORMULAR.PDF", "~$A.XML", "~$ROZVAHA.XM6", ".A.XML.swp", "FILE0000.CHK",
		".Spotlight-V100", ".fseventsd", ".Trashes", "__MACOSX", "#recycle", ".smbdeleteAAA1", ".nfs000000000123abcd00000001",
		".#VZZ.XM6", ".~VZZ.XM6", "VZZ.XML~", "#VZZ.XML#", ".VZZ.XML.swo", ".VZZ.XML.swn", ".VZZ.XML.kate-swp", "VZZ.XM6:Zone.Identifier",
		"~WRL0001.tmp", "~WRD0001.xml", "~$…", ".hidden", ".nomedia", ".picasa.ini", "descript.ion", ".MobileBackups", ".zfs", "~snapshot",
		"TRANS.TBL", ".stfolder", ".stversions", ".syncthing.VZZ.XM6.tmp", "~syncthing~VZZ.XM6.tmp",
	} {
		if !Is(name) {
			t.Errorf("%s is not known", name)
		}
	}
}

func TestRecordsAreNoLitter(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"VZZ.XM6", "VZZ.SHA", "FORMULAR.PDF", "package.json", "__VZZ.XM6", "_VZZ.XM6", "FOUND.XM6", "FOUND.XML",
		"FOUND", "FILE.XM6", "TRASH_1.XM6", "THUMBS.XML", "._", "~$", ".xml", "A.XML", "disc-1.iso", "LOST_FOUND.XM6",
		"RECYCLER.XML", "_NFS.XM6", "_DS_STORE.XM6", "",
		"VZZ.sync-conflict-20260901-120000-ABCDEFG.XM6", "~", "#", "##", "~WR.XML", "~WRL.XML", "VZZ~1.XM6", ".SWP", "VZZ.SWO", "TRANS.XM6", "WRD0001.XML",
	} {
		if Is(name) || IsPlain(name) {
			t.Errorf("%q counts as litter", name)
		}
	}
}

func TestWhatMacOSLeavesNamesItsFile(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"._VZZ.XM6": "VZZ.XM6", "__VZZ.XM6": "VZZ.XM6", "VZZ.XM6": "", "__": "", "_VZZ.XM6": ""} {
		if of, ok := Companion(name); of != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", name, of, ok)
		}
	}
	if !AppleDouble([]byte("\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        ")) || AppleDouble([]byte("\x00\x05\x16\x07")) {
		t.Error("the magic number is not told")
	}
}
