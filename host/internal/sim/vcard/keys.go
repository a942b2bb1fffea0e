package vcard

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// The key objects of a CNS, by the number that MSE SET names.
const (
	keyAuth = 0x01
	keySign = 0x10
)

// key is one RSA key with its certificate and the PIN that opens it. private
// is used by raw and by nothing else.
type key struct {
	private *rsa.PrivateKey
	cert    *x509.Certificate
	pin     byte
}

func (k *key) public() *rsa.PublicKey { return &k.private.PublicKey }
func (k *key) size() int              { return k.private.Size() }

func newKeys(opt Options, personal []byte) (map[byte]*key, error) {
	if opt.Patient != nil || opt.AuthOnly {
		return authOnly(opt, personal)
	}
	auth, sign := &key{pin: pinAuth}, &key{pin: pinSign}
	var wg sync.WaitGroup
	var authErr, signErr error
	wg.Go(func() { auth.private, authErr = loadOrGenerate(opt, "auth") })
	wg.Go(func() { sign.private, signErr = loadOrGenerate(opt, "sign") })
	wg.Wait()
	if err := errors.Join(authErr, signErr); err != nil {
		return nil, err
	}
	err := auth.certify(opt, personal)
	if err != nil {
		return nil, err
	}
	tmpl, err := signTemplate(opt)
	if err != nil {
		return nil, err
	}
	if sign.cert, err = issue(opt.CA, tmpl, sign.public()); err != nil {
		return nil, err
	}
	return map[byte]*key{keyAuth: auth, keySign: sign}, nil
}

// authOnly makes the one key of a TS-CNS.
func authOnly(opt Options, personal []byte) (map[byte]*key, error) {
	private, err := loadOrGenerate(opt, "auth")
	if err != nil {
		return nil, err
	}
	auth := &key{pin: pinAuth, private: private}
	return map[byte]*key{keyAuth: auth}, auth.certify(opt, personal)
}

func (k *key) certify(opt Options, personal []byte) error {
	tmpl, err := authTemplate(opt, personal)
	if err != nil {
		return err
	}
	k.cert, err = issue(opt.CA, tmpl, k.public())
	return err
}

// loadOrGenerate makes a key, or takes it from KeyDir, where it leaves what it
// makes. KeyDir may be empty: then the key is in memory only.
func loadOrGenerate(opt Options, use string) (*rsa.PrivateKey, error) {
	if opt.KeyDir == "" {
		return rsa.GenerateKey(rand.Reader, opt.KeyBits)
	}
	name := opt.Doctor.CardSerial + "-" + use
	if opt.KeyBits != 2048 {
		name += fmt.Sprintf("-%d", opt.KeyBits)
	}
	path := filepath.Join(opt.KeyDir, name+".key")
	text, err := os.ReadFile(path)
	switch {
	case err == nil:
		return parseKey(path, text, opt.KeyBits)
	case !errors.Is(err, os.ErrNotExist):
		return nil, err
	}
	private, err := rsa.GenerateKey(rand.Reader, opt.KeyBits)
	if err != nil {
		return nil, err
	}
	return private, keep(path, private)
}

func parseKey(path string, text []byte, bits int) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s: not PEM", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok || private.N.BitLen() != bits {
		return nil, fmt.Errorf("%s: not an RSA key of %d bits", path, bits)
	}
	return private, nil
}

// keep writes aside and renames: two simulators may share a folder.
func keep(path string, private *rsa.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	aside, err := os.CreateTemp(filepath.Dir(path), ".key*") // 0600
	if err != nil {
		return err
	}
	err = errors.Join(pem.Encode(aside, &pem.Block{Type: "PRIVATE KEY", Bytes: der}), aside.Close())
	if err == nil {
		err = os.Rename(aside.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(aside.Name()))
	}
	return nil
}
