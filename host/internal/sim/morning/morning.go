// Package morning is a doctor's whole morning in a real browser: the page, the
// card, the login, a patient, three prescriptions, their slips on paper, the card pulled out and put
// back, the logout, and the same region without the card. Demo and end-to-end test play the same morning; each step
// is true or the morning fails.
//
// It looks at the page as a screen reader does and clicks as a hand does; it
// asks the simulated region and the virtual card what they saw.
package morning

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"raccordo/host/internal/sim/browser"
	"raccordo/host/internal/sim/lab"
)

// stepTime bounds one step; nothing in a morning takes so long.
const stepTime = 30 * time.Second

// Step is what one step showed.
type Step struct {
	Number     int
	Name       string // Italian, for people
	Took       time.Duration
	Screenshot string
}

// Options of a morning.
type Options struct {
	Lab     *lab.Lab
	Browser *browser.Browser
	Shots   string     // folder for the screenshots
	Report  func(Step) // after each step
}

// Day is a morning under way.
type Day struct {
	Options
	Page *browser.Page // the clinic
	nres []string      // of the prescriptions sent
}

// Open starts a day on the clinic's page.
func Open(ctx context.Context, opt Options) (*Day, error) {
	if err := os.MkdirAll(opt.Shots, 0o755); err != nil {
		return nil, err
	}
	page, err := opt.Browser.Open(ctx, opt.Lab.Clinic.URL+"/#/pazienti")
	if err != nil {
		return nil, err
	}
	return &Day{Options: opt, Page: page}, nil
}

// paperStep needs a print service; a lab that has none goes without.
const paperStep = "Stampante scelta, promemoria stampati senza finestre"

// steps in their order, with the names people read.
var steps = []struct {
	name string
	do   func(*Day, context.Context) error
}{
	{"Il programma clinico mostra Raccordo, non collegato", (*Day).arrives},
	{"Carta inserita: la pagina mostra il titolare", (*Day).insertsCard},
	{"Login Cloud regionale con la carta", (*Day).logsIn},
	{"Sincronizzazione della paziente", (*Day).syncsPatient},
	{"Tre ricette elaborate, una annullata", (*Day).prescribes},
	{paperStep, (*Day).prints},
	{"Carta estratta e reinserita: di nuovo collegati", (*Day).pullsCard},
	{"Logout Cloud Regionale", (*Day).logsOut},
	{"Senza carta: Login Cloud regionale con SPID", (*Day).entersBySPID},
	{"Sincronizzazione via cloud e logout", (*Day).worksWithoutCard},
}

// Play runs all steps and stops at the first that is not true.
func (d *Day) Play(ctx context.Context) error {
	number := 0
	for _, s := range steps {
		if s.name == paperStep && d.Lab.Paper == nil {
			continue
		}
		number++
		started := time.Now()
		if err := d.step(ctx, s.do); err != nil {
			d.shoot(ctx, fmt.Sprintf("%d-errore", number))
			return fmt.Errorf("step %d, %s: %w", number, s.name, err)
		}
		took := time.Since(started)
		shot, err := d.shoot(ctx, fmt.Sprint(number))
		if err != nil {
			return err
		}
		if d.Report != nil {
			d.Report(Step{number, s.name, took, shot})
		}
	}
	if problems := d.Page.Problems(); len(problems) > 0 {
		return fmt.Errorf("the page complains: %q", problems)
	}
	return nil
}

func (d *Day) step(ctx context.Context, do func(*Day, context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, stepTime)
	defer cancel()
	return do(d, ctx)
}

// shoot keeps a screenshot of the clinic's page.
func (d *Day) shoot(ctx context.Context, name string) (string, error) {
	file := filepath.Join(d.Shots, name+".png")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return file, d.Page.Screenshot(ctx, file)
}
