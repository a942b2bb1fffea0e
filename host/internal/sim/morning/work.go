package morning

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"raccordo/host/internal/sim/anagrafe"
)

// patient is the one whose page the doctor opens.
func patient() anagrafe.Patient { return anagrafe.Patients()[0] }

// typed is what the doctor wrote; no synchronisation may touch it.
const typed = "VIA SCRITTA DAL MEDICO 99"

func (d *Day) syncsPatient(ctx context.Context) error {
	p := patient()
	if err := d.Page.Navigate(ctx, d.Lab.Clinic.URL+"/#/pazienti/"+p.CF); err != nil {
		return err
	}
	if _, err := d.Page.WaitAX(ctx, "", `Data ultima sincronizzazione: -`); err != nil {
		return err
	}
	if err := d.write(ctx, `input[name="indirizzo"]`, typed); err != nil {
		return err
	}
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		return err
	}
	before := time.Now().In(rome)
	if err := d.Page.ClickAX(ctx, "button", "^Sincronizza con la regione$"); err != nil {
		return err
	}
	after := func() time.Time { return time.Now().In(rome) }
	shown, err := d.Page.WaitAX(ctx, "", `^Data ultima sincronizzazione: \d\d/\d\d/\d{4} \d\d:\d\d$`)
	if err != nil {
		return err
	}
	// The minute of the click, which may have changed while we looked.
	const form = "02/01/2006 15:04"
	at := strings.TrimPrefix(shown.Name, "Data ultima sincronizzazione: ")
	if at != before.Format(form) && at != after().Format(form) {
		return fmt.Errorf("synchronised at %q, clicked at %q", at, before.Format(form))
	}
	for _, want := range []string{"^Dati dalla regione$", regexp.QuoteMeta(p.Exemptions[0].Code), regexp.QuoteMeta(p.Street), "^diverso da quanto inserito$"} {
		if _, err := d.Page.WaitAX(ctx, "", want); err != nil {
			return err
		}
	}
	var field string
	if err := d.Page.Eval(ctx, `document.querySelector('input[name="indirizzo"]').value`, &field); err != nil {
		return err
	}
	if field != typed {
		return fmt.Errorf("the doctor's address became %q", field)
	}
	return nil
}

// write replaces the contents of an input by typing.
func (d *Day) write(ctx context.Context, selector, text string) error {
	if err := d.Page.ClickSelector(ctx, selector); err != nil {
		return err
	}
	if err := d.Page.Eval(ctx, fmt.Sprintf("document.querySelector(%q).select()", selector), nil); err != nil {
		return err
	}
	return d.Page.Type(ctx, text)
}

func (d *Day) prescribes(ctx context.Context) error {
	if err := d.Page.Navigate(ctx, d.Lab.Clinic.URL+"/#/ricette"); err != nil {
		return err
	}
	if err := d.Page.ClickAX(ctx, "button", "^Elabora tutte$"); err != nil {
		return err
	}
	if err := d.Page.ClickAX(ctx, "tab", "^Trasmesse 3$"); err != nil {
		return err
	}
	if err := d.readNREs(ctx); err != nil {
		return err
	}
	if _, err := d.shoot(ctx, "5a-trasmesse"); err != nil {
		return err
	}
	if err := d.onFSE(ctx, d.nres, nil); err != nil {
		return err
	}
	if err := d.viewsState(ctx, 0, "Stato 3"); err != nil {
		return err
	}
	if _, err := d.shoot(ctx, "5b-stato"); err != nil {
		return err
	}
	if err := d.Page.ClickAX(ctx, "button", "^Chiudi$"); err != nil {
		return err
	}
	return d.cancels(ctx)
}

var (
	nre  = regexp.MustCompile(`^090[0-9A-Z]{2}[0-7][0-9]{9}$`)
	auth = regexp.MustCompile(`^[0-9]{30}$`)
)

func (d *Day) readNREs(ctx context.Context) error {
	var shown [][2]string
	const read = `[...document.querySelectorAll("#lista .ricetta")].map((r) => [r.querySelector(".nre")?.textContent ?? "", r.querySelector(".codice-autenticazione")?.textContent ?? ""])`
	if err := d.Page.Eval(ctx, read, &shown); err != nil {
		return err
	}
	if len(shown) != 3 {
		return fmt.Errorf("%d prescriptions in the list of sent ones", len(shown))
	}
	d.nres = nil
	for _, s := range shown {
		if !nre.MatchString(s[0]) || !auth.MatchString(s[1]) {
			return fmt.Errorf("NRE %q with authentication code %q", s[0], s[1])
		}
		d.nres = append(d.nres, s[0])
	}
	return nil
}

func (d *Day) viewsState(ctx context.Context, row int, state string) error {
	selector := fmt.Sprintf(`#lista .ricetta:nth-child(%d) [data-action="view"]`, row+1)
	if err := d.Page.ClickSelector(ctx, selector); err != nil {
		return err
	}
	_, err := d.Page.WaitAX(ctx, "", "^"+state+" – ")
	return err
}

func (d *Day) cancels(ctx context.Context) error {
	gone := d.nres[0]
	if err := d.Page.ClickSelector(ctx, `#lista .ricetta:nth-child(1) [data-action="cancel"]`); err != nil {
		return err
	}
	if err := d.Page.ClickSelector(ctx, "#conferma-annullo"); err != nil {
		return err
	}
	if err := d.Page.ClickAX(ctx, "tab", "^Archivio 1$"); err != nil {
		return err
	}
	if err := d.viewsState(ctx, 0, "Stato 4"); err != nil {
		return err
	}
	if _, err := d.shoot(ctx, "5d-annullata"); err != nil {
		return err
	}
	if err := d.Page.ClickAX(ctx, "button", "^Chiudi$"); err != nil {
		return err
	}
	return d.onFSE(ctx, d.nres[1:], []string{gone})
}

// onFSE looks at the FSE pages of the patients: the live prescriptions are
// there, the others are not.
func (d *Day) onFSE(ctx context.Context, live, gone []string) error {
	var text strings.Builder
	for i, p := range anagrafe.Patients()[:3] {
		page, err := d.Browser.Open(ctx, d.Lab.Region.PortalURL()+"/assistito/"+p.CF)
		if err != nil {
			return err
		}
		var body string
		if err := page.Eval(ctx, "document.body.innerText", &body); err != nil {
			return err
		}
		text.WriteString(body)
		if i == 0 && gone == nil {
			if err := page.Screenshot(ctx, d.Shots+"/5c-fse.png"); err != nil {
				return err
			}
		}
		if err := page.Close(ctx); err != nil {
			return err
		}
	}
	for _, n := range live {
		if !strings.Contains(text.String(), n) {
			return fmt.Errorf("%s is not on the FSE", n)
		}
	}
	for _, n := range gone {
		if strings.Contains(text.String(), n) {
			return fmt.Errorf("%s is still on the FSE", n)
		}
	}
	return nil
}
