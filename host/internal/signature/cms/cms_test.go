package cms_test

import (
	"bytes"
	"testing"
	"time"

	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/sim/signtest"
)

var now = time.Now()

// detached signs content.
func detached(t testing.TB, s signtest.Signatory, content []byte, at time.Time) []byte {
	t.Helper()
	signing := cms.Signing{Identity: s.Identity, Now: at}
	a := s.Identity.Algorithm
	attributes, err := cms.Attributes(signing, a.Digest(content))
	if err != nil {
		t.Fatal(err)
	}
	value := s.Value(t, a.Digest(attributes))
	if err := signing.Check(attributes, value); err != nil {
		t.Fatal(err)
	}
	der, err := cms.Detached(signing, attributes, value, nil)
	if err != nil {
		t.Fatal(err)
	}
	if room := cms.DetachedSize(signing, 0); len(der) > room || len(der) < room-8 {
		t.Errorf("%d octets where %d were foreseen", len(der), room)
	}
	return der
}

func TestDetachedHoldsForOthers(t *testing.T) {
	h := signtest.New(t)
	content := []byte("Referto di prova\n")
	file := h.Temp(t, content)
	for _, s := range h.All(t) {
		for name, at := range map[string]time.Time{"with signing-time": now, "without": {}} {
			t.Run(s.Name+" "+name, func(t *testing.T) {
				der := detached(t, s, content, at)
				signtest.Holds(t, "openssl", "cms", "-verify", "-cades", "-binary", "-purpose", "any", "-CAfile", h.CAFile(),
					"-inform", "DER", "-in", h.Temp(t, der), "-content", file, "-out", h.Folder+"/out")
				d, err := cms.Parse(bytes.NewReader(der))
				if err != nil {
					t.Fatal(err)
				}
				found := d.Verify(t.Context(), bytes.NewReader(content))
				if len(found) != 1 {
					t.Fatalf("%d signatures", len(found))
				}
				f := found[0]
				if f.Broken != nil || f.Format != "CAdES-B-B" || !f.Certificate.Equal(s.Identity.Certificate) ||
					f.Algorithm != s.Identity.Algorithm || f.ClaimedAt.Unix() != at.Unix() && !at.IsZero() {
					t.Errorf("%+v", f)
				}
			})
		}
	}
}
