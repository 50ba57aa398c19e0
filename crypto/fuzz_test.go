package crypto

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"csuis-offline/internal/testtool"
)

// open reads a record whole and checks what holds for every input.
func open(t *testing.T, key *Key, data []byte) ([]byte, error) {
	t.Helper()
	got, err := io.ReadAll(NewReader(bytes.NewReader(data), key))
	if err != nil && !errors.Is(err, ErrDamaged) {
		t.Fatalf("an error of no kind: %v", err)
	}
	slow, slowErr := io.ReadAll(NewReader(iotest.OneByteReader(bytes.NewReader(data)), key))
	if !bytes.Equal(got, slow) || (err == nil) != (slowErr == nil) {
		t.Fatalf("read byte by byte: %d bytes, %v; whole: %d bytes, %v", len(slow), slowErr, len(got), err)
	}
	return got, err
}

func FuzzReader(f *testing.F) {
	for _, v := range testtool.Vectors(f, "xm6") {
		f.Add(v.Body)
	}
	key := mustKey(f, unhex(f, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := open(t, key, data)
		if err != nil {
			return
		}
		var again bytes.Buffer
		seal(t, &again, key, got, nil)
		back, err := open(t, key, again.Bytes())
		if err != nil || !bytes.Equal(back, got) {
			t.Fatalf("sealed again: %v", err)
		}
	})
}

// Whatever is sealed comes back, and base64 of anything decodes to it.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("<a/>"), []byte("AAAAAAAAAAAAAAAA"))
	f.Add([]byte("\r\n\r\n"), []byte("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"))
	key := mustKey(f, testKey)
	f.Fuzz(func(t *testing.T, plain, filler []byte) {
		var raw bytes.Buffer
		seal(t, &raw, key, plain, io.MultiReader(bytes.NewReader(filler), bytes.NewReader(make([]byte, Overhead))))
		if int64(raw.Len()) != SealedSize(int64(len(plain))) {
			t.Fatalf("%d bytes sealed to %d", len(plain), raw.Len())
		}
		for _, form := range [][]byte{raw.Bytes(), []byte(base64.StdEncoding.EncodeToString(raw.Bytes()))} {
			got, err := open(t, key, form)
			if err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("%d bytes come back as %d, %v", len(plain), len(got), err)
			}
		}
	})
}

// The base64 form against the standard library, which takes line ends anywhere.
func FuzzBase64(f *testing.F) {
	for _, v := range testtool.Vectors(f, "xm6") {
		if v.Get("form") == "base64" {
			f.Add(v.Body)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r := newBase64Reader(bytes.NewReader(text), 0, 37)
		got, err := io.ReadAll(r)
		if err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatalf("an error of no kind: %v", err)
		}
		bare := bytes.Map(func(c rune) rune {
			if c == ' ' || c == '\t' {
				return -1
			}
			return c
		}, text)
		if bytes.ContainsRune(bare, '\uFFFD') {
			return // Map has changed bytes that are no UTF-8
		}
		want, wantErr := base64.StdEncoding.Strict().DecodeString(string(bare))
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%v, the standard library %v", err, wantErr)
		}
		if err == nil && !bytes.Equal(got, want) {
			t.Fatalf("%x, the standard library %x", got, want)
		}
	})
}

func FuzzReadKey(f *testing.F) {
	for _, v := range testtool.Vectors(f, "key") {
		f.Add(v.Body, v.Get("password"))
	}
	f.Fuzz(func(t *testing.T, data []byte, password string) {
		asked := 0
		key, err := ReadKey(bytes.NewReader(data), func() ([]byte, error) { asked++; return []byte(password), nil })
		switch {
		case (key == nil) != (err != nil), asked > 1:
			t.Fatalf("key %v, error %v, asked %d times", key, err, asked)
		case err != nil && !errors.Is(err, ErrKeyFile) && !errors.Is(err, ErrPassword):
			t.Fatalf("an error of no kind: %v", err)
		case len(data) == KeySize && err != nil:
			t.Fatalf("32 bytes are refused: %v", err)
		}
		if err != nil && len(err.Error()) > 600 {
			t.Fatalf("a message of %d bytes", len(err.Error()))
		}
	})
}

// FuzzSplitZip patches the numbers of parts at the end of an archive and cuts it: a
// part is never taken for the whole.
func FuzzSplitZip(f *testing.F) {
	for _, v := range testtool.Vectors(f, "key") {
		f.Add(v.Body, uint16(1), uint16(0), uint16(1), uint16(1), uint16(0))
		f.Add(v.Body, uint16(0), uint16(0), uint16(1), uint16(2), uint16(100))
	}
	f.Fuzz(func(t *testing.T, data []byte, disk, first, here, all, cut uint16) {
		data = bytes.Clone(data[min(len(data), int(cut)):])
		at := bytes.LastIndex(data, []byte(zipEnd))
		whole := at >= 0 && len(data) == at+zipEndSize && data[at+20] == 0 && data[at+21] == 0
		if whole {
			for i, n := range []uint16{disk, first, here, all} {
				binary.LittleEndian.PutUint16(data[at+4+2*i:], n)
			}
		}
		key, err := ReadKey(bytes.NewReader(data), nil)
		if (key == nil) == (err == nil) {
			t.Fatalf("%v, %v", key, err)
		}
		if len(data) == KeySize || !whole || disk == 0 || disk == 0xFFFF {
			return
		}
		var refused *KeyFileError
		if err != nil && (!errors.As(err, &refused) || refused.Reason != ArchiveSplit) || err == nil && len(data) > maxKeyText {
			t.Fatalf("a part of an archive: %v", err)
		}
	})
}
