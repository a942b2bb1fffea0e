package matrix

import (
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/card"
	"raccordo/host/internal/card/worker"
	"raccordo/host/internal/remotesign"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/pcsc"
	"raccordo/host/internal/sim/signing"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/sim/signtest"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/sim/vcard"
	"raccordo/host/internal/wire"
)

const workerArg = "card-worker"

// The test binary is its own card worker.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == workerArg {
		if err := worker.Main(os.Args[2], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// The algorithms of the table.
var algorithms = []struct {
	name   string
	scheme signature.Scheme
}{
	{"RSA-2048, PKCS #1 v1.5, SHA-256", signature.PKCS1v15},
	{"RSA-2048, PSS, SHA-256", signature.PSS},
	{"ECDSA P-256, SHA-256", signature.ECDSA},
}

// place is a column of the table. key is nil where the key does not stand in
// this PC.
type place struct {
	name string
	open func(t *testing.T, scheme signature.Scheme) (signer signature.Signer, key crypto.Signer)
	none map[signature.Scheme]string // why there is no signature of that kind
}

const (
	softhsm = "/usr/lib/softhsm/libsofthsm2.so"
	opensc  = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"
	softPIN = "13579"
)

func places(t *testing.T, h *house) []place {
	dir := t.TempDir()
	daemon, err := pcsc.Start(t.Context(), filepath.Join(dir, "p"), 1)
	must(t, err)
	t.Cleanup(func() { _ = daemon.Stop() })
	t.Setenv("PCSCLITE_CSOCK_NAME", daemon.Socket())
	chip, err := vcard.New(vcard.Options{Doctor: anagrafe.Doctors()[0], CA: h.CA})
	must(t, err)
	must(t, chip.Insert(t.Context(), daemon.Slot(0)))
	t.Cleanup(chip.Remove)
	soft := h.softToken(t, dir)
	rsaOnly := map[signature.Scheme]string{signature.ECDSA: "RSA keys only"}
	remote := h.provider(t)
	return []place{
		{"SoftHSM", func(t *testing.T, scheme signature.Scheme) (signature.Signer, crypto.Signer) {
			id := soft[scheme == signature.ECDSA]
			return onCard(t, softhsm, softPIN, id.Identity, scheme)
		}, nil},
		{"virtual CNS (OpenSC)", func(t *testing.T, scheme signature.Scheme) (signature.Signer, crypto.Signer) {
			id := signature.Identity{Certificate: chip.SignCertificate(), Chain: h.chain()}
			return onCard(t, opensc, vcard.DefaultSignPIN, id, scheme)
		}, rsaOnly},
		{"CSC 1.0.4", remote(remotesign.Profile{Kind: remotesign.CSC, URL: "/csc/v1", Authorize: remotesign.ByBasic}), nil},
		{"CSC 2.0", remote(remotesign.Profile{Kind: remotesign.CSC, URL: "/csc/v2", Authorize: remotesign.ByBasic}), nil},
		{"ARSS", remote(remotesign.Profile{Kind: remotesign.ARSS, URL: "/arss", OTPDomain: "firma.prova", OTPSend: "SMS"}),
			map[signature.Scheme]string{signature.PSS: "PKCS #1 v1.5 only"}},
	}
}

// softToken makes one with an RSA and an ECDSA key; true is the latter.
func (h *house) softToken(t *testing.T, dir string) map[bool]signtest.Signatory {
	tokens, conf := filepath.Join(dir, "tokens"), filepath.Join(dir, "softhsm2.conf")
	must(t, os.Mkdir(tokens, 0o700))
	must(t, os.WriteFile(conf, fmt.Appendf(nil, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", tokens), 0o600))
	t.Setenv("SOFTHSM2_CONF", conf)
	signtest.Holds(t, "softhsm2-util", "--init-token", "--free", "--label", "firma", "--so-pin", "87654321", "--pin", softPIN)
	made := map[bool]signtest.Signatory{false: h.One(t, "RSA SHA-256"), true: h.One(t, "P-256 SHA-256")}
	for ec, s := range made {
		cert, key := h.Files(t, s)
		id := map[bool]string{false: "01", true: "02"}[ec]
		der := func(file string) string {
			out := h.Temp(t, nil)
			kind := map[bool][]string{false: {"pkey"}, true: {"x509"}}[file == cert]
			signtest.Holds(t, "openssl", append(kind, "-in", file, "-outform", "DER", "-out", out)...)
			return out
		}
		for kind, file := range map[string]string{"privkey": der(key), "cert": der(cert)} {
			args := []string{"--module", softhsm, "--token-label", "firma", "--login", "--pin", softPIN, "--id", id, "--label", "firma" + id, "--write-object", file, "--type", kind}
			if kind == "privkey" {
				args = append(args, "--usage-sign")
			}
			signtest.Holds(t, "pkcs11-tool", args...)
		}
	}
	return made
}

// onCard opens a key through the product's card engine and one module.
func onCard(t *testing.T, module, pin string, id signature.Identity, scheme signature.Scheme) (signature.Signer, crypto.Signer) {
	service := card.New(card.Options{
		Log: zerolog.Nop(), Worker: []string{os.Args[0], workerArg}, Now: time.Now, Catalogue: card.Catalogue{Prefer: []string{module}},
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = service.Run(ctx) }() // its error is that ctx ended
	t.Cleanup(func() { cancel(); <-ended })
	sum := sha256.Sum256(id.Certificate.Raw)
	fingerprint := hex.EncodeToString(sum[:])
	seen(t, service, fingerprint)
	key, err := service.Open(t.Context(), fingerprint, func(context.Context, card.PINRequest) ([]byte, error) { return []byte(pin), nil })
	must(t, err)
	id.Algorithm = signature.Algorithm{Scheme: scheme, Hash: crypto.SHA256}
	return signature.Local(id, key, key.Close), key
}

// seen waits until the card was read.
func seen(t *testing.T, service *card.Service, fingerprint string) {
	states, end := service.Subscribe()
	defer end()
	for {
		select {
		case l := <-states:
			for _, r := range l.Readers {
				if r.Card != nil && slices.ContainsFunc(r.Card.Certificates, func(c wire.Certificate) bool { return c.Fingerprint == fingerprint }) {
					return
				}
			}
		case <-t.Context().Done():
			t.Fatal("the card was not read")
		}
	}
}

func (h *house) provider(t *testing.T) func(remotesign.Profile) func(*testing.T, signature.Scheme) (signature.Signer, crypto.Signer) {
	servers, err := testca.New("CA server di prova")
	must(t, err)
	p, err := signing.New(signing.Options{ServerCA: servers, CA: h.CA, Log: zerolog.Nop()})
	must(t, err)
	must(t, p.Start(t.Context()))
	t.Cleanup(func() { _ = p.Close() })
	// pdfsig would ask the responder that a certificate names, over TLS that it
	// does not trust; revocation is package verify's, and tested there.
	h.CA.PublishAt("")
	cf := anagrafe.Doctors()[0].CF
	return func(profile remotesign.Profile) func(*testing.T, signature.Scheme) (signature.Signer, crypto.Signer) {
		profile.ID, profile.Name, profile.URL = "prova", "Firma remota di prova", p.URL()+profile.URL
		return func(t *testing.T, scheme signature.Scheme) (signature.Signer, crypto.Signer) {
			profile := profile
			if scheme == signature.PSS {
				profile.Signature = "pss"
			}
			client := p.Client()
			t.Cleanup(client.CloseIdleConnections)
			s, err := remotesign.New(profile, client, doctor{p, cf}, memory{}, remotesign.Options{Log: zerolog.Nop(), Now: time.Now})
			must(t, err)
			all, err := s.Signers(t.Context())
			must(t, err)
			for _, c := range all {
				alg, err := signature.AlgorithmOf(c.Certificate.PublicKey)
				if err == nil && c.Unusable == nil && (alg.Scheme == signature.ECDSA) == (scheme == signature.ECDSA) {
					signer, err := s.Open(t.Context(), c.ID, crypto.SHA256)
					must(t, err)
					return signer, nil
				}
			}
			t.Fatalf("no credential of that kind: %+v", all)
			return nil, nil
		}
	}
}

// doctor types what the service's documents and his phone say.
type doctor struct {
	p  *signing.Provider
	cf string
}

func (d doctor) Account(context.Context, remotesign.AccountRequest) (string, []byte, error) {
	return d.cf, []byte(vault.Password), nil
}

func (d doctor) PIN(context.Context, remotesign.SecretRequest) ([]byte, error) {
	return []byte(vault.PIN), nil
}

func (d doctor) OTP(context.Context, remotesign.OTPRequest) ([]byte, bool, error) {
	m, ok := d.p.Vault.LastOTP(d.cf)
	if !ok {
		return nil, false, fmt.Errorf("no one-time password was sent")
	}
	return []byte(m.Code), false, nil
}

func (d doctor) Browse(context.Context, string) error { return fmt.Errorf("no browser here") }

// memory keeps nothing sealed: it is a test's.
type memory map[string][]byte

func (m memory) Get(name string) ([]byte, error) {
	if v, ok := m[name]; ok {
		return append([]byte{}, v...), nil
	}
	return nil, &signature.Error{Code: wire.ErrNoAccount}
}
func (m memory) Put(name string, value []byte) error {
	m[name] = append([]byte{}, value...)
	return nil
}
func (m memory) Delete(name string) error { delete(m, name); return nil }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
