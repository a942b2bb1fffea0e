package proxy_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/proxy"
)

// What a script does to the program that runs it: nothing but an error.
func TestPACHostile(t *testing.T) {
	find := func(body string) string { return "function FindProxyForURL(url, host) { " + body + " }" }
	tests := map[string]string{
		"endless loop":               find("for (;;);"),
		"endless at load":            "while (true);" + find(`return "DIRECT"`),
		"endless regular expression": find(`return /^(a+)+$/.test("` + strings.Repeat("a", 64) + `!") ? "DIRECT" : undefined`),
		"throws":                     find(`throw "la password è hunter2"`),
		"throws at load":             `throw new Error("hunter2");`,
		"throws an object":           find(`throw {toString: function() { for (;;); }}`),
		"calls itself":               find(`return FindProxyForURL(url, host)`),
		"calls itself by library":    find(`return [1].map(function() { return FindProxyForURL(url, host) })[0]`),
		"calls itself by toString":   find(`var o = {toString: function() { return "" + o }}; return "" + o`),
		"takes memory":               find(`var a = []; for (;;) a.push(new Array(1000).join("x" + a.length))`),
		"takes memory by doubling":   find(`var s = "x"; for (;;) s = s + s + Math.random()`),
		"no function":                "var FindProxyForURL = 1",
		"nothing":                    "",
		"HTML":                       "<html><body>proxy</body></html>",
		"not JavaScript":             find("return return"),
		"deep brackets":              strings.Repeat("(", 900_000),
		"deep lists":                 "var x = " + strings.Repeat("[", 900_000),
		"deep blocks":                strings.Repeat("{", 900_000),
		"deep negation":              "var x = " + strings.Repeat("!", 900_000) + "1;",
		"deep negation of numbers":   "var x = " + strings.Repeat("- ", 400_000) + "1;",
		"deep choices":               "var x = " + strings.Repeat("1?", 400_000),
		"deep powers":                "var x = " + strings.Repeat("2**", 300_000) + "1;",
		"deep arrows":                "var x = " + strings.Repeat("x=>", 30_000) + "1;",
		"deep if":                    strings.Repeat("if(1)", 180_000) + ";",
		"deep new":                   "var x = " + strings.Repeat("new ", 200_000) + "x;",
		"deep labels":                strings.Repeat("a:", 1_000) + ";",
		"long sum":                   "var x = " + strings.Repeat("1+", 400_000) + "1;",
		"deep assignments":           strings.Repeat("a=", 400_000) + "1;",
		"deep else":                  strings.Repeat("if(0);else ", 90_000) + ";",
		"too large":                  "// " + strings.Repeat("x", 1<<20) + "\n" + find(`return "DIRECT"`),
		"changes the library":        `Object.prototype.toString = String.prototype.toString = null; Array.prototype.push = function() { throw 1 };` + find("return []"),
	}
	for name, script := range tests {
		t.Run(name, func(t *testing.T) {
			r := resolver(t, "pac:"+pacFile(t, script), proxy.Options{Lookup: names})
			for range 2 { // also when it is run again
				got, err := ask(t, r, "https://regione.example/")
				if err == nil || strings.Contains(err.Error(), "hunter2") {
					t.Errorf("%q, %v", got, err)
				}
			}
		})
	}
}

// A script that failed for one host goes on to serve the others.
func TestPACRecovers(t *testing.T) {
	r := resolver(t, "pac:"+pacFile(t, `var n = 0; function FindProxyForURL(url, host) { if (host == "bad") for (;;) n++; return "PROXY p" + n + ":1" }`), proxy.Options{})
	if got, err := ask(t, r, "https://bad/"); err == nil {
		t.Fatal(got)
	}
	if got, err := ask(t, r, "https://good/"); got != "http://p0:1" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// Slow DNS is not the script's fault, DNS that never answers is an end.
func TestPACSlowNames(t *testing.T) {
	script := "pac:" + pacFile(t, `function FindProxyForURL(url, host) { return isResolvable(host) ? "DIRECT" : "PROXY p:1" }`)
	slow := func(ctx context.Context, _ string) ([]net.IP, error) {
		select {
		case <-time.After(1500 * time.Millisecond):
			return nil, errors.New("no such host")
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if got, err := ask(t, resolver(t, script, proxy.Options{Lookup: slow}), "https://regione.example/"); got != "http://p:1" || err != nil {
		t.Errorf("slow: %q, %v", got, err)
	}
	never := func(ctx context.Context, _ string) ([]net.IP, error) { <-ctx.Done(); return nil, ctx.Err() }
	if got, err := ask(t, resolver(t, script, proxy.Options{Lookup: never}), "https://regione.example/"); err == nil {
		t.Errorf("never: %q", got)
	}
}
