package browser

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

const manifest = `{"manifest_version":3,"name":"prova","version":"1",
"background":{"service_worker":"sw.js"},
"content_scripts":[{"matches":["http://127.0.0.1/*"],"js":["cs.js"]}]}`

const background = `globalThis.calls = 0;
chrome.runtime.onMessage.addListener((m, s, answer) => { answer("chiamata " + ++globalThis.calls + " trusted " + m.trusted); });`

const content = `const host = document.createElement("div"), root = host.attachShadow({mode: "closed"});
root.innerHTML = '<button>Sincronizza</button><p role="status" id="esito"></p>';
root.querySelector("button").onclick = async (e) => {
  root.querySelector("p").textContent = await chrome.runtime.sendMessage({trusted: e.isTrusted});
};
document.body.append(host);`

const page = `<!doctype html><html lang="it"><meta charset="utf-8"><title>Prova</title>
<label>Indirizzo <input id="indirizzo"></label> <button id="ok" aria-expanded="false">Salva</button> <button disabled>Spento</button>
<div style="height:3000px"></div><a href="/seconda" target="_blank" rel="opener">Altra finestra</a> <button id="fondo">In fondo</button>
<script>const seen = []; globalThis.seen = seen;
indirizzo.addEventListener("keydown", e => seen.push(e.key + e.isTrusted));
ok.onclick = fondo.onclick = e => { e.target.textContent = "Fatto " + e.isTrusted; };</script></html>`

type fixture struct {
	browser *Browser
	page    *Page
	url     string
}

func start(t *testing.T, opt Options) fixture {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/favicon.ico" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		_, _ = w.Write([]byte(page))
	}))
	t.Cleanup(server.Close)
	dir := t.TempDir()
	for name, text := range map[string]string{"manifest.json": manifest, "sw.js": background, "cs.js": content} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	opt.Extension, opt.Headless, opt.UserDataDir = dir, true, filepath.Join(t.TempDir(), "profilo")
	b, err := Start(limit(t, 60*time.Second), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	p, err := b.Open(limit(t, 30*time.Second), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return fixture{b, p, server.URL}
}

func limit(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// One browser serves all the subtests, in this order: a start is what costs.
func TestBrowser(t *testing.T) {
	f, ctx := start(t, Options{WindowSize: Size{1000, 700}}), limit(t, 90*time.Second)
	for _, tt := range []struct {
		name string
		run  func(*testing.T, context.Context, fixture)
	}{
		{"closed shadow root", closedShadowRoot},
		{"service worker is stopped and comes back", workerRestart},
		{"typing and keys", typing},
		{"an element out of sight is scrolled to", outOfSight},
		{"a wait that fails says what the page shows", failedWait},
		{"problems are kept", problems},
		{"screenshot, reload, second tab", tabs},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, ctx, f) })
	}
}

func closedShadowRoot(t *testing.T, ctx context.Context, f fixture) {
	p := f.page
	must(t, p.ClickAX(ctx, "button", "^Sincronizza$"))
	_, err := p.WaitAX(ctx, "StaticText", `^chiamata 1 trusted true$`)
	must(t, err)
	must(t, p.ClickAX(ctx, "button", "^Sincronizza$"))
	_, err = p.WaitAX(ctx, "StaticText", `^chiamata 2 trusted true$`)
	must(t, err)
}

func workerRestart(t *testing.T, ctx context.Context, f fixture) {
	p := f.page
	w, err := f.browser.ServiceWorker(ctx)
	must(t, err)
	var calls int
	must(t, w.Eval(ctx, "globalThis.calls", &calls))
	if calls != 2 {
		t.Errorf("calls = %d, want 2", calls)
	}
	must(t, w.Detach(ctx))
	must(t, f.browser.StopServiceWorker(ctx))
	must(t, p.ClickAX(ctx, "button", "^Sincronizza$"))
	_, err = p.WaitAX(ctx, "StaticText", `^chiamata 1 trusted true$`) // the count began again
	must(t, err)
	w, err = f.browser.ServiceWorker(ctx)
	must(t, err)
	must(t, w.Eval(ctx, "globalThis.calls", &calls))
	if calls != 1 {
		t.Errorf("calls after the restart = %d, want 1", calls)
	}
}

func typing(t *testing.T, ctx context.Context, f fixture) {
	p := f.page
	must(t, p.ClickSelector(ctx, "#indirizzo"))
	must(t, p.Type(ctx, "Via Libertà 3"))
	must(t, p.Press(ctx, "Backspace"))
	must(t, p.Press(ctx, "Shift+Tab"))
	var value string
	must(t, p.Eval(ctx, "indirizzo.value", &value))
	if value != "Via Libertà " {
		t.Errorf("typed %q", value)
	}
	var untrusted int
	must(t, p.Eval(ctx, `seen.filter(k => k.endsWith("false")).length + (seen.length < 14 ? 100 : 0)`, &untrusted))
	if untrusted != 0 {
		t.Errorf("%d untrusted or missing keys", untrusted)
	}
	must(t, p.FocusAX(ctx, "button", "^Salva$"))
	must(t, p.Press(ctx, "Enter"))
	must(t, p.WaitFor(ctx, `ok.textContent === "Fatto true"`))
}

func outOfSight(t *testing.T, ctx context.Context, f fixture) {
	p := f.page
	must(t, p.ClickAX(ctx, "button", "^In fondo$"))
	n, err := p.WaitAX(ctx, "button", "^Fatto true$")
	must(t, err)
	if n.Role != "button" {
		t.Errorf("role %q", n.Role)
	}
}

func failedWait(t *testing.T, ctx context.Context, f fixture) {
	p := f.page
	short := limit(t, 200*time.Millisecond)
	_, err := p.WaitAX(short, "button", "^Assente$")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("err = %v", err)
	}
	for _, want := range []string{"^Assente$", `button "Sincronizza"`, `textbox "Indirizzo" = "Via Libertà`, f.url} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
	err = p.ClickAX(limit(t, 200*time.Millisecond), "button", "^Spento$")
	if err == nil || !strings.Contains(err.Error(), "disabled") {
		t.Errorf("click on a disabled button: %v", err)
	}
	if err := p.ClickSelector(limit(t, 200*time.Millisecond), "#assente"); err == nil {
		t.Error("clicked an element that is not there")
	}
}

func problems(t *testing.T, ctx context.Context, f fixture) {
	p := f.page
	if got := p.Problems(); len(got) != 0 {
		t.Errorf("problems before: %q", got)
	}
	must(t, p.Eval(ctx, `setTimeout(() => { console.info("nota"); console.error("guasto", 7); throw new Error("scoppio"); }); 1`, nil))
	must(t, poll(ctx, func() (bool, error) { return len(p.Problems()) == 2, nil }))
	got := strings.Join(p.Problems(), "|")
	if !strings.Contains(got, `console.error: "guasto" 7`) || !strings.Contains(got, "scoppio") {
		t.Errorf("problems: %s", got)
	}
	if len(p.Console()) != 3 {
		t.Errorf("console: %q", p.Console())
	}
	err := p.Eval(ctx, `(() => { throw new Error("no") })()`, nil)
	if err == nil || !strings.Contains(err.Error(), "Error: no") {
		t.Errorf("eval of a throwing expression: %v", err)
	}
}

func tabs(t *testing.T, ctx context.Context, f fixture) {
	p := f.page
	must(t, p.Resize(ctx, Size{400, 600}))
	file := filepath.Join(t.TempDir(), "a", "vista.png")
	must(t, p.Screenshot(ctx, file))
	data, err := os.ReadFile(file)
	must(t, err)
	if !strings.HasPrefix(string(data), "\x89PNG") {
		t.Error("not a PNG")
	}
	must(t, p.Reload(ctx))
	must(t, p.WaitFor(ctx, `indirizzo.value === "" && innerWidth === 400`))
	must(t, p.ClickAX(ctx, "link", "^Altra finestra$"))
	second, err := f.browser.Attach(ctx, "/seconda")
	must(t, err)
	must(t, second.WaitFor(ctx, `document.title === "Prova"`))
	must(t, second.Close(ctx))
}
