package clinic

import (
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"raccordo/host/internal/sim/browser"
)

// -shots keeps a picture of each page, to be looked at.
var shots = flag.String("shots", "", "folder for screenshots")

func TestMain(m *testing.M) {
	if startedByBrowser(os.Args) {
		playHost(os.Stdin, os.Stdout)
		return
	}
	goleak.VerifyTestMain(m)
}

// patience is how long a step may take on a busy machine: a test that holds does
// not wait for it.
const patience = 40 * time.Second

type desk struct {
	t       *testing.T
	ctx     context.Context
	browser *browser.Browser
	url     string
}

// newDesk starts the application and a browser with a stand-in for the
// extension, which knows the page API only.
func newDesk(t *testing.T, extension string, opt Options) desk {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	t.Cleanup(cancel)
	server := httptest.NewServer(handler(t, opt))
	t.Cleanup(server.Close)
	b, err := browser.Start(ctx, browser.Options{
		Headless: true, UserDataDir: filepath.Join(t.TempDir(), "profilo"), Extension: extension,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return desk{t, ctx, b, server.URL}
}

func (d desk) open(t *testing.T, path string) *sheet {
	t.Helper()
	p, err := d.browser.Open(d.ctx, d.url+path)
	if err != nil {
		t.Fatal(err)
	}
	s := &sheet{t, d.ctx, p, d.url}
	s.must(p.Resize(d.ctx, browser.Size{Width: 1280, Height: 800}))
	t.Cleanup(func() {
		if problems := p.Problems(); len(problems) > 0 {
			t.Errorf("the page complains: %q", problems)
		}
		_ = p.Close(d.ctx)
	})
	return s
}

// sheet is a page under test: every step fails the test or holds.
type sheet struct {
	t    *testing.T
	ctx  context.Context
	page *browser.Page
	url  string
}

func (s *sheet) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *sheet) click(role, name string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	s.must(s.page.ClickAX(ctx, role, name))
}

func (s *sheet) sees(role, name string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	_, err := s.page.WaitAX(ctx, role, name)
	s.must(err)
}

func (s *sheet) holds(condition string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	s.must(s.page.WaitFor(ctx, condition))
}

func (s *sheet) press(keys ...string) {
	s.t.Helper()
	for _, k := range keys {
		s.must(s.page.Press(s.ctx, k))
	}
}

func (s *sheet) counts(want string) {
	s.t.Helper()
	s.holds(fmt.Sprintf(`[...document.querySelectorAll('[role=tab] .contatore')].map(e => e.textContent).join(" ") === %q`, want))
}

// shot keeps the page as a desk has it, and as it is at a zoom of 200 %.
func (s *sheet) shot(name string) {
	s.t.Helper()
	if *shots == "" {
		return
	}
	s.picture(name, browser.Size{Width: 1280, Height: 900})
	s.picture(name+"-200", browser.Size{Width: 640, Height: 1100})
	s.must(s.page.Resize(s.ctx, browser.Size{Width: 1280, Height: 800}))
}

func (s *sheet) picture(name string, size browser.Size) {
	s.t.Helper()
	if *shots == "" {
		return
	}
	s.must(s.page.Front(s.ctx)) // one behind another is not drawn
	s.must(s.page.Resize(s.ctx, size))
	file, err := filepath.Abs(filepath.Join(*shots, name+".png"))
	s.must(err)
	s.must(s.page.Screenshot(s.ctx, file))
}

func TestInBrowser(t *testing.T) {
	d := newDesk(t, "testdata/finto", Options{Guide: true, CardURL: "http://127.0.0.1:9/", FSEURL: "http://127.0.0.1:8"})
	t.Run("patients", func(t *testing.T) { patients(d.open(t, "/")) })
	t.Run("patient page", func(t *testing.T) { patientPage(d.open(t, "/#/pazienti")) })
	t.Run("menu", func(t *testing.T) { menu(d.open(t, "/")) })
	t.Run("all sent", func(t *testing.T) { allSent(d.open(t, "/#/ricette")) })
	t.Run("some refused", func(t *testing.T) { someRefused(d.open(t, "/?finto=misto#/ricette")) })
	t.Run("not connected", func(t *testing.T) { notConnected(d.open(t, "/?finto=scollegato#/ricette")) })
	t.Run("reload during a batch", func(t *testing.T) { reloaded(d.open(t, "/?finto=lento#/ricette")) })
	t.Run("unknown", func(t *testing.T) { unknown(d.open(t, "/?finto=ignoto#/ricette")) })
	t.Run("undecided", func(t *testing.T) { undecided(d.open(t, "/?finto=decidere#/ricette")) })
	t.Run("exhausted", func(t *testing.T) { exhausted(d.open(t, "/?finto=esaurite#/ricette")) })
	t.Run("sent by itself", func(t *testing.T) { byItself(d.open(t, "/?finto=coda#/ricette")) })
	t.Run("later", func(t *testing.T) { later(d.open(t, "/#/ricette")) })
	t.Run("batch of 100", func(t *testing.T) { hundred(d.open(t, "/?finto=veloce#/ricette")) })
	t.Run("validity, copy, paper", func(t *testing.T) { validity(d.open(t, "/#/ricette")) })
	t.Run("red form", func(t *testing.T) { redForm(d.open(t, "/#/ricette")) })
	t.Run("new prescription", func(t *testing.T) { newOne(d.open(t, "/#/pazienti")) })
	t.Run("special cases", func(t *testing.T) { specialCases(d.open(t, "/#/pazienti")) })
	t.Run("narrow", func(t *testing.T) { narrow(d.open(t, "/#/ricette")) })
	t.Run("substitute", func(t *testing.T) { substitute(d.open(t, "/#/sostituto")) })
	t.Run("secretary", func(t *testing.T) { secretary(d.open(t, "/?ruolo=segreteria#/profilo")) })
	t.Run("sign", func(t *testing.T) { signs(d.open(t, "/")) })
	t.Run("sign those of a patient", func(t *testing.T) { signsOfOne(d.open(t, "/")) })
	t.Run("sign without a key", func(t *testing.T) { signsOtherwise(d.open(t, "/?finto=senzafirma#/documenti")) })
	t.Run("sign with a wrong OTP", func(t *testing.T) { signsWithWrongOTP(d.open(t, "/?finto=otpsbagliato#/documenti")) })
	t.Run("sign some", func(t *testing.T) { signsSome(d.open(t, "/?finto=firmamista#/documenti")) })
	t.Run("stop signing", func(t *testing.T) { stopsSigning(d.open(t, "/?finto=lento#/documenti")) })
	t.Run("every entry of the menu", func(t *testing.T) { entries(d.open(t, "/")) })
}

func patients(s *sheet) {
	s.sees("heading", "^Pazienti$")
	s.sees("StaticText", "^Raccordo 1.0: non collegato alla regione$")
	s.shot("pazienti")
	s.must(s.page.ClickSelector(s.ctx, "#cerca"))
	s.must(s.page.Type(s.ctx, "sara ferr"))
	s.holds(`document.querySelectorAll("#elenco tbody tr").length === 1`)
	s.sees("status", "")
	s.must(s.page.Type(s.ctx, "zz"))
	s.sees("StaticText", "Nessun paziente corrisponde a “sara ferrzz”")
	s.must(s.page.Reload(s.ctx))
	s.holds(`document.querySelector("#cerca")?.value === "sara ferrzz"`)
}

func patientPage(s *sheet) {
	s.click("link", "^BIANCHI LUCIA$")
	s.holds(`document.querySelector("section.scheda-paziente").dataset.cf.startsWith("BNCLCU50A41X002")`)
	s.sees("button", "^Data ultima sincronizzazione: -$")
	s.holds(`document.querySelector(".scheda-azioni + aside.post-it") !== null`)
	s.holds(`(e => e.getBoundingClientRect().right === e.parentElement.getBoundingClientRect().right)(document.querySelector(".scheda-azioni [data-finto]"))`)
	s.holds(`["indirizzo","comune","provincia","cap","telefono"].every(n => document.querySelector("input[name=" + n + "]").value !== "")`)
	s.shot("scheda")
	s.must(s.page.ClickSelector(s.ctx, "[name=indirizzo]"))
	s.press("Control+a")
	s.must(s.page.Type(s.ctx, "VIA NUOVA 1"))
	s.must(s.page.Reload(s.ctx))
	s.holds(`document.querySelector("[name=indirizzo]")?.value === "VIA NUOVA 1"`)
}

func menu(s *sheet) {
	s.sees("button", "^Giulia Verdi$")
	s.holds(`/^VRDGLI75C41X000[A-Z]$/.test(document.querySelector("#menu-utente").dataset.cf) && document.querySelector("#menu-utente-voci").hidden && document.querySelector("#menu-utente").ariaExpanded === "false"`)
	s.click("button", "^Giulia Verdi$")
	s.sees("menuitem", "^Login Cloud regionale$")
	s.shot("menu")
	items, err := s.page.FindAllAX(s.ctx, "menuitem", "")
	s.must(err)
	var names []string
	for _, i := range items {
		names = append(names, i.Name)
	}
	want := []string{
		"Profilo", "Gestione Servizi", "Modalità Medico Sostituto", "Report e statistiche", "Impostazioni e Privacy",
		"Login Cloud regionale", "Guida e FAQ", "Invita un collega", "Esci",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		s.t.Errorf("menu (-want +got):\n%s", diff)
	}
	s.press("Escape")
	s.holds(`document.querySelector("#menu-utente-voci").hidden && document.activeElement.id === "menu-utente"`)
	s.press("Enter") // by keyboard: the first entry has the focus
	s.holds(`document.activeElement.textContent === "Profilo"`)
	s.press("ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp") // Esci, Invita, Guida, the injected one
	s.holds(`document.activeElement.dataset.finto === ""`)
	s.press("ArrowUp")
	s.holds(`document.activeElement.textContent === "Impostazioni e Privacy"`)
	s.press("Enter")
	s.sees("heading", "^Impostazioni e Privacy$")
	s.holds(`document.querySelector("#menu-utente-voci").hidden && document.querySelector("#menu-utente").getAttribute("aria-expanded") === "false"`)
}

func narrow(s *sheet) {
	fits := `document.documentElement.scrollWidth <= 390`
	size := browser.Size{Width: 390, Height: 780}
	s.must(s.page.Resize(s.ctx, size))
	s.holds(`document.querySelectorAll(".ricetta").length === 3 && ` + fits)
	s.picture("stretto-ricette", size)
	s.click("link", "^Pazienti$")
	s.holds(`document.querySelector("#elenco tbody") && ` + fits)
	s.picture("stretto-pazienti", size)
	s.click("link", "^BIANCHI LUCIA$")
	s.holds(`document.querySelector(".scheda-paziente") && ` + fits)
	s.picture("stretto-scheda", size)
	s.click("button", "^Nascondi$")
	s.click("button", "^Guida della demo$")
	s.sees("complementary", "^Guida della demo$")
}

func substitute(s *sheet) {
	user := func(titolare string) {
		s.holds(fmt.Sprintf(`(d => d.ruolo === "medico" && /^VRDGLI/.test(d.cf) && /^%s$/.test(d.titolare))(document.querySelector("#menu-utente").dataset)`, titolare))
	}
	user("")
	s.click("button", "^Sostituisci Paolo Neri$")
	user("NREPLA68T12X001[A-Z]")
	s.shot("sostituto")
	s.must(s.page.Reload(s.ctx))
	user("NREPLA68T12X001[A-Z]")
	s.click("link", "^Ricette")
	s.click("button", "^Elabora$")
	s.counts("2 0 1 0")
	s.holds(`/^NREPLA68T12X001[A-Z]$/.test(document.documentElement.dataset.titolare)`)
	s.must(s.page.Navigate(s.ctx, s.url+"/#/sostituto"))
	s.click("button", "^Termina la sostituzione$")
	user("")
}

func secretary(s *sheet) {
	s.sees("StaticText", "^Segreteria$")
	s.click("link", "^Pazienti$")
	s.holds(`document.querySelector("#elenco tbody") && document.querySelector("#menu-utente").dataset.ruolo === "segreteria"`)
}

func entries(s *sheet) {
	for _, name := range []string{"Profilo", "Gestione Servizi", "Modalità Medico Sostituto", "Report e statistiche", "Guida e FAQ", "Invita un collega", "Esci"} {
		s.click("button", "^Giulia Verdi$")
		s.click("menuitem", "^"+name+"$")
		s.sees("heading", "^"+name+"$")
	}
}

func TestWithoutRaccordo(t *testing.T) {
	s := newDesk(t, "", Options{}).open(t, "/#/ricette")
	begun := time.Now()
	s.sees("StaticText", "^Raccordo non è presente in questo browser$")
	if waited := time.Since(begun); waited > 4*time.Second {
		t.Errorf("said after %v", waited)
	}
	s.click("button", "^Elabora tutte$")
	s.sees("StaticText", "Installare o attivare l’estensione Raccordo")
	s.counts("3 0 0 0")
	s.shot("assente")
	if _, err := s.page.FindAX(s.ctx, "complementary", "Guida della demo"); err == nil {
		t.Error("a guide nobody asked for")
	}
}
