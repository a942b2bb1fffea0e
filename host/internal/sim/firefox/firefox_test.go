//go:build unix

package firefox

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const manifest = `{"manifest_version":3,"name":"prova","version":"1",
"browser_specific_settings":{"gecko":{"id":"prova@raccordo.example"}},
"background":{"scripts":["bg.js"]},
"content_scripts":[{"matches":["https://127.0.0.1/*"],"js":["cs.js"]}]}`

const background = `let calls = 0;
browser.runtime.onMessage.addListener((m, s, answer) => { answer("chiamata " + ++calls + " trusted " + m.trusted); });`

// A message to an event page that is just ending may find nobody: ask again.
const content = `const host = document.createElement("prova-ospite"), root = host.attachShadow({mode: "closed"});
const button = document.createElement("button"), out = document.createElement("p");
button.textContent = "Sincronizza"; root.append(button, out);
const ask = (trusted) => browser.runtime.sendMessage({trusted}).then((t) => { out.textContent = t; }, () => setTimeout(ask, 100, trusted));
button.onclick = (e) => { out.textContent = ""; ask(e.isTrusted); };
document.body.append(host);
globalThis.addEventListener("prova", () => { throw new Error("guasto voluto"); });`

const page = `<!doctype html><html lang="it"><meta charset="utf-8"><title>Prova</title>
<button id="ok">Salva</button> <button disabled>Spento</button> <button hidden>Nascosto</button>
<div style="position:relative"><button>Coperto</button><div style="position:absolute;inset:0"></div></div>
<div style="height:3000px"></div><button id="fondo">In fondo</button>
<script>ok.onclick = fondo.onclick = e => { e.target.textContent = "Fatto " + e.isTrusted; };</script></html>`

type fixture struct {
	*testing.T
	browser *Browser
	page    *Page
}

// start opens the page, from a server that nobody vouches for.
func start(t *testing.T) fixture {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page))
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the browser tries first, then trusts
	server.StartTLS()
	t.Cleanup(server.Close)
	dir, home := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{"manifest.json": manifest, "bg.js": background, "cs.js": content} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := Start(limit(t, 60*time.Second), Options{
		Profile: filepath.Join(home, "profilo"), Headless: true, Extension: dir, Env: []string{"HOME=" + home},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	p, err := b.Open(limit(t, 30*time.Second), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return fixture{t, b, p}
}

func limit(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func (f fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f fixture) sees(text string) {
	f.Helper()
	_, err := f.page.Wait(limit(f.T, 10*time.Second), "", text)
	f.must(err)
}

// idles waits until the browser ends the event page by itself.
func (f fixture) idles(ctx context.Context) {
	f.Helper()
	f.must(poll(ctx, func() (bool, error) {
		var state string
		err := f.browser.Chrome(ctx, `return WebExtensionPolicy.getByID(args[0]).extension.backgroundState`, []any{f.browser.ExtensionID()}, &state)
		return state == "stopped", err
	}))
}

// One browser serves it all: a start is what costs.
func TestPage(t *testing.T) {
	f, ctx := start(t), limit(t, 60*time.Second)
	for _, name := range []string{"Salva", "In fondo"} {
		f.must(f.page.Click(ctx, "button", "^"+name+"$"))
		f.sees("^Fatto true$")
		f.must(f.page.Eval(ctx, `document.querySelectorAll("#ok, #fondo").forEach((b) => { if (b.textContent.startsWith("Fatto")) b.textContent = "Usato" })`, new(any)))
	}
	f.must(f.page.Click(ctx, "button", "^Sincronizza$"))
	f.sees("^chiamata 1 trusted true$")
	f.idles(ctx) // and starts again from nothing
	f.must(f.page.Click(ctx, "button", "^Sincronizza$"))
	f.sees("^chiamata 1 trusted true$")
	f.must(f.browser.StopBackground(ctx))
	f.must(f.page.Click(ctx, "button", "^Sincronizza$"))
	f.sees("^chiamata 1 trusted true$")
	for name, why := range map[string]string{"Coperto": "covered by div", "Spento": "it is disabled", "Nascosto": "no such element"} {
		err := f.page.Click(limit(t, 500*time.Millisecond), "button", "^"+name+"$")
		if err == nil || !strings.Contains(err.Error(), why) || !strings.Contains(err.Error(), `button "Spento"`) {
			t.Errorf("click on %s: %v", name, err)
		}
	}
	f.must(f.page.Eval(ctx, `window.dispatchEvent(new Event("prova"))`, nil))
	problems, err := f.browser.Problems(ctx)
	f.must(err)
	if len(problems) != 1 || !strings.Contains(problems[0], "guasto voluto") {
		t.Errorf("problems: %q", problems)
	}
	shot := filepath.Join(t.TempDir(), "pagina.png")
	f.must(f.page.Screenshot(ctx, shot))
	if image, err := os.ReadFile(shot); err != nil || !strings.HasPrefix(string(image), "\x89PNG") {
		t.Errorf("screenshot: %v", err)
	}
	f.must(f.browser.Close())
	f.gone()
}

func TestCrash(t *testing.T) {
	f := start(t)
	f.must(syscall.Kill(f.browser.PID(), syscall.SIGKILL))
	f.gone()
}

// gone checks that nothing of the browser is left.
func (f fixture) gone() {
	f.Helper()
	select {
	case <-f.browser.Done():
	case <-time.After(15 * time.Second):
		f.Fatal("still there")
	}
	if err := f.page.WaitFor(limit(f.T, 5*time.Second), "true"); !errors.Is(err, ErrGone) {
		f.Errorf("a page of a dead browser says %v", err)
	}
	f.browser.Close() // again: no harm
	f.must(poll(limit(f.T, 5*time.Second), func() (bool, error) {
		return errors.Is(syscall.Kill(-f.browser.PID(), 0), syscall.ESRCH), nil
	}))
}

func TestStartFails(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		opt        Options
	}{
		{"no program", "no-such-firefox", Options{Exe: "no-such-firefox", Profile: t.TempDir()}},
		{"no profile", "no profile folder", Options{}},
		{"ends at once", "the browser is gone", Options{Exe: "/bin/true", Profile: t.TempDir()}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Start(limit(t, 10*time.Second), tt.opt)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("err = %v, want …%s…", err, tt.want)
			}
		})
	}
}

func TestReadFrame(t *testing.T) {
	for _, tt := range []struct {
		name, in, want string
		ok             bool
	}{
		{"whole", `4:[1]x…`, `[1]x`, true},
		{"empty", `0:`, ``, true},
		{"bytes, not characters", `2:è`, `è`, true},
		{"cut", `5:[1]`, ``, false},
		{"no length", `:[1]`, ``, false},
		{"negative", `-1:[1]`, ``, false},
		{"far too long", `99999999999:[1]`, ``, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readFrame(bufio.NewReader(strings.NewReader(tt.in)))
			if (err == nil) != tt.ok || tt.ok && string(got) != tt.want {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}
