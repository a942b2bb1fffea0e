// Package lab puts a whole practice on one machine: a private pcscd with a
// virtual reader and a virtual CNS, the simulated region with its identity
// provider, the demo clinic, and the configuration under which the product's
// own binaries use them. Demo, end-to-end tests and benchmarks stand on it.
//
// Everything it makes lies in one folder and ends with Close; nothing of the
// machine's own (pcscd, browsers, configuration) is touched.
package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/control"
	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/sim/pcsc"
	"raccordo/host/internal/sim/pinentry"
	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/sim/signing"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/sim/vcard"
)

// Options describe a lab.
type Options struct {
	Dir      string // empty: a fresh temporary folder, removed by Close
	Bin      string // folder of raccordo, raccordo-host and raccordo-sim
	KeyDir   string // keeps CA and card keys between runs; empty: fresh ones
	Ports    Ports  // zero: any
	Delay    time.Duration
	Answer   time.Duration   // how long the region may take to answer; zero: 20 s
	PIN      string          // of the card; empty: the doctor's own
	Prompt   string          // pinentry program of a person; empty: the scripted one
	Settings string          // further lines of config.toml
	Tokens   string          // of the cloud's login, as in idp.Options; empty: bearer
	Guide    bool            // the clinic shows the demo's steps
	Printers []paper.Printer // of a print service of its own; none: there is no print service

	AuthOnly      bool          // the card is a TS-CNS without a signing key
	RegionNumbers bool          // the region gives the NRE, doctors have no lots
	Record        string        // folder that gets every exchange with the region; empty: none
	Chaos         *faults.Chaos // in the region, from the start; nil: none
	FSEDelay      time.Duration // as in region.Options
	Log           zerolog.Logger
}

// Ports are fixed in the demo so that its addresses stay the same.
type Ports struct{ Clinic, SAR, Portal, Card, Cloud, Login, LoginCard, Control, SAC, Signing int }

// DemoPorts are those of the demo, 8443 to 8452.
var DemoPorts = Ports{Clinic: 8443, SAR: 8444, Portal: 8445, Card: 8446, Cloud: 8447, Login: 8448, LoginCard: 8449, Control: 8450, SAC: 8451, Signing: 8452}

// Lab is a running practice.
type Lab struct {
	Dir     string
	Doctor  anagrafe.Doctor
	PCSC    *pcsc.Daemon
	Card    *vcard.Card
	Login   *idp.Provider
	Region  *region.Region
	Signing *signing.Provider // remote signature, time-stamps, revocation
	Control *control.Server   // of faults in region, login and signing
	Clinic  *Clinic
	Paper   *paper.Server // nil without Options.Printers
	prompts string
	opt     Options
	closers []func() error
}

// Start brings everything up; the card is not inserted.
func Start(ctx context.Context, opt Options) (_ *Lab, err error) {
	l := &Lab{Dir: opt.Dir, Doctor: anagrafe.Doctors()[0], opt: opt}
	if opt.PIN != "" {
		l.Doctor.PIN = opt.PIN
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.Close())
		}
	}()
	if l.Dir == "" {
		if l.Dir, err = os.MkdirTemp("", "rac"); err != nil {
			return nil, err
		}
		l.closers = append(l.closers, func() error { return os.RemoveAll(l.Dir) })
	}
	for _, d := range []string{"home", "run", "config", "state", "tmp"} {
		if err := os.MkdirAll(filepath.Join(l.Dir, d), 0o700); err != nil {
			return nil, err
		}
	}
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{{"smart card service", l.startPCSC}, {"region and card", l.startRegion}, {"print service", l.startPaper}, {"clinic", l.startClinic}, {"configuration", l.configure}} {
		if err := step.do(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return l, nil
}

func (l *Lab) startPCSC(ctx context.Context) (err error) {
	if l.PCSC, err = pcsc.Start(ctx, filepath.Join(l.Dir, "pc"), 1); err != nil {
		return err
	}
	l.closers = append(l.closers, l.PCSC.Stop)
	return nil
}

func (l *Lab) startPaper(ctx context.Context) (err error) {
	if len(l.opt.Printers) == 0 {
		return nil
	}
	if l.Paper, err = paper.Start(ctx, paper.Options{Printers: l.opt.Printers}); err != nil {
		return err
	}
	l.closers = append(l.closers, l.Paper.Stop)
	return nil
}

func (l *Lab) startRegion(ctx context.Context) (err error) {
	keys := l.opt.KeyDir
	if keys == "" {
		keys = filepath.Join(l.Dir, "keys")
	}
	serverCA, err := testca.LoadOrNew(keys, "server-ca", "Raccordo CA server di prova")
	if err != nil {
		return err
	}
	cardCA, err := testca.LoadOrNew(keys, "card-ca", "Raccordo CA carte di prova")
	if err != nil {
		return err
	}
	plan := faults.NewPlan()                                                  // one for all: what goes wrong anywhere goes wrong so many times
	if err := l.startSigning(ctx, keys, serverCA, cardCA, plan); err != nil { // before the card, whose certificates point to it
		return err
	}
	l.Card, err = vcard.New(vcard.Options{Doctor: l.Doctor, CA: cardCA, Delay: l.opt.Delay, KeyDir: keys, AuthOnly: l.opt.AuthOnly})
	if err != nil {
		return err
	}
	l.closers = append(l.closers, func() error { l.Card.Remove(); return nil })
	if err := l.startLogin(ctx, serverCA, cardCA, plan); err != nil {
		return err
	}
	l.Region, err = region.New(region.Options{
		SARAddr: loopback(l.opt.Ports.SAR), PortalAddr: loopback(l.opt.Ports.Portal), CloudAddr: loopback(l.opt.Ports.Cloud), SACAddr: loopback(l.opt.Ports.SAC), Log: l.opt.Log,
		Now: time.Now, ServerCA: serverCA, CardCA: cardCA, Introspector: l.Login, Faults: plan, Tokens: l.opt.Tokens,
		Record: l.opt.Record, Chaos: l.opt.Chaos, FSEDelay: l.opt.FSEDelay,
	})
	if err != nil {
		return err
	}
	if err := l.Region.Start(ctx); err != nil {
		return err
	}
	l.closers = append(l.closers, l.Region.Close)
	if l.Control, err = control.Start(ctx, loopback(l.opt.Ports.Control), control.Options{Region: l.Region, Login: l.Login, Signing: l.Signing}); err != nil {
		return err
	}
	l.closers = append(l.closers, l.Control.Close)
	return os.WriteFile(filepath.Join(l.Dir, "server-ca.crt"), serverCA.PEM(), 0o600)
}

// startSigning starts the trust service provider, and leaves its trusted list
// beside the servers' CA, with the certificate of who signed it.
func (l *Lab) startSigning(ctx context.Context, keys string, serverCA, cardCA *testca.CA, plan *faults.Plan) (err error) {
	l.Signing, err = signing.New(signing.Options{Addr: loopback(l.opt.Ports.Signing), ServerCA: serverCA, CA: cardCA, KeyDir: keys, Faults: plan, Log: l.opt.Log})
	if err != nil {
		return err
	}
	if err := l.Signing.Start(ctx); err != nil {
		return err
	}
	l.closers = append(l.closers, l.Signing.Close)
	_, err = l.Signing.Authority.Publish(ctx, l.Dir)
	return err
}

// startLogin starts the identity provider of the region's cloud.
func (l *Lab) startLogin(ctx context.Context, serverCA, cardCA *testca.CA, plan *faults.Plan) (err error) {
	l.Login, err = idp.New(idp.Options{
		Addr: loopback(l.opt.Ports.Login), CardAddr: loopback(l.opt.Ports.LoginCard), ServerCA: serverCA, CardCA: cardCA, Faults: plan, Tokens: l.opt.Tokens, Log: l.opt.Log,
	})
	if err != nil {
		return err
	}
	if err := l.Login.Start(ctx); err != nil {
		return err
	}
	l.closers = append(l.closers, l.Login.Close)
	return nil
}

// Insert puts the card into the reader.
func (l *Lab) Insert(ctx context.Context) error { return l.Card.Insert(ctx, l.PCSC.Slot(0)) }

// Person changes how the scripted person answers PIN windows.
func (l *Lab) Person(s pinentry.Script) error { return pinentry.Set(l.prompts, s) }

// Windows are the native windows shown so far.
func (l *Lab) Windows() ([]pinentry.Window, error) { return pinentry.Shown(l.prompts) }

// Close ends everything, the agent included, in reverse order.
func (l *Lab) Close() error {
	var all []error
	for i := len(l.closers) - 1; i >= 0; i-- {
		all = append(all, l.closers[i]())
	}
	l.closers = nil
	return errors.Join(all...)
}

func loopback(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
