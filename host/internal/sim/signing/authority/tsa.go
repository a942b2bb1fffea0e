package authority

import (
	"context"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"

	"crypto/x509/pkix"

	"raccordo/host/internal/sim/signing/vault"
)

const (
	maxQuery  = 64 << 10
	stampTime = "application/timestamp-query"
	replyTime = "application/timestamp-reply"
)

// config is openssl's (ts(1), section "Configuration file options").
const config = `[tsa]
default_tsa = this
[this]
dir = %[1]s
serial = %[1]s/serial
crypto_device = builtin
signer_digest = sha256
default_policy = %[2]s
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`

// request is a TimeStampReq (RFC 3161 section 2.4.1).
type request struct {
	Version int
	Imprint struct {
		Algorithm pkix.AlgorithmIdentifier
		Hash      []byte
	}
	Policy     asn1.ObjectIdentifier `asn1:"optional"`
	Nonce      *big.Int              `asn1:"optional"`
	CertReq    bool                  `asn1:"optional"`
	Extensions asn1.RawValue         `asn1:"optional,tag:0"`
}

// ServeTSA answers time-stamp queries over HTTP (RFC 3161 section 3.4).
func (a *Authority) ServeTSA(w http.ResponseWriter, q *http.Request) {
	if kind, _, err := mime.ParseMediaType(q.Header.Get("Content-Type")); err != nil || kind != stampTime || q.Method != http.MethodPost {
		http.Error(w, "POST "+stampTime, http.StatusUnsupportedMediaType)
		return
	}
	query, err := io.ReadAll(http.MaxBytesReader(w, q.Body, maxQuery))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	reply, err := a.Stamp(q.Context(), query)
	if err != nil {
		http.Error(w, "the simulator's openssl: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", replyTime)
	_, _ = w.Write(reply) // a client that went away is no error of ours
}

// Stamp answers one query, DER in and out, unless it was ordered otherwise.
func (a *Authority) Stamp(ctx context.Context, query []byte) ([]byte, error) {
	if _, ok := a.vault.Take(vault.StampRefused, ""); ok {
		return rejection()
	}
	query, err := a.bend(query)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.prepare(); err != nil {
		return nil, err
	}
	in := filepath.Join(a.dir, "query")
	if err := os.WriteFile(in, query, 0o600); err != nil {
		return nil, err
	}
	conf := filepath.Join(a.dir, "conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, config, a.dir, a.vault.Settings().TSAPolicy), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "openssl", "ts", "-reply", "-config", conf, "-section", "this", "-queryfile", in,
		"-signer", filepath.Join(a.dir, "tsa.pem"), "-inkey", filepath.Join(a.dir, "tsa.key"), "-chain", filepath.Join(a.dir, "ca.pem"))
	reply, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return nil, fmt.Errorf("%w: %s", err, failed.Stderr)
	}
	a.stamps++
	return reply, err
}

// bend changes a query as it was ordered.
func (a *Authority) bend(query []byte) ([]byte, error) {
	_, nonce := a.vault.Take(vault.StampNonce, "")
	_, imprint := a.vault.Take(vault.StampImprint, "")
	if !nonce && !imprint {
		return query, nil
	}
	var r request
	if _, err := asn1.Unmarshal(query, &r); err != nil {
		return query, nil // openssl says what is wrong with it
	}
	if nonce {
		r.Nonce = big.NewInt(4242)
	}
	if imprint && len(r.Imprint.Hash) > 0 {
		r.Imprint.Hash[0] ^= 1
	}
	return asn1.Marshal(r)
}

// rejection is a TimeStampResp that refuses (RFC 3161 section 2.4.2): status
// rejection, failure systemFailure.
func rejection() ([]byte, error) {
	type status struct {
		Status  int
		Text    []asn1.RawValue
		Failure asn1.BitString
	}
	text := asn1.RawValue{Tag: asn1.TagUTF8String, Bytes: []byte("Marcatura rifiutata dal simulatore")}
	return asn1.Marshal(struct{ Status status }{status{2, []asn1.RawValue{text}, asn1.BitString{Bytes: []byte{0, 0, 0, 0x40}, BitLength: 26}}})
}

// prepare lays out what openssl reads: once.
func (a *Authority) prepare() error {
	if a.dir != "" {
		return nil
	}
	dir, err := os.MkdirTemp("", "tsa")
	if err != nil {
		return err
	}
	key, err := x509.MarshalPKCS8PrivateKey(a.tsaKey)
	if err != nil {
		return err
	}
	write := func(name string, blocks ...*pem.Block) {
		var text []byte
		for _, b := range blocks {
			text = append(text, pem.EncodeToMemory(b)...)
		}
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	write("tsa.pem", &pem.Block{Type: "CERTIFICATE", Bytes: a.tsaCert.Raw})
	write("tsa.key", &pem.Block{Type: "PRIVATE KEY", Bytes: key})
	write("ca.pem", &pem.Block{Type: "CERTIFICATE", Bytes: a.ca.Cert().Raw})
	err = errors.Join(err, os.WriteFile(filepath.Join(dir, "serial"), []byte("01\n"), 0o600))
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	a.dir = dir
	return nil
}

// Close removes openssl's files.
func (a *Authority) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	dir := a.dir
	if a.dir = ""; dir == "" {
		return nil
	}
	return os.RemoveAll(dir)
}
