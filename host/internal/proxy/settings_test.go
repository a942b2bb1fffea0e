package proxy

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var compare = cmp.Options{cmp.AllowUnexported(settings{}), cmpopts.IgnoreFields(settings{}, "env"), cmpopts.EquateEmpty()}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestSpared(t *testing.T) {
	tests := []struct {
		except, url string
		want        bool
	}{
		{"regione.it", "https://regione.it/", true},
		{"regione.it", "https://REGIONE.it/", true},
		{"Regione.IT", "https://regione.it/", true},
		{"regione.it", "https://www.regione.it/", false},
		{"*.regione.it", "https://www.regione.it/", true},
		{"*.regione.it", "https://regione.it/", false},
		{"*regione.it", "https://regione.it/", true},
		{"10.*", "https://10.1.2.3/", true},
		{"10.*", "https://100.1.2.3/", false},
		{"169.254/16", "https://169.254.7.7/", true},
		{"169.254/16", "https://169.255.7.7/", false},
		{"192.168.0.0/16", "https://192.168.3.4:8443/", true},
		{"fd00::/8", "https://[fd12::1]/", true},
		{"[fd12::1]:8443", "https://[fd12::1]:8443/", true},
		{"<local>", "https://intranet/", true},
		{"<local>", "https://intranet.asl.it/", false},
		{"<local>", "https://[::1]/", false},
		{"<-loopback>", "https://intranet/", false},
		{"https://regione.it", "https://regione.it/", true},
		{"http://regione.it", "https://regione.it/", false},
		{"regione.it:443", "https://regione.it/", true},
		{"regione.it:80", "http://regione.it/", true},
		{"regione.it:8443", "https://regione.it/", false},
		{"*", "https://regione.it/", true},
		{"", "https://regione.it/", false},
		{" ", "https://regione.it/", false},
		{":443", "https://regione.it/", false},
	}
	for _, tt := range tests {
		t.Run(tt.except+" and "+tt.url, func(t *testing.T) {
			if got := spared([]string{"nothing.example", tt.except}, mustURL(t, tt.url)); got != tt.want {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestGlob(t *testing.T) {
	for _, tt := range []struct {
		pattern, s string
		want       bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"**", "ab", true}, {"a*c", "abbc", true}, {"a*c", "abb", false},
		{"*a*b*", "xxaxxbxx", true}, {"?", "a", true}, {"?", "", false}, {"a?c", "abc", true}, {"*.it", ".it", true},
		{"http://*.it/*", "http://a.it/x", true}, {"a", "A", false}, {"(a|b)", "a", false}, {".", "x", false},
	} {
		if got := glob(tt.pattern, tt.s); got != tt.want {
			t.Errorf("glob(%q, %q) = %v", tt.pattern, tt.s, got)
		}
	}
	if glob(strings.Repeat("*a", 2000)+"b", strings.Repeat("a", 20000)) { // must not take for ever
		t.Error("matches")
	}
}

func TestInternetSettings(t *testing.T) {
	tests := map[string]struct {
		auto     string
		enabled  bool
		server   string
		override string
		want     settings
	}{
		"nothing":          {want: settings{}},
		"switched off":     {server: "p:1", override: "x", want: settings{}},
		"PAC":              {auto: " http://wpad/wpad.dat ", want: settings{pac: "http://wpad/wpad.dat"}},
		"one for all":      {enabled: true, server: "p:8080", override: "*.it;<local>", want: settings{server: map[string]string{"http": "p:8080", "https": "p:8080"}, except: []string{"*.it", "<local>"}}},
		"one by one":       {enabled: true, server: "HTTP=a:1;https=b:2;socks=c:3", want: settings{server: map[string]string{"http": "a:1", "https": "b:2", "socks": "c:3"}}},
		"with spaces":      {enabled: true, server: "http=a:1 https=b:2", override: "x\r\ny; z", want: settings{server: map[string]string{"http": "a:1", "https": "b:2"}, except: []string{"x", "y", "z"}}},
		"enabled, nothing": {enabled: true, want: settings{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, parseInternetSettings(tt.auto, tt.enabled, tt.server, tt.override), compare); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestScutil(t *testing.T) {
	tests := map[string]settings{
		"none.txt": {except: []string{"*.local", "169.254/16"}},
		"manual.txt": {
			server: map[string]string{"http": "proxy.asl.example:8080", "https": "10.20.30.40:3128"},
			except: []string{"*.local", "169.254/16", "*.asl.example", "<local>"},
		},
		"pac.txt": {pac: "http://wpad.asl.example/proxy.pac", except: []string{"*.local"}},
		"off.txt": {}, // written down and switched off
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", "scutil", name))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, parseScutil(string(text)), compare); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestChoose(t *testing.T) {
	tests := map[string]struct {
		server, want string // empty: none
		fails        bool
	}{
		"host and port": {server: "proxy.asl.it:8080", want: "http://proxy.asl.it:8080"},
		"no port":       {server: "proxy.asl.it", want: "http://proxy.asl.it:80"},
		"URL":           {server: "http://proxy.asl.it:8080/", want: "http://proxy.asl.it:8080"},
		"none":          {},
		"HTTPS proxy":   {server: "https://proxy.asl.it:8080", fails: true},
		"rubbish":       {server: "http://%zz", fails: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := settings{server: map[string]string{"https": tt.server}}
			got, err := s.choose(mustURL(t, "https://regione.it/"))
			if text := show(got); text != tt.want || (err != nil) != tt.fails {
				t.Errorf("%q, %v", text, err)
			}
		})
	}
}

func show(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.String()
}

func FuzzSettings(f *testing.F) {
	for _, name := range []string{"none.txt", "manual.txt", "pac.txt", "off.txt"} {
		text, err := os.ReadFile(filepath.Join("testdata", "scutil", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), "https://regione.it/a?b")
	}
	f.Add("http=a:1;https=b:2", "http://[::1]:99/")
	f.Add("*.local;10.*;<local>;[fd00::1]:8;https://x:y/", "https://x/")
	f.Add("p:8080", "https://-/")
	f.Fuzz(func(t *testing.T, text, target string) {
		u, err := url.Parse(target)
		if err != nil {
			return
		}
		for _, s := range []settings{parseScutil(text), parseInternetSettings("", true, text, ""), parseInternetSettings("", true, "p:1", text)} {
			p, err := s.choose(u)
			if p != nil && (err != nil || p.Scheme != "http" || p.Hostname() == "" || p.Port() == "") {
				t.Errorf("%v, %v", p, err)
			}
		}
	})
}

func FuzzAnswer(f *testing.F) {
	f.Add("PROXY a:8080; PROXY b:8080; DIRECT")
	f.Add("direct")
	f.Add("SOCKS5 a:1; HTTPS b:2;HTTP [::1]:3; PROXY c")
	f.Fuzz(func(t *testing.T, answer string) {
		choices, err := parseAnswer(answer)
		if (len(choices) == 0) != (err != nil) {
			t.Errorf("%v, %v", choices, err)
		}
		for _, p := range choices {
			if p != nil && (p.Scheme != "http" || p.Hostname() == "" || p.Port() == "") {
				t.Errorf("%v", p)
			}
		}
	})
}
