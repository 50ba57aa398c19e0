package online_test

import (
	"bytes"
	"crypto/tls"
	"encoding/xml"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"csuis-offline/envelope"
	"csuis-offline/internal/testtool"
	"csuis-offline/online"
)

// TestRISRESamples sends every published request to a server that wants a client
// certificate and answers with the published answer. What the server gets is
// judged with the published schema.
func TestRISRESamples(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "xmllint")
	schema := testtool.Shared(t, "schemas", "iissp", "iissp_messaging_risre.xsd")
	root := testtool.Shared(t, "samples", "iissp")
	requests, err := filepath.Glob(filepath.Join(root, "*", "*_pozadavek.xml"))
	if err != nil || len(requests) == 0 {
		t.Fatal("no samples", err)
	}
	a := testAuthority()
	var mu sync.Mutex
	var request []byte
	var header http.Header
	var answer string
	config := &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: a.pool}
	addr := serveHTTP(t, config, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		request, _ = io.ReadAll(r.Body)
		header = r.Header
		io.WriteString(w, answer)
	})
	o := options(addr)
	o.User, o.Password = "", nil
	cert := a.issue(t, nil)
	o.Certificate = &cert
	c := newClient(t, o)
	for _, file := range requests {
		sample, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		reply := answerTo(t, root, file)
		mu.Lock()
		answer = soap(noDeclaration(strings.TrimPrefix(string(reply), "\uFEFF")))
		mu.Unlock()
		var got bytes.Buffer
		m, out := c.Exchange(t.Context(), bytes.NewReader(sample), &got)
		if out.Verdict != online.Accepted || out.Err != nil {
			t.Errorf("%s: %+v", filepath.Base(file), out)
			continue
		}
		if m.Info.Root != "ZpravaRisre" || m.Identified || m.Sealed {
			t.Errorf("%+v", m)
		}
		if header.Get("Authorization") != "" || header.Get("SOAPAction") != soapActionOf(t) {
			t.Errorf("%v", header)
		}
		if !bytes.Contains(got.Bytes(), []byte("ZpravaRisre")) {
			t.Errorf("%s", got.Bytes())
		}
		body := noDeclaration(string(request))
		_, doc, ok := strings.Cut(body, "<SOAP:Body>")
		doc, _, ok2 := strings.Cut(doc, "</SOAP:Body>")
		if !ok || !ok2 {
			t.Fatalf("no SOAP: %s", body)
		}
		sent := filepath.Join(t.TempDir(), "sent.xml")
		if err := os.WriteFile(sent, []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
		testtool.Run(t, "xmllint", "--noout", "--schema", schema, sent)
	}
}

// answerTo is the published answer to a request: the next number, or the same.
func answerTo(t *testing.T, root, request string) []byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(request), "*_odpoved.xml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no answers", err)
	}
	file := files[0]
	if same := strings.TrimSuffix(request, "_pozadavek.xml") + "_odpoved.xml"; fileExists(same) {
		file = same
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func fileExists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// soapActionOf is what the published WSDL files want, all of them the same.
func soapActionOf(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(testtool.Shared(t, "schemas", "iissp-wsdl"), "*_B_EKIS_*.wsdl"))
	if err != nil || len(files) == 0 {
		t.Fatal("no WSDL", err)
	}
	action := ""
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var w struct {
			Types struct {
				Schemas []struct {
					Target string `xml:"targetNamespace,attr"`
				} `xml:"schema"`
			} `xml:"types"`
			Binding struct {
				Style struct {
					Style string `xml:"style,attr"`
				} `xml:"http://schemas.xmlsoap.org/wsdl/soap/ binding"`
				Operation struct {
					SOAP struct {
						Action string `xml:"soapAction,attr"`
					} `xml:"http://schemas.xmlsoap.org/wsdl/soap/ operation"`
				} `xml:"operation"`
			} `xml:"binding"`
		}
		if err := xml.Unmarshal(data, &w); err != nil {
			t.Fatal(file, err)
		}
		if w.Binding.Style.Style != "document" || len(w.Types.Schemas) == 0 || w.Types.Schemas[0].Target != envelope.MessagingNS {
			t.Errorf("%s: %+v", file, w.Binding)
		}
		if action != "" && action != w.Binding.Operation.SOAP.Action {
			t.Errorf("two actions: %s, %s", action, w.Binding.Operation.SOAP.Action)
		}
		action = w.Binding.Operation.SOAP.Action
	}
	return `"` + action + `"`
}

func TestExchangeRefusesWhatIsNotForRISRE(t *testing.T) {
	t.Parallel()
	addr := serveHTTP(t, nil, func(http.ResponseWriter, *http.Request) { t.Error("something was sent") })
	o := options(addr)
	o.Limits.Plain = 5000
	c := newClient(t, o)
	doc := testdata(t, "status/one.xml")
	signedDoc := signed(t, bytes.Replace(doc, []byte("</msg:Recipient>"), []byte("<iissp:Module>RISRE</iissp:Module></msg:Recipient>"), 1), envelope.Binding)
	for name, test := range map[string]struct {
		doc  string
		kind online.Kind
	}{
		"another module":      {string(doc), online.KindSettings},
		"no envelope":         {"<a/>", online.KindInput},
		"malformed":           {"<a>", online.KindInput},
		"doctype":             {"<!DOCTYPE a><a/>", online.KindInput},
		"damaged identifier":  {strings.Replace(signedDoc, "ERRVVK", "ERRMVK", 1), online.KindInput},
		"too large":           {signedDoc + strings.Repeat(" ", 5000), online.KindInput},
		"instruction outside": {strings.Replace(string(doc), "<msg:Env", "<?a b?><msg:Env", 1) + "", online.KindSettings},
	} {
		if _, out := c.Exchange(t.Context(), strings.NewReader(test.doc), io.Discard); out.Verdict != online.NotDelivered || kind(t, out.Err) != test.kind {
			t.Errorf("%s: %+v", name, out)
		}
	}
}

// TestExchangeFault: the Fault that the WSDL describes, and what is unknown.
func TestExchangeFault(t *testing.T) {
	t.Parallel()
	sample := bytes.Replace(testdata(t, "status/one.xml"), []byte("</msg:Recipient>"), []byte("<iissp:Module>RISRE</iissp:Module></msg:Recipient>"), 1)
	for name, test := range map[string]struct {
		status  int
		answer  string
		verdict online.Verdict
	}{
		"fault":     {500, soap(`<SOAP:Fault><faultcode>SOAP:Server</faultcode><faultstring>Chyba</faultstring><detail><f:FMT_Generic_Fault xmlns:f="http://mfcr.cz/iissp/risre/common"><standard><faultText>Rozpočet je uzavřen</faultText></standard></f:FMT_Generic_Fault></detail></SOAP:Fault>`), online.Refused},
		"nothing":   {200, "", online.Unknown},
		"not sound": {200, soap(strings.Replace(noDeclaration(signed(t, sample, envelope.Binding)), "ERRVVK", "X", 1)), online.Unknown},
		"sound":     {200, soap(noDeclaration(signed(t, sample, envelope.Binding))), online.Accepted},
	} {
		addr := serveHTTP(t, nil, func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			w.WriteHeader(test.status)
			io.WriteString(w, test.answer)
		})
		m, out := newClient(t, options(addr)).Exchange(t.Context(), bytes.NewReader(sample), io.Discard)
		if out.Verdict != test.verdict {
			t.Errorf("%s: %+v", name, out)
		}
		if name == "fault" && out.Fault.Detail != "Rozpočet je uzavřen" {
			t.Errorf("%+v", out.Fault)
		}
		if name == "sound" && !m.Identified {
			t.Errorf("%+v", m)
		}
	}
}

// TestPKCS12 reads what openssl writes, in the form of today and of 2010.
func TestPKCS12(t *testing.T) {
	t.Parallel()
	testtool.Need(t, "openssl")
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	testtool.Run(t, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Obec Kunov", "-days", "2", "-keyout", at("key.pem"), "-out", at("cert.pem"))
	if err := os.WriteFile(at("password"), []byte("Heslo č. 1"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"today": nil,
		"3des":  {"-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"},
		"chain": {"-certfile", at("cert.pem")},
	} {
		file := at(name + ".p12")
		testtool.Run(t, "openssl", append([]string{"pkcs12", "-export", "-in", at("cert.pem"), "-inkey", at("key.pem"), "-out", file, "-passout", "file:" + at("password")}, args...)...)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c, err := online.ReadPKCS12(bytes.NewReader(data), []byte("Heslo č. 1"))
		if err != nil || c.Leaf.Subject.CommonName != "Obec Kunov" || c.PrivateKey == nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := online.ReadPKCS12(bytes.NewReader(data), []byte("wrong")); err != online.ErrPKCS12Password {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := online.ReadPKCS12(bytes.NewReader(data[:len(data)/2]), []byte("Heslo č. 1")); err == nil {
			t.Errorf("%s: half of it was read", name)
		}
	}
	if _, err := online.ReadPKCS12(bytes.NewReader(make([]byte, 2<<20)), nil); err == nil {
		t.Error("2 MiB were read")
	}
}
