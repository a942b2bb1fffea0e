package morning

import (
	"context"
	"os"
	"strings"
	"testing"

	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/paper"
)

func TestPrinting(t *testing.T) {
	p := openPractice(t, printRoom())
	p.must(p.lab.Insert(p.limit()))
	o := p.chromiumDesk().printing(p.chromiumOwn)
	o.must(o.settings.see(o.limit(), "", "^Nessuna stampante scelta$"))
	for _, kind := range []string{"promemoria", "rossa", "bianca"} {
		o.chooses(kind, laser)
	}
	o.must(o.settings.click(o.limit(), "button", `^Stampa pagina di prova: Rosse e bianche dematerializzate`))
	o.must(o.settings.see(o.limit(), "", `^Pagina di prova (inviata alla stampante|in stampa|stampata)\.$`))
	o.came(1)
	o.must(o.settings.close(o.limit()))
	o.must(p.page().Front(o.limit()))
	p.must(removeSheets(o.lab.Paper, laser))

	p.atWork("#/ricette")
	o.works()
	o.portless()
	o.cutOff()
	o.runsOut(3)
	t.Run("looked at before", func(t *testing.T) { o.on(t).previews() })
	t.Run("the agent is killed", func(t *testing.T) { o.on(t).killed(4) })
	p.must(removeSheets(o.lab.Paper, laser))
	t.Run("white prescription, document", func(t *testing.T) { o.on(t).others() })
	p.must(removeSheets(o.lab.Paper, laser))
	t.Run("red form while the region is down", func(t *testing.T) { o.on(t).onPaper() })
	if problems := p.page().Problems(); len(problems) > 0 {
		t.Errorf("the page complains: %q", problems)
	}
}

func (o *office) on(t *testing.T) *office {
	d := *o.desk
	d.practice = o.practice.on(t)
	return &office{&d, o.settings}
}

// killed has the agent die while a sheet waits for a paused printer: it comes
// out once, and the page hears of it.
func (o *office) killed(already int) {
	o.t.Helper()
	o.must(o.lab.Paper.Pause(o.limit(), laser))
	o.prints(2)
	o.sees("^La stampante è in pausa.$")
	agent, err := o.lab.AgentPID()
	o.must(err)
	o.must(lab.KillProcess(agent))
	o.until("another agent", func() bool {
		now, err := o.lab.AgentPID()
		return err == nil && now != 0 && now != agent
	})
	o.must(o.lab.Paper.Resume(o.limit(), laser))
	o.came(already + 1)
	o.jobs("printed", "printed", "printed")
	o.came(already + 1)
}

// previews looks at a slip in the page. The first picture on a new PC takes its
// time: whoever is told so asks again.
func (o *office) previews() {
	o.t.Helper()
	const outcome = `new Promise((done) => {
		const look = () => {
			if (document.querySelector(".anteprima")?.naturalWidth > 500) return done("");
			const fault = document.querySelector("#dialogo .rilievo.errore");
			fault ? done(fault.textContent) : setTimeout(look, 50);
		};
		look();
	})`
	ctx, cancel := context.WithTimeout(o.t.Context(), 6*patience)
	defer cancel()
	for fault := "-"; fault != ""; {
		o.must(o.clinic.clickSelector(o.limit(), `#righe > li:nth-child(1) [data-action="preview"]`))
		o.must(o.clinic.Eval(ctx, outcome, &fault))
		if fault == "" {
			o.looks("anteprima")
		} else if !strings.Contains(fault, "deadline") && !strings.Contains(fault, "print.render_failed") {
			o.t.Fatal(fault)
		}
		o.click("button", "^Chiudi$")
	}
}

// others prints what is no slip.
func (o *office) others() {
	o.t.Helper()
	o.must(o.clinic.visit(o.limit(), o.lab.Clinic.URL+"/"+patientPage()))
	o.click("button", "^Ricetta bianca$")
	o.looks("bianca")
	o.click("button", "^Stampa$")
	o.sees("^Ricetta bianca")
	white := o.came(1)[0]
	if text := o.reads(white); !strings.Contains(text, "KETOPROFENE 50 MG 30 CAPSULE") || !strings.Contains(text, patient().CF) {
		o.t.Errorf("the white prescription reads %q", text)
	}
	o.must(o.clinic.visit(o.limit(), o.lab.Clinic.URL+"/"+allDocuments))
	o.sees(`^profilo-Bianchi\.pdf · \d+ kB$`) // its row is drawn anew when its bytes are there
	o.must(o.clinic.clickSelector(o.limit(), "[data-documento^=profilo] [data-firma=stampa]"))
	document := o.came(2)[1]
	if text := o.reads(document); !strings.Contains(text, "Profilo sanitario sintetico") {
		o.t.Errorf("the document reads %q", text)
	}
	o.must(o.clinic.Eval(o.limit(), `new Promise((done) => {
		const look = () => document.querySelector("[data-stampa=printed]") ? done() : setTimeout(look, 20);
		look();
	})`, nil))
	o.looks("documento")
}

// onPaper is the way out when the region does not answer.
func (o *office) onPaper() {
	o.t.Helper()
	o.intents(nil)
	o.must(o.clinic.clickSelector(o.limit(), `#righe > li:nth-child(1) [data-action="red"]`))
	o.looks("rossa")
	o.click("button", "^Stampa rossa$")
	o.click("tab", "^Archivio 1$")
	o.sees("^Su modulo rosso$")
	o.looks("rossa-stampata")
	text := o.reads(o.came(1)[0])
	if !strings.Contains(text, "RAMIPRIL") || strings.Contains(text, "PROMEMORIA") {
		o.t.Errorf("the red form reads %q", text)
	}
}

func removeSheets(s *paper.Server, printer string) error {
	sheets, err := s.Sheets(printer)
	if err != nil {
		return err
	}
	for _, sheet := range sheets {
		if err := os.Remove(sheet.Path); err != nil {
			return err
		}
	}
	return nil
}

func TestPrintingInFirefox(t *testing.T) {
	p := openPractice(t, printRoom())
	f := p.openFirefox()
	p.must(p.lab.Insert(p.limit()))
	o := f.desk().printing(f.own)
	o.chooses("promemoria", laser)
	o.must(o.settings.close(o.limit()))
	p.rightPIN()
	f.logsIn()
	f.visit("#/ricette")
	o.works()
	o.runsOut(3)
	problems, err := f.browser.Problems(f.limit())
	f.must(err)
	if len(problems) > 0 {
		t.Errorf("the extension complains: %q", problems)
	}
}
