package sim

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"csuis-offline/c14n"
)

// FuzzRequest gives both services' readers whatever a stranger may post.
func FuzzRequest(f *testing.F) {
	files, _ := filepath.Glob("testdata/requests/*.xml")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		_, body, _ := bytes.Cut(data, []byte("\n"))
		f.Add(body)
	}
	f.Add([]byte(asked(zo, "<msg:SeznamZpravPozadavek/>")))
	f.Add([]byte(submission([]byte("x"))))
	f.Fuzz(func(t *testing.T, body []byte) {
		inBody(bytes.NewReader(body), "EncryptedMessage", func(*c14n.Scanner, *c14n.Token) error { return nil })
		doc, err := extract(bytes.NewReader(body))
		if err != nil {
			return
		}
		if _, err := parseInbox(doc); err != nil && standsAlone(doc) {
			t.Errorf("an envelope that stands alone is not read: %v", err)
		}
	})
}

// FuzzJournal opens a journal of anything: it is refused, or its events add up.
func FuzzJournal(f *testing.F) {
	f.Add([]byte(`{"kind":"accepted","delivery":{"number":1,"outcome":"waiting"},"file":"x","mode":{}}` + "\n" +
		`{"kind":"result","delivery":{"number":1,"outcome":"processed"},"valid":true,"messages":[{"id":1,"kind":"101"}]}` + "\n"))
	f.Add([]byte(`{"kind":"read","id":1,"login":"a"}` + "\n" + `{"kind":"clock","ahead":5}` + "\n{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		path := filepath.Join(dir, "journal.jsonl")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s := newState()
		j, err := openJournal(dir, s.apply)
		if err != nil {
			return
		}
		defer j.close()
		if err := j.append(&event{Kind: evClock, Ahead: 1}); err != nil {
			t.Fatal(err)
		}
		again := newState()
		k, err := openJournal(dir, again.apply)
		if err != nil {
			t.Fatalf("what was written is not read: %v", err)
		}
		k.close()
		if again.ahead != 1 || len(again.deliveries) != len(s.deliveries) || len(again.messages) != len(s.messages) {
			t.Error("another state")
		}
	})
}

// FuzzParseRule: what is understood is one of the kinds, with values in bounds.
func FuzzParseRule(f *testing.F) {
	f.Add("inbox:slow=3s@0.5")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRule(text)
		if err == nil && (r.Fault.Kind == NoFault || r.Service == "" || r.Fault.Delay < 0 || r.Fault.Bytes < 0 || !(r.Probability >= 0 && r.Probability <= 1)) {
			t.Errorf("%q: %+v", text, r)
		}
	})
}
