package idp

import (
	"net/http"

	"raccordo/host/internal/sim/region/faults"
)

// The provider's services, as faults and counters name them.
const (
	ServiceAuthorize faults.Service = "autorizzazione" // every page up to the redirect, the card's too
	ServiceToken     faults.Service = "token"
	ServiceDiscovery faults.Service = "scoperta" // metadata and keys
	ServiceUserinfo  faults.Service = "profilo"
	ServiceLogout    faults.Service = "uscita" // and revocation
)

// Services are all of them, in the order of a login.
func Services() []faults.Service {
	return []faults.Service{ServiceDiscovery, ServiceAuthorize, ServiceToken, ServiceUserinfo, ServiceLogout}
}

// disturber wraps the services of one listener.
type disturber func(faults.Service, http.HandlerFunc) http.Handler

// disturbed counts requests and applies the faults planned for the service, the
// listener or the provider.
func (p *Provider) disturbed(listener faults.Service) disturber {
	guard := faults.Guard{Plan: p.opt.Faults, Now: p.opt.Now, Stopped: p.stopped, Log: p.log}
	return func(service faults.Service, next http.HandlerFunc) http.Handler {
		around := guard.Around(next, service, listener, faults.Provider)
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			p.stats.count(service)
			around.ServeHTTP(w, q)
		})
	}
}

// hello applies the faults planned for the handshakes of a listener.
func (p *Provider) hello(listener faults.Service) faults.Hello {
	return faults.Hello{Plan: p.opt.Faults, CA: p.opt.ServerCA, Hosts: serverHosts, Names: []faults.Service{listener, faults.Provider}}
}
