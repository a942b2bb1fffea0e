// Package op runs two programs that nobody here wrote as the other side of a
// regional login: npm oidc-provider as the region's OpenID provider, and nginx
// as the front that asks for the card's certificate. What the simulated
// provider and the program have misread alike, these two have not.
//
// It is for tests only. Both listen on the loopback interface at a port of
// their own and end with the test.
package op

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	_ "embed"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"raccordo/host/internal/sim/testca"
)

// startTime is more than any Node takes that will start at all.
const startTime = 2 * time.Minute

//go:embed provider.mjs
var script []byte

// Options of the provider. Its one client is raccordo, a native program
// without a secret that comes back to http://127.0.0.1:ANY/ritorno; who logs in
// types a codice fiscale and any password.
type Options struct {
	ServerCA        *testca.CA
	Tokens          string    // bearer, dpop, mtls
	Nonces          bool      // DPoP proofs need a nonce of the server's
	Resource        string    // access tokens are JWT for it
	ClaimsInIDToken bool      // else at userinfo
	Front           string    // secret by which a front with mutual TLS shows who it is
	Log             io.Writer // of the provider's errors; nil: nowhere
}

// Provider is a running oidc-provider.
type Provider struct {
	issuer string
	cmd    *exec.Cmd
	stdin  io.Closer
	once   sync.Once
}

// settings are what the script reads.
type settings struct {
	Modules  string          `json:"modules"`
	Key      string          `json:"key"`
	Cert     string          `json:"cert"`
	Tokens   string          `json:"tokens"`
	Nonces   bool            `json:"nonces"`
	Resource string          `json:"resource,omitempty"`
	InID     bool            `json:"claimsInIDToken"`
	Front    string          `json:"front,omitempty"`
	Signing  jose.JSONWebKey `json:"signing"`
}

// Start starts a provider that keeps its files in dir.
func Start(ctx context.Context, dir string, o Options) (*Provider, error) {
	modules, err := installed()
	if err != nil {
		return nil, err
	}
	// Not made by Node: its collector may destroy the job that made a key while
	// the key is being exported, and both want the same lock (seen in Node 20).
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	signing := jose.JSONWebKey{Key: key, KeyID: "prova", Use: "sig", Algorithm: string(jose.RS256)}
	s := settings{modules, filepath.Join(dir, "op.key"), filepath.Join(dir, "op.crt"), o.Tokens, o.Nonces, o.Resource, o.ClaimsInIDToken, o.Front, signing}
	if err := writePair(o.ServerCA, s.Cert, s.Key); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "provider.mjs")
	if err := os.WriteFile(file, script, 0o600); err != nil {
		return nil, err
	}
	line, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "node", file)
	cmd.WaitDelay = 5 * time.Second
	if o.Log != nil {
		cmd.Stderr = o.Log
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &Provider{cmd: cmd, stdin: stdin}
	var said struct {
		Issuer string `json:"issuer"`
	}
	stuck := time.AfterFunc(startTime, func() { _ = cmd.Process.Kill() })
	defer stuck.Stop()
	_, err = stdin.Write(append(line, '\n'))
	if err == nil {
		err = json.NewDecoder(bufio.NewReader(stdout)).Decode(&said)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("oidc-provider: %w", err), p.Close())
	}
	p.issuer = said.Issuer
	return p, nil
}

// Issuer is the issuer identifier and base address.
func (p *Provider) Issuer() string { return p.issuer }

// Close ends the provider. It is safe to repeat.
func (p *Provider) Close() (err error) {
	p.once.Do(func() {
		_ = p.stdin.Close()
		err = p.cmd.Wait()
	})
	return err
}

// installed finds the modules that `make build/op/.stamp` puts there.
func installed() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("oidc-provider: not inside the project")
		}
	}
	modules := filepath.Join(dir, "build", "op", "node_modules")
	if _, err := os.Stat(filepath.Join(modules, "oidc-provider", "package.json")); err != nil {
		return "", fmt.Errorf("oidc-provider is not installed (make build/op/.stamp): %w", err)
	}
	return modules, nil
}

// writePair writes a server certificate and its key.
func writePair(ca *testca.CA, crt, key string) error {
	pair, err := ca.Server("localhost", "127.0.0.1")
	if err != nil {
		return err
	}
	return errors.Join(writeCertificate(crt, pair), writeKey(key, pair))
}

func writeCertificate(file string, pair tls.Certificate) error {
	var text []byte
	for _, der := range pair.Certificate {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return os.WriteFile(file, text, 0o600)
}

func writeKey(file string, pair tls.Certificate) error {
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		return err
	}
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
}
