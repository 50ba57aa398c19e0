package online_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csuis-offline/envelope"
	"csuis-offline/internal/fixture"
	"csuis-offline/internal/testtool"
	"csuis-offline/online"
	"csuis-offline/seal"
)

// debianPython is the interpreter for which Debian's packages are made.
const debianPython = "/usr/bin/python3"

// spyne starts a SOAP server that nobody here wrote.
func spyne(t *testing.T) (folder, addr string) {
	t.Helper()
	testtool.Need(t, debianPython)
	if out, err := exec.Command(debianPython, "-c", "import spyne, lxml").CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("python3-spyne and python3-lxml are not installed, and CI=true: %s", out)
		}
		t.Skip("python3-spyne and python3-lxml are not installed")
	}
	folder = t.TempDir()
	cert := testAuthority().issue(t, nil)
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"cert.pem":    pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}),
		"key.pem":     pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
		"login":       []byte(user + ":" + password),
		"list.xml":    []byte(signed(t, testdata(t, "list/two.xml"), envelope.Binding)),
		"message.xml": []byte(signed(t, testdata(t, "status/three.xml"), envelope.Binding)),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(debianPython, "testdata/spyne_server.py", folder)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Log(said.String())
		}
	})
	for range 300 {
		if port, err := os.ReadFile(filepath.Join(folder, "port.txt")); err == nil {
			return folder, "127.0.0.1:" + string(port)
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the server does not start")
	return "", ""
}

func TestAgainstSpyne(t *testing.T) {
	t.Parallel()
	folder, addr := spyne(t)
	o := options(addr)
	o.Key = testKey(t)
	c := newClient(t, o)
	got := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}

	var doc, sealed, opened bytes.Buffer
	fixture.Envelope(&doc, rand.New(rand.NewPCG(3, 4)), 300)
	if _, err := seal.Seal(t.Context(), &sealed, &doc, seal.Options{Key: testKey(t), Now: start}); err != nil {
		t.Fatal(err)
	}
	if out := c.Submit(t.Context(), bytes.NewReader(sealed.Bytes()), int64(sealed.Len())); out.Verdict != online.Accepted {
		t.Fatalf("submit: %+v", out)
	}
	if !bytes.Equal(got("record-1.bin"), sealed.Bytes()) {
		t.Error("spyne decoded another record than was sent")
	}
	if _, err := seal.Open(t.Context(), &opened, bytes.NewReader(got("record-1.bin")), testKey(t)); err != nil {
		t.Error(err)
	}
	judgeEnvelope(t, opened.String())

	// A record for which the client asks for leave first.
	big := record(3 << 20)
	if out := c.Submit(t.Context(), bytes.NewReader(big), int64(len(big))); out.Verdict != online.Accepted || !bytes.Equal(got("record-2.bin"), big) {
		t.Errorf("a large record: %+v", out)
	}
	if out := c.Submit(t.Context(), strings.NewReader("REFUSE"), 6); out.Verdict != online.Refused || out.Retry != online.Never || out.Fault.Text != "Zpráva nebyla přijata" {
		t.Errorf("refused: %+v", out)
	}
	if out := c.Submit(t.Context(), strings.NewReader("BUSY"), 4); out.Verdict != online.Refused || out.Retry != online.Later {
		t.Errorf("busy: %+v", out)
	}

	l, err := c.List(t.Context(), online.Conditions{Status: "N"})
	if err != nil || len(l.Messages) != 2 || !l.Identified {
		t.Fatalf("list: %+v, %v", l, err)
	}
	judgeEnvelope(t, string(got("request-1.xml")))

	var message bytes.Buffer
	m, err := c.Fetch(t.Context(), l.Messages[0].ID, &message)
	if err != nil || !m.Identified {
		t.Fatalf("fetch: %+v, %v", m, err)
	}
	judgeEnvelope(t, message.String())
	judgeEnvelope(t, string(got("request-2.xml")))
	if s, err := online.ParseStatus(&message); err != nil || len(s.Details) != 3 {
		t.Errorf("%+v, %v", s, err)
	}
	var e *online.Error
	if _, err := c.Fetch(t.Context(), "nowhere", io.Discard); !errors.As(err, &e) || e.Kind != online.KindFault || e.Fault.Code != "Client.NotFound" {
		t.Errorf("fetch of nothing: %v", err)
	}

	o.Password = func(context.Context) ([]byte, error) { return []byte("starý"), nil }
	if out := submit(t, newClient(t, o), 100); out.Verdict != online.Refused || out.Retry != online.AfterNewPassword {
		t.Errorf("another password: %+v", out)
	}
}
