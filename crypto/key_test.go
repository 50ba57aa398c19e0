package crypto

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// shows fails the test where text holds the secret, or a part of it, in any
// form in which Go prints bytes.
func shows(t *testing.T, what, text string, secret []byte) {
	t.Helper()
	if len(secret) < 8 {
		return
	}
	const part = 8
	for i := 0; i+part <= len(secret); i += part {
		p := secret[i : i+part]
		decimal := strings.Trim(fmt.Sprint(p), "[]")
		forms := []string{
			string(p), hex.EncodeToString(p), strings.ToUpper(hex.EncodeToString(p)), fmt.Sprintf("% x", p),
			decimal, strings.ReplaceAll(decimal, " ", ", "), strings.ReplaceAll(decimal, " ", ","),
			strings.Trim(fmt.Sprintf("%#v", p), "[]byte{}"), strings.Trim(fmt.Sprintf("%q", p), `"`),
		}
		for _, verb := range []string{"%o", "%b", "%c", "%U", "%q"} {
			var each []byte
			for _, c := range p {
				each = fmt.Appendf(each, verb+" ", c)
			}
			forms = append(forms, strings.TrimSpace(string(each)))
		}
		for _, form := range forms {
			if len(strings.TrimSpace(form)) >= part && strings.Contains(text, form) {
				t.Errorf("%s shows the secret as %q: %s", what, form, text)
			}
		}
	}
	if len(secret) == KeySize && strings.Contains(text, base64.StdEncoding.EncodeToString(secret)[:40]) {
		t.Errorf("%s shows the secret in base64: %s", what, text)
	}
}

func TestShowsFindsSecrets(t *testing.T) {
	t.Parallel()
	secret := []byte("\xc0\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f")
	for _, verb := range []string{"%v", "%s", "%x", "%X", "%q", "%d", "%#v", "%o", "%b", "%c", "%U", "% x"} {
		inner := &testing.T{}
		shows(inner, verb, fmt.Sprintf(verb, secret), secret)
		if !inner.Failed() {
			t.Errorf("a secret printed with %s is not found", verb)
		}
	}
}

func TestKeyIsNeverShown(t *testing.T) {
	t.Parallel()
	raw := []byte("\xc0\x01\x02\x03\x04\x05\x06\x07Zxywvuts\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8ABCDEFGH")
	key := mustKey(t, raw)
	type exported struct{ Key *Key }
	type hiding struct{ key *Key }
	type byValue struct{ key Key }
	things := map[string]any{
		"pointer": key, "value": *key, "exported": exported{key}, "unexported": hiding{key},
		"unexported value": byValue{*key}, "pointer to a field": &byValue{*key}, "slice": []*Key{key}, "values": []Key{*key},
		"map": map[string]Key{"k": *key}, "pointer to pointer": &key,
	}
	for name, thing := range things {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%q", "%d", "%b", "%o", "%c", "%U", "%t", "%e", "% x", "%#x", "%10s", "%p", "%T"} {
			shows(t, name+" "+verb, fmt.Sprintf(verb, thing), raw)
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("m", "thing", thing)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "thing", thing, slog.Group("g", "thing", thing))
		shows(t, name+" slog", log.String(), raw)
		text, err := json.Marshal(thing)
		shows(t, name+" json", fmt.Sprintf("%s %v", text, err), raw)
		text, err = xml.Marshal(thing)
		shows(t, name+" xml", fmt.Sprintf("%s %v", text, err), raw)
		shows(t, name+" error", fmt.Errorf("with %v: %w", thing, errors.New("x")).Error(), raw)
	}
	if got := fmt.Sprintf("%v|%#v|%s|%x|%d", key, key, *key, key, *key); got != strings.Repeat("[secret key]|", 4)+"[secret key]" {
		t.Errorf("printed as %s", got)
	}
	if got, err := json.Marshal(exported{key}); err != nil || string(got) != `{"Key":"[secret key]"}` {
		t.Errorf("JSON %s, %v", got, err)
	}
	if key.String() != key.GoString() || key.LogValue().String() != key.String() {
		t.Error("the texts differ")
	}
	if text, err := key.MarshalText(); err != nil || string(text) != key.String() {
		t.Errorf("MarshalText: %s, %v", text, err)
	}
}

func TestKeyNilPrints(t *testing.T) {
	t.Parallel()
	var key *Key
	if got := fmt.Sprintf("%v", key); got != "<nil>" {
		t.Errorf("%%v prints %s", got)
	}
	if got, err := json.Marshal(key); err != nil || string(got) != "null" {
		t.Errorf("JSON %s, %v", got, err)
	}
}

func TestNewKey(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 16, 31, 33, 64} {
		if key, err := NewKey(make([]byte, n)); key != nil || !errors.Is(err, ErrKeyFile) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	raw := bytes.Repeat([]byte{7}, KeySize)
	key := mustKey(t, raw)
	clear(raw)
	if !key.Equal(mustKey(t, bytes.Repeat([]byte{7}, KeySize))) {
		t.Error("the key is no copy")
	}
	if key.Equal(mustKey(t, raw)) || key.Equal(nil) || (*Key)(nil).Equal(key) || (&Key{}).Equal(&Key{}) {
		t.Error("different or unusable keys are equal")
	}
}

func TestWipedKeyIsRefused(t *testing.T) {
	t.Parallel()
	key := mustKey(t, bytes.Repeat([]byte{7}, KeySize))
	inside := key.reveal().bytes[:]
	other := *key
	key.Wipe()
	if !bytes.Equal(inside, make([]byte, KeySize)) {
		t.Error("the bytes are still there")
	}
	(*Key)(nil).Wipe()
	(&Key{}).Wipe()
	for name, k := range map[string]*Key{"wiped": key, "copy of a wiped one": &other, "zero": {}, "nil": nil} {
		if _, err := NewWriter(&bytes.Buffer{}, k, WriterOptions{}); !errors.Is(err, ErrWiped) {
			t.Errorf("%s: NewWriter: %v", name, err)
		}
		n, err := NewReader(bytes.NewReader(make([]byte, 64)), k).Read(make([]byte, 10))
		if n != 0 || !errors.Is(err, ErrWiped) {
			t.Errorf("%s: Read: %d, %v", name, n, err)
		}
		if k.Equal(k) {
			t.Errorf("%s: equal to itself", name)
		}
	}
}
