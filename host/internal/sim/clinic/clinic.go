// Package clinic is a small web application for a doctor's surgery, of the
// shape that spec sheets of clinical software describe: patients, prescriptions
// in four lists, documents to sign, the doctor's own menu. It is the page that
// Raccordo is tried and tested with.
//
// It holds invented people only, keeps what is typed in the browser's tab and
// knows of Raccordo nothing but the page API (window.postMessage). It must
// never talk to a connector, a card or a region by itself.
package clinic

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"time"

	"raccordo/host/internal/sim/anagrafe"
)

//go:embed web
var web embed.FS

// Options say what the application shows. The zero value is a clinic of the
// first doctor without a guide.
type Options struct {
	Doctor  anagrafe.Doctor // who is signed in; zero: the first of the simulated region
	Guide   bool            // show the steps of the demo beside the pages
	CardURL string          // page that moves the virtual card, linked by the guide
	FSEURL  string          // the region's portal; a patient's page is FSEURL/assistito/{codice fiscale}
	OTPURL  string          // page that shows the one-time codes of the simulated remote signature, linked by the guide
}

// policy lets the pages load their own files and nothing else; no page may
// frame them.
const policy = "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// New returns the application.
func New(opt Options) (http.Handler, error) {
	if opt.Doctor.CF == "" {
		opt.Doctor = anagrafe.Doctors()[0]
	}
	data, err := json.Marshal(newSeed(opt))
	if err != nil {
		return nil, fmt.Errorf("clinic data: %w", err)
	}
	files, err := fs.Sub(web, "web")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /api/dati", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(data) // a browser that went away needs no answer
	})
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		return nil, err
	}
	mux.HandleFunc("GET /api/documenti/{kind}/{cf}", serveDocument(opt.Doctor, func() time.Time { return time.Now().In(rome) }))
	return harden(mux), nil
}

func harden(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store") // a rebuilt demo shows its own files
		next.ServeHTTP(w, r)
	})
}
