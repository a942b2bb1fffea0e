package morning

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"time"

	"raccordo/host/internal/sim/browser"
)

// entersBySPID goes in without the card, by the region's page in a window of
// the browser.
func (d *Day) entersBySPID(ctx context.Context) error {
	d.Lab.Card.Remove()
	if err := d.Badge(ctx, "^Non collegato$"); err != nil {
		return err
	}
	if _, err := d.menu(ctx); err != nil {
		return err
	}
	if err := d.Page.ClickAX(ctx, "menuitem", "^Login Cloud regionale$"); err != nil {
		return err
	}
	if err := d.Badge(ctx, "^In attesa della pagina della regione…$"); err != nil {
		return err
	}
	window, err := d.Browser.Attach(ctx, "/authorize")
	if err != nil {
		return err
	}
	if _, err := window.WaitAX(ctx, "link", "^Entra con SPID$"); err != nil {
		return err
	}
	if err := window.Screenshot(ctx, filepath.Join(d.Shots, "8a-regione.png")); err != nil {
		return err
	}
	if err := window.ClickAX(ctx, "link", "^Entra con SPID$"); err != nil {
		return err
	}
	if _, err := window.WaitAX(ctx, "", "^Accesso con SPID$"); err != nil {
		return err
	}
	if err := ending(ctx, window, "^Entra$"); err != nil {
		return err
	}
	if err := d.Badge(ctx, `^Collegato – `+regexp.QuoteMeta(d.holder())+` · SPID L2 · dalle \d\d:\d\d$`); err != nil {
		return err
	}
	if n := d.Lab.Region.LiveSessions(); n != 1 {
		return fmt.Errorf("%d sessions at the region", n)
	}
	return nil
}

// ending presses a button that ends its window. A browser drops what is clicked
// before a new page has been painted, so a click without effect is repeated.
func ending(ctx context.Context, window *browser.Page, name string) error {
	for {
		err := window.ClickAX(ctx, "button", name)
		for until := time.Now().Add(time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
			if window.Eval(ctx, "location.href", nil) != nil && ctx.Err() == nil {
				return nil // gone
			}
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s does nothing: %w", name, err)
		}
	}
}

// worksWithoutCard synchronises the patient and logs out of the region and of
// the login at its page.
func (d *Day) worksWithoutCard(ctx context.Context) error {
	if err := d.Page.Navigate(ctx, d.Lab.Clinic.URL+"/#/pazienti/"+patient().CF); err != nil {
		return err
	}
	if err := d.Page.ClickAX(ctx, "button", "^Sincronizza con la regione$"); err != nil {
		return err
	}
	if _, err := d.Page.WaitAX(ctx, "", "^Dati dalla regione$"); err != nil {
		return err
	}
	if _, err := d.shoot(ctx, "9a-sincronizzata"); err != nil {
		return err
	}
	if _, err := d.menu(ctx); err != nil {
		return err
	}
	if err := d.Page.ClickAX(ctx, "menuitem", "^Logout Cloud Regionale$"); err != nil {
		return err
	}
	if err := d.Badge(ctx, "^Non collegato$"); err != nil {
		return err
	}
	if sessions, logins := d.Lab.Region.LiveSessions(), d.Lab.Login.Stats().Logins; sessions+logins != 0 {
		return fmt.Errorf("%d sessions and %d logins left at the region", sessions, logins)
	}
	return nil
}
