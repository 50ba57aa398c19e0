package bundle

import (
	"crypto/rand"
	"io"
	"runtime"
	"sync"
	"time"

	"csuis-offline/crypto"
	"csuis-offline/envelope"
	"csuis-offline/iso"
	"csuis-offline/progress"
	"csuis-offline/stage"
)

// PackOptions say how Pack works. Out, Key, Media and Time are needed.
type PackOptions struct {
	// Out is the folder in which the package folder is made.
	Out string
	Key *crypto.Key
	// Envelope is what envelopes around bare records are built from; nil
	// refuses bare records. For the form it adds what the headers lack of the
	// same person.
	Envelope *envelope.Config
	Profile  envelope.Profile
	Media    iso.Media
	// Judge judges each record as it is sealed; nil seals them unjudged, which
	// the manifest then says.
	Judge Judge
	// Rename numbers names that collide and cuts those too long, instead of
	// refusing them.
	Rename bool
	// Reason and Place are for the form.
	Reason, Place string
	// Time dates the package; its zone decides the day in the name.
	Time time.Time
	// Rand is the randomness of fillers and TransactionIds; nil is
	// crypto/rand.
	Rand io.Reader
	// Generator names the program and its version.
	Generator string
	Progress  progress.Counter
	// Workers is how many records are sealed at once; 0 is one a processor.
	Workers int
	// Ops are injectable file operations, for tests.
	Ops *stage.Ops

	// Originals names, for inputs by their path, the files that they were made
	// from; the others are named after themselves.
	Originals map[string]string
	// Named, where it is not nil, is told the package's name and path when it is
	// whole and about to appear there. Its error stops it.
	Named func(name, path string) error

	sumSources, anyUnit bool // for SealAll
}

func (o PackOptions) withDefaults() PackOptions {
	if o.Rand == nil {
		o.Rand = rand.Reader
	} else {
		o.Rand = &lockedReader{r: o.Rand}
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	o.Progress = progress.Or(o.Progress)
	return o
}

// lockedReader lets several workers share a reader.
type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(p)
}
