package online_test

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"csuis-offline/online"
)

// TestProxySettingThatDoesNotParseIsAnError: the standard library would go without
// the proxy.
func TestProxySettingThatDoesNotParseIsAnError(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, value string
		good        bool
	}{
		{"HTTPS_PROXY", "", true},
		{"HTTPS_PROXY", "proxy.example", true},
		{"https_proxy", "proxy.example:3128", true},
		{"HTTPS_PROXY", "http://name:tajne@proxy.example:3128/", true},
		{"HTTPS_PROXY", "socks5h://[::1]:1080", true},
		{"HTTPS_PROXY", "http://proxy.example:tajne", false},
		{"HTTPS_PROXY", "http://name:taj%ne@proxy.example", false},
		{"HTTPS_PROXY", "http//proxy.example tajne", false},
		{"https_proxy", "htp://proxy.example:3128", false},
		{"HTTPS_PROXY", "http://", false},
		{"HTTPS_PROXY", ":3128", false},
		{"HTTPS_PROXY", "http://proxy.example:0", false},
		{"HTTPS_PROXY", "PROXY proxy.example:3128; DIRECT", false},
		{"HTTPS_PROXY", "http://wpad.example/wpad.dat", false},
		{"HTTPS_PROXY", "http://proxy.example:99999", false},
		{"NO_PROXY", "localhost, .example, 10.0.0.0/8,[::1]:443,*", true},
		{"NO_PROXY", "localhost;10.0.0.1", false},
		{"no_proxy", "localhost 10.0.0.1", false},
		{"NO_PROXY", "10.0.0.0/33", false},
		{"NO_PROXY", "https://csuis.example", false},
		{"HTTP_PROXY", "is not used: %", true},
	} {
		err := online.EnvironmentProxy(func(name string) string {
			if name == test.name {
				return test.value
			}
			return ""
		})
		if (err == nil) != test.good {
			t.Errorf("%s=%s: %v", test.name, test.value, err)
		}
		if err != nil && (kind(t, err) != online.KindProxySettings || !strings.Contains(err.Error(), test.name) || strings.Contains(err.Error(), "tajne")) {
			t.Errorf("%s=%s: %v", test.name, test.value, err)
		}
	}
}

// TestProxySettingWithABlankAroundItIsAnError: the standard library does not trim it,
// cannot parse it then, and goes without the proxy.
func TestProxySettingWithABlankAroundItIsAnError(t *testing.T) {
	t.Parallel()
	const proxy = "http://127.0.0.1:1"
	for _, value := range []string{" " + proxy, proxy + " ", proxy + "\r", proxy + "\n", "\r\n" + proxy, "\t" + proxy, "\u00a0" + proxy, " ", "\r\n", "127.0.0.1:1 "} {
		for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
			err := online.EnvironmentProxy(func(n string) string { return map[string]string{name: value}[n] })
			if err == nil || kind(t, err) != online.KindProxySettings || !strings.Contains(err.Error(), name) {
				t.Errorf("%s=%q: %v", name, value, err)
			}
		}
	}
	// The one in capitals counts, as in the standard library, also where it is blank.
	err := online.EnvironmentProxy(func(n string) string { return map[string]string{"HTTPS_PROXY": " ", "https_proxy": proxy}[n] })
	if err == nil || !strings.Contains(err.Error(), "HTTPS_PROXY") {
		t.Error(err)
	}
	if err := online.EnvironmentProxy(func(n string) string { return map[string]string{"NO_PROXY": " localhost , .example\r\n"}[n] }); err != nil {
		t.Errorf("entries are trimmed by the standard library: %v", err)
	}
	if err := online.EnvironmentProxy(func(n string) string { return map[string]string{"NO_PROXY": "a.example\nb.example"}[n] }); err == nil {
		t.Error("two entries parted by a line end")
	}
}

// TestFailuresOfAProxyAreToldAsIts, and nothing was sent.
func TestFailuresOfAProxyAreToldAsIts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer string
		kind   online.Kind
		retry  online.Retry
		says   string
	}{
		"login":    {"407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x, y\"", online.KindProxyLogin, online.AfterSettings, "basic"},
		"NTLM":     {"407 No\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Negotiate", online.KindProxyLogin, online.AfterSettings, "ntlm, negotiate"},
		"portal":   {"511 Network Authentication Required", online.KindProxyLogin, online.AfterSettings, "511"},
		"refusal":  {"403 Forbidden", online.KindProxy, online.AfterSettings, "403"},
		"no route": {"502 Bad Gateway", online.KindProxy, online.Later, "502"},
	} {
		proxy := serveTCP(t, func(c net.Conn) {
			readRequest(c)
			io.WriteString(c, "HTTP/1.1 "+test.answer+"\r\nContent-Length: 0\r\n\r\n")
		})
		o := options("127.0.0.1:1")
		o.Proxy = func(*http.Request) (*url.URL, error) { return &url.URL{Scheme: "http", Host: proxy}, nil }
		out := submit(t, newClient(t, o), 100)
		if out.Verdict != online.NotDelivered || out.Retry != test.retry || kind(t, out.Err) != test.kind || !strings.Contains(out.Err.Error(), test.says) || !strings.Contains(out.Err.Error(), proxy) {
			t.Errorf("%s: %+v", name, out)
		}
	}
	o := options("127.0.0.1:1")
	o.Proxy = func(*http.Request) (*url.URL, error) { return &url.URL{Scheme: "http", Host: "127.0.0.1:1"}, nil }
	if out := submit(t, newClient(t, o), 100); kind(t, out.Err) != online.KindProxy || out.Verdict != online.NotDelivered {
		t.Errorf("no proxy there: %+v", out)
	}
	// A gateway that opens TLS asks in the server's place.
	for _, answer := range []string{"407 No\r\nProxy-Authenticate: Negotiate", "401 No\r\nWWW-Authenticate: NTLM\r\nWWW-Authenticate: Negotiate"} {
		addr := serveTLS(t, nil, func(c net.Conn) {
			readRequest(c)
			io.WriteString(c, "HTTP/1.1 "+answer+"\r\nContent-Length: 0\r\n\r\n")
		})
		if out := submit(t, newClient(t, options(addr)), 100); out.Verdict != online.Refused || out.Retry != online.AfterSettings || kind(t, out.Err) != online.KindProxyLogin || !out.Foreign {
			t.Errorf("%s: %+v", answer, out)
		}
	}
}
