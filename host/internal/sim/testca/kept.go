package testca

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Kept is the key NAME.key of dir, made and left there (0600) when it is not
// there yet; with no dir it is in memory only.
func Kept(dir, name string, generate func() (crypto.Signer, error)) (crypto.Signer, error) {
	if dir == "" {
		return generate()
	}
	path := filepath.Join(dir, name+".key")
	text, err := os.ReadFile(path)
	if err == nil {
		return parseKey(path, text)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	key, err := generate()
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return key, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
}

func parseKey(path string, text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s: not PEM", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	key, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%s: %T does not sign", path, parsed)
	}
	return key, nil
}

// KeptCertificate is NAME.crt of dir, or one issued now from tmpl and left there.
// One of another key, of another CA, at its end or that points elsewhere is
// replaced.
func (ca *CA) KeptCertificate(dir, name string, tmpl *x509.Certificate, public crypto.PublicKey) (*x509.Certificate, error) {
	path := filepath.Join(dir, name+".crt")
	if dir != "" {
		if kept := ca.kept(path, public); kept != nil {
			return kept, nil
		}
	}
	der, err := ca.Issue(tmpl, public)
	if err != nil {
		return nil, err
	}
	if dir != "" {
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644); err != nil {
			return nil, err
		}
	}
	return x509.ParseCertificate(der)
}

func (ca *CA) kept(path string, public crypto.PublicKey) *x509.Certificate {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil || cert.CheckSignatureFrom(ca.cert) != nil || cert.NotAfter.Before(soon()) {
		return nil
	}
	if ca.base != "" && !slices.Equal(cert.OCSPServer, []string{ca.base + "/ocsp"}) {
		return nil
	}
	same, ok := cert.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !same.Equal(public) {
		return nil
	}
	return cert
}
