package sac

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

// ErrCipherExpired says that the encryption certificate must be replaced.
var ErrCipherExpired = errors.New("encryption certificate outside its validity")

// Cipher seals pinCode and patient codes with the region's public key
// ("SanitelCF.cer"). The ministry replaces that certificate every three years:
// it is data, and its end is watched.
type Cipher struct {
	cert *x509.Certificate
	key  *rsa.PublicKey
}

// ParseCipher reads a certificate, PEM or DER.
func ParseCipher(data []byte) (*Cipher, error) {
	if block, _ := pem.Decode(data); block != nil {
		data = block.Bytes
	}
	cert, err := x509.ParseCertificate(data)
	if err != nil {
		return nil, fmt.Errorf("encryption certificate: %w", err)
	}
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("encryption certificate: key is %T, not RSA", cert.PublicKey)
	}
	return &Cipher{cert, key}, nil
}

// NotAfter is the end of the certificate.
func (c *Cipher) NotAfter() time.Time { return c.cert.NotAfter }

// Seal is base64 of RSA PKCS#1 v1.5 (section 4.2.1; the reference command is
// "openssl rsautl -encrypt -pkcs"). Every call gives other bytes.
func (c *Cipher) Seal(clear string, now time.Time) (string, error) {
	if now.After(c.cert.NotAfter) || now.Before(c.cert.NotBefore) {
		return "", fmt.Errorf("%w: %s to %s", ErrCipherExpired, c.cert.NotBefore.Format(time.DateOnly), c.cert.NotAfter.Format(time.DateOnly))
	}
	//lint:ignore SA1019 PKCS#1 v1.5 is what the ministry prescribes
	sealed, err := rsa.EncryptPKCS1v15(rand.Reader, c.key, []byte(clear))
	if err != nil {
		return "", fmt.Errorf("encrypt: %w", err)
	}
	return base64.StdEncoding.EncodeToString(sealed), nil
}
