// Package iso plans, writes, reads and checks ISO 9660 images: interchange level
// 2 of ECMA-119 (2nd edition, 1987), with a Joliet tree of the same names.
//
// An image that this package writes holds files in its root and nothing else:
//
//	sectors 0-15   system area, zero
//	16, 17, 18     primary volume descriptor, Joliet one, set terminator
//	19-22          path tables: primary L and M, Joliet L and M
//	23 ...         primary root directory, Joliet root directory
//	...            the files in name order, each from a sector's start
//	last 150       zero
//
// A sector is 2,048 bytes. The volume space size includes the 150 sectors at the
// end, as it does for genisoimage and xorriso: readers that read ahead of a file's
// end stay inside the volume, and a copy of a disc by its volume space size
// includes the padding.
//
// The application use area of both descriptors (ECMA-119 8.4.32) holds a mark of
// this writer and the SHA-256 of everything from sector 16 to the last directory.
// By them Lint recognizes an image that this package wrote, and which of two
// copies of a name is damaged.
//
// [Plan] refuses what cannot be written unchanged, before a byte is written.
// [Lint] checks any image; of an image that this package wrote, it checks every
// byte outside the files' contents. [Open] reads any image, even a hostile one.
package iso
