//go:build cgo

package lab_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/region"
	"raccordo/host/internal/remotesign"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cades"
	"raccordo/host/internal/signature/timestamp"
	"raccordo/host/internal/signature/trust"
	"raccordo/host/internal/signature/verify"
	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/signing"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/wire"
)

// doctor answers for the lab's one, as native windows and a browser would.
type doctor struct {
	*lab.Lab
	mu   sync.Mutex
	kept map[string][]byte
}

func (d *doctor) Account(context.Context, remotesign.AccountRequest) (string, []byte, error) {
	return d.Doctor.CF, []byte(vault.Password), nil
}

func (d *doctor) PIN(context.Context, remotesign.SecretRequest) ([]byte, error) {
	return []byte(vault.PIN), nil
}

func (d *doctor) OTP(context.Context, remotesign.OTPRequest) ([]byte, bool, error) {
	m, ok := d.Signing.Vault.LastOTP(d.Doctor.CF)
	if !ok {
		return nil, false, errors.New("no code has arrived")
	}
	return []byte(m.Code), false, nil
}

func (d *doctor) Browse(ctx context.Context, address string) error {
	return d.Signing.Browse(ctx, address, signing.Person{User: d.Doctor.CF})
}

func (d *doctor) Get(name string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if v, ok := d.kept[name]; ok {
		return bytes.Clone(v), nil
	}
	return nil, errors.New("not kept")
}

func (d *doctor) Put(name string, value []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kept[name] = bytes.Clone(value)
	return nil
}

func (d *doctor) Delete(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.kept, name)
	return nil
}

// TestSigningIsConfigured: what the lab writes for the product is enough to get a
// time-stamp, to know whom to trust, and to sign with each remote service.
func TestSigningIsConfigured(t *testing.T) {
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", bin, "raccordo/host/cmd/...").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	l, err := lab.Start(t.Context(), lab.Options{Bin: bin})
	must(err)
	defer func() { must(l.Close()) }()
	if cert := l.Card.SignCertificate(); cert.OCSPServer[0] != l.Signing.URL()+"/ocsp" {
		t.Errorf("the card's certificate points to %v", cert.OCSPServer)
	}
	all, err := region.LoadProfiles(nil, filepath.Join(l.Dir, "config", "raccordo", "regions"))
	must(err)
	p := all["simulata"]
	client, err := region.SigningClient(p, region.Options{Log: zerolog.Nop()})
	must(err)
	defer client.CloseIdleConnections()
	digest := sha256.Sum256([]byte("un documento"))
	token, err := timestamp.New(p.Signature.Timestamp, client, timestamp.Options{}).Stamp(t.Context(), digest[:])
	must(err)
	if len(token) == 0 || l.Signing.Authority.Stamps() != 1 {
		t.Error("no time-stamp")
	}
	store, err := trust.Load(t.Context(), trust.Options{Files: p.Signature.Trust, Signers: p.Signature.TrustSigners})
	must(err)
	if len(p.RemoteSigners()) != 3 {
		t.Fatalf("%d remote services", len(p.RemoteSigners()))
	}
	for _, r := range p.RemoteSigners() {
		d := &doctor{Lab: l, kept: map[string][]byte{}}
		service, err := remotesign.New(r, client, d, d, remotesign.Options{Log: zerolog.Nop()})
		must(err)
		signer, err := service.Open(t.Context(), "", 0)
		must(err)
		must(signAll(t.Context(), signer, digest[:]))
		if r.Kind == remotesign.ARSS {
			verified(t, l, signer, client, store)
		}
		must(signer.Close())
	}
	if l.Signing.Vault.Signed() != 7 {
		t.Errorf("%d signatures", l.Signing.Vault.Signed())
	}
}

// verified signs a text, looks the signature through with all that the simulator
// publishes, and once more when the certificate has been revoked before.
func verified(t *testing.T, l *lab.Lab, signer signature.Signer, client *http.Client, store *trust.Store) {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	text := bytes.NewReader([]byte("un documento"))
	prepared, err := cades.Prepare(t.Context(), text, signature.Options{Identity: signer.Identity(), Now: time.Now()})
	must(err)
	var signed bytes.Buffer
	must(signer.SignAll(t.Context(), [][]byte{prepared.Digest()}, func(_ int, value []byte) { must(prepared.Complete(t.Context(), value, &signed)) }))
	for _, want := range []struct {
		verdict    wire.Verdict
		revocation string
	}{{wire.VerdictValid, "good"}, {wire.VerdictInvalid, "revoked"}} {
		if want.revocation == "revoked" {
			l.Signing.Authority.Revoke(signer.Identity().Certificate.SerialNumber, time.Now().Add(-time.Hour), 1)
		}
		got, err := verify.New(verify.Options{Trust: store, Client: client, Now: time.Now, Log: zerolog.Nop()}).Verify(t.Context(), bytes.NewReader(signed.Bytes()), nil, "documento.txt.p7m")
		must(err)
		if got.Verdict != want.verdict || len(got.Signatures) != 1 || got.Signatures[0].Chain != "trusted" || got.Signatures[0].Revocation != want.revocation {
			t.Errorf("%+v", got)
		}
	}
}

// signAll signs two digests and verifies what comes.
func signAll(ctx context.Context, signer signature.Signer, digest []byte) (err error) {
	id := signer.Identity()
	other := bytes.Clone(digest)
	other[0] ^= 1
	all, got := [][]byte{digest, other}, 0
	failed := signer.SignAll(ctx, all, func(i int, value []byte) {
		got++
		err = errors.Join(err, id.Algorithm.Check(id.Certificate.PublicKey, all[i], value))
	})
	if got != len(all) {
		err = errors.Join(err, fmt.Errorf("%d of %d", got, len(all)))
	}
	return errors.Join(err, failed)
}
