package iso

import "csuis-offline/finding"

// RuleInfo is one rule of [Lint].
type RuleInfo struct {
	// ID is stable: "record-order".
	ID string
	// Clause is the source of the rule: a clause of ECMA-119 (2nd edition,
	// 1987), "Joliet" for the Joliet specification (Microsoft, 1995), or the
	// program whose practice it follows.
	Clause   string
	Severity finding.Severity
	// Text is the rule in one English sentence, without a full stop.
	Text string
}

// Rules lists every rule that a [Violation] can name, in the order of the
// checks.
func Rules() []RuleInfo { return append([]RuleInfo(nil), rules[:]...) }

const (
	ruleImageSize        = "image-size"
	ruleSystemArea       = "system-area"
	ruleDescriptorID     = "descriptor-identifier"
	ruleDescriptorVer    = "descriptor-version"
	ruleDescriptorType   = "descriptor-type"
	ruleDescriptorOrder  = "descriptor-order"
	rulePrimaryMissing   = "primary-missing"
	ruleTerminator       = "terminator-missing"
	ruleTerminatorFields = "terminator-fields"
	ruleJolietMissing    = "joliet-missing"
	ruleJolietEscape     = "joliet-escape"
	ruleUnusedField      = "unused-field"
	ruleVolumeFlags      = "volume-flags"
	ruleBothEndian       = "both-endian"
	ruleIdentifierPad    = "identifier-padding"
	ruleIdentifierChars  = "identifier-characters"
	ruleVolumeSet        = "volume-set"
	ruleBlockSize        = "block-size"
	ruleVolumeDate       = "volume-date"
	ruleDateMissing      = "date-missing"
	ruleStructureVersion = "structure-version"
	ruleTruncated        = "truncated"
	ruleTrailing         = "trailing-data"
	ruleVolumeSpace      = "volume-space"
	ruleRootRecord       = "root-record"
	ruleRootDate         = "root-date"
	ruleDirExtent        = "directory-extent"
	ruleDirSize          = "directory-size"
	ruleDirLoop          = "directory-loop"
	ruleDirDepth         = "directory-depth"
	ruleTooLarge         = "too-large"
	ruleDotRecords       = "dot-records"
	ruleJolietParent     = "joliet-parent"
	ruleRecordLength     = "record-length"
	ruleRecordCrossing   = "record-crossing"
	ruleRecordPadding    = "record-padding"
	ruleDirFill          = "directory-fill"
	ruleRecordOrder      = "record-order"
	ruleDuplicate        = "duplicate-name"
	ruleRecordEndian     = "record-both-endian"
	ruleAttributes       = "extended-attributes"
	ruleInterleave       = "interleave"
	ruleRecordVolume     = "record-volume"
	ruleFlags            = "file-flags"
	ruleExtents          = "several-extents"
	ruleHidden           = "hidden-file"
	ruleRecordDate       = "record-date"
	ruleDateLater        = "record-date-later"
	ruleFileID           = "file-identifier"
	ruleDirID            = "directory-identifier"
	ruleRelaxedID        = "relaxed-identifier"
	ruleJolietID         = "joliet-identifier"
	rulePathSize         = "path-table-size"
	rulePathPlace        = "path-table-place"
	rulePathRecord       = "path-table-record"
	rulePathOrder        = "path-table-order"
	rulePathTree         = "path-table-tree"
	rulePathCopies       = "path-table-copies"
	rulePathFill         = "path-table-fill"
	ruleFileExtent       = "file-extent"
	ruleOverlap          = "extent-overlap"
	ruleShared           = "extent-shared"
	ruleFilePadding      = "file-padding"
	ruleJolietFile       = "joliet-file"
	ruleJolietName       = "joliet-name"
	ruleJolietDate       = "joliet-date"
	ruleEndPadding       = "end-padding"
	ruleOwnPlan          = "own-plan"
	ruleOwnBytes         = "own-bytes"
)

const (
	sevError   = finding.Error
	sevWarning = finding.Warning
)

var rules = [...]RuleInfo{
	{ruleImageSize, "ECMA-119 6.1.2", sevError, "an image is a whole number of sectors of 2,048 bytes"},
	{ruleSystemArea, "ECMA-119 6.2.1", sevWarning, "the system area (sectors 0 to 15) is zero"},
	{ruleDescriptorID, "ECMA-119 8.1.2", sevError, "a volume descriptor is marked CD001"},
	{ruleDescriptorVer, "ECMA-119 8.1.3", sevError, "a volume descriptor has version 1, an enhanced one of ISO 9660:1999 version 2"},
	{ruleDescriptorType, "ECMA-119 8.1.1", sevError, "a volume descriptor has type 0, 1, 2, 3 or 255"},
	{ruleDescriptorOrder, "ECMA-119 6.7.1", sevError, "the first volume descriptor is the primary one"},
	{rulePrimaryMissing, "ECMA-119 6.7.1", sevError, "there is a primary volume descriptor"},
	{ruleTerminator, "ECMA-119 6.7.1", sevError, "a terminator ends the volume descriptors"},
	{ruleTerminatorFields, "ECMA-119 8.3.4", sevError, "the terminator is zero after its head"},
	{ruleJolietMissing, "Joliet", sevWarning, "there is a Joliet tree, which keeps the names in upper case on every system"},
	{ruleJolietEscape, "ECMA-119 8.5.6", sevError, "the names of a supplementary volume are in UCS-2, as Joliet has them"},
	{ruleUnusedField, "ECMA-119 8.4.4", sevError, "unused and reserved fields of a descriptor are zero"},
	{ruleVolumeFlags, "ECMA-119 8.5.3", sevError, "the volume flags of a supplementary volume are zero"},
	{ruleBothEndian, "ECMA-119 7.3.3", sevError, "a number recorded in both byte orders is the same in both"},
	{ruleIdentifierPad, "ECMA-119 7.4.5", sevError, "an identifier holds characters and is filled with spaces"},
	{ruleIdentifierChars, "ECMA-119 7.4.4", sevWarning, "an identifier consists of the d-characters or a-characters of its field"},
	{ruleVolumeSet, "ECMA-119 8.4.11", sevError, "the volume is number 1 of a set of 1: older systems refuse others"},
	{ruleBlockSize, "ECMA-119 8.4.12", sevError, "a logical block has 2,048 bytes"},
	{ruleVolumeDate, "ECMA-119 8.4.26.1", sevError, "a date of the volume is a date, or digits zero"},
	{ruleDateMissing, "ECMA-119 8.4.26.1", sevWarning, "the volume's creation and each file's recording have a date"},
	{ruleStructureVersion, "ECMA-119 8.4.30", sevError, "the file structure has version 1"},
	{ruleTruncated, "ECMA-119 8.4.8", sevError, "the image holds the whole volume"},
	{ruleTrailing, "ECMA-119 8.4.8", sevWarning, "nothing follows the volume (behind an image of ours: own-bytes)"},
	{ruleVolumeSpace, "ECMA-119 8.5", sevWarning, "both trees state the same volume space size"},
	{ruleRootRecord, "ECMA-119 8.4.18", sevError, "a descriptor's root directory record is the root's own one"},
	{ruleRootDate, "ECMA-119 8.4.18", sevWarning, "the root directory has the same date in its own record and in the descriptor"},
	{ruleDirExtent, "ECMA-119 6.8.1", sevError, "a directory lies inside the volume"},
	{ruleDirSize, "ECMA-119 6.8.1", sevError, "a directory is one or more whole sectors"},
	{ruleDirLoop, "ECMA-119 6.8.2", sevError, "no sector belongs to two directories"},
	{ruleDirDepth, "ECMA-119 6.8.2.1", sevError, "directories are at most 8 levels deep and paths at most 255 characters long"},
	{ruleTooLarge, "limit of this program", sevError, "the directories have at most 131,072 sectors and 1,048,576 entries"},
	{ruleDotRecords, "ECMA-119 6.8.2.2", sevError, "a directory begins with the records of itself and of its parent"},
	{ruleJolietParent, "Joliet", sevWarning, "the second record of a Joliet directory is that of its parent (xorriso repeats the first; nothing reads it)"},
	{ruleRecordLength, "ECMA-119 9.1.1", sevError, "a directory record has an even length that holds its identifier"},
	{ruleRecordCrossing, "ECMA-119 6.8.1", sevError, "a directory record ends in the sector in which it begins"},
	{ruleRecordPadding, "ECMA-119 9.1.12", sevError, "the byte that fills a directory record is zero"},
	{ruleDirFill, "ECMA-119 6.8.1", sevError, "a directory's sector is zero after its last record"},
	{ruleRecordOrder, "ECMA-119 9.3", sevError, "directory records are in the order of their identifiers"},
	{ruleDuplicate, "ECMA-119 9.3", sevError, "no two entries of a directory have the same name"},
	{ruleRecordEndian, "ECMA-119 7.3.3", sevError, "a number of a directory record is the same in both byte orders"},
	{ruleAttributes, "ECMA-119 9.1.2", sevError, "no extended attributes precede a file"},
	{ruleInterleave, "ECMA-119 9.1.7", sevError, "a file is not interleaved"},
	{ruleRecordVolume, "ECMA-119 9.1.9", sevError, "a file lies on volume 1"},
	{ruleFlags, "ECMA-119 9.1.6", sevError, "flags other than hidden and directory are zero"},
	{ruleExtents, "ECMA-119 6.5.1", sevError, "a file is of one extent"},
	{ruleHidden, "ECMA-119 9.1.6", sevWarning, "no file is hidden"},
	{ruleRecordDate, "ECMA-119 9.1.5", sevError, "the date of a directory record is a date"},
	{ruleDateLater, "ECMA-119 9.1.5", sevWarning, "no file is dated more than a day after the volume's creation"},
	{ruleFileID, "ECMA-119 7.5.1", sevError, "a file's identifier has no control characters and no / and \\, and its version is a number"},
	{ruleDirID, "ECMA-119 7.6.1", sevError, "a directory's identifier has no control characters and no / and \\"},
	{ruleRelaxedID, "ECMA-119 7.5.1, 7.6.1", sevWarning, "a file's identifier is NAME.EXT;1 in A-Z, 0-9 and _, at most 30 characters; a directory's is at most 31 (level 4 and many burners relax it)"},
	{ruleJolietID, "Joliet", sevError, "a Joliet identifier is at most 206 bytes of UCS-2, without control characters and * / : ; ? \\"},
	{rulePathSize, "ECMA-119 8.4.13", sevError, "the path table size is that of the path table"},
	{rulePathPlace, "ECMA-119 8.4.14", sevError, "a path table lies inside the volume, after the descriptors"},
	{rulePathRecord, "ECMA-119 9.4", sevError, "a path table record is well formed"},
	{rulePathOrder, "ECMA-119 6.9.1", sevError, "path table records are in the order of level, parent and identifier"},
	{rulePathTree, "ECMA-119 6.9", sevError, "the path table lists every directory with its place and parent"},
	{rulePathCopies, "ECMA-119 6.9.3", sevError, "all path tables of a tree say the same"},
	{rulePathFill, "ECMA-119 6.9", sevWarning, "the sector of a path table is zero after it"},
	{ruleFileExtent, "ECMA-119 6.4", sevError, "a file lies inside the volume, after the descriptors"},
	{ruleOverlap, "ECMA-119 6.4", sevError, "no sector belongs to two files, or to a file and a directory or table"},
	{ruleShared, "ECMA-119 6.4", sevWarning, "no two files share one place"},
	{ruleFilePadding, "ECMA-119 6.4.5", sevError, "the last sector of a file is zero after the file"},
	{ruleJolietFile, "Joliet", sevError, "both trees list the same files, at the same places and of the same sizes"},
	{ruleJolietName, "Joliet", sevWarning, "a file has the same name in both trees"},
	{ruleJolietDate, "Joliet", sevWarning, "a file has the same date in both trees"},
	{ruleEndPadding, "genisoimage -pad", sevWarning, "the image ends with 150 zero sectors: drives read ahead"},
	{ruleOwnPlan, "iso.Plan", sevError, "an image marked as ours can be planned from what it says"},
	{ruleOwnBytes, "iso.Layout.Write", sevError, "every byte of an image of ours that is no file's content is as it was written"},
}
