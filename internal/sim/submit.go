package sim

import (
	"bufio"
	"io"
	"net/http"
	"os"

	"csuis-offline/c14n"
)

// submit takes a sealed record (technical manual, chapters B and M): its base64
// text is streamed to the disk, and the answer says only that it was stored.
func (s *Sim) submit(w http.ResponseWriter, r *http.Request, p *Person, f Fault) {
	file := s.fileName(dirSealed, "b64")
	if err := s.store(r, file); err != nil {
		os.Remove(s.path(file))
		faultOf(w, err)
		return
	}
	m := mode{Never: f.Kind == Never, Twice: f.Kind == TwiceStatus}
	if f.Kind == DelayStatus {
		m.Delay = f.Delay
	}
	if err := s.accept(Delivery{Channel: Online, Login: p.Login}, file, m); err != nil {
		os.Remove(s.path(file))
		faultOf(w, err)
		return
	}
	switch f.Kind {
	case Lose:
		cut()
	case Slow:
		sleep(r.Context(), f.Delay)
	case ResetKept:
		s.server.resetLater(r, f.Delay)
	}
	contentType(w)
	if s.o.EmptyEnvelope {
		io.WriteString(w, soapOpen+soapClose)
		return
	}
	w.Header().Set("Content-Length", "0")
}

// store writes the text of the EncryptedMessage to a file. The processing finds
// out whether it is base64, and what is in it.
func (s *Sim) store(r *http.Request, name string) (err error) {
	if err := textXML(r); err != nil {
		return err
	}
	out, err := os.OpenFile(s.path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if e := out.Close(); err == nil {
			err = e
		}
	}()
	buf := bufio.NewWriterSize(out, 64<<10)
	err = inBody(r.Body, "EncryptedMessage", func(_ *c14n.Scanner, t *c14n.Token) error {
		switch {
		case t.Kind == c14n.Start && t.Depth > 3:
			return badRequest("EncryptedMessage holds text, no elements")
		case t.Kind == c14n.Text:
			_, err := buf.Write(t.Text)
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	return buf.Flush()
}
