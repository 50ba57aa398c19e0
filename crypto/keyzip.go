package crypto

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
)

// The limits of a key archive (doc/xm6.md section 2.3).
const (
	keyName       = "AESKEY.DEC"
	maxZipEntries = 1000
	// maxZipText is the number of files that may be tried for 64 digits.
	maxZipText = 16
	// maxZipPacked is the greatest size of a compressed and encrypted key in bytes.
	maxZipPacked = 4 << 10
)

// The bits of a ZIP entry's general purpose flag (APPNOTE 4.4.4).
const (
	flagEncrypted = 1 << 0
	flagStrong    = 1 << 6
	flagMasked    = 1 << 13
)

// errContent says that the content of a file contradicts the archive's directory.
var errContent = errors.New("the content is not what the directory says")

// readZipKey finds the key in an archive and reads it.
func readZipKey(data []byte, password func() ([]byte, error)) (*Key, error) {
	// Entries are counted before the directory is parsed, since the parser keeps
	// every one. The bound is twice the limit, since a file may hold the
	// signature by chance.
	if bytes.Count(data, []byte("PK\x01\x02")) > 2*maxZipEntries {
		return nil, keyFileError(KeyFileTooLarge, "an archive of over %d files", maxZipEntries)
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, keyFileError(ArchiveDamaged, "the archive is damaged: %v", err)
	}
	if len(archive.File) > maxZipEntries {
		return nil, keyFileError(KeyFileTooLarge, "an archive of %d files, over %d", len(archive.File), maxZipEntries)
	}
	files, err := candidates(archive.File)
	if err != nil {
		return nil, err
	}
	asked := passwords{ask: password}
	defer asked.wipe()
	var found *Key
	for _, f := range files {
		key, err := zipKey(f, &asked)
		switch {
		case errors.Is(err, errNoDigits):
		case err != nil:
			return nil, err
		case found != nil:
			return nil, ambiguous(files)
		default:
			found = key
		}
	}
	if found == nil {
		return nil, keyFileError(ArchiveNoKey, "no file in the archive is a key: %s", names(files))
	}
	return found, nil
}

// candidates returns the files that may be the key: the one with its name or its
// length, or else every file that could be 64 digits.
func candidates(all []*zip.File) ([]*zip.File, error) {
	var named, raw, text []*zip.File
	for _, f := range all {
		size := f.UncompressedSize64
		if strings.EqualFold(base(f.Name), keyName) {
			named = append(named, f)
		}
		if size == KeySize {
			raw = append(raw, f)
		}
		if size >= 2*KeySize && size <= maxKeyText {
			text = append(text, f)
		}
	}
	for _, group := range [][]*zip.File{named, raw} {
		if len(group) == 1 {
			return group, nil
		}
		if len(group) > 1 {
			return nil, ambiguous(group)
		}
	}
	if len(text) == 0 {
		return nil, keyFileError(ArchiveNoKey, "none of the archive's %d files is a key", len(all))
	}
	if len(text) > maxZipText {
		return nil, ambiguous(text)
	}
	return text, nil
}

// base returns the last element of a path, which some Windows programs write
// with backslashes.
func base(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

func ambiguous(files []*zip.File) error {
	return keyFileError(ArchiveAmbiguous, "%d files in the archive may be the key: %s", len(files), names(files))
}

// names lists files for a message. The names come from a stranger, so it bounds
// and quotes them.
func names(files []*zip.File) string {
	const most, longest = 4, 60
	var list []string
	for i, f := range files {
		if i == most {
			list = append(list, "...")
			break
		}
		name := f.Name
		if len(name) > longest {
			name = name[:longest] + "..."
		}
		list = append(list, fmt.Sprintf("%q", name))
	}
	return strings.Join(list, ", ")
}

// errNoDigits says that a file could be read, but is not a key.
var errNoDigits = errors.New("the file is not a key")

// zipKey reads one file of the archive as a key.
func zipKey(f *zip.File, asked *passwords) (*Key, error) {
	if f.UncompressedSize64 > maxKeyText || f.CompressedSize64 > maxZipPacked {
		return nil, keyFileError(ArchiveNoKey, "%s is too long for a key", names([]*zip.File{f}))
	}
	r, err := f.OpenRaw()
	if err != nil {
		return nil, keyFileError(ArchiveDamaged, "the archive is damaged: %v", err)
	}
	packed := make([]byte, f.CompressedSize64)
	if _, err := io.ReadFull(r, packed); err != nil {
		return nil, keyFileError(ArchiveDamaged, "the archive is damaged: a file ends early")
	}
	content, err := decrypt(f, packed, asked)
	defer clear(content)
	if err != nil {
		return nil, err
	}
	key, err := parseKey(content)
	if err != nil {
		return nil, errNoDigits
	}
	return key, nil
}

// decrypt returns a file's content, decrypted if necessary, unpacked and checked.
func decrypt(f *zip.File, packed []byte, asked *passwords) ([]byte, error) {
	if f.Flags&(flagStrong|flagMasked) != 0 {
		return nil, keyFileError(ArchiveUnsupported, "PKWARE strong encryption is not supported")
	}
	if f.Flags&flagEncrypted == 0 {
		content, err := unpack(f.Method, packed, f)
		if err == nil && crc32.ChecksumIEEE(content) != f.CRC32 {
			err = errContent
		}
		return content, contentError(err)
	}
	open := func(pw []byte) ([]byte, error) { return openZipCrypto(f, packed, pw) }
	if f.Method == methodAES {
		p, err := parseAES(f)
		if err != nil {
			return nil, err
		}
		open = func(pw []byte) ([]byte, error) { return p.open(f, packed, pw) }
	}
	return asked.try(open)
}

// contentError turns errContent into the error that ReadKey returns.
func contentError(err error) error {
	if errors.Is(err, errContent) {
		return keyFileError(ArchiveDamaged, "the archive is damaged: %v", err)
	}
	return err
}

// unpack decompresses a file. It returns errContent if the content does not have
// the length in the directory.
func unpack(method uint16, packed []byte, f *zip.File) ([]byte, error) {
	switch method {
	case zip.Store:
		if uint64(len(packed)) != f.UncompressedSize64 {
			return nil, errContent
		}
		return bytes.Clone(packed), nil
	case zip.Deflate:
		content := make([]byte, f.UncompressedSize64+1)
		n, err := io.ReadFull(flate.NewReader(bytes.NewReader(packed)), content)
		if err != io.ErrUnexpectedEOF && err != io.EOF || uint64(n) != f.UncompressedSize64 {
			clear(content)
			return nil, errContent
		}
		return content[:n], nil
	default:
		return nil, keyFileError(ArchiveUnsupported, "compression method %d is not supported", method)
	}
}
