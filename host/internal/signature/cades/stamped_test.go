package cades_test

import (
	"bytes"
	"testing"

	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/signature/timestamp"
	"raccordo/host/internal/sim/signtest"
)

// token is the time-stamp of the first signature.
func token(t testing.TB, signed []byte) (token, value []byte) {
	t.Helper()
	d, err := cms.Parse(bytes.NewReader(signed))
	if err != nil {
		t.Fatal(err)
	}
	return d.Signers[0].Tokens[0], d.Signers[0].Value
}

func TestStampIsOverThisSignature(t *testing.T) {
	h := signtest.New(t)
	tsa := h.TSA(t)
	stamper := timestamp.New(tsa.URL, client(t), timestamp.Options{})
	s := h.One(t, "P-256 SHA-256") // every signature has another value
	one := sign(t, s, referto, "", stamper)
	mine, value := token(t, one)
	var other []byte
	for len(other) != len(mine) { // it takes the other's place
		other, _ = token(t, sign(t, s, referto, "", stamper))
	}
	flipped := bytes.Clone(mine)
	flipped[len(flipped)-1] ^= 1
	for name, foreign := range map[string][]byte{"of another signature": other, "flipped": flipped} {
		t.Run(name, func(t *testing.T) {
			f := found(t, bytes.Replace(one, mine, foreign, 1), nil, 1)[0]
			if f.Broken != nil || f.Format != "CAdES-B-T" {
				t.Errorf("the signature itself holds: %+v", f)
			}
			if f.Stamps[0].Broken == nil {
				t.Error("the time-stamp is taken")
			}
			signtest.Fails(t, "openssl", "ts", "-verify", "-token_in", "-in", h.Temp(t, foreign), "-data", h.Temp(t, value), "-CAfile", h.CAFile())
		})
	}
}

// Both signatures of a document have their own time-stamp.
func TestParallelSignaturesWithStamps(t *testing.T) {
	h := signtest.New(t)
	stamper := timestamp.New(h.TSA(t).URL, client(t), timestamp.Options{})
	both := sign(t, h.One(t, "P-384 SHA-384"), sign(t, h.One(t, "RSA SHA-256"), referto, "", stamper), "", stamper)
	signtest.Holds(t, "openssl", openssl(t, h, both, nil)...)
	for _, f := range found(t, both, referto, 2) {
		if f.Broken != nil || f.Format != "CAdES-B-T" || len(f.Stamps) != 1 || f.Stamps[0].Broken != nil {
			t.Errorf("%+v", f)
		}
	}
}
