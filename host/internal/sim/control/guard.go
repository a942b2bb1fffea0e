package control

import (
	"net"
	"net/http"
	"strings"
)

// guarded lets through requests under a loopback name, from programs and from
// the panel's own pages.
func guarded(next http.Handler) http.Handler {
	own := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // a form posted without a referrer would say Origin: null
		h.Set("Cache-Control", "no-store")
		switch {
		case !loopback(q.Host):
			refuse(w, &Error{Status: http.StatusForbidden, Code: "host-non-ammesso", Field: "Host", Message: "Il pannello risponde solo su questo computer."})
		case !sameOrigin(q), own.Check(q) != nil:
			refuse(w, &Error{Status: http.StatusForbidden, Code: "origine-non-ammessa", Field: "Origin", Message: "La richiesta viene da un'altra pagina."})
		default:
			next.ServeHTTP(w, q)
		}
	})
}

// sameOrigin holds the Origin header, when there is one, against the Host. A
// program sends none, a sandboxed page "null".
func sameOrigin(q *http.Request) bool {
	for _, origin := range q.Header.Values("Origin") {
		if !strings.EqualFold(origin, "http://"+q.Host) {
			return false
		}
	}
	return true
}

func loopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
