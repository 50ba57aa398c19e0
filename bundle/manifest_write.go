package bundle

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"io"
)

// The manifest's last member, which carries the digest of all bytes before its
// line (doc/package.md, section 4).
const (
	selfDigestHead = "  \"manifest_sha256\": \""
	selfDigestTail = "\"\n}\n"
	selfDigestSize = len(selfDigestHead) + 2*sha256.Size + len(selfDigestTail)
)

// WriteManifest writes a package's manifest in its one layout (doc/package.md,
// section 4): two spaces of indent, a line for each member, image and record,
// LF. It streams. A manifest that ReadManifest would refuse is not written; the
// error is then a *[ManifestError].
func WriteManifest(w io.Writer, m *Manifest) error {
	if why := checkManifest(m); why != "" {
		return &ManifestError{Reason: ManifestDamaged, Detail: why}
	}
	e := newManifestEncoder(w)
	e.text("{\n")
	e.member("format", m.Format)
	e.member("package", m.Package)
	e.member("created", m.Created)
	e.member("generator", m.Generator)
	e.member("unit", m.Unit)
	e.member("person", m.Person)
	e.optional("reason", m.Reason)
	e.optional("place", m.Place)
	if m.Checks != nil {
		e.member("checks", m.Checks)
	}
	e.member("media", m.Media)
	e.member("package_sha256", m.PackageSHA256)
	e.member("form", m.Form)
	e.list("images", len(m.Images), func(i int) any { return &m.Images[i] })
	e.list("records", len(m.Records), func(i int) any { return &m.Records[i] })
	return e.close()
}

// manifestEncoder writes the lines of a manifest and keeps the first error.
type manifestEncoder struct {
	out  *bufio.Writer
	hash hash.Hash
	json *json.Encoder
	line lineBuffer
	err  error
}

// lineBuffer holds one value as the JSON encoder writes it.
type lineBuffer []byte

func (b *lineBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

func newManifestEncoder(w io.Writer) *manifestEncoder {
	e := &manifestEncoder{hash: sha256.New()}
	e.out = bufio.NewWriterSize(w, 64<<10)
	e.json = json.NewEncoder(&e.line)
	e.json.SetEscapeHTML(false)
	return e
}

func (e *manifestEncoder) bytes(b []byte) {
	if e.err != nil {
		return
	}
	e.hash.Write(b)
	_, e.err = e.out.Write(b)
}

func (e *manifestEncoder) text(s string) { e.bytes([]byte(s)) }

// value writes a value as JSON on one line, without a line end.
func (e *manifestEncoder) value(v any) {
	e.line = e.line[:0]
	if err := e.json.Encode(v); err != nil && e.err == nil {
		e.err = fmt.Errorf("encode a value: %w", err)
	}
	if n := len(e.line); n > 0 {
		e.bytes(e.line[:n-1])
	}
}

func (e *manifestEncoder) member(name string, v any) {
	e.text("  \"" + name + "\": ")
	e.value(v)
	e.text(",\n")
}

func (e *manifestEncoder) optional(name, v string) {
	if v != "" {
		e.member(name, v)
	}
}

func (e *manifestEncoder) list(name string, n int, item func(int) any) {
	e.text("  \"" + name + "\": [\n")
	for i := range n {
		e.text("    ")
		e.value(item(i))
		if i < n-1 {
			e.text(",")
		}
		e.text("\n")
	}
	e.text("  ],\n")
}

// close writes the digest of everything before it and the end.
func (e *manifestEncoder) close() error {
	if e.err == nil {
		_, e.err = fmt.Fprintf(e.out, "%s%x%s", selfDigestHead, e.hash.Sum(nil), selfDigestTail)
	}
	if e.err == nil {
		e.err = e.out.Flush()
	}
	if e.err != nil {
		return fmt.Errorf("bundle: write manifest: %w", e.err)
	}
	return nil
}
