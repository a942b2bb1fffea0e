package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/morning"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/sim/vcard"
)

type demoCommand struct {
	Window bool          `help:"Apre una finestra di Chromium con la guida e resta fino a Ctrl-C."`
	Shots  string        `help:"Cartella delle schermate." default:"build/demo"`
	Delay  time.Duration `help:"Tempo di una firma RSA della carta." default:"0"`
}

func (c demoCommand) Run(ctx context.Context) error {
	bin, err := binDir()
	if err != nil {
		return err
	}
	opt := lab.Options{Bin: bin, Delay: c.Delay, Printers: practicePrinters(), Log: zerolog.Nop()}
	if c.Window {
		opt.Guide, opt.Prompt = true, windowPrompt()
		opt.Ports = lab.DemoPorts
	}
	l, err := lab.Start(ctx, opt)
	if err != nil {
		return err
	}
	defer closing("demo", l.Close)
	started, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	b, err := l.Browser(started, filepath.Join(bin, "extension", "chromium"), !c.Window)
	if err != nil {
		return err
	}
	defer closing("browser", b.Close)
	if c.Window {
		return c.stay(ctx, l, b.Done(), func() error {
			page, err := b.Attach(started, "about:blank") // the tab that Chromium opened
			if err != nil {
				return err
			}
			return page.Navigate(started, l.Clinic.URL+"/#/pazienti")
		})
	}
	return c.play(ctx, morning.Options{Lab: l, Browser: b, Shots: c.Shots})
}

func (c demoCommand) play(ctx context.Context, opt morning.Options) error {
	opt.Report = func(s morning.Step) {
		fmt.Printf("%2d. %-54s %6.2f s   %s\n", s.Number, s.Name, s.Took.Seconds(), s.Screenshot)
	}
	started := time.Now()
	day, err := morning.Open(ctx, opt)
	if err != nil {
		return err
	}
	if err := day.Play(ctx); err != nil {
		return err
	}
	fmt.Printf("La mattina è finita: tutto vero, in %.1f s.\n", time.Since(started).Seconds())
	return nil
}

// stay shows the clinic and waits for the person to be done.
func (c demoCommand) stay(ctx context.Context, l *lab.Lab, gone <-chan struct{}, open func() error) error {
	if err := open(); err != nil {
		return err
	}
	fmt.Printf("Ambulatorio: %s\nCarta (inserire, estrarre): %s\nPortale della regione: %s\nTelefono dei codici di firma: %s/otp\nPannello dei guasti: %s\nPIN della carta: %s, PIN di firma della carta: %s\nFirma remota: utente %s, password %s, PIN %s\nCtrl-C per finire.\n",
		l.Clinic.URL, l.Clinic.CardURL, l.Region.PortalURL(), l.Signing.URL(), l.Control.URL(), l.Doctor.PIN, vcard.DefaultSignPIN, l.Doctor.CF, vault.Password, vault.PIN)
	if l.Paper != nil {
		fmt.Printf("Fogli stampati: %s\n", filepath.Join(l.Paper.Dir(), "sheets"))
	}
	select {
	case <-ctx.Done():
	case <-gone:
	}
	return nil
}

// windowPrompt is a real PIN window when one is installed; without, the
// scripted person types the PIN.
func windowPrompt() string {
	for _, name := range []string{"pinentry-gnome3", "pinentry-gtk-2", "pinentry-qt"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func binDir() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	exe, err = filepath.EvalSymlinks(exe)
	return filepath.Dir(exe), err
}

func closing(what string, end func() error) {
	if err := end(); err != nil {
		fmt.Fprintf(os.Stderr, "raccordo-sim: %s: %v\n", what, err)
	}
}
