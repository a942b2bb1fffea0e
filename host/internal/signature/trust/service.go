package trust

import (
	"crypto/x509"
	"slices"
	"strings"
	"time"
)

// Service is one service of a list, or a certificate that stands for itself.
type Service struct {
	Name      string // of the service, Italian if there is such a name
	Provider  string
	Territory string

	certificates []*x509.Certificate // its digital identities: one key, often several certificates
	periods      []period            // newest first
}

// Title is how people call the service.
func (s *Service) Title() string {
	if s.Provider == "" || s.Provider == s.Name {
		return s.Name
	}
	return s.Provider + " — " + s.Name
}

// period is a time with one status. It lasts until the next one begins.
type period struct {
	from      time.Time
	kind      kind
	status    string // last part of the URI: "granted"
	trusted   bool
	forOthers bool // the service is for web sites only (section 5.5.9.4)
}

// kind is what a service does.
type kind struct {
	use       Use
	qualified bool
}

// kinds are the service types that matter to a signature (section 5.5.1), by
// what follows "/Svctype/".
var kinds = map[string]kind{
	"CA/QC":                {Sign, true},
	"CA/PKC":               {Sign, false},
	"NationalRootCA-QC":    {Sign, true},
	"TSA/QTST":             {Stamp, true},
	"TSA":                  {Stamp, false},
	"TSA/TSS-QC":           {Stamp, false},
	"TSA/TSS-AdESQCandQES": {Stamp, false},
}

// trusting are the statuses in which a service is believed (section 5.5.4):
// today's, and those that lists had under directive 1999/93/EC until 30 June
// 2016, which still stand in the history.
var trusting = []string{
	"granted", "recognisedatnationallevel", "setbynationallaw",
	"undersupervision", "supervisionincessation", "accredited",
}

// after returns what follows a marker in a URI: the lists of twenty years have
// had four prefixes for the same words.
func after(uri, marker string) string {
	_, last, _ := strings.Cut(uri, marker)
	return strings.Trim(last, "/ \t\r\n")
}

func newPeriod(kindURI, statusURI string, from time.Time, information []string) period {
	status := strings.ToLower(after(statusURI, "/Svcstatus/"))
	p := period{from: from, kind: kinds[after(kindURI, "/Svctype/")], status: status, trusted: slices.Contains(trusting, status)}
	// A service that says what it is for must say signatures or seals.
	sites := slices.ContainsFunc(information, func(u string) bool { return strings.HasSuffix(u, "/ForWebSiteAuthentication") })
	signs := slices.ContainsFunc(information, func(u string) bool {
		return strings.HasSuffix(u, "/ForeSignatures") || strings.HasSuffix(u, "/ForeSeals")
	})
	p.forOthers = sites && !signs
	return p
}

// at returns the period that a time falls into; none before the first one.
func (s *Service) at(t time.Time) (period, bool) {
	for _, p := range s.periods {
		if !t.Before(p.from) {
			return p, true
		}
	}
	return period{}, false
}

// uses are all that the service ever was for.
func (s *Service) uses() []Use {
	var all []Use
	for _, p := range s.periods {
		if p.kind.use != 0 && !p.forOthers && !slices.Contains(all, p.kind.use) {
			all = append(all, p.kind.use)
		}
	}
	return all
}

// plain makes a service of a certificate that an administrator trusts: for
// ever, and for both uses.
func plain(c *x509.Certificate) []*Service {
	var both []*Service
	for _, use := range []Use{Sign, Stamp} {
		both = append(both, &Service{
			Name: title(c), certificates: []*x509.Certificate{c},
			periods: []period{{kind: kind{use: use}, status: "configured", trusted: true}},
		})
	}
	return both
}

func title(c *x509.Certificate) string {
	switch {
	case c.Subject.CommonName != "":
		return c.Subject.CommonName
	case len(c.Subject.Organization) > 0:
		return c.Subject.Organization[0]
	}
	return c.Subject.String()
}
