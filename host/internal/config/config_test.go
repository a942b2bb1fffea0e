package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/config"
)

// load reads an administrator's and a user's file; "-" is no file.
func load(t *testing.T, admin, user string) (config.Config, error) {
	t.Helper()
	root := t.TempDir()
	p := config.Paths{Config: []string{filepath.Join(root, "etc"), filepath.Join(root, "home")}}
	for i, text := range []string{admin, user} {
		if err := os.MkdirAll(p.Config[i], 0o700); err != nil {
			t.Fatal(err)
		}
		if text == "-" {
			continue
		}
		if err := os.WriteFile(filepath.Join(p.Config[i], "config.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return config.Load(p)
}

func TestLoad(t *testing.T) {
	standard := config.Config{Region: "simulata", OnCardRemoval: "logout", OnScreenLock: "logout", AutoConnect: "reinsert", PINIdleMinutes: 15, LogLevel: "info",
		Proxy: "system", Keyring: "auto"}
	with := func(change func(*config.Config)) config.Config {
		c := standard
		change(&c)
		return c
	}
	tests := map[string]struct {
		admin, user string
		want        config.Config
	}{
		"no file":             {"-", "-", standard},
		"empty files":         {"", "# nulla\n", standard},
		"administrator alone": {`region = "toscana"`, "-", with(func(c *config.Config) { c.Region = "toscana" })},
		"user over administrator, key by key": {
			"region = \"toscana\"\nauto_connect = \"never\"\npin_idle_minutes = 30",
			"auto_connect = \"always\"\npin_idle_minutes = 0",
			with(func(c *config.Config) { c.Region, c.AutoConnect, c.PINIdleMinutes = "toscana", "always", 0 })},
		"a user's list takes the place of the administrator's": {
			`allowed_origins = ["https://uno.it", "https://due.it"]`, `allowed_origins = ["https://tre.it"]`,
			with(func(c *config.Config) { c.AllowedOrigins = []string{"https://tre.it"} })},
		"an empty list takes its place as well": {
			`allowed_origins = ["https://uno.it"]`, `allowed_origins = []`,
			with(func(c *config.Config) { c.AllowedOrigins = []string{} })},
		"everything": {"-", `
region = "fvg"
allowed_origins = ["https://clinica.example", "https://clinica-demo.localhost:8443", "https://[::1]:8443", "https://10.0.0.7"]
on_card_removal = "keep"
on_screen_lock = "keep"
auto_connect = "always"
prompt = "/usr/bin/pinentry-gtk-2"
pin_idle_minutes = 720
log_level = "debug"
proxy = "http://proxy.asl.example:3128"
keyring = "file"
remote_signature = "asl-1"`,
			config.Config{
				Region:         "fvg",
				AllowedOrigins: []string{"https://clinica.example", "https://clinica-demo.localhost:8443", "https://[::1]:8443", "https://10.0.0.7"},
				OnCardRemoval:  "keep", OnScreenLock: "keep", AutoConnect: "always", Prompt: "/usr/bin/pinentry-gtk-2", PINIdleMinutes: 720, LogLevel: "debug",
				Proxy: "http://proxy.asl.example:3128", Keyring: "file", RemoteSignature: "asl-1",
			}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := load(t, tt.admin, tt.user)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What is refused, and what the person who must mend it reads.
func TestLoadRefuses(t *testing.T) {
	origins := func(o string) string { return `allowed_origins = ["` + o + `"]` }
	tests := map[string]struct{ text, names string }{
		"misspelt setting":           {`on_card_removel = "keep"`, "on_card_removel"},
		"table that is none":         {"[region]\nid = 1", "region"},
		"unknown table":              {"[proxies]\nhost = \"x\"", "proxies"},
		"keyring":                    {`keyring = "none"`, "keyring"},
		"keyring empty":              {`keyring = ""`, "keyring"},
		"number for text":            {`region = 5`, "region"},
		"text for number":            {`pin_idle_minutes = "15"`, "pin_idle_minutes"},
		"twice the same":             {"region = \"a\"\nregion = \"b\"", "region"},
		"not TOML":                   {`region: fvg`, "config.toml"},
		"card removal":               {`on_card_removal = "Logout"`, "on_card_removal"},
		"card removal empty":         {`on_card_removal = ""`, "on_card_removal"},
		"screen lock":                {`on_screen_lock = "Keep"`, "on_screen_lock"},
		"auto connect":               {`auto_connect = "sometimes"`, "auto_connect"},
		"log level":                  {`log_level = "verbose"`, "log_level"},
		"log level empty":            {`log_level = ""`, "log_level"},
		"http origin":                {origins("http://clinica.it"), "http://clinica.it"},
		"origin with path":           {origins("https://clinica.it/"), "https://clinica.it/"},
		"origin with upper case":     {origins("https://Clinica.it"), "https://Clinica.it"},
		"origin with default port":   {origins("https://clinica.it:443"), "https://clinica.it:443"},
		"origin with empty port":     {origins("https://clinica.it:"), "https://clinica.it:"},
		"origin with port 0":         {origins("https://clinica.it:0"), "https://clinica.it:0"},
		"origin with user":           {origins("https://a@clinica.it"), "https://a@clinica.it"},
		"origin with wildcard":       {origins("https://*.clinica.it"), "https://*.clinica.it"},
		"origin not in punycode":     {origins("https://perché.it"), "https://perché.it"},
		"origin with final dot":      {origins("https://clinica.it."), "https://clinica.it."},
		"origin without host":        {origins("https://"), "https://"},
		"origin with second line":    {origins(`https://clinica.it\nhttps://x.it`), "allowed_origins"},
		"empty origin":               {origins(""), "allowed_origins"},
		"relative prompt":            {`prompt = "pinentry"`, "pinentry"},
		"PKCS#11 module of the user": {`modules = ["/home/giulia/a.so"]`, "modules"},
		"negative idle time":         {`pin_idle_minutes = -1`, "pin_idle_minutes"},
		"more than twelve hours":     {`pin_idle_minutes = 721`, "pin_idle_minutes"},
		"idle time beyond a number":  {`pin_idle_minutes = 99999999999999999999`, "pin_idle_minutes"},
	}
	for name, tt := range tests {
		for who, files := range map[string][2]string{"administrator": {tt.text, "-"}, "user": {"-", tt.text}} {
			t.Run(name+", "+who, func(t *testing.T) {
				c, err := load(t, files[0], files[1])
				if err == nil {
					t.Fatalf("accepted: %+v", c)
				}
				if !strings.Contains(err.Error(), tt.names) {
					t.Errorf("%q does not name %s", err, tt.names)
				}
			})
		}
	}
}

func TestLoadTellsUnreadable(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "config.toml")
	if err := os.Mkdir(file, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(config.Paths{Config: []string{dir}}); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("%v does not name %s", err, file)
	}
}

func TestProxy(t *testing.T) {
	tests := map[string]bool{
		"system":                                true,
		"direct":                                true,
		"http://10.0.0.1:8080":                  true,
		"http://[fd00::1]:8080/":                true,
		"http://user:hunter2@proxy.asl.it:3128": true,
		"pac:https://proxy.asl.it/proxy.pac?a":  true,
		"pac:http://wpad.asl.it/wpad.dat":       true,
		"pac:file:///etc/raccordo/proxy.pac":    true,
		"pac:file:///C:/ProgramData/proxy.pac":  true,
		"":                                      false,
		"System":                                false,
		"proxy.asl.it:3128":                     false,
		"http://proxy.asl.it":                   false,
		"http://:3128":                          false,
		"http://proxy.asl.it:3128/path":         false,
		"http://proxy.asl.it:3128?hunter2":      false,
		"http://proxy.asl.it:hunter2":           false,
		"https://proxy.asl.it:3128":             false,
		"socks5://user:hunter2@proxy:1080":      false,
		"pac:":                                  false,
		"pac:https://":                          false,
		"pac:ftp://proxy.asl.it/hunter2.pac":    false,
		"pac:file://server/share/proxy.pac":     false,
		"pac:file:relative.pac":                 false,
		"pac:https://proxy.asl.it/a#hunter2":    false,
	}
	for value, good := range tests {
		t.Run(value, func(t *testing.T) {
			c, err := load(t, "-", `proxy = "`+value+`"`)
			if good {
				if err != nil || c.Proxy != value {
					t.Errorf("%q, %v", c.Proxy, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), "proxy") || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error %v", err)
			}
		})
	}
}
