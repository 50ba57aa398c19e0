// Package iso plans, writes, reads back and judges ISO 9660 images: level 2 as
// ECMA-119 (2nd edition, 1987) has it, with a Joliet tree of the same names.
//
// An image that this package writes holds files in its root and nothing else:
//
//	sectors 0-15   system area, zero
//	16, 17, 18     primary descriptor, Joliet descriptor, terminator
//	19-22          path tables: primary L and M, Joliet L and M
//	23 ...         primary root directory, Joliet root directory
//	...            the files in name order, each from a sector's start
//	last 150       zero
//
// A sector is 2,048 bytes. The 150 sectors at the end count in the volume space
// size, as genisoimage and xorriso count them: readers that read ahead of a
// file's end stay inside the volume, and a disc is copied by its volume space
// size with its padding.
//
// Both descriptors carry in their application use area (ECMA-119 8.4.32) a mark
// of this writer and the SHA-256 of everything from sector 16 to the last
// directory, by which Lint knows an image of ours and which of two copies of a
// name is the damaged one.
//
// [Plan] refuses what cannot be written as it is, before a byte is written.
// [Lint] judges any image; of an image of ours it checks every byte that is not
// a file's content. [Open] reads any image, also a hostile one.
package iso
