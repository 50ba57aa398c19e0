package bundle

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"csuis-offline/internal/iox"
)

// Limits of ReadManifest.
const (
	// MaxManifest is the size of the largest manifest read, in bytes.
	MaxManifest = 1 << 30
	// MaxManifestRecords is how many records a manifest may list.
	MaxManifestRecords = 1_000_000
	// MaxManifestImages bounds the list of images on its own.
	MaxManifestImages = 1_000
	// recordLine is the least number of bytes of a record's line.
	recordLine = 200
)

// ManifestReason says why a manifest is refused.
type ManifestReason string

// The reasons why a manifest is refused.
const (
	// ManifestDamaged: its digest of itself does not match, or it does and what the
	// manifest says is impossible.
	ManifestDamaged ManifestReason = "damaged"
	// ManifestFormat: it is whole, but in an unknown format.
	ManifestFormat ManifestReason = "format"
)

// ManifestError is the error with which ReadManifest refuses a manifest.
type ManifestError struct {
	Reason ManifestReason
	Detail string // English
}

// Error says what is wrong with the manifest.
func (e *ManifestError) Error() string { return "manifest: " + e.Detail }

func manifestDamage(format string, args ...any) error {
	return &ManifestError{ManifestDamaged, fmt.Sprintf(format, args...)}
}

// ReadManifest reads a manifest of size bytes. First it verifies the
// manifest's digest of itself, then it reads the members as a stream and checks
// each (doc/package.md, section 4). It refuses a manifest with a
// *[ManifestError]; any other error comes from r. The input may be hostile: it
// is bounded by MaxManifest and MaxManifestRecords.
func ReadManifest(r io.ReaderAt, size int64) (*Manifest, error) {
	if size > MaxManifest {
		return nil, manifestDamage("%d bytes, at most %d are read", size, MaxManifest)
	}
	if err := checkSelfDigest(r, size); err != nil {
		return nil, err
	}
	in := &iox.Reader{R: io.NewSectionReader(r, 0, size)}
	d := &manifestDecoder{in: in, dec: json.NewDecoder(in), size: size, same: map[string]string{}, seen: map[string]bool{}}
	d.dec.DisallowUnknownFields()
	m, err := d.manifest()
	if err != nil {
		return nil, err
	}
	if why := checkManifest(m); why != "" {
		return nil, manifestDamage("%s", why)
	}
	return m, nil
}

// checkSelfDigest compares the last member with the bytes before its line.
func checkSelfDigest(r io.ReaderAt, size int64) error {
	body := size - int64(selfDigestSize)
	if body <= 0 {
		return manifestDamage("%d bytes are too few for a manifest", size)
	}
	end := make([]byte, selfDigestSize)
	if n, err := r.ReadAt(end, body); n < len(end) {
		return fmt.Errorf("bundle: read manifest: %w", err)
	}
	h := sha256.New()
	if _, err := io.CopyBuffer(h, iox.Plain(io.NewSectionReader(r, 0, body)), make([]byte, 256<<10)); err != nil {
		return fmt.Errorf("bundle: read manifest: %w", err)
	}
	stated, ok := strings.CutPrefix(string(end), selfDigestHead)
	if !ok || !strings.HasSuffix(stated, selfDigestTail) {
		return manifestDamage("it does not end with its own digest")
	}
	stated = stated[:2*sha256.Size]
	if found := fmt.Sprintf("%x", h.Sum(nil)); found != stated {
		return manifestDamage("its own digest is %s, and it states %s", found, stated)
	}
	return nil
}

// manifestDecoder reads the members one by one.
type manifestDecoder struct {
	in   *iox.Reader
	dec  *json.Decoder
	size int64
	// same keeps one copy of texts that most records share.
	same map[string]string
	seen map[string]bool
}

func (d *manifestDecoder) manifest() (*Manifest, error) {
	m := &Manifest{}
	if err := d.delim('{'); err != nil {
		return nil, err
	}
	for d.dec.More() {
		t, err := d.dec.Token()
		if err != nil {
			return nil, d.wrap(err)
		}
		name, _ := t.(string)
		if d.seen[name] {
			return nil, manifestDamage("the member %q stands twice", name)
		}
		d.seen[name] = true
		if err := d.member(m, name); err != nil {
			return nil, err
		}
	}
	if err := d.delim('}'); err != nil {
		return nil, err
	}
	if _, err := d.dec.Token(); err != io.EOF {
		return nil, manifestDamage("something follows its end")
	}
	return m, nil
}

// member reads the value of one member. The format comes first, so that a
// manifest of another one is not judged by the rules of this one.
func (d *manifestDecoder) member(m *Manifest, name string) error {
	if name != "format" && m.Format == "" {
		return manifestDamage("its first member is not the format")
	}
	var into any
	switch name {
	case "format":
		if err := d.value(&m.Format); err != nil {
			return err
		}
		if m.Format != formatName {
			return &ManifestError{ManifestFormat, fmt.Sprintf("the format is %.80q, known is %q", m.Format, formatName)}
		}
		return nil
	case "package":
		into = &m.Package
	case "created":
		into = &m.Created
	case "generator":
		into = &m.Generator
	case "unit":
		into = &m.Unit
	case "person":
		into = &m.Person
	case "reason":
		into = &m.Reason
	case "place":
		into = &m.Place
	case "checks":
		if err := d.value(&m.Checks); err != nil {
			return err
		}
		if m.Checks == nil {
			return manifestDamage("null stands where the checks belong")
		}
		return nil
	case "media":
		into = &m.Media
	case "package_sha256":
		into = &m.PackageSHA256
	case "form":
		into = &m.Form
	case "images":
		return d.images(m)
	case "records":
		return d.records(m)
	case "manifest_sha256":
		var digest string
		into = &digest
	default:
		return manifestDamage("the member %.80q is not known", name)
	}
	return d.value(into)
}

func (d *manifestDecoder) images(m *Manifest) error {
	return d.list(MaxManifestImages, func() error {
		m.Images = append(m.Images, ImageInfo{})
		return d.value(&m.Images[len(m.Images)-1])
	})
}

func (d *manifestDecoder) records(m *Manifest) error {
	// The images say how many there will be; the file's size bounds that.
	expected := 0
	for i := range m.Images {
		expected += min(max(m.Images[i].Records, 0), MaxManifestRecords)
	}
	m.Records = make([]RecordInfo, 0, min(int64(expected), d.size/recordLine, MaxManifestRecords))
	return d.list(MaxManifestRecords, func() error {
		m.Records = append(m.Records, RecordInfo{})
		r := &m.Records[len(m.Records)-1]
		if err := d.value(r); err != nil {
			return err
		}
		for _, s := range []*string{&r.Source, &r.RecordType, &r.Root, &r.SubjectIC, &r.StatementDate, &r.Created, &r.Profile} {
			*s = d.shared(*s)
		}
		return nil
	})
}

func (d *manifestDecoder) list(limit int, item func() error) error {
	if err := d.delim('['); err != nil {
		return err
	}
	for n := 0; d.dec.More(); n++ {
		if n == limit {
			return manifestDamage("a list of more than %d items", limit)
		}
		if err := item(); err != nil {
			return err
		}
	}
	return d.delim(']')
}

// shared returns an equal text of which only one copy is kept.
func (d *manifestDecoder) shared(s string) string {
	if kept, ok := d.same[s]; ok {
		return kept
	}
	if len(d.same) < 10_000 {
		d.same[s] = s
	}
	return s
}

func (d *manifestDecoder) value(into any) error {
	if err := d.dec.Decode(into); err != nil {
		return d.wrap(err)
	}
	return nil
}

func (d *manifestDecoder) delim(want json.Delim) error {
	t, err := d.dec.Token()
	if err != nil {
		return d.wrap(err)
	}
	if t != want {
		return manifestDamage("%v stands where %v belongs", t, want)
	}
	return nil
}

// wrap distinguishes an error in the text from an error of reading it.
func (d *manifestDecoder) wrap(err error) error {
	if d.in.Err != nil {
		return fmt.Errorf("bundle: read manifest: %w", d.in.Err)
	}
	return manifestDamage("byte %d: %v", d.dec.InputOffset(), err)
}
