package sim

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"csuis-offline/internal/fixture"
)

// needZeep skips where Debian's Python, which a user's own does not replace, has
// no zeep; with CI=true that fails.
func needZeep(t *testing.T) string {
	t.Helper()
	const python = "/usr/bin/python3"
	if out, err := exec.Command(python, "-c", "import zeep").CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("python3-zeep is not installed, and CI=true: %v, %s", err, out)
		}
		t.Skip("python3-zeep is not installed")
	}
	return python
}

// TestZeepSpeaksWithIt: a client made of the WSDL files alone submits, lists and
// fetches, with the files as they are shipped and as the simulator serves them.
func TestZeepSpeaksWithIt(t *testing.T) {
	t.Parallel()
	python := needZeep(t)
	for name, wsdls := range map[string]func(s *Sim) [2]string{
		"shipped": func(*Sim) [2]string { return [2]string{"../../online/wsdl/csuis.wsdl", "../../online/wsdl/inbox.wsdl"} },
		"served":  func(s *Sim) [2]string { return [2]string{s.SubmitURL() + "?wsdl", s.InboxURL() + "?wsdl"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(t)
			// zeep takes an empty body for an answer to a one-way operation only
			// with 202; an empty SOAP envelope is the manual's other way.
			o.EmptyEnvelope = true
			s := started(t, o)
			sealed, id := good(t, 1)
			file := filepath.Join(t.TempDir(), "A.XM6")
			if err := os.WriteFile(file, sealed, 0o600); err != nil {
				t.Fatal(err)
			}
			w := wsdls(s)
			cmd := exec.Command(python, "testdata/client.py", w[0], w[1], s.URL(), s.CAFile(), zo, file, fixture.UnitIC, fixture.PersonID)
			cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8")
			cmd.Stdin = strings.NewReader(password)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v\n%s\n%s", err, out, stderr.String())
			}
			want := "submitted None\n" +
				"status 000000000001 09999990 N ACCEPT " + id + " " + id + "\n" +
				"status 000000000002 09999990 N PROCOK " + id + " " + id + "\n" +
				"unread 0\n" +
				"fault SOAP:Client there is no message \"999\"\n" +
				"fault SOAP:Server.Unauthenticated Unauthenticated\n"
			if string(out) != want {
				t.Errorf("got\n%s\nwant\n%s", out, want)
			}
			if c := s.Count(id); c.Processed != 1 || c.Delivered != 1 {
				t.Errorf("%+v", c)
			}
		})
	}
}

// TestWSDLIsServed with the address at which it was asked for, and what it
// imports beside it.
func TestWSDLIsServed(t *testing.T) {
	t.Parallel()
	s := started(t, options(t))
	for url, want := range map[string]string{
		s.SubmitURL() + "?wsdl":                    `location="` + s.SubmitURL() + `"`,
		s.InboxURL() + "?WSDL":                     `location="` + s.InboxURL() + `"`,
		s.URL() + "/envelope/schema/messaging.xsd": `targetNamespace="urn:cz:mfcr:iissp:schemas:Messaging:v1"`,
		s.URL() + "/envelope/schema/common.xsd":    `targetNamespace="urn:cz:mfcr:iissp:schemas:Common:v1"`,
	} {
		res, err := client(t, s).Get(url)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(text), want) {
			t.Errorf("%s: %v, %d, %.300s", url, err, res.StatusCode, text)
		}
		if err := xml.Unmarshal(text, new(struct{})); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}
