package crypto

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

func sealed(t testing.TB, key *Key, plain []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	seal(t, &out, key, plain, strings.NewReader(strings.Repeat("A", Overhead)))
	return out.Bytes()
}

func TestEveryTruncationIsFound(t *testing.T) {
	t.Parallel()
	key := mustKey(t, testKey)
	for _, size := range []int{100, chunkSize + 100} {
		whole := sealed(t, key, bytes.Repeat([]byte("a"), size))
		from := max(0, len(whole)-200)
		for n := from; n < len(whole); n++ {
			for _, form := range [][]byte{whole[:n], []byte(base64.StdEncoding.EncodeToString(whole[:n]))} {
				_, err := io.ReadAll(NewReader(bytes.NewReader(form), key))
				var damage *DamageError
				if !errors.As(err, &damage) {
					t.Fatalf("%d of %d bytes: %v", n, len(whole), err)
				}
				want := NoEnd
				if n < minSealed {
					want = TooShort
				} else if n%blockSize != 0 {
					want = BadLength
				}
				if damage.Reason != want || damage.Size != int64(n) {
					t.Errorf("%d bytes: %s of %d, want %s", n, damage.Reason, damage.Size, want)
				}
			}
		}
	}
}

// What flips in the last two blocks changes CR LF or the document; elsewhere it
// changes the document or the first filler. It is never a panic.
func TestEveryFlippedBit(t *testing.T) {
	t.Parallel()
	key := mustKey(t, testKey)
	plain := bytes.Repeat([]byte("a"), 60)
	whole := sealed(t, key, plain)
	for bit := range 8 * len(whole) {
		b := bytes.Clone(whole)
		b[bit/8] ^= 1 << (bit % 8)
		got, err := io.ReadAll(NewReader(bytes.NewReader(b), key))
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("bit %d: %v", bit, err)
			}
			continue
		}
		tail := len(whole) - headFiller - len(plain) - len(endMark)
		inTail := bit/8 >= len(whole)-blockSize-tail && bit/8 < len(whole)-blockSize
		if bytes.Equal(got, plain) && !inTail {
			t.Errorf("bit %d changes nothing", bit)
		}
	}
}

func TestErrorOfTheSourceIsNoDamage(t *testing.T) {
	t.Parallel()
	key := mustKey(t, testKey)
	whole := sealed(t, key, plainOf(3*chunkSize))
	text := []byte(base64.StdEncoding.EncodeToString(whole))
	broken := errors.New("broken")
	for _, want := range []error{broken, io.ErrUnexpectedEOF} {
		for _, form := range [][]byte{whole, text} {
			for _, n := range []int{0, 10, sniffSize, 100, chunkSize + 3, len(form)} {
				src := io.MultiReader(bytes.NewReader(form[:n]), iotest.ErrReader(want))
				_, err := io.ReadAll(NewReader(src, key))
				if !errors.Is(err, want) || errors.Is(err, ErrDamaged) {
					t.Errorf("%v after %d bytes: %v", want, n, err)
				}
			}
		}
	}
}

type silent struct{}

func (silent) Read([]byte) (int, error) { return 0, nil }

func TestSilentSourceDoesNotHang(t *testing.T) {
	t.Parallel()
	_, err := NewReader(silent{}, mustKey(t, testKey)).Read(make([]byte, 1))
	if !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("%v", err)
	}
	if _, err := ReadKey(silent{}, nil); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("ReadKey: %v", err)
	}
}

func TestErrorOfTheReaderStays(t *testing.T) {
	t.Parallel()
	r := NewReader(strings.NewReader("short"), mustKey(t, testKey))
	if n, err := r.Read(nil); n != 0 || err != nil {
		t.Errorf("Read of nothing: %d, %v", n, err)
	}
	_, first := r.Read(make([]byte, 1))
	_, second := r.Read(make([]byte, 1))
	if first == nil || first != second {
		t.Errorf("%v, then %v", first, second)
	}
}

// endless is a record of any length that takes no memory.
type endless struct{ left int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), e.left))
	e.left -= int64(n)
	return n, nil
}

// A document of 64 MiB is sealed and opened with less than 1 MiB allocated.
func TestMemoryIsFlat(t *testing.T) {
	const size = 64 << 20
	key := mustKey(t, testKey)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	pr, pw := io.Pipe()
	done := make(chan error, 1)
	go func() {
		w, err := NewWriter(pw, key, WriterOptions{})
		if err == nil {
			_, err = io.Copy(w, &endless{left: size})
		}
		if err == nil {
			err = w.Close()
		}
		pw.CloseWithError(err)
		done <- err
	}()
	n, err := io.Copy(struct{ io.Writer }{io.Discard}, NewReader(pr, key))
	if err != nil || n != size {
		t.Errorf("%d bytes, %v", n, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("%d bytes allocated", used)
	}
}

// Random records, also the smallest, are never taken for base64.
func TestRawIsNotTakenForBase64(t *testing.T) {
	t.Parallel()
	key := mustKey(t, testKey)
	for n := range 3000 {
		var out bytes.Buffer
		seal(t, &out, key, plainOf(n%80), nil)
		src, err := detect(&out)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := src.(*base64Reader); ok {
			t.Fatal("taken for base64")
		}
	}
}

func TestBase64Offset(t *testing.T) {
	t.Parallel()
	key := mustKey(t, testKey)
	text := base64.StdEncoding.EncodeToString(sealed(t, key, plainOf(200_000)))
	for _, prefix := range []string{"", "\xEF\xBB\xBF", "\r\n "} {
		for _, at := range []int{0, 5, 63, 64, 65, 40_000, len(text) - 1} {
			bad := prefix + text[:at] + "*" + text[at+1:]
			_, err := io.ReadAll(NewReader(strings.NewReader(bad), key))
			var damage *DamageError
			if !errors.As(err, &damage) || damage.Reason != BadBase64 || damage.Offset != int64(len(prefix)+at) {
				t.Errorf("prefix %q, offset %d: %v", prefix, at, err)
			}
		}
	}
}

// Errors name figures, never content.
func TestErrorsAreToldApart(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range Damages() {
		text := (&DamageError{Reason: r, Size: 17, Offset: 4, Detail: "x"}).Error()
		if seen[text] || !strings.HasPrefix(text, ErrDamaged.Error()+": ") {
			t.Errorf("%s: %s", r, text)
		}
		seen[text] = true
	}
}

// What cannot be the end comes before NoEnd, for those who look whether it is
// a document; nothing of the last two blocks does.
func TestBeginningComesBeforeNoEnd(t *testing.T) {
	t.Parallel()
	key := mustKey(t, testKey)
	for _, size := range []int{0, 14, 30, 100, firstChunk - 16, firstChunk, firstChunk + 50, chunkSize + firstChunk, 3 * chunkSize} {
		plain := plainOf(size)
		whole := sealed(t, key, append(bytes.Clone(plain), make([]byte, 64)...))
		cut := whole[:(headFiller+size)/blockSize*blockSize+minSealed]
		got, err := io.ReadAll(NewReader(bytes.NewReader(cut), key))
		var damage *DamageError
		if !errors.As(err, &damage) || damage.Reason != NoEnd || damage.Size != int64(len(cut)) {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if want := plain[:len(cut)-minSealed-headFiller]; !bytes.Equal(got, want) {
			t.Errorf("%d bytes: %d bytes before the error, want %d", size, len(got), len(want))
		}
	}
}

func TestRaw(t *testing.T) {
	t.Parallel()
	whole := sealed(t, mustKey(t, testKey), plainOf(70_000))
	text := base64.StdEncoding.EncodeToString(whole)
	for form, decoded := range map[string]bool{string(whole): false, text: true, "\xEF\xBB\xBF" + text + "\r\n": true} {
		raw, was, err := Raw(strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(raw)
		if err != nil || was != decoded || !bytes.Equal(got, whole) {
			t.Errorf("base64 %v: told as %v, %d bytes, %v", decoded, was, len(got), err)
		}
	}
	raw, _, err := Raw(strings.NewReader(text[:len(text)-1]))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(raw); !errors.Is(err, ErrDamaged) {
		t.Errorf("cut off: %v", err)
	}
	broken := errors.New("broken")
	if _, _, err := Raw(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}
