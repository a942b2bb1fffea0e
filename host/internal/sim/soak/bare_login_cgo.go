//go:build cgo

package soak

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/miekg/pkcs11"
)

// BareLogin is the process beside which a login is measured: its module is
// loaded, and for each line of in it logs in to the card, shakes hands with the
// region anew and opens a session.
func BareLogin(module, pin, address, authority string, in io.Reader, out io.Writer) error {
	ctx := pkcs11.New(module)
	if ctx == nil {
		return fmt.Errorf("%s can not be loaded", module)
	}
	defer ctx.Destroy()
	if err := ctx.Initialize(); err != nil {
		return err
	}
	defer ctx.Finalize()
	session, key, err := bareLogin(ctx, pin)
	if err != nil {
		return err
	}
	cert, err := bareCertificate(ctx, session)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(authority)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return errors.New("no certificate in " + authority)
	}
	conf := &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{{
		Certificate: [][]byte{cert.Raw}, Leaf: cert, PrivateKey: &bareKey{ctx, session, key, cert},
		// What the module can do; PSS would need parameters of its own.
		SupportedSignatureAlgorithms: []tls.SignatureScheme{tls.PKCS1WithSHA256},
	}}, MaxVersion: tls.VersionTLS12}
	if err := ctx.Logout(session); err != nil {
		return err
	}
	for lines := bufio.NewScanner(in); lines.Scan(); {
		began := time.Now()
		if err := ctx.Login(session, pkcs11.CKU_USER, pin); err != nil {
			return err
		}
		if err := barePost(conf.Clone(), address); err != nil {
			return err
		}
		took := time.Since(began)
		if err := ctx.Logout(session); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out, took.Nanoseconds()); err != nil {
			return err
		}
	}
	return nil
}

func bareCertificate(ctx *pkcs11.Ctx, session pkcs11.SessionHandle) (*x509.Certificate, error) {
	template := []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_CERTIFICATE), pkcs11.NewAttribute(pkcs11.CKA_ID, []byte{1})}
	if err := ctx.FindObjectsInit(session, template); err != nil {
		return nil, err
	}
	found, _, err := ctx.FindObjects(session, 1)
	if end := ctx.FindObjectsFinal(session); err == nil {
		err = end
	}
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errors.New("no certificate 01")
	}
	value, err := ctx.GetAttributeValue(session, found[0], []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_VALUE, nil)})
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(value[0].Value)
}

func barePost(conf *tls.Config, address string) error {
	transport := &http.Transport{TLSClientConfig: conf}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport, Timeout: 30 * time.Second}).Post(address, "", bytes.NewReader(nil))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusCreated {
		return fmt.Errorf("HTTP %s", answer.Status)
	}
	return nil
}

// bareKey signs SHA-256 digests with CKM_RSA_PKCS and nothing else.
type bareKey struct {
	ctx     *pkcs11.Ctx
	session pkcs11.SessionHandle
	key     pkcs11.ObjectHandle
	cert    *x509.Certificate
}

var _ crypto.Signer = (*bareKey)(nil)

func (k *bareKey) Public() crypto.PublicKey { return k.cert.PublicKey }

func (k *bareKey) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if _, pss := opts.(*rsa.PSSOptions); pss || opts.HashFunc() != crypto.SHA256 {
		return nil, errors.New("PKCS #1 v1.5 with SHA-256 only")
	}
	info, err := digestInfo(digest)
	if err != nil {
		return nil, err
	}
	if err := k.ctx.SignInit(k.session, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_RSA_PKCS, nil)}, k.key); err != nil {
		return nil, err
	}
	return k.ctx.Sign(k.session, info)
}

// digestInfo is what CKM_RSA_PKCS pads (RFC 8017, section 9.2).
func digestInfo(digest []byte) ([]byte, error) {
	type algorithm struct {
		OID  asn1.ObjectIdentifier
		Null asn1.RawValue
	}
	return asn1.Marshal(struct {
		Algorithm algorithm
		Digest    []byte
	}{algorithm{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, asn1.NullRawValue}, digest})
}
