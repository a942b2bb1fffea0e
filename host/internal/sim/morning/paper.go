package morning

import (
	"context"
	"fmt"

	"raccordo/host/internal/sim/paper"
)

// prints chooses a printer in the extension's settings and has the slips of the
// prescriptions printed that are left.
func (d *Day) prints(ctx context.Context) error {
	printer := paper.Practice[0].Name
	settings, err := d.Browser.Open(ctx, "chrome-extension://"+d.Browser.ExtensionID()+"/options.html")
	if err != nil {
		return err
	}
	if err := settings.ClickAX(ctx, "button", "^Imposta: Rosse e bianche dematerializzate"); err != nil {
		return err
	}
	if err := settings.ClickSelector(ctx, fmt.Sprintf("input[value=%q]", printer)); err != nil {
		return err
	}
	if err := settings.ClickAX(ctx, "button", "^Salva$"); err != nil {
		return err
	}
	if err := settings.WaitFor(ctx, `document.querySelector("[data-kind=promemoria]")?.dataset.state === "ready"`); err != nil {
		return err
	}
	if err := settings.Close(ctx); err != nil {
		return err
	}
	if err := d.Page.Front(ctx); err != nil {
		return err
	}
	left := len(d.nres) - 1 // one was cancelled
	if err := d.Page.ClickAX(ctx, "tab", fmt.Sprintf("^Trasmesse %d$", left)); err != nil {
		return err
	}
	if err := d.Page.ClickAX(ctx, "button", fmt.Sprintf(`^Stampa tutte \(%d\)$`, left)); err != nil {
		return err
	}
	if err := d.Page.WaitFor(ctx, fmt.Sprintf(`document.querySelectorAll("[data-stampa=printed]").length === %d`, left)); err != nil {
		return err
	}
	sheets, err := d.Lab.Paper.Await(ctx, printer, left)
	if err == nil && len(sheets) != left {
		err = fmt.Errorf("%d sheets in the printer, want %d", len(sheets), left)
	}
	return err
}
