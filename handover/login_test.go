package handover

import (
	"bytes"
	"context"
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"csuis-offline/online"
	"csuis-offline/outbox"
)

// refusedBox is an outbox whose records wait for a new password, refused by a clock
// that was years ahead.
func refusedBox(t *testing.T, l *login) *outbox.Outbox {
	t.Helper()
	ahead := func() time.Time { return time.Now().AddDate(9, 0, 0) }
	dir := t.TempDir()
	box, err := outbox.Open(t.Context(), dir, outbox.Options{Clock: ahead})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"A1", "A2"} {
		m := outbox.Meta{TransactionID: id, Unit: "09999990", Person: "1", Type: "0" + id, Date: "2025-12-31", Name: id}
		if _, err := box.Add(t.Context(), m, bytes.NewReader([]byte(id)), outbox.AddOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	unauthorized := &server{answer: func(context.Context) online.Outcome {
		return online.Outcome{Verdict: online.Refused, Retry: online.AfterNewPassword, Sent: 9, Err: &online.Error{Kind: online.KindUnauthorized}}
	}}
	got, err := deliver(t.Context(), box, unauthorized, DeliverOptions{Clock: Clock{Now: ahead}, login: l})
	if err != nil || !got.PasswordRefused || unauthorized.asked.Load() != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := box.Close(); err != nil {
		t.Fatal(err)
	}
	if box, err = OpenOutbox(t.Context(), dir, outbox.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	return box
}

func testLogin() *login {
	return &login{address: "https://csuis.example/csuis/ws/vykazy", user: "zofie", password: []byte("Tajné heslo 7"), rounds: 1000}
}

// TestNewPasswordIsKnownByItsContent, whatever the clocks say: the clock was ahead
// when the old one was refused.
func TestNewPasswordIsKnownByItsContent(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*login)
		same   bool
		goes   bool
	}{
		"the same":                      {func(*login) {}, false, false},
		"the same, and it is asked for": {func(*login) {}, true, true},
		"another password":              {func(l *login) { l.password = []byte("Tajné heslo 8") }, false, true},
		"another user":                  {func(l *login) { l.user = "zofie2" }, false, true},
		"another service":               {func(l *login) { l.address = "https://csuis.example/csuis/wstest/vykazy" }, false, true},
		"typed just now":                {func(l *login) { l.typed = true }, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box := refusedBox(t, testLogin())
			l := testLogin()
			tc.change(l)
			s := &server{answer: accepted}
			got, err := deliver(t.Context(), box, s, DeliverOptions{login: l, SamePassword: tc.same})
			if err != nil || (got.Accepted == 2) != tc.goes || (got.Left.Password == 2) == tc.goes {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// TestRefusedLoginIsNotInTheFolder: neither as it is nor in a form that can be
// turned back.
func TestRefusedLoginIsNotInTheFolder(t *testing.T) {
	t.Parallel()
	l := testLogin()
	box := refusedBox(t, l)
	marks := 0
	err := filepath.WalkDir(box.Dir(), func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, secret := range []string{string(l.password), base64.StdEncoding.EncodeToString(l.password), base64.StdEncoding.EncodeToString([]byte(l.user + ":" + string(l.password)))} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s holds the password", path)
			}
		}
		if filepath.Base(filepath.Dir(path)) == outbox.LoginsFolder {
			marks++
		}
		return nil
	})
	if err != nil || marks != 1 {
		t.Errorf("%v, %d marks", err, marks)
	}
	// Without the mark, or with a damaged one, one attempt tells.
	path := markPath(box, "1")
	for _, text := range []string{"", "pbkdf2-sha256 600000 AA== AA==", "pbkdf2-sha256 1 x y"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if refused, err := l.refused(box, "1"); refused || err != nil {
			t.Errorf("%q: %v, %v", text, refused, err)
		}
	}
}

func FuzzMark(f *testing.F) {
	f.Add("pbkdf2-sha256 600000 AAAAAAAAAAAAAAAAAAAAAA== AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
	f.Fuzz(func(t *testing.T, text string) {
		if salt, sum, rounds, ok := parseMark(text); ok && (len(salt) != markSalt || len(sum) != 32 || rounds < 1) {
			t.Errorf("%q: %x %x", text, salt, sum)
		}
	})
}
