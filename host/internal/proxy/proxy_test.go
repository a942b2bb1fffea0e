package proxy_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"raccordo/host/internal/proxy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// connectProxy is a real HTTP proxy (RFC 9110, CONNECT) that leads every name
// to one server.
type connectProxy struct {
	address string
	user    string // wanted, with its password; empty: anybody
	served  atomic.Int32
}

func startProxy(t *testing.T, target, user string) *connectProxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &connectProxy{address: l.Addr().String(), user: user}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			group.Go(func() { defer conn.Close(); p.serve(conn, target) })
		}
	})
	t.Cleanup(func() { l.Close(); group.Wait() })
	return p
}

func (p *connectProxy) serve(conn net.Conn, target string) {
	in := bufio.NewReader(conn)
	req, err := http.ReadRequest(in)
	if err != nil || req.Method != http.MethodConnect {
		return
	}
	p.served.Add(1)
	req.Header.Set("Authorization", req.Header.Get("Proxy-Authorization"))
	name, password, _ := req.BasicAuth()
	if p.user != "" && name+":"+password != p.user {
		io.WriteString(conn, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n")
		return
	}
	server, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer server.Close()
	io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
	var group sync.WaitGroup
	group.Go(func() { io.Copy(server, in); server.Close() })
	io.Copy(conn, server)
	conn.Close()
	group.Wait()
}

// region is a TLS server, and its client that goes through r.
func region(t *testing.T) (address string, client func(*testing.T, *proxy.Resolver) *http.Client) {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ricetta") }))
	t.Cleanup(server.Close)
	roots := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	return server.Listener.Addr().String(), func(t *testing.T, r *proxy.Resolver) *http.Client {
		transport := &http.Transport{Proxy: r.For, TLSClientConfig: &tls.Config{RootCAs: roots}}
		t.Cleanup(transport.CloseIdleConnections)
		return &http.Client{Transport: transport}
	}
}

func resolver(t *testing.T, setting string, opt proxy.Options) *proxy.Resolver {
	t.Helper()
	r, err := proxy.New(setting, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func get(t *testing.T, c *http.Client, address string) error {
	t.Helper()
	answer, err := c.Get(address)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil || string(body) != "ricetta" {
		t.Errorf("%q, %v", body, err)
	}
	return nil
}

func TestThroughProxy(t *testing.T) {
	address, client := region(t)
	tests := map[string]struct {
		user, setting string // P: the proxy's address
		fails         string
	}{
		"open":                     {"", "http://P", ""},
		"with password":            {"dottore:p%40ss", "http://dottore:p%2540ss@P", ""},
		"password wanted":          {"dottore:pass", "http://P", "Proxy Authentication Required"},
		"another password":         {"dottore:pass", "http://dottore:hunter2@P", "Proxy Authentication Required"},
		"from a PAC file":          {"", "pac:F", ""},
		"from the environment":     {"", "system", ""},
		"environment and password": {"a:b", "system+a:b@", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := startProxy(t, address, tt.user)
			setting := strings.ReplaceAll(tt.setting, "P", p.address)
			if setting == "pac:F" {
				setting = "pac:" + pacFile(t, `function FindProxyForURL(url, host) { return "PROXY `+p.address+`" }`)
			}
			if user, ok := strings.CutPrefix(setting, "system"); ok {
				environment(t, "HTTPS_PROXY", "http://"+strings.TrimPrefix(user, "+")+p.address)
				setting = "system"
			}
			err := get(t, client(t, resolver(t, setting, proxy.Options{})), "https://example.com/")
			switch {
			case tt.fails == "" && err != nil:
				t.Error(err)
			case tt.fails != "" && (err == nil || !strings.Contains(err.Error(), tt.fails) || strings.Contains(err.Error(), "hunter2")):
				t.Errorf("%v, not %s", err, tt.fails)
			}
			if p.served.Load() != 1 {
				t.Errorf("the proxy served %d times", p.served.Load())
			}
		})
	}
}

// environment leaves one variable of those that name proxies.
func environment(t *testing.T, pairs ...string) {
	t.Helper()
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"} {
		t.Setenv(name, "")
		t.Setenv(strings.ToLower(name), "")
	}
	for i := 0; i < len(pairs); i += 2 {
		t.Setenv(pairs[i], pairs[i+1])
	}
}

func ask(t *testing.T, r *proxy.Resolver, target string) (string, error) {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	found, err := r.For((&http.Request{URL: u}).WithContext(t.Context()))
	if err != nil && (!errors.Is(err, proxy.ErrUnusable) || found != nil) {
		t.Errorf("%v, %v", found, err)
	}
	if found == nil {
		return "", err
	}
	return found.String(), err
}

func TestSettings(t *testing.T) {
	const there = "https://regione.example/"
	tests := map[string]struct {
		setting string
		env     []string
		target  string
		want    string
	}{
		"direct":                          {"direct", []string{"HTTPS_PROXY", "http://p:1"}, there, ""},
		"fixed":                           {"http://p:1", nil, there, "http://p:1"},
		"fixed, loopback":                 {"http://p:1", nil, "https://127.0.0.1:8443/", "http://p:1"},
		"fixed, with slash":               {"http://p:1/", nil, there, "http://p:1"},
		"nothing set":                     {"system", nil, there, ""},
		"empty setting":                   {"", []string{"HTTPS_PROXY", "http://p:1"}, there, "http://p:1"},
		"upper case":                      {"system", []string{"HTTPS_PROXY", "http://p:1"}, there, "http://p:1"},
		"lower case":                      {"system", []string{"https_proxy", "http://p:1"}, there, "http://p:1"},
		"without scheme":                  {"system", []string{"https_proxy", "p:1"}, there, "http://p:1"},
		"of another scheme":               {"system", []string{"HTTP_PROXY", "http://p:1"}, there, ""},
		"NO_PROXY, name":                  {"system", []string{"HTTPS_PROXY", "http://p:1", "NO_PROXY", "regione.example"}, there, ""},
		"no_proxy, domain":                {"system", []string{"HTTPS_PROXY", "http://p:1", "no_proxy", ".example"}, there, ""},
		"NO_PROXY, network":               {"system", []string{"HTTPS_PROXY", "http://p:1", "NO_PROXY", "10.0.0.0/8"}, "https://10.1.1.1/", ""},
		"NO_PROXY, other":                 {"system", []string{"HTTPS_PROXY", "http://p:1", "NO_PROXY", "altra.example"}, there, "http://p:1"},
		"loopback address":                {"system", []string{"HTTPS_PROXY", "http://p:1"}, "https://127.9.9.9:8443/", ""},
		"loopback address, IPv6":          {"system", []string{"HTTPS_PROXY", "http://p:1"}, "https://[::1]:8443/", ""},
		"loopback name":                   {"system", []string{"HTTPS_PROXY", "http://p:1"}, "https://Localhost./", ""},
		"loopback name beneath localhost": {"system", []string{"HTTPS_PROXY", "http://p:1"}, "https://regione.localhost/", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			environment(t, tt.env...)
			if got, err := ask(t, resolver(t, tt.setting, proxy.Options{}), tt.target); got != tt.want || err != nil {
				t.Errorf("%q, %v; not %q", got, err, tt.want)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	for _, setting := range []string{
		"System", "auto", "p:1", "http://p", "http://:1", "http://p:1/path", "https://u:hunter2@p:1", "socks5://p:1", "http://u:hunter2@p:port",
		"pac:", "pac:ftp://p/hunter2", "pac:https://", "pac:file:x", "pac:file://server/x",
	} {
		t.Run(setting, func(t *testing.T) {
			_, err := proxy.New(setting, proxy.Options{})
			if !errors.Is(err, proxy.ErrUnusable) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%v", err)
			}
		})
	}
	for name, value := range map[string]string{
		"HTTPS proxy": "https://u:hunter2@p:1", "SOCKS": "socks5://u:hunter2@p:1", "rubbish": "http://u:hunter2@p:port", "no port": "http://u:hunter2@",
	} {
		t.Run("environment, "+name, func(t *testing.T) {
			environment(t, "HTTPS_PROXY", value)
			got, err := ask(t, resolver(t, "system", proxy.Options{}), "https://regione.example/")
			if err == nil || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// A proxy that is not there fails as a proxy, and nobody goes around it.
func TestProxyDown(t *testing.T) {
	address, client := region(t)
	p := startProxy(t, address, "")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	err = get(t, client(t, resolver(t, "http://"+l.Addr().String(), proxy.Options{})), "https://example.com/")
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "proxyconnect" || p.served.Load() != 0 {
		t.Errorf("%v", err)
	}
}
