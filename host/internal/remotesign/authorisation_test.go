package remotesign_test

import (
	"testing"
	"time"

	"raccordo/host/internal/remotesign"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/wire"
)

// TestForeign: a value that is not of this key over this document is never
// handed on, nor what comes after it.
func TestForeign(t *testing.T) {
	for _, kind := range []string{vault.WrongOwner, vault.Spoiled, vault.OtherHash} {
		for name, of := range map[string]func(*place) remotesign.Profile{"CSC 1": (*place).csc1, "CSC 2": (*place).csc2, "ARSS": (*place).arss} {
			t.Run(kind+", "+name, func(t *testing.T) {
				p := newPlace(t)
				k := p.open(p.service(of(p)), "")
				p.Vault.Next(vault.Order{Kind: kind})
				done, err := sign(t, k, hashes(k, 5))
				want(t, err, wire.ErrRemoteSig)
				if done != 0 {
					t.Errorf("%d handed on", done)
				}
				if p.ARSS.Sessions() != 0 {
					t.Error("a session stayed open")
				}
			})
		}
	}
}

// TestSlowUser: an authorisation lives from when it is given, not from when the
// window opens; and one that has ended by this PC's clock is not tried.
func TestSlowUser(t *testing.T) {
	p := newPlace(t)
	late := time.Duration(0)
	p.now = func() time.Time { return time.Now().Add(late) }
	p.otp = func(remotesign.OTPRequest) (string, bool, error) {
		late += 10 * time.Minute // more than the five of an authorisation
		return p.phone(), false, nil
	}
	k := p.open(p.service(chunked((*place).csc1)(p)), "")
	if done, err := sign(t, k, hashes(k, 20)); err != nil || done != 20 {
		t.Error(done, err)
	}
	done := 0
	calls := p.CSC.Calls("v1 signatures/signHash") + p.CSC.Calls("v1 credentials/extendTransaction")
	err := k.SignAll(t.Context(), hashes(k, 20), func(int, []byte) {
		if done++; done == 8 {
			late += 10 * time.Minute
		}
	})
	want(t, err, wire.ErrRemoteSAD)
	if n := p.CSC.Calls("v1 signatures/signHash") + p.CSC.Calls("v1 credentials/extendTransaction") - calls; done != 8 || n != 1 {
		t.Errorf("%d signed with %d requests", done, n)
	}
}

// TestExpired: an authorisation that ends in the middle.
func TestExpired(t *testing.T) {
	for name, of := range map[string]func(*place) remotesign.Profile{"CSC 1": chunked((*place).csc1), "CSC 2": chunked((*place).csc2)} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			k := p.open(p.service(of(p)), "")
			digests := hashes(k, 20)
			done := 0
			err := k.SignAll(t.Context(), digests, func(int, []byte) {
				if done++; done == 8 {
					p.CSC.ExpireSADs()
				}
			})
			want(t, err, wire.ErrRemoteSAD)
			if done != 8 || len(p.otps) != 1 || p.Vault.Signed() != 8 {
				t.Errorf("%d signed, %d by the service, %d codes", done, p.Vault.Signed(), len(p.otps))
			}
		})
	}
	t.Run("at the page", func(t *testing.T) {
		p := newPlace(t)
		p.browse = p.follow(nil)
		k := p.open(p.service(chunked(versions["CSC 2"])(p)), oauthKey(p.cf))
		done := 0
		err := k.SignAll(t.Context(), hashes(k, 20), func(int, []byte) {
			if done++; done == 8 {
				p.CSC.ExpireTokens()
			}
		})
		want(t, err, wire.ErrRemoteSAD)
		if done != 8 || len(p.pages) != 2 {
			t.Errorf("%d signed, %d pages", done, len(p.pages))
		}
	})
	t.Run("ARSS", func(t *testing.T) {
		p := newPlace(t)
		k := p.open(p.service(p.arss()), "")
		done := 0
		err := k.SignAll(t.Context(), hashes(k, 20), func(int, []byte) {
			if done++; done == 8 {
				p.ARSS.ExpireSessions()
			}
		})
		want(t, err, wire.ErrRemoteSAD)
		if done != 8 || len(p.otps) != 1 {
			t.Errorf("%d signed, %d codes", done, len(p.otps))
		}
	})
}
