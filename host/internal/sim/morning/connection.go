package morning

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"raccordo/host/internal/sim/pinentry"
)

// Badge waits until the state badge says text (a regular expression).
func (d *Day) Badge(ctx context.Context, text string) error {
	_, err := d.Page.WaitAX(ctx, "", text)
	return err
}

// menu opens the user's menu and returns the names of its entries.
func (d *Day) menu(ctx context.Context) ([]string, error) {
	if err := d.Page.ClickSelector(ctx, "#menu-utente"); err != nil {
		return nil, err
	}
	if _, err := d.Page.WaitAX(ctx, "menuitem", "^Profilo$"); err != nil {
		return nil, err
	}
	if _, err := d.Page.WaitAX(ctx, "menuitem", "Cloud [Rr]egionale$"); err != nil {
		return nil, err
	}
	items, err := d.Page.FindAllAX(ctx, "menuitem", "")
	var names []string
	for _, i := range items {
		names = append(names, i.Name)
	}
	return names, err
}

func (d *Day) arrives(ctx context.Context) error {
	if err := d.Badge(ctx, "^Non collegato$"); err != nil {
		return err
	}
	names, err := d.menu(ctx)
	if err != nil {
		return err
	}
	const want = "Impostazioni e Privacy|Login Cloud regionale|Guida e FAQ"
	if got := strings.Join(names, "|"); !strings.Contains(got, want) {
		return fmt.Errorf("menu %q, want %s in it", got, want)
	}
	return nil
}

func (d *Day) insertsCard(ctx context.Context) error {
	if err := d.Page.Press(ctx, "Escape"); err != nil {
		return err
	}
	if err := d.Lab.Insert(ctx); err != nil {
		return err
	}
	return d.Badge(ctx, "^Carta: "+d.holder()+"$")
}

func (d *Day) holder() string { return d.Lab.Doctor.Name + " " + d.Lab.Doctor.Surname }

// AskLogin goes through menu and chooser up to the PIN window.
func (d *Day) AskLogin(ctx context.Context) error {
	if _, err := d.menu(ctx); err != nil {
		return err
	}
	if err := d.Page.ClickAX(ctx, "menuitem", "^Login Cloud regionale$"); err != nil {
		return err
	}
	return d.Page.ClickAX(ctx, "button", "^Collega$")
}

func (d *Day) logsIn(ctx context.Context) error {
	before, err := d.Lab.Windows()
	if err != nil {
		return err
	}
	// The doctor takes a moment, so that the page's hint can be seen.
	if err := d.Lab.Person(pinentry.Script{PIN: d.Lab.Doctor.PIN, DelayMS: 700}); err != nil {
		return err
	}
	if _, err := d.menu(ctx); err != nil {
		return err
	}
	if err := d.Page.ClickAX(ctx, "menuitem", "^Login Cloud regionale$"); err != nil {
		return err
	}
	if err := d.onlyLoginCertificate(ctx); err != nil {
		return err
	}
	if _, err := d.shoot(ctx, "3a-certificato"); err != nil {
		return err
	}
	if err := d.Page.ClickAX(ctx, "button", "^Collega$"); err != nil {
		return err
	}
	if _, err := d.Page.WaitAX(ctx, "", "Inserire il PIN nella finestra di Raccordo"); err != nil {
		return err
	}
	if _, err := d.shoot(ctx, "3b-pin"); err != nil {
		return err
	}
	if err := d.connected(ctx); err != nil {
		return err
	}
	if err := d.pinWindow(len(before), d.Lab.Clinic.URL); err != nil {
		return err
	}
	names, err := d.menu(ctx)
	if err != nil {
		return err
	}
	if got := strings.Join(names, "|"); !strings.Contains(got, "|Logout Cloud Regionale|") || strings.Contains(got, "Login Cloud") {
		return fmt.Errorf("menu after login: %q", got)
	}
	return nil
}

// onlyLoginCertificate checks that the chooser offers the authentication
// certificate and names the signing one only among the others.
func (d *Day) onlyLoginCertificate(ctx context.Context) error {
	if _, err := d.Page.WaitAX(ctx, "button", "^Collega$"); err != nil {
		return err
	}
	offered, err := d.Page.FindAllAX(ctx, "radio", "")
	if err != nil {
		return err
	}
	if len(offered) != 1 || offered[0].Properties["checked"] != "true" {
		return fmt.Errorf("certificates offered: %+v, want one, chosen", offered)
	}
	return nil
}

func (d *Day) connected(ctx context.Context) error {
	return d.Badge(ctx, `^Collegato – `+d.holder()+` · CNS · dalle \d\d:\d\d$`)
}

// pinWindow checks the native window: who asks, for whom, for what.
func (d *Day) pinWindow(before int, site string) error {
	all, err := d.Lab.Windows()
	if err != nil {
		return err
	}
	if len(all) != before+1 {
		return fmt.Errorf("%d PIN windows, want one", len(all)-before)
	}
	w := all[before]
	for _, want := range []string{site, d.holder(), "Regione simulata"} {
		if !strings.Contains(w.Description, want) {
			return fmt.Errorf("the PIN window does not name %s: %q", want, w.Description)
		}
	}
	return nil
}

func (d *Day) pullsCard(ctx context.Context) error {
	d.Lab.Card.Remove()
	if err := d.Badge(ctx, "^Non collegato$"); err != nil {
		return err
	}
	if _, err := d.Page.WaitAX(ctx, "", "carta è stata estratta"); err != nil {
		return err
	}
	if n := d.Lab.Region.LiveSessions(); n != 0 {
		return fmt.Errorf("%d sessions left at the region", n)
	}
	if _, err := d.shoot(ctx, "6a-estratta"); err != nil {
		return err
	}
	before, err := d.Lab.Windows()
	if err != nil {
		return err
	}
	if err := d.Lab.Insert(ctx); err != nil {
		return err
	}
	if err := d.connected(ctx); err != nil {
		return err
	}
	return d.pinWindow(len(before), d.Lab.Clinic.URL)
}

func (d *Day) logsOut(ctx context.Context) error {
	if n := d.Lab.Region.LiveSessions(); n != 1 {
		return fmt.Errorf("%d sessions at the region before the logout", n)
	}
	if _, err := d.menu(ctx); err != nil {
		return err
	}
	if err := d.Page.ClickAX(ctx, "menuitem", "^Logout Cloud Regionale$"); err != nil {
		return err
	}
	if err := d.Badge(ctx, "^Carta: "+regexp.QuoteMeta(d.holder())+"$"); err != nil {
		return err
	}
	if n := d.Lab.Region.LiveSessions(); n != 0 {
		return fmt.Errorf("%d sessions left at the region", n)
	}
	return nil
}
