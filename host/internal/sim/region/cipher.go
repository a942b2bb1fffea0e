package region

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"raccordo/host/internal/sim/testca"
)

// cipherKey is the region's counterpart of SanitelCF.cer: RSA-1024 like the
// ministry's, hence 172 characters of base64 for each encrypted field.
type cipherKey struct {
	private *rsa.PrivateKey
	pem     []byte
}

const cipherBits = 1024

// loadCipherKey reads cifratura.key and cifratura.crt from dir, or makes them.
func loadCipherKey(dir string, ca *testca.CA) (*cipherKey, error) {
	keyFile, certFile := filepath.Join(dir, "cifratura.key"), filepath.Join(dir, "cifratura.crt")
	if dir != "" {
		key, err := readCipherKey(keyFile, certFile)
		if err == nil || !errors.Is(err, os.ErrNotExist) {
			return key, err
		}
	}
	private, err := rsa.GenerateKey(rand.Reader, cipherBits)
	if err != nil {
		return nil, err
	}
	der, err := ca.Issue(&x509.Certificate{
		Subject:  testca.Subject("SanitelCF simulato"),
		KeyUsage: x509.KeyUsageKeyEncipherment | x509.KeyUsageDataEncipherment,
	}, private.Public())
	if err != nil {
		return nil, err
	}
	key := &cipherKey{private, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
	if dir == "" {
		return key, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	secret := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)})
	if err := os.WriteFile(keyFile, secret, 0o600); err != nil {
		return nil, err
	}
	return key, os.WriteFile(certFile, key.pem, 0o644)
}

func readCipherKey(keyFile, certFile string) (*cipherKey, error) {
	secret, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	cert, err := os.ReadFile(certFile)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(secret)
	if block == nil {
		return nil, fmt.Errorf("%s: no PEM block", keyFile)
	}
	private, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	return &cipherKey{private, cert}, err
}

// decrypt opens base64(RSA PKCS#1 v1.5), the format that the specification
// gives as "openssl rsautl -encrypt -pkcs".
func (k *cipherKey) decrypt(field string) (string, error) {
	sealed, err := base64.StdEncoding.DecodeString(field)
	if err != nil {
		return "", err
	}
	//lint:ignore SA1019 the ministry's format
	clear, err := rsa.DecryptPKCS1v15(nil, k.private, sealed)
	return string(clear), err
}
