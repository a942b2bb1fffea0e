package morning

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/paper"
)

const laser = "Laser_Studio"

func printRoom() lab.Options {
	return lab.Options{Printers: []paper.Printer{{Name: laser, Location: "Studio 1", Trays: paper.Trays}, {Name: "Segreteria"}}}
}

// office is a doctor with a printer. What it waits for it sees in the page, or
// lying in the printer.
type office struct {
	*desk
	settings surface // "Configurazione stampanti"
}

// printing opens the settings of the printers beside the clinic.
func (d *desk) printing(own func(file string) (surface, error)) *office {
	d.t.Helper()
	s, err := own("options.html")
	d.must(err)
	return &office{d, s}
}

func (p *practice) chromiumOwn(file string) (surface, error) {
	page, err := p.day.Browser.Open(p.limit(), "chrome-extension://"+p.day.Browser.ExtensionID()+"/"+file)
	return chromiumTab{page}, err
}

func (f *fox) own(file string) (surface, error) {
	page, err := f.browser.OpenOwn(f.limit(), file)
	return firefoxTab{page}, err
}

// kinds are the cards of the settings, by what their names begin with.
var kinds = map[string]string{"rossa": "Rosse cartacee", "bianca": "Bianche cartacee", "promemoria": "Rosse e bianche dematerializzate"}

// chooses sets the printer of a kind of sheet.
func (o *office) chooses(kind, printer string) {
	o.t.Helper()
	o.must(o.settings.click(o.limit(), "button", "^Imposta: "+kinds[kind]))
	o.must(o.settings.clickSelector(o.limit(), fmt.Sprintf("input[value=%q]", printer)))
	o.must(o.settings.click(o.limit(), "button", "^Salva$"))
	o.ready(kind)
	o.shows("stampanti")
}

func (o *office) ready(kind string) {
	o.t.Helper()
	o.until(kind+" is ready", func() bool {
		var state string
		o.must(o.settings.Eval(o.limit(), fmt.Sprintf(`document.querySelector("[data-kind=%s]")?.dataset.state ?? ""`, kind), &state))
		return state == "ready"
	})
}

func (o *office) shows(name string) {
	o.t.Helper()
	if *pictures != "" {
		o.must(o.settings.shoot(o.limit(), filepath.Join(*pictures, o.name+"-"+name+".png")))
	}
}

func (o *office) looks(name string) {
	o.t.Helper()
	if *pictures != "" {
		o.must(o.clinic.shoot(o.limit(), filepath.Join(*pictures, o.name+"-"+name+".png")))
	}
}

// came waits until so many sheets lie in the printer, no more.
func (o *office) came(n int) []paper.Sheet {
	o.t.Helper()
	var sheets []paper.Sheet
	o.until(fmt.Sprintf("%d sheets", n), func() bool {
		var err error
		sheets, err = o.lab.Paper.Sheets(laser)
		o.must(err)
		return len(sheets) >= n
	})
	if len(sheets) > n {
		o.t.Fatalf("%d sheets, want %d", len(sheets), n)
	}
	return sheets
}

// reads is what stands on a sheet, by a reader of others.
func (o *office) reads(s paper.Sheet) string {
	o.t.Helper()
	out, err := exec.CommandContext(o.limit(), "pdftotext", "-layout", s.Path, "-").Output()
	o.must(err)
	return string(out)
}

func (o *office) prints(row int) {
	o.t.Helper()
	o.must(o.clinic.clickSelector(o.limit(), fmt.Sprintf(`#righe > li:nth-child(%d) [data-action="again"]`, row)))
}

// jobs waits until the rows of the list say how their sheets stand.
func (o *office) jobs(states ...string) {
	o.t.Helper()
	want := strings.Join(states, " ")
	var got string
	o.until("sheets "+want, func() bool {
		o.must(o.clinic.Eval(o.limit(), `[...document.querySelectorAll("#righe [data-stampa]")].map((e) => e.dataset.stampa).join(" ")`, &got))
		return got == want
	})
}

// works sends three prescriptions and has all their slips printed at once.
func (o *office) works() {
	o.t.Helper()
	o.click("button", "^Elabora tutte$")
	o.click("tab", "^Trasmesse 3$")
	o.click("button", `^Stampa tutte \(3\)$`)
	o.jobs("printed", "printed", "printed")
	o.looks("stampate")
	var nres []string
	o.must(o.clinic.Eval(o.limit(), `[...document.querySelectorAll("#righe .nre")].map((e) => e.textContent)`, &nres))
	var found []string
	for _, s := range o.came(3) {
		text := o.reads(s)
		if !strings.HasPrefix(s.Title, "Raccordo ") || strings.Contains(s.Title, nres[0]) {
			o.t.Errorf("the print service is told %q", s.Title)
		}
		for _, nre := range nres {
			if strings.Contains(text, nre) || strings.Contains(text, nre[:5]) && strings.Contains(text, nre[5:]) {
				found = append(found, nre)
			}
		}
	}
	slices.Sort(nres)
	slices.Sort(found)
	if !slices.Equal(nres, found) {
		o.t.Errorf("slips of %q, want %q", found, nres)
	}
}

// runsOut prints with an empty tray: the page says it, and that it went on.
func (o *office) runsOut(already int) {
	o.t.Helper()
	o.must(o.lab.Paper.Set(laser, paper.PaperOut))
	o.prints(1)
	o.sees("^Stampa in attesa: Promemoria ")
	o.sees("^Manca la carta nella stampante")
	o.jobs("held", "printed", "printed")
	o.looks("senza-carta")
	o.must(o.lab.Paper.Set(laser, paper.Fine))
	o.sees("^Stampa ripresa: Promemoria ")
	o.jobs("printed", "printed", "printed")
	o.looks("ripresa")
	o.came(already + 1)
}

// listens tells whether one of the processes has a TCP socket that anybody could
// connect to (proc(5), net/tcp, state 0A).
func listens(pids ...int) (bool, error) {
	open := map[string]bool{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			return false, err
		}
		for _, line := range strings.Split(string(text), "\n") {
			if f := strings.Fields(line); len(f) > 9 && f[3] == "0A" {
				open["socket:["+f[9]+"]"] = true
			}
		}
	}
	for _, pid := range pids {
		files, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
		if err != nil || len(files) == 0 {
			return false, fmt.Errorf("process %d: %d files, %w", pid, len(files), err)
		}
		for _, file := range files {
			if target, err := os.Readlink(file); err == nil && open[target] {
				return true, nil
			}
		}
	}
	return false, nil
}

// portless makes sure that nothing of ours listens while it prints.
func (o *office) portless() {
	o.t.Helper()
	agent, err := o.lab.AgentPID()
	o.must(err)
	relays, err := o.lab.RelayPIDs()
	o.must(err)
	if open, err := listens(append(relays, agent)...); err != nil || open || len(relays) == 0 {
		o.t.Errorf("agent %d and relays %v listen: %v, %v", agent, relays, open, err)
	}
	if open, err := listens(os.Getpid()); err != nil || !open { // this test does, for the clinic
		o.t.Errorf("a port that is open was not seen: %v", err)
	}
}

// cutOff makes sure that the clinic's page is one of the internet to this browser: what
// listens on the PC is out of its reach, and it has printed all the same.
func (o *office) cutOff() {
	o.t.Helper()
	var asked atomic.Int32
	local := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer local.Close()
	res, err := http.Get(local.URL)
	o.must(err)
	res.Body.Close()
	page, err := o.day.Browser.Open(o.limit(), "about:blank")
	o.must(err)
	o.must(page.Lawless(o.limit()))
	o.must(page.Navigate(o.limit(), o.lab.Clinic.URL))
	var outcome string
	o.must(page.Eval(o.limit(), fmt.Sprintf(`fetch(%q, { mode: "no-cors" }).then(() => "reached", (e) => e.name)`, local.URL), &outcome))
	if outcome != "TypeError" || asked.Load() != 1 {
		o.t.Errorf("a page of the internet asked a port of this PC: %s, %d requests", outcome, asked.Load())
	}
	o.must(page.Close(o.limit()))
	o.must(o.page().Front(o.limit()))
}
