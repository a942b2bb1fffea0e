// Package control is the panel of the simulated region: a page for people and a
// small JSON interface for programs, by which faults are planned, sessions and
// logins ended, and the region switched off and on while something is tried
// against it.
//
// It serves plain HTTP on the loopback interface and answers only there: a
// foreign host name that resolves to this machine is somebody's DNS rebinding,
// a foreign origin somebody's page. It owns no state: the plan of faults, the
// region and the identity provider have it.
package control

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/signing"
)

// Options name what is controlled.
type Options struct {
	Region  *region.Region
	Login   *idp.Provider     // shares the region's plan of faults; nil: there is none
	Signing *signing.Provider // shares it too; nil: there is none
}

// Server is a running panel.
type Server struct {
	addr   net.Addr
	cancel context.CancelFunc
	done   chan error
}

// Start serves the panel at addr ("": 127.0.0.1, any port) until ctx ends or
// Close.
func Start(ctx context.Context, addr string, o Options) (*Server, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &Server{addr: l.Addr(), cancel: cancel, done: make(chan error, 1)}
	srv := &http.Server{Handler: Handler(o), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = srv.Close() })
	go func() { s.done <- srv.Serve(l) }()
	return s, nil
}

// URL is the address of the page.
func (s *Server) URL() string { return "http://" + s.addr.String() + "/" }

// Close stops serving. It is not safe to repeat.
func (s *Server) Close() error {
	s.cancel()
	if err := <-s.done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// panel answers requests.
type panel struct{ Options }

// Handler is the panel: for people GET /, /registro, /ricette and /firma with their
// forms; for programs /v1/…, in JSON.
func Handler(o Options) http.Handler {
	p := panel{o}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.servePage)
	mux.HandleFunc("GET /pannello.css", p.serveFile)
	mux.HandleFunc("GET /pannello.js", p.serveFile)
	mux.HandleFunc("GET /registro", p.serveLogPage)
	mux.HandleFunc("GET /ricette", p.servePrescriptionsPage)
	mux.HandleFunc("POST /guasti", p.form("/", p.plan))
	mux.HandleFunc("POST /azioni", p.form("/", p.act))
	mux.HandleFunc("POST /caos", p.form("/", p.startChaos))
	mux.HandleFunc("POST /regole", p.form("/", p.changeRules))
	mux.HandleFunc("POST /rifiuti", p.form("/", p.refuseNext))
	mux.HandleFunc("POST /ricette", p.form("/ricette", p.dispense))
	p.programs(mux)
	if p.Signing != nil {
		p.signing(mux)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, &Error{Status: http.StatusNotFound, Code: "non-trovato", Message: "Nessun comando a questo indirizzo con questo metodo."})
	})
	return guarded(mux)
}

// programs adds the JSON interface.
func (p panel) programs(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/stato", p.serveState)
	mux.HandleFunc("GET /v1/guasti", p.serveFaults)
	mux.HandleFunc("POST /v1/guasti", p.program(p.plan))
	mux.HandleFunc("DELETE /v1/guasti", p.serveClear)
	mux.HandleFunc("POST /v1/azioni", p.program(p.act))
	mux.HandleFunc("GET /v1/caos", p.serveChaos)
	mux.HandleFunc("POST /v1/caos", p.program(p.startChaos))
	mux.HandleFunc("DELETE /v1/caos", p.serveStopChaos)
	mux.HandleFunc("GET /v1/registro", p.serveLog)
	mux.HandleFunc("GET /v1/carico", p.serveLoad)
	mux.HandleFunc("GET /v1/ricette", p.servePrescriptions)
	mux.HandleFunc("POST /v1/ricette", p.program(p.dispense))
	mux.HandleFunc("GET /v1/rifiuti", p.serveRefusals)
	mux.HandleFunc("POST /v1/rifiuti", p.program(p.refuseNext))
	mux.HandleFunc("DELETE /v1/rifiuti", p.serveClearRefusals)
	mux.HandleFunc("GET /v1/regole", p.serveRules)
	mux.HandleFunc("POST /v1/regole", p.program(p.changeRules))
}
