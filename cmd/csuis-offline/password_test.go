package main

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"csuis-offline/internal/catalogue"
	"csuis-offline/internal/testtool"
	"csuis-offline/settings"
)

// TestPasswordFileInWindows1250OpensTheKey: as an editor saves it that is not
// told otherwise.
func TestPasswordFileInWindows1250OpensTheKey(t *testing.T) {
	t.Parallel()
	dir := testtool.Shared(t, "cases", "password-file-ansi")
	a := testApp(t, catalogue.Czech)
	read := func(password string) error {
		key, err := a.readKey(t.Context(), keyOptions{filepath.Join(dir, "key.zip"), password}, &settings.Settings{})
		key.Wipe()
		return err
	}
	if err := read(filepath.Join(dir, "password.txt")); err != nil {
		t.Error(err)
	}
	ansi, err := os.ReadFile(filepath.Join(dir, "password.txt"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := charmap.Windows1250.NewDecoder().Bytes(ansi)
	if err != nil {
		t.Fatal(err)
	}
	dos, err := charmap.CodePage852.NewEncoder().Bytes(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"UTF-8": text, "CP852": dos} {
		path := filepath.Join(t.TempDir(), "heslo.txt")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := read(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLoginPasswordIsReadAsText: it is sent, so there is only one try.
func TestLoginPasswordIsReadAsText(t *testing.T) {
	t.Parallel()
	const text = "Žluťoučký kůň 9"
	for _, page := range []*charmap.Charmap{charmap.Windows1250, charmap.CodePage852} {
		b, err := page.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := passwordText(b); string(got) != text {
			t.Errorf("%v: %q", page, got)
		}
	}
	for _, s := range []string{text, "", "plain"} {
		if got := passwordText([]byte(s)); string(got) != s {
			t.Errorf("%q: %q", s, got)
		}
	}
}
