package online

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"unicode"
)

// errProxy stands for any error in a proxy's address, which may hold a password
// and is therefore not quoted.
var errProxy = errors.New("the address of the proxy cannot be used")

// proxy is Options.Proxy without its errors' texts.
func (o *Options) proxy(r *http.Request) (*url.URL, error) {
	u, err := o.Proxy(r)
	if err != nil {
		return nil, errProxy
	}
	return u, nil
}

// environmentProxy checks the settings that http.ProxyFromEnvironment reads, for
// addresses with https. That function passes over what it does not understand: the
// records would go out past the proxy, or not at all. The values are judged as that
// function takes them, with any white space around them. The error names the variable
// and does not quote it.
func environmentProxy(get func(string) string) error {
	first := func(names ...string) (name, value string) {
		for _, name := range names {
			if v := get(name); v != "" {
				return name, v
			}
		}
		return "", ""
	}
	wrong := func(name, problem string) error {
		return &Error{Kind: KindProxySettings, Retry: AfterSettings, Detail: name + ": " + problem}
	}
	if name, v := first("HTTPS_PROXY", "https_proxy"); v != "" {
		if problem := proxyProblem(v); problem != "" {
			return wrong(name, problem)
		}
	}
	name, v := first("NO_PROXY", "no_proxy")
	for entry := range strings.SplitSeq(v, ",") {
		if problem := exceptionProblem(strings.TrimSpace(entry)); problem != "" {
			return wrong(name, problem)
		}
	}
	return nil
}

// proxyProblem says what is wrong with the address of a proxy; "" for nothing.
func proxyProblem(v string) string {
	switch strings.TrimSpace(v) {
	case v:
	case "":
		return "it holds blanks alone; without a proxy it must be empty"
	default:
		return "there is a blank or a line end before or after the address"
	}
	if !strings.Contains(v, "://") {
		v = "http://" + v
	}
	u, err := url.Parse(v)
	switch {
	case err != nil:
		return "it is no address of a proxy, as http://proxy.example:3128 is"
	case u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" && u.Scheme != "socks5h":
		return "the proxy's address must begin with http://, https:// or socks5://"
	case u.Hostname() == "" || strings.ContainsAny(u.Hostname(), " ;,"):
		return "it names no proxy"
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return "the address of a proxy ends with its port; that of a script with settings (PAC) cannot be used here"
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "its port is no number from 1 to 65535"
		}
	}
	return ""
}

// exceptionProblem says what is wrong with an entry of NO_PROXY; "" for nothing.
func exceptionProblem(entry string) string {
	switch {
	case strings.ContainsFunc(entry, unicode.IsSpace), strings.Contains(entry, ";"):
		return "its entries are parted by commas"
	case strings.Contains(entry, "://"):
		return "an entry is the name of a server, without https://"
	case strings.Contains(entry, "/"):
		if _, err := netip.ParsePrefix(entry); err != nil {
			return "an entry with / is a range of addresses, as 10.0.0.0/8 is"
		}
	}
	return ""
}

// checkEnvironment is environmentProxy of this process.
func checkEnvironment() error { return environmentProxy(os.Getenv) }

// proxyError is a proxy's answer to CONNECT that lets nothing through.
type proxyError struct {
	status int
	offers string // the logins that it takes
}

func (e *proxyError) Error() string {
	s := fmt.Sprintf("the proxy answered with HTTP %d", e.status)
	if e.offers != "" {
		s += "; " + e.offers
	}
	return s
}

// connectAnswer judges a proxy's answer to CONNECT.
func connectAnswer(resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyError{resp.StatusCode, offered(nil, resp.Header, "Proxy-Authenticate")}
}

// proxyFailure tells the failures of a proxy from those of the server behind it.
func proxyFailure(err error) (kind Kind, retry Retry, ok bool) {
	var answer *proxyError
	var op *net.OpError
	switch {
	case errors.As(err, &answer) && (answer.status == http.StatusProxyAuthRequired || answer.status == http.StatusNetworkAuthenticationRequired):
		return KindProxyLogin, AfterSettings, true
	case errors.As(err, &answer) && answer.status < 500:
		return KindProxy, AfterSettings, true
	case errors.As(err, &answer):
		return KindProxy, Later, true
	case errors.As(err, &op) && (op.Op == "proxyconnect" || strings.HasPrefix(op.Op, "socks")):
		return KindProxy, Later, true
	}
	return "", "", false
}

// schemes lists the logins that an answer offers (RFC 9110, 11.6.1), in lower
// case.
func schemes(head http.Header, name string) []string {
	var all []string
	for _, v := range head.Values(name) {
		for part := range strings.SplitSeq(v, ",") {
			word, _, _ := strings.Cut(strings.TrimSpace(part), " ")
			if word != "" && !strings.ContainsAny(word, `="`) {
				all = append(all, strings.ToLower(word))
			}
		}
	}
	return all
}

// wantsForeignLogin reports whether an answer offers only logins that CSÚIS does
// not know: it wants HTTP Basic (doc/facts.md 5). NTLM and Negotiate are those of
// proxies and gateways inside a network.
func wantsForeignLogin(head http.Header, name string) bool {
	foreign := false
	for _, s := range schemes(head, name) {
		switch s {
		case "basic":
			return false
		case "ntlm", "negotiate", "kerberos":
			foreign = true
		}
	}
	return foreign
}

// offered says which logins an answer offers; "" for none.
func offered(red redactor, head http.Header, name string) string {
	all := schemes(head, name)
	if len(all) == 0 {
		return ""
	}
	return "it takes a login by " + red.clean(strings.Join(all[:min(len(all), 8)], ", "), 100)
}
