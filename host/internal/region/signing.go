package region

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"time"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/remotesign"
)

// Signing is what a region has for signing and for verifying signatures.
type Signing struct {
	Timestamp    string               `toml:"timestamp" jsonschema:"pattern=^(https?://[^?#@]+)?$"` // time-stamping authority (RFC 3161); http too, because a token is signed and checked
	Trust        []string             `toml:"trust"`                                                // whose signatures count: trusted lists (ETSI TS 119 612, XML) and authorities' certificates
	TrustSigners []string             `toml:"trust_signers"`                                        // certificates, PEM or DER, of who signs those lists; with one, unsigned lists are refused
	CA           []string             `toml:"ca"`                                                   // PEM files: who signs the certificates of these servers, besides the system's authorities
	Remote       []remotesign.Profile `toml:"remote"`                                               // remote signature services
}

// RemoteSigners are the remote signature services that have all they need;
// for the others the region has still to give something.
func (p Profile) RemoteSigners() []remotesign.Profile {
	var ready []remotesign.Profile
	for _, r := range p.Signature.Remote {
		if len(r.Missing()) == 0 {
			ready = append(ready, r)
		}
	}
	return ready
}

// SigningClient speaks to the servers that signing and verifying need: remote
// signature services, time-stamping authority, OCSP and CRL. It follows no
// redirect and keeps no cookie; only Proxy of the options counts. An error is
// wire.ErrRegionConfig.
func SigningClient(p Profile, opt Options) (*http.Client, error) {
	roots, err := p.signingRoots()
	if err != nil {
		return nil, misconfigured(err)
	}
	connect, answer := time.Duration(p.Timeouts.Connect), time.Duration(p.Timeouts.Answer)
	dialer := &net.Dialer{Timeout: connect, KeepAlive: 30 * time.Second}
	return &http.Client{
		Timeout: 2*connect + answer,
		Transport: &http.Transport{
			Proxy: opt.Proxy, DialContext: dialer.DialContext, TLSHandshakeTimeout: connect,
			IdleConnTimeout: time.Minute, DisableCompression: true,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots, Time: opt.Now},
			OnProxyConnectResponse: exchange.ProxyAnswer,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// signingRoots are the system's authorities and those of the profile; nil: the
// system's alone.
func (p Profile) signingRoots() (*x509.CertPool, error) {
	var roots *x509.CertPool
	for _, name := range p.Signature.CA {
		pem, err := p.File(name)
		if errors.Is(err, fs.ErrNotExist) && p.Status == StatusAdhesion {
			continue
		}
		if err != nil {
			return nil, err
		}
		if roots == nil {
			if roots, err = x509.SystemCertPool(); err != nil {
				roots = x509.NewCertPool()
			}
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s: no certificate", name)
		}
	}
	return roots, nil
}

// signingFaults are those of the section [signature].
func (p Profile) signingFaults() []*Fault {
	var all []*Fault
	add := func(broken bool, key string, wrong Wrong, value string, allowed ...string) {
		if broken {
			all = append(all, &Fault{key, wrong, value, allowed})
		}
	}
	at := p.Signature.Timestamp
	add(at != "" && !plainHTTPS(at) && !plainHTTPS(strings.Replace(at, "http://", "https://", 1)), "signature.timestamp", WrongAddress, at)
	seen := map[string]bool{}
	for i, r := range p.Signature.Remote {
		table := fmt.Sprintf("signature.remote[%d]", i+1)
		add(!profileID.MatchString(r.ID), table+".id", WrongName, r.ID)
		add(seen[r.ID], table+".id", WrongTwice, r.ID)
		seen[r.ID] = true
		if p.Status == StatusComplete {
			for _, key := range r.Missing() {
				add(true, table+"."+key, WrongMissing, "")
			}
		}
		add(r.URL != "" && !plainHTTPS(r.URL), table+".url", WrongAddress, r.URL)
		add(r.OAuth != "" && !plainHTTPS(r.OAuth), table+".oauth2", WrongAddress, r.OAuth)
		for _, f := range r.Faults() {
			wrong := WrongWord
			if len(f.Allowed) == 0 {
				wrong = WrongPath
			}
			add(true, table+"."+f.Key, wrong, f.Value, f.Allowed...)
		}
		for _, n := range r.Ranges() {
			add(n.Value < 0 || n.Value > n.Max, table+"."+n.Key, WrongLimit, fmt.Sprint(n.Value), "0", fmt.Sprint(n.Max))
		}
	}
	return all
}
