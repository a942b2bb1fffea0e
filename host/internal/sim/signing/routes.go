package signing

import (
	"maps"
	"net/http"
	"sync"

	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/sim/signing/csc"
)

// The provider's services, as faults and counters name them.
const (
	Everything                = faults.Signing
	CSCv1      faults.Service = "firma-csc1"
	CSCv2      faults.Service = "firma-csc2"
	OAuth      faults.Service = "firma-oauth"
	ARSS       faults.Service = "firma-arss"
	TSA        faults.Service = "firma-marca"
	OCSP       faults.Service = "firma-ocsp"
	CRL        faults.Service = "firma-crl"
	TrustList  faults.Service = "firma-elenco"
)

// Services are all of them but Everything.
func Services() []faults.Service {
	return []faults.Service{CSCv1, CSCv2, OAuth, ARSS, TSA, OCSP, CRL, TrustList}
}

// counts are the requests of each service.
type counts struct {
	mu sync.Mutex
	of map[faults.Service]int
}

// Requests counts requests by service.
func (p *Provider) Requests() map[faults.Service]int {
	p.counts.mu.Lock()
	defer p.counts.mu.Unlock()
	return maps.Clone(p.counts.of)
}

func (p *Provider) handler() http.Handler {
	guard := faults.Guard{Plan: p.opt.Faults, Now: p.opt.Now, Stopped: p.stopped, Log: p.opt.Log}
	mux := http.NewServeMux()
	add := func(pattern string, service faults.Service, next http.Handler) {
		around := guard.Around(next, service, Everything)
		mux.HandleFunc(pattern, func(w http.ResponseWriter, q *http.Request) {
			p.counts.mu.Lock()
			if p.counts.of == nil {
				p.counts.of = map[faults.Service]int{}
			}
			p.counts.of[service]++
			p.counts.mu.Unlock()
			around.ServeHTTP(w, q)
		})
	}
	add("/csc/v1/", CSCv1, http.StripPrefix("/csc/v1", p.CSC.Handler(false)))
	add("/csc/v2/", CSCv2, http.StripPrefix("/csc/v2", p.CSC.Handler(true)))
	add("/oauth2/", OAuth, p.CSC.OAuth())
	add("/.well-known/oauth-authorization-server", OAuth, http.HandlerFunc(p.CSC.ServeMetadata))
	add("/arss", ARSS, p.ARSS)
	add("/arss/", ARSS, p.ARSS)
	add("/tsa", TSA, http.HandlerFunc(p.Authority.ServeTSA))
	add("/ocsp", OCSP, http.HandlerFunc(p.Authority.ServeOCSP))
	add("GET /ocsp/", OCSP, http.HandlerFunc(p.Authority.ServeOCSP))
	add("GET /crl", CRL, http.HandlerFunc(p.Authority.ServeCRL))
	add("GET /ca.cer", TrustList, http.HandlerFunc(p.Authority.ServeCertificate))
	add("GET /trust.xml", TrustList, http.HandlerFunc(p.Authority.ServeList))
	mux.HandleFunc("GET /logo.png", csc.Logo)
	p.pages(mux)
	return mux
}
