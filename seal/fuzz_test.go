package seal

import (
	"bytes"
	"context"
	"io"
	"testing"

	"csuis-offline/checksum"
)

// FuzzOpen puts anything into a container, and takes anything for one. Errors
// are about the record and come with the whole file's sum; what opens can be
// sealed again unless its header is refused, and is kept.
func FuzzOpen(f *testing.F) {
	f.Add(small(f, ""), true)
	f.Add(encrypt(f, small(f, `<?xml version="1.0"?>`)), false)
	f.Add(lines(encrypt(f, small(f, ""))), false)
	f.Add([]byte("<Rozvaha/>"), true)
	f.Add(encrypt(f, nil), false)
	f.Fuzz(func(t *testing.T, data []byte, container bool) {
		if container {
			data = encrypt(t, data)
		}
		xml, res, err := open(data, testKey(t))
		sum, size, _ := checksum.Of(bytes.NewReader(data))
		if res.Sum != sum || res.SealedSize != size {
			t.Fatalf("%+v, the file has %v, %d", res, sum, size)
		}
		if err != nil {
			if Findings(err) == nil || res.Kept {
				t.Fatalf("%v, %+v", err, res)
			}
			return
		}
		again, err := Seal(context.Background(), io.Discard, bytes.NewReader(xml), options(t, 1))
		if bad := res.Info.Check(); (bad == nil) != (err == nil) || err == nil && !again.Kept {
			t.Fatalf("Check says %v, Seal %v", bad, err)
		}
	})
}
