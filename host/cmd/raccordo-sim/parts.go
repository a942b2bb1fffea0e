package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/clinic"
	"raccordo/host/internal/sim/control"
	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/pinentry"
	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/sim/signing"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/sim/vcard"
)

// keys is where the single parts share their test CAs.
type keys struct {
	Keys string `help:"Cartella delle chiavi di prova, condivisa tra regione, carta e ambulatorio." default:"build/sim-keys"`
}

func (k keys) ca(name, title string) (*testca.CA, error) {
	return testca.LoadOrNew(k.Keys, name, title)
}

func console() zerolog.Logger {
	return zerolog.New(zerolog.ConsoleWriter{Out: os.Stderr, TimeFormat: time.TimeOnly}).With().Timestamp().Logger()
}

type regionCommand struct {
	keys
	SAR     string `help:"Indirizzo del SAR (mutual TLS)." default:"127.0.0.1:8444"`
	Portal  string `help:"Indirizzo del portale." default:"127.0.0.1:8445"`
	Cloud   string `help:"Indirizzo dei servizi per chi accede con SPID, CIE o CNS." default:"127.0.0.1:8447"`
	Login   string `help:"Indirizzo dell'accesso." default:"127.0.0.1:8448"`
	CNS     string `name:"cns" help:"Indirizzo dell'accesso con la carta (mutual TLS)." default:"127.0.0.1:8449"`
	SAC     string `name:"sac" help:"Indirizzo di Sistema TS senza regione (ID-SESSIONE)." default:"127.0.0.1:8451"`
	Tokens  string `help:"A che cosa sono legati i token dell'accesso: bearer (a nulla), dpop (a una chiave), mtls (a un certificato)." enum:"bearer,dpop,mtls" default:"bearer"`
	Signing string `help:"Indirizzo della firma remota, delle marche temporali e delle revoche." default:"127.0.0.1:8452"`
	Control string `help:"Indirizzo del pannello dei guasti." default:"127.0.0.1:8450"`
}

func (c regionCommand) Run(ctx context.Context) error {
	serverCA, err := c.ca("server-ca", "Raccordo CA server di prova")
	if err != nil {
		return err
	}
	cardCA, err := c.ca("card-ca", "Raccordo CA carte di prova")
	if err != nil {
		return err
	}
	plan := faults.NewPlan()
	login, err := idp.New(idp.Options{Addr: c.Login, CardAddr: c.CNS, ServerCA: serverCA, CardCA: cardCA, Faults: plan, Tokens: c.Tokens, Log: console()})
	if err != nil {
		return err
	}
	if err := login.Start(ctx); err != nil {
		return err
	}
	defer closing("login", login.Close)
	r, err := region.New(region.Options{
		Dir: c.Keys, SARAddr: c.SAR, PortalAddr: c.Portal, CloudAddr: c.Cloud, Log: console(), Now: time.Now,
		ServerCA: serverCA, CardCA: cardCA, Introspector: login, Faults: plan, Tokens: c.Tokens, SACAddr: c.SAC,
	})
	if err != nil {
		return err
	}
	if err := r.Start(ctx); err != nil {
		return err
	}
	defer closing("region", r.Close)
	signer, trust, err := c.sign(ctx, serverCA, cardCA, plan)
	if err != nil {
		return err
	}
	defer closing("signing", signer.Close)
	panel, err := control.Start(ctx, c.Control, control.Options{Region: r, Login: login, Signing: signer})
	if err != nil {
		return err
	}
	defer closing("control", panel.Close)
	cipher := filepath.Join(c.Keys, "cifratura.crt")
	if err := os.WriteFile(cipher, r.CipherCertificatePEM(), 0o644); err != nil {
		return err
	}
	fmt.Printf("SAR: %s\nPortale: %s\nCloud: %s\nSistema TS: %s\nAccesso: %s\nAccesso con la carta: %s\nFirma remota: %s\nTelefono dei codici: %s/otp\nPannello dei guasti: %s\nCA dei server: %s\nCertificato di cifratura: %s\nElenco di fiducia: %s\n",
		r.SARURL(), r.PortalURL(), r.CloudURL(), r.SACURL(), login.Issuer(), login.CNSEndpoint(), signer.URL(), signer.URL(), panel.URL(), filepath.Join(c.Keys, "server-ca.crt"), cipher, trust)
	<-ctx.Done()
	return nil
}

// sign starts the trust service provider, and leaves its trusted list beside the
// servers' CA.
func (c regionCommand) sign(ctx context.Context, serverCA, cardCA *testca.CA, plan *faults.Plan) (p *signing.Provider, trust string, err error) {
	p, err = signing.New(signing.Options{Addr: c.Signing, ServerCA: serverCA, CA: cardCA, KeyDir: c.Keys, Faults: plan, Log: console()})
	if err != nil {
		return nil, "", err
	}
	if err := p.Start(ctx); err != nil {
		return nil, "", err
	}
	if trust, err = p.Authority.Publish(ctx, c.Keys); err != nil {
		return nil, "", errors.Join(err, p.Close())
	}
	return p, trust, nil
}

type cardCommand struct {
	keys
	Slot    string        `help:"Indirizzo del lettore vpcd." default:"127.0.0.1:35963"`
	Signing string        `help:"Indirizzo della firma remota, a cui i certificati rimandano per le revoche." default:"127.0.0.1:8452"`
	Control string        `help:"Indirizzo della pagina di comando." default:"127.0.0.1:8446"`
	Doctor  int           `help:"Quale medico simulato." default:"0"`
	Delay   time.Duration `help:"Tempo di una firma RSA." default:"600ms"`
	Out     bool          `help:"Non inserire subito la carta."`
}

func (c cardCommand) Run(ctx context.Context) error {
	all := anagrafe.Doctors()
	if c.Doctor < 0 || c.Doctor >= len(all) {
		return fmt.Errorf("medici simulati: da 0 a %d", len(all)-1)
	}
	ca, err := c.ca("card-ca", "Raccordo CA carte di prova")
	if err != nil {
		return err
	}
	ca.PublishAt("https://" + c.Signing)
	card, err := vcard.New(vcard.Options{Doctor: all[c.Doctor], CA: ca, Delay: c.Delay, KeyDir: c.Keys})
	if err != nil {
		return err
	}
	if !c.Out {
		if err := card.Insert(ctx, c.Slot); err != nil {
			return fmt.Errorf("nessun lettore vpcd su %s: %w", c.Slot, err)
		}
	}
	defer card.Remove()
	handler, err := vcard.Handler(card, c.Slot)
	if err != nil {
		return err
	}
	fmt.Printf("Carta di %s %s, PIN %s, comandi su http://%s/\n", all[c.Doctor].Name, all[c.Doctor].Surname, all[c.Doctor].PIN, c.Control)
	return listen(ctx, &http.Server{Addr: c.Control, Handler: handler})
}

type clinicCommand struct {
	keys
	Addr  string `help:"Indirizzo." default:"127.0.0.1:8443"`
	FSE   string `help:"Portale della regione." default:"https://127.0.0.1:8445"`
	Codes string `help:"Pagina dei codici della firma remota." default:"https://127.0.0.1:8452/otp"`
	Guide bool   `help:"Mostra la guida."`
}

func (c clinicCommand) Run(ctx context.Context) error {
	ca, err := c.ca("server-ca", "Raccordo CA server di prova")
	if err != nil {
		return err
	}
	pair, err := ca.Server("clinica-demo.localhost")
	if err != nil {
		return err
	}
	handler, err := clinic.New(clinic.Options{Guide: c.Guide, FSEURL: c.FSE, OTPURL: c.Codes})
	if err != nil {
		return err
	}
	fmt.Printf("Ambulatorio su %s, nome clinica-demo.localhost\n", c.Addr)
	return listen(ctx, &http.Server{Addr: c.Addr, Handler: handler, TLSConfig: &tls.Config{Certificates: []tls.Certificate{pair}}})
}

// listen serves until ctx ends.
func listen(ctx context.Context, srv *http.Server) error {
	srv.ReadHeaderTimeout = 10 * time.Second
	stop := context.AfterFunc(ctx, func() { srv.Close() })
	defer stop()
	serve := srv.ListenAndServe
	if srv.TLSConfig != nil {
		serve = func() error { return srv.ListenAndServeTLS("", "") }
	}
	if err := serve(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

type allCommand struct {
	Insert bool `help:"Inserisce subito la carta." default:"true" negatable:""`
}

func (c allCommand) Run(ctx context.Context) error {
	bin, err := binDir()
	if err != nil {
		return err
	}
	l, err := lab.Start(ctx, lab.Options{Bin: bin, KeyDir: "build/sim-keys", Printers: practicePrinters(), Log: console(), Ports: lab.DemoPorts})
	if err != nil {
		return err
	}
	defer closing("all", l.Close)
	if c.Insert {
		if err := l.Insert(ctx); err != nil {
			return err
		}
	}
	fmt.Printf("Ambulatorio: %s\nCarta: %s\nSAR: %s\nPortale: %s\nCloud: %s\nAccesso: %s\nFirma remota: %s\nTelefono dei codici: %s/otp\nPannello dei guasti: %s\nAmbiente per raccordo e per il browser:\n",
		l.Clinic.URL, l.Clinic.CardURL, l.Region.SARURL(), l.Region.PortalURL(), l.Region.CloudURL(), l.Login.Issuer(), l.Signing.URL(), l.Signing.URL(), l.Control.URL())
	for _, v := range l.Env() {
		fmt.Println("  export", v)
	}
	<-ctx.Done()
	return nil
}

type pinentryCommand struct {
	Dir string `arg:""`
}

func (c pinentryCommand) Run() error { return pinentry.Run(c.Dir, os.Stdin, os.Stdout) }
