package verify

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"strings"
	"sync"
	"testing"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/revocation"
	"raccordo/host/internal/signature/trust"
	"raccordo/host/internal/wire"
)

var document = []byte("Profilo sanitario sintetico di prova.\n")

// small is a key as cards had them until 2010.
var small = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 1024) })

const (
	valid   = wire.VerdictValid
	unsure  = wire.VerdictUnknown
	invalid = wire.VerdictInvalid
)

// scene makes a signed document, and then the world goes on.
type scene struct {
	name    string
	make    func(t *testing.T, w *world) []byte
	option  func(*Options)
	verdict wire.Verdict
	// chain, revocation and validity in one line; codes of the notices
	state, codes string
	text         string
}

// usual signs as people do; after lets the world go on.
func usual(stamped bool, after func(w *world, p *party), change ...func(*x509.Certificate)) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		p := w.signer(t, change...)
		out := w.p7m(t, document, p, w.signing(t, p, stamped))
		if after != nil {
			after(w, p)
		}
		return out
	}
}

// later signs with a claimed time that is off by d.
func later(d time.Duration, after func(w *world, p *party), change ...func(*x509.Certificate)) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		p := w.signer(t, change...)
		opt := w.signing(t, p, false)
		opt.Now = opt.Now.Add(d)
		out := w.p7m(t, document, p, opt)
		if after != nil {
			after(w, p)
		}
		return out
	}
}

const (
	hour = time.Hour
	year = 365 * 24 * time.Hour
)

func pass(d time.Duration) func(*world, *party) {
	return func(w *world, _ *party) { w.clock = w.clock.Add(d) }
}

func revoked(at time.Duration, reason int) func(*world, *party) {
	return func(w *world, p *party) {
		w.revoke(p.cert, w.start.Add(at), reason)
		w.clock = w.clock.Add(24 * hour)
	}
}

func statuses(all ...string) func(*world, *party) {
	return func(w *world, _ *party) {
		w.status = all
		w.clock = w.clock.Add(48 * hour)
	}
}

func on(d time.Duration, word string) string {
	return word + " " + time.Now().Add(d).UTC().Format(time.RFC3339)
}

var scenes = []scene{
	{"good", usual(false, nil), nil, valid, "trusted good valid", "", "La firma di Mario Rossi è valida: il documento non è stato modificato dopo la firma."},
	{"good, stamped", usual(true, nil), nil, valid, "trusted good valid", "", "La firma di Mario Rossi è valida:"},
	{"one byte of the document changed", func(t *testing.T, w *world) []byte {
		out := usual(false, nil)(t, w)
		out[bytes.Index(out, document)] ^= 1
		return out
	}, nil, invalid, "trusted good valid", "changed", "La firma di Mario Rossi non è valida: il documento è stato modificato dopo la firma."},
	{"something behind the signature", func(t *testing.T, w *world) []byte { return append(usual(false, nil)(t, w), "more"...) }, nil,
		unsure, "trusted good valid", "part", "Non si può dire se la firma di Mario Rossi è valida: la firma non riguarda tutto il documento."},
	{"not qualified", usual(false, nil, func(c *x509.Certificate) { c.ExtraExtensions = nil }), nil, valid, "trusted good valid", "not_qualified", "La firma di Mario Rossi è valida:"},
	{"a certificate to log in with", usual(false, nil, func(c *x509.Certificate) {
		c.KeyUsage, c.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}), nil, valid, "trusted good valid", "authentication_certificate", ""},
	{"a certificate for something else", usual(false, nil, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }), nil, unsure, "trusted good valid", "usage", ""},

	{"revoked, then signed", later(2*hour, revoked(hour, 0)), nil, invalid, "trusted revoked valid", "revoked", "La firma di Mario Rossi non è valida: il certificato era già stato revocato."},
	{"signed, then revoked, and only the signer says so", usual(false, revoked(hour, 0)), nil, unsure, "trusted revoked valid", "revoked_unproven",
		"Non si può dire se la firma di Mario Rossi è valida: il documento non è stato modificato, ma il certificato è stato revocato e nulla prova che la firma sia precedente."},
	{"signed, stamped, then revoked", usual(true, revoked(hour, 0)), nil, valid, "trusted good valid", "revoked_since", "La firma di Mario Rossi è valida:"},
	{"signed, revoked, then stamped", func(t *testing.T, w *world) []byte {
		p := w.signer(t)
		opt := w.signing(t, p, true)
		opt.Now = opt.Now.Add(-2 * hour)
		out := w.p7m(t, document, p, opt)
		w.revoke(p.cert, w.start.Add(-hour), 1)
		return out
	}, nil, unsure, "trusted revoked valid", "revoked_unproven", ""},
	{"suspended", usual(false, revoked(-hour, revocation.OnHold)), nil, unsure, "trusted revoked valid", "suspended", ""},
	{"the authority itself was revoked", usual(false, func(w *world, _ *party) { w.revoke(w.sub.cert, w.start.Add(-hour), 2) }), nil, unsure, "trusted good valid", "authority_revoked", ""},
	{"the responder is somebody else", usual(false, func(w *world, _ *party) { w.responder = w.root }), nil, unsure, "trusted unknown valid", "revocation_unknown", ""},
	{"the responder is down", usual(false, func(w *world, _ *party) { w.server.CloseClientConnections(); w.server.Listener.Close() }), nil, unsure, "trusted unknown valid", "revocation_unknown", ""},
	{"offline", usual(false, nil), func(o *Options) { o.Client = nil }, unsure, "trusted not_checked valid", "revocation_not_checked",
		"Non si può dire se la firma di Mario Rossi è valida: il documento non è stato modificato, ma non si è controllato se il certificato è stato revocato."},

	{"expired since, not stamped", usual(false, pass(2*year)), nil, unsure, "trusted good expired", "expired_unproven", ""},
	{"expired since, stamped", usual(true, pass(2*year)), nil, valid, "trusted good valid", "expired_since", "La firma di Mario Rossi è valida:"},
	{"expired, then signed", later(2*year, pass(2*year)), nil, invalid, "trusted good expired", "expired", "La firma di Mario Rossi non è valida: il certificato era già scaduto."},
	{"not valid yet", usual(false, nil, func(c *x509.Certificate) { c.NotBefore = c.NotBefore.Add(year + 24*hour) }), nil, unsure, "trusted good not_yet_valid", "not_yet_valid", ""},
	{"a clock that is ahead", later(24*hour, nil), nil, valid, "trusted good valid", "claimed_later", ""},

	{"nobody is trusted", usual(false, nil), func(o *Options) { o.Trust = nil }, unsure, "not_checked not_checked valid", "trust_missing", ""},
	{"somebody else is trusted", usual(false, func(w *world, _ *party) { w.root = &party{w.house.CA.Cert(), nil} }), nil, unsure, "untrusted not_checked valid", "authority_unknown",
		"Non si può dire se la firma di Mario Rossi è valida: il documento non è stato modificato, ma l'autorità che ha rilasciato il certificato non è negli elenchi di fiducia."},
	{"withdrawn before", usual(false, statuses("withdrawn 2020-01-01T00:00:00Z", "granted 2016-07-01T00:00:00Z")), nil, unsure, "untrusted not_checked valid", "authority_withdrawn", ""},
	{"withdrawn before, stamped", usual(true, statuses("withdrawn 2020-01-01T00:00:00Z", "granted 2016-07-01T00:00:00Z")), nil, unsure, "untrusted not_checked valid", "authority_withdrawn", ""},
	{"withdrawn since, not stamped", usual(false, statuses(on(hour, "withdrawn"), "granted 2016-07-01T00:00:00Z")), nil, unsure, "untrusted not_checked valid", "authority_withdrawn", ""},
	{"withdrawn since, stamped", usual(true, statuses(on(hour, "withdrawn"), "granted 2016-07-01T00:00:00Z")), nil, valid, "trusted good valid", "", ""},
	{"listed since, stamped", usual(true, statuses(on(hour, "granted"))), nil, unsure, "untrusted not_checked valid", "authority_not_yet", ""},
	{"an old list", usual(false, func(w *world, _ *party) { w.next = "2026-02-01T00:00:00Z" }), nil, valid, "trusted good valid", "trust_outdated", "La firma di Mario Rossi è valida:"},

	{"stamped by somebody, then expired", usual(true, func(w *world, _ *party) { w.noQTST, w.clock = true, w.clock.Add(2*year) }), nil, unsure, "trusted good expired", "timestamp_untrusted expired_unproven", ""},
	{"stamped by somebody", usual(true, func(w *world, _ *party) { w.noQTST = true }), nil, valid, "trusted good valid", "timestamp_untrusted", ""},
	// A list says who is qualified; a certificate beside it does not.
	{"only a certificate of the configuration", usual(false, func(w *world, _ *party) { w.plain = w.root }), nil, valid, "trusted good valid", "qualified_unconfirmed", ""},
	{"trusted itself", usual(false, func(w *world, p *party) { w.plain = p }), nil, valid, "trusted not_checked valid", "qualified_unconfirmed", ""},
	{"a small key", func(t *testing.T, w *world) []byte {
		key, err := small()
		must(t, err)
		p := w.certify(t, w.sub, key, "Mario Rossi", w.addresses, mario)
		return w.p7m(t, document, p, w.signing(t, p, false))
	}, nil, unsure, "trusted good valid", "algorithm_weak", ""},
}

func TestVerdicts(t *testing.T) {
	for _, tt := range scenes {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			signed := tt.make(t, w)
			out, s := verify(t, w.verifier(t, func(o *Options) {
				if tt.option != nil {
					tt.option(o)
				}
			}), signed)
			if out.Verdict != tt.verdict || codes(s) != tt.codes {
				t.Errorf("%s: %s", out.Verdict, codes(s))
			}
			if state := s.Chain + " " + s.Revocation + " " + s.Validity; state != tt.state {
				t.Error(state)
			}
			if !strings.HasPrefix(out.Text, tt.text) || !strings.HasSuffix(out.Text, ".") || strings.Contains(out.Text, ": .") {
				t.Error(out.Text)
			}
			if broken := tt.codes == "changed"; broken != (s.Integrity == "broken") || out.Added != (tt.codes == "part") {
				t.Errorf("%s, added %v", s.Integrity, out.Added)
			}
			for _, n := range s.Notices {
				if !strings.HasSuffix(n.Text, ".") || n.Remedy != "" && !strings.HasSuffix(n.Remedy, ".") {
					t.Errorf("%+v", n)
				}
			}
		})
	}
}

// What is told of a signature, in full.
func TestDetails(t *testing.T) {
	w := newWorld(t)
	p := w.signer(t)
	signed := w.p7m(t, document, p, w.signing(t, p, true))
	out, s := verify(t, w.verifier(t), signed)
	at, err := time.Parse(time.RFC3339, s.Timestamp.At)
	if err != nil || at.Before(w.start.Add(-time.Second)) || !s.Timestamp.Trusted || s.Timestamp.Authority != "Marche temporali di prova" {
		t.Errorf("%+v", s.Timestamp)
	}
	want := wire.Signatory{Name: "Mario Rossi", CF: "RSSMRA70A01L219K", Issuer: "Autorità di prova", Qualified: true,
		NotAfter: p.cert.NotAfter.UTC().Format(time.RFC3339), Fingerprint: signature.Signatory(p.cert).Fingerprint}
	if s.Signer != want || s.Algorithm != "ECDSA P-256, SHA-256" || s.Trust != "Prestatore — Certificati di prova" || s.Format != "CAdES-B-T" || s.ClaimedAt != w.clock.UTC().Format(time.RFC3339) {
		t.Errorf("%+v", s)
	}
	if out.Format != "CMS" || out.Size != int64(len(signed)) || len(out.SHA256) != 64 {
		t.Errorf("%+v", out)
	}
}

// What a signature brings is enough offline, judged at the time of its stamp.
func TestEmbedded(t *testing.T) {
	w := newWorld(t)
	p := w.signer(t)
	w.server.Listener.Close()
	v := w.verifier(t, func(o *Options) { o.Client = nil })
	f := found{Found: signature.Found{
		Format: "CAdES-B-LT", Certificate: p.cert, Certificates: []*x509.Certificate{p.cert, w.sub.cert}, Algorithm: w.identity(p).Algorithm, Covers: signature.Whole,
		OCSPs: [][]byte{w.evidence(t, w.sub, p.cert), w.evidence(t, w.root, w.sub.cert)},
	}}
	if j := v.judge(context.Background(), f); j.Verdict != valid || j.Revocation != "good" {
		t.Errorf("%+v", j)
	}
	f.OCSPs = f.OCSPs[:1]
	if j := v.judge(context.Background(), f); j.Verdict != unsure || codes(j.VerifiedSignature) != "authority_revocation_unknown" {
		t.Errorf("%+v", j)
	}
	f.Certificate = nil
	if j := v.judge(context.Background(), f); j.Verdict != unsure || codes(j.VerifiedSignature) != "signer_missing" {
		t.Errorf("%+v", j)
	}
}

// One verifier serves everybody.
func TestAtOnce(t *testing.T) {
	w := newWorld(t)
	p := w.signer(t)
	signed := w.p7m(t, document, p, w.signing(t, p, true))
	v := w.verifier(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if out, err := v.Verify(context.Background(), bytes.NewReader(signed), nil, ""); err != nil || out.Verdict != valid {
				t.Errorf("%v %+v", err, out)
			}
		})
	}
	all.Wait()
}

// Two documents of one doctor cost one question each authority.
func TestTrustIsPerVerifier(t *testing.T) {
	w := newWorld(t)
	p := w.signer(t)
	signed := w.p7m(t, document, p, w.signing(t, p, false))
	v := w.verifier(t)
	verify(t, v, signed)
	w.server.Close()
	if out, _ := verify(t, v, signed); out.Verdict != valid {
		t.Errorf("%+v", out)
	}
	if out, _ := verify(t, New(Options{Trust: trust.None(), Now: v.now}), signed); out.Verdict != unsure {
		t.Errorf("%+v", out)
	}
}
