// Package region is the simulated region: a SAR (the regional gateway to
// Sistema TS) behind mutual TLS, the same services for access tokens of the
// region's identity provider, Sistema TS itself with its second factor for
// those without a region, and a portal with the patient's FSE page. It owns
// sessions, the patient registry, NRE lots, the archive of prescriptions and
// declarations of substitutes, and answers the ministry's SOAP services with
// their schema, their envelope, their codes. It remembers what it was asked
// (audit, load). Faults, planned or by chance, are decided by package faults and
// carried out here.
//
// It stands in for a system of others in tests and demonstrations: it is never
// linked into the product, knows only people who do not exist, and marks
// whatever it shows or prints as simulated.
//
// Sources: MEF/Sogei "Web services ricetta dematerializzata, part 1", 5 Dec
// 2024, its WSDL and XSD 1.2, and answers of the ministry's test system
// recorded in September 2026. The codes of codes.go are the ministry's, but
// 5004, which like 90xx is this simulator's own: the real ones are not public.
package region

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
	_ "time/tzdata" // dates are written in Europe/Rome on machines without zone files

	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/a2f"
	"raccordo/host/internal/sim/idp/dpop"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/sim/testca"
)

// Options of a simulated region. Zero values work, except that without Dir
// keys and archive live only in memory.
type Options struct {
	Dir                 string       // CAs, cipher key, archive
	SARAddr, PortalAddr string       // "" : 127.0.0.1, any port
	CloudAddr, SACAddr  string       // likewise
	Introspector        Introspector // nil: no cloud listener
	Tokens              string       // as in idp.Options: how its tokens are presented; "": bearer
	Log                 zerolog.Logger
	Now                 func() time.Time
	ServerCA, CardCA    *testca.CA // nil: kept in Dir, or made
	SessionLife         time.Duration
	FSEDelay            time.Duration // until a prescription is seen in the FSE; 0: 3 s
	PreAuthorisation    bool          // substitutes must have been declared
	Record              string        // folder that gets every exchange of the SOAP services; "": none
	AuditSize           int           // exchanges remembered; 0: 5000
	Chaos               *faults.Chaos // from the start; nil: none
	Faults              *faults.Plan  // nil: one of its own
}

// Region is one running simulated region.
type Region struct {
	log      zerolog.Logger
	now      func() time.Time
	rome     *time.Location
	options  Options
	cipher   *cipherKey
	archive  *archive
	sessions *sessions
	faults   *faults.Plan
	down     atomic.Bool
	proofs   *dpop.Verifier
	stats    *stats
	refusals refusals
	audit    *audit
	errands  *faults.Errands

	preAuthorisation atomic.Bool
	fseDelay         atomic.Int64

	factor *a2f.Service

	sar, portal, cloud, sac *door // cloud may be nil
	cancel                  context.CancelFunc
	stopped                 chan struct{} // closed when the region stops
	running                 sync.WaitGroup
}

// New prepares a region: CAs, cipher key and archive are read or made.
func New(o Options) (*Region, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.SessionLife == 0 {
		o.SessionLife = 8 * time.Hour
	}
	if o.FSEDelay == 0 {
		o.FSEDelay = 3 * time.Second
	}
	if o.AuditSize == 0 {
		o.AuditSize = 5000
	}
	if o.Record != "" {
		if err := os.MkdirAll(o.Record, 0o700); err != nil {
			return nil, err
		}
	}
	if o.Faults == nil {
		o.Faults = faults.NewPlan()
	}
	if err := o.authorities(); err != nil {
		return nil, err
	}
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		return nil, err
	}
	cipher, err := loadCipherKey(o.Dir, o.ServerCA)
	if err != nil {
		return nil, fmt.Errorf("cipher key: %w", err)
	}
	archive, err := openArchive(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	r := &Region{
		log: o.Log, now: o.Now, rome: rome, options: o, cipher: cipher, archive: archive,
		sessions: newSessions(o.Now, o.SessionLife), faults: o.Faults, stats: newStats(), stopped: make(chan struct{}),
		proofs: dpop.New(o.Now), audit: newAudit(o.AuditSize, o.Record), errands: faults.NewErrands(),
	}
	r.factor = r.newSecondFactor()
	r.preAuthorisation.Store(o.PreAuthorisation)
	r.SetFSEDelay(o.FSEDelay)
	r.faults.Watch(nil, r.sessions.revive)
	if o.Chaos != nil {
		return r, r.StartChaos(*o.Chaos)
	}
	return r, nil
}

func (o *Options) authorities() (err error) {
	for _, a := range []struct {
		ca         **testca.CA
		file, name string
	}{{&o.ServerCA, "server-ca", "Regione simulata CA server"}, {&o.CardCA, "card-ca", "Regione simulata CA carte"}} {
		switch {
		case *a.ca != nil:
		case o.Dir == "":
			*a.ca, err = testca.New(a.name)
		default:
			*a.ca, err = testca.LoadOrNew(filepath.Clean(o.Dir), a.file, a.name)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", a.file, err)
		}
	}
	return nil
}

// Start opens every listener and serves until ctx ends or Close.
func (r *Region) Start(ctx context.Context) error {
	if r.cancel != nil {
		return errors.New("region already started")
	}
	var open []*door
	for _, l := range []struct {
		at   **door
		open func() (*door, error)
		want bool
	}{{&r.sar, r.openSAR, true}, {&r.portal, r.openPortal, true}, {&r.cloud, r.openCloud, r.options.Introspector != nil}, {&r.sac, r.openSAC, true}} {
		if !l.want {
			continue
		}
		d, err := l.open()
		if err != nil {
			for _, d := range open {
				_ = d.listener.Close()
			}
			return err
		}
		*l.at, open = d, append(open, d)
	}
	ctx, r.cancel = context.WithCancel(ctx)
	context.AfterFunc(ctx, func() { close(r.stopped) })
	for _, d := range open {
		r.running.Go(func() { d.serve(ctx) })
		r.running.Go(func() {
			<-ctx.Done()
			d.close()
		})
	}
	r.log.Info().Str("sar", r.SARURL()).Str("portal", r.PortalURL()).Str("cloud", r.CloudURL()).Str("sac", r.SACURL()).Msg("simulated region is up")
	return nil
}

// Close stops serving and waits for every goroutine. It is safe to repeat.
func (r *Region) Close() error {
	if r.cancel != nil {
		r.cancel()
	}
	r.running.Wait()
	r.errands.Close()
	return r.archive.close()
}

// SARURL is the base address of the services behind mutual TLS, once started.
func (r *Region) SARURL() string { return r.sar.url() }

// PortalURL is the base address of the portal (FSE page, health), once started.
func (r *Region) PortalURL() string { return r.portal.url() }

// CloudURL is the base address of the services for access tokens, once started.
func (r *Region) CloudURL() string { return r.cloud.url() }

// ServerCA issued the certificates of all listeners.
func (r *Region) ServerCA() *testca.CA { return r.options.ServerCA }

// CardCA issues the only client certificates that the SAR accepts.
func (r *Region) CardCA() *testca.CA { return r.options.CardCA }

// CipherCertificatePEM holds the RSA-1024 key for pinCode and codiceAss.
func (r *Region) CipherCertificatePEM() []byte { return r.cipher.pem }

func (r *Region) openPortal() (*door, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /salute", r.serveHealth)
	mux.HandleFunc("GET /assistito/{cf}", r.serveFSE)
	mux.HandleFunc("GET /fse.css", serveCSS)
	return r.newDoor("portale", r.options.PortalAddr, mux, &tls.Config{ClientAuth: tls.NoClientCert})
}

func (r *Region) openSAR() (*door, error) {
	return r.disturbHandshakes(r.newDoor(string(faults.SAR), r.options.SARAddr, r.sarHandler(), &tls.Config{
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: r.options.CardCA.Pool(),
		VerifyPeerCertificate: refuseSigningCertificates,
	}))
}

func hostsOf(addr net.Addr) []string {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	if host, _, err := net.SplitHostPort(addr.String()); err == nil && host != "127.0.0.1" && host != "::1" && host != "::" && host != "0.0.0.0" {
		hosts = append(hosts, host)
	}
	return hosts
}
