package handover

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csuis-offline/online"
)

func TestChannelOverwritesThePassword(t *testing.T) {
	t.Parallel()
	o := ChannelOptions{Submit: "https://localhost/", User: "u", Password: []byte("secret")}
	ch, err := NewChannel(o)
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v %#v %s", ch, ch, ch, ch); strings.Contains(text, "secret") {
		t.Errorf("printed: %s", text)
	}
	ch.Close()
	if strings.Trim(string(o.Password), "\x00") != "" {
		t.Errorf("after Close the password is %q", o.Password)
	}
	o.Submit, o.Password = "http://localhost/", []byte("secret")
	_, err = NewChannel(o)
	if f, ok := Failed(err); !ok || f.Class != FailedSettings || f.Kind != string(online.KindSettings) {
		t.Errorf("%v: %+v", err, f)
	}
	if strings.Trim(string(o.Password), "\x00") != "" {
		t.Errorf("after a failure the password is %q", o.Password)
	}
}

// TestFailedClassesEveryKind holds that a failure is of one class in whatever it is
// wrapped, and keeps what texts need.
func TestFailedClassesEveryKind(t *testing.T) {
	t.Parallel()
	classes := map[online.Kind]FailureClass{
		online.KindSettings: FailedSettings, online.KindMessageID: FailedSettings, online.KindProxySettings: FailedSettings, online.KindUnauthorized: FailedSecret, online.KindKey: FailedSecret,
		online.KindFault: FailedAnswer, online.KindDamaged: FailedAnswer, online.KindCancelled: FailedCancelled,
	}
	for _, k := range online.Kinds() {
		e := &online.Error{Kind: k, Host: "h:1", Status: 503, Fault: &online.Fault{Code: "c", Text: "t"}}
		f, ok := Failed(fmt.Errorf("wrapped: %w", e))
		want := Failure{Class: classes[k], Kind: string(k), Host: "h:1", Status: 503, Fault: e.Fault.String(), Detail: e.Error()}
		if !ok || f != want {
			t.Errorf("%s: %+v, want %+v", k, f, want)
		}
	}
	if f, ok := Failed(errors.New("another one")); ok || f != (Failure{}) {
		t.Errorf("%+v", f)
	}
}

func TestReadAuthorities(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"no certificate": "text", "too large": strings.Repeat("\n", maxAuthorities+1), "empty": ""} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadAuthorities(path); !errors.Is(err, ErrAuthorities) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ReadAuthorities(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("none: %v", err)
	}
}
