package signing_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"testing"

	"raccordo/host/internal/sim/signing/vault"
)

func digest(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

func b64(raw []byte) string { return base64.StdEncoding.EncodeToString(raw) }

// TestV1 is the whole way of a doctor: log in, look, ask for a code, sign two.
func TestV1(t *testing.T) {
	s := start(t)
	if status, info := s.call("/csc/v1/info", object{}); status != 200 || info["specs"] != "1.0.4.0" {
		t.Fatalf("%d %v", status, info)
	}
	s.login("v1")
	_, list := s.call("/csc/v1/credentials/list", object{})
	id, _ := list["credentialIDs"].([]any)[0].(string)
	status, info := s.call("/csc/v1/credentials/info", object{"credentialID": id, "certificates": "chain", "certInfo": true, "authInfo": true})
	if status != 200 || info["authMode"] != "explicit" || info["SCAL"] != "2" {
		t.Fatalf("%d %v", status, info)
	}
	chain := info["cert"].(object)["certificates"].([]any)
	der, err := base64.StdEncoding.DecodeString(chain[0].(string))
	s.must(err)
	cert, err := x509.ParseCertificate(der)
	s.must(err)
	if cert.KeyUsage != x509.KeyUsageContentCommitment || len(chain) != 2 {
		t.Errorf("%v, %d certificates", cert.KeyUsage, len(chain))
	}
	if status, _ := s.call("/csc/v1/credentials/sendOTP", object{"credentialID": id}); status != http.StatusNoContent {
		t.Fatalf("sendOTP: %d", status)
	}
	m, _ := s.Vault.LastOTP(s.doctor.CF)
	one, two := digest("uno"), digest("due")
	status, sad := s.call("/csc/v1/credentials/authorize", object{
		"credentialID": id, "numSignatures": 2, "hash": []string{b64(one), b64(two)}, "PIN": vault.PIN, "OTP": m.Code,
	})
	if status != 200 {
		t.Fatalf("authorize: %d %v", status, sad)
	}
	status, signed := s.call("/csc/v1/signatures/signHash", object{
		"credentialID": id, "SAD": sad["SAD"], "hash": []string{b64(one), b64(two)}, "hashAlgo": "2.16.840.1.101.3.4.2.1", "signAlgo": "1.2.840.113549.1.1.1",
	})
	if status != 200 {
		t.Fatalf("signHash: %d %v", status, signed)
	}
	for i, each := range signed["signatures"].([]any) {
		value, err := base64.StdEncoding.DecodeString(each.(string))
		s.must(err)
		s.must(check(cert, [][]byte{one, two}[i], value))
	}
}

func check(cert *x509.Certificate, digest, value []byte) error {
	if k, ok := cert.PublicKey.(*ecdsa.PublicKey); ok {
		if !ecdsa.VerifyASN1(k, digest, value) {
			return rsa.ErrVerification
		}
		return nil
	}
	return rsa.VerifyPKCS1v15(cert.PublicKey.(*rsa.PublicKey), crypto.SHA256, digest, value)
}
