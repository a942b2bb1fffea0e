package proxy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"raccordo/host/internal/proxy"
)

// pacFile writes a script and returns its URL.
func pacFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "proxy.pac")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(file), "/")}).String()
}

// names is a DNS of our own.
func names(_ context.Context, host string) ([]net.IP, error) {
	ips := map[string][]net.IP{
		"regione.example": {net.ParseIP("2001:db8::7"), net.ParseIP("10.1.2.3")},
		"solo6.example":   {net.ParseIP("2001:db8::8")},
	}
	if found := ips[host]; found != nil {
		return found, nil
	}
	return nil, errors.New("no such host")
}

// wednesday is 2026-07-01 10:30:15 in the PC's zone and in UTC.
func wednesday() time.Time { return time.Date(2026, 7, 1, 10, 30, 15, 0, time.UTC) }

func evaluate(t *testing.T, script, target string) (string, error) {
	t.Helper()
	return ask(t, resolver(t, "pac:"+pacFile(t, script), proxy.Options{Lookup: names, Now: wednesday}), target)
}

// Each expression must be true.
func TestPACFunctions(t *testing.T) {
	zone := time.Local
	defer func() { time.Local = zone }()
	time.Local = time.UTC // this test is alone: none of the package runs in parallel
	for _, expression := range []string{
		`url == "https://regione.example:8443/"`, `host == "regione.example"`,
		`isPlainHostName("www")`, `!isPlainHostName("www.it")`, `!isPlainHostName("::1")`,
		`dnsDomainIs("www.Regione.it", ".regione.IT")`, `!dnsDomainIs("www", ".regione.it")`,
		`localHostOrDomainIs("www.regione.it", "www.regione.it")`, `localHostOrDomainIs("www", "www.regione.it")`,
		`!localHostOrDomainIs("home.regione.it", "www.regione.it")`, `!localHostOrDomainIs("ww", "www.regione.it")`,
		`isResolvable("regione.example")`, `!isResolvable("nowhere.example")`, `!isResolvable("solo6.example")`, `isResolvableEx("solo6.example")`,
		`dnsResolve("regione.example") == "10.1.2.3"`, `dnsResolve("nowhere.example") === null`, `dnsResolve("1.2.3.4") == "1.2.3.4"`,
		`dnsResolveEx("regione.example") == "2001:db8::7;10.1.2.3"`, `dnsResolveEx("nowhere.example") === ""`,
		`isInNet("regione.example", "10.1.0.0", "255.255.0.0")`, `!isInNet("regione.example", "10.2.0.0", "255.255.0.0")`,
		`isInNet("10.9.9.9", "10.0.0.0", "255.0.0.0")`, `!isInNet("nowhere.example", "0.0.0.0", "0.0.0.0")`, `!isInNet(host, "x", "y")`, `!isInNet(host)`,
		`isInNetEx("solo6.example", "2001:db8::/32")`, `isInNetEx("regione.example", "10.0.0.0/8")`, `!isInNetEx("solo6.example", "10.0.0.0/8")`, `!isInNetEx("a", "b")`,
		`convert_addr("104.16.41.2") === 1745889538`, `convert_addr("x") === 0`,
		`dnsDomainLevels("www") === 0`, `dnsDomainLevels("www.regione.it") === 2`,
		`shExpMatch("http://home.regione.it/people/ari", "*/ari*")`, `!shExpMatch("http://home.regione.it/people/montulli", "*/ari/*")`, `shExpMatch("a.b", "a?b")`, `!shExpMatch("axb", "a.b")`,
		`/^(\d+\.){3}\d+$/.test(myIpAddress())`, `typeof myIpAddressEx() == "string"`, `alert("x") === undefined`,
		`weekdayRange("WED")`, `weekdayRange("wed", "GMT")`, `weekdayRange("MON", "FRI")`, `!weekdayRange("THU", "TUE")`, `weekdayRange("SAT", "THU")`, `!weekdayRange("THU")`, `!weekdayRange("X")`, `!weekdayRange()`,
		`dateRange(1)`, `!dateRange(2)`, `dateRange(1, 15)`, `dateRange("JUL")`, `!dateRange("jun")`, `dateRange("JUN", "AUG")`, `dateRange("NOV", "JUL")`, `!dateRange("AUG", "JUN")`,
		`dateRange(2026)`, `!dateRange(2025)`, `dateRange(2025, 2027)`, `dateRange(1, "JUL")`, `dateRange("JUL", 2026)`, `dateRange(1, "JUL", 2026)`, `dateRange(1, "JUN", 15, "AUG")`,
		`dateRange(24, "DEC", 2025, 1, "JUL", 2026)`, `!dateRange(2, "JUL", 2026, 3, "JUL", 2026)`, `dateRange("JUN", 2026, "AUG", 2026, "GMT")`, `!dateRange()`, `!dateRange(1, "X")`, `!dateRange(1, "JUL", 2, 2026)`,
		`timeRange(10)`, `!timeRange(11)`, `timeRange(9, 11)`, `!timeRange(11, 13)`, `timeRange(22, 11)`, `timeRange(10, 0, 10, 30, "GMT") === false`, `timeRange(10, 30, 10, 31)`, `timeRange(10, 30, 15, 10, 30, 15)`, `!timeRange(10, 30, 16, 10, 30, 20)`, `!timeRange(1, 2, 3)`,
		`new Date().getFullYear() == 2026`, `typeof require == "undefined" && typeof XMLHttpRequest == "undefined"`,
	} {
		t.Run(expression, func(t *testing.T) {
			script := `function FindProxyForURL(url, host) { return (` + expression + `) ? "PROXY yes:1" : "PROXY no:1" }`
			if got, err := evaluate(t, script, "https://regione.example:8443/pazienti?cf=RSSMRA80A01H501U"); got != "http://yes:1" || err != nil {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func TestPACAnswers(t *testing.T) {
	tests := map[string]struct {
		answer string // JavaScript
		want   string
		fails  bool
	}{
		"proxy":             {`"PROXY p:8080"`, "http://p:8080", false},
		"HTTP":              {`"HTTP p:8080"`, "http://p:8080", false},
		"lower case":        {`"proxy p:8080"`, "http://p:8080", false},
		"spaces":            {`"  PROXY   p:8080 ;"`, "http://p:8080", false},
		"without port":      {`"PROXY p"`, "http://p:80", false},
		"IPv6":              {`"PROXY [::1]:3128"`, "http://[::1]:3128", false},
		"direct":            {`"DIRECT"`, "", false},
		"empty":             {`""`, "", false},
		"null":              {`null`, "", false},
		"SOCKS before HTTP": {`"SOCKS s:1080; PROXY p:8080"`, "http://p:8080", false},
		"SOCKS only":        {`"SOCKS5 s:1080"`, "", true},
		"HTTPS only":        {`"HTTPS s:443"`, "", true},
		"nothing returned":  {`undefined`, "", true},
		"a number":          {`42`, "", true},
		"an object":         {`({toString: function() { return "DIRECT" }})`, "", true},
		"rubbish":           {`"go there"`, "", true},
		"proxy of nothing":  {`"PROXY"`, "", true},
		"another scheme":    {`"PROXY http://p:8080"`, "", true},
		"address with user": {`"PROXY u:hunter2@p:port"`, "", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := evaluate(t, `function FindProxyForURL() { return `+tt.answer+` }`, "https://regione.example/")
			if got != tt.want || (err != nil) != tt.fails {
				t.Errorf("%q, %v", got, err)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%v shows a password", err)
			}
		})
	}
}

// pacServer serves what text says, and counts.
type pacServer struct {
	*httptest.Server
	text  atomic.Pointer[string]
	asked atomic.Int32
}

func startPAC(t *testing.T) *pacServer {
	t.Helper()
	s := &pacServer{}
	s.set(`function FindProxyForURL() { return "PROXY first:1" }`)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.asked.Add(1)
		text := *s.text.Load()
		if text == "" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		io.WriteString(w, text)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *pacServer) set(text string) { s.text.Store(&text) }

func TestPACKept(t *testing.T) {
	s := startPAC(t)
	now := wednesday()
	r := resolver(t, "pac:"+s.URL+"/proxy.pac", proxy.Options{Now: func() time.Time { return now }})
	if s.asked.Load() != 0 {
		t.Error("loaded before it is needed")
	}
	step := func(name, want string, asked int32) {
		t.Helper()
		if got, err := ask(t, r, "https://regione.example/"); got != want || (want == "") != (err != nil) || s.asked.Load() != asked {
			t.Fatalf("%s: %q, %v; asked %d times", name, got, err, s.asked.Load())
		}
	}
	step("first use", "http://first:1", 1)
	step("again", "http://first:1", 1)
	s.set(`function FindProxyForURL() { return "PROXY second:1" }`)
	now = now.Add(29 * time.Minute)
	step("29 minutes later", "http://first:1", 1)
	now = now.Add(2 * time.Minute)
	step("31 minutes later", "http://second:1", 2)
	s.set("")
	r.Forget()
	step("another network, where it can not be loaded", "", 3)
	step("and is tried again", "", 4)
	s.set(`function FindProxyForURL() { return "PROXY third:1" }`)
	step("there again", "http://third:1", 5)
	s.set("")
	now = now.Add(31 * time.Minute)
	step("old, when it can not be loaded again", "http://third:1", 6)
	step("old, not tried for a minute", "http://third:1", 6)
	now = now.Add(2 * time.Minute)
	step("old, tried again", "http://third:1", 7)
}

func TestPACNotLoaded(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	big := startPAC(t)
	big.set("//" + strings.Repeat("x", 1<<20))
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	defer untrusted.Close()
	for name, from := range map[string]string{
		"nobody there":      "http://u:hunter2@" + closed.Addr().String() + "/",
		"not trusted":       strings.Replace(untrusted.URL, "https://", "https://u:hunter2@", 1) + "/proxy.pac",
		"too large":         big.URL + "/proxy.pac",
		"no file":           "file:///nonexistent/proxy.pac",
		"a folder":          "file:///",
		"redirect for ever": redirecting(t),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ask(t, resolver(t, "pac:"+from, proxy.Options{}), "https://regione.example/")
			if err == nil || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
	t.Run("the caller leaves", func(t *testing.T) {
		mute, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer mute.Close()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		req := (&http.Request{URL: &url.URL{Scheme: "https", Host: "regione.example"}}).WithContext(ctx)
		if got, err := resolver(t, "pac:http://"+mute.Addr().String(), proxy.Options{}).For(req); !errors.Is(err, context.Canceled) || !errors.Is(err, proxy.ErrUnusable) {
			t.Errorf("%v, %v", got, err)
		}
	})
}

func redirecting(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) }))
	t.Cleanup(s.Close)
	return s.URL
}

func TestPACFallback(t *testing.T) {
	now := wednesday()
	up := map[string]bool{}
	dialled := 0
	dial := func(_ context.Context, _, address string) (net.Conn, error) {
		dialled++
		if !up[address] {
			return nil, errors.New("refused")
		}
		a, b := net.Pipe()
		b.Close()
		return a, nil
	}
	r := resolver(t, "pac:"+pacFile(t, `function FindProxyForURL(u, host) { return host == "one" ? "PROXY a:1" : "PROXY a:1; PROXY b:2" + (host == "direct" ? "; DIRECT" : "") }`),
		proxy.Options{Now: func() time.Time { return now }, Dial: dial})
	step := func(host, want string, dials int) {
		t.Helper()
		dialled = 0
		if got, err := ask(t, r, fmt.Sprintf("https://%s/", host)); got != want || err != nil || dialled != dials {
			t.Fatalf("%q, %v; %d calls", got, err, dialled)
		}
	}
	step("one", "http://a:1", 0) // no choice, no trial
	up["b:2"] = true
	step("two", "http://b:2", 2)
	up["a:1"] = true
	step("two", "http://b:2", 0)
	now = now.Add(6 * time.Minute)
	step("two", "http://a:1", 1)
	clear(up)
	step("two", "http://a:1", 0)
	r.Forget()
	step("two", "http://a:1", 2) // none answers: the first, and its fault is seen
	step("direct", "", 0)
}
