package remotesign_test

import (
	"fmt"
	"testing"

	"raccordo/host/internal/remotesign"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/wire"
)

// TestOneCode: many documents, one PIN, one code, by every interface and key.
func TestOneCode(t *testing.T) {
	for _, tt := range []struct {
		name    string
		profile func(*place) remotesign.Profile
		id      func(cf string) string
		change  func(*vault.Settings)
		pins    int
	}{
		{"CSC 1, RSA", (*place).csc1, rsaKey, nil, 1},
		{"CSC 1, ECDSA", (*place).csc1, ecKey, nil, 1},
		{"CSC 1, ECDSA as two numbers", (*place).csc1, ecKey, func(s *vault.Settings) { s.RawECDSA = true }, 1},
		{"CSC 1, PSS", func(p *place) remotesign.Profile { q := p.csc1(); q.Signature = "pss"; return q }, rsaKey, nil, 1},
		{"CSC 1, SCAL 1", (*place).csc1, rsaKey, func(s *vault.Settings) { s.SCAL = "1" }, 1},
		{"CSC 1 that says 1.0.3.0 and multisign true", (*place).csc1, rsaKey, func(s *vault.Settings) { s.Specs, s.MultisignBoolean = "1.0.3.0", true }, 1},
		{"CSC 1 with a code generator", (*place).csc1, rsaKey, func(s *vault.Settings) { s.OTPType = vault.OTPOffline }, 1},
		{"CSC 1 in chunks", chunked((*place).csc1), rsaKey, func(s *vault.Settings) { s.HashesPerCall = 8 }, 1},
		{"CSC 2, RSA", (*place).csc2, rsaKey, nil, 1},
		{"CSC 2, ECDSA", (*place).csc2, ecKey, nil, 1},
		{"CSC 2, PSS", func(p *place) remotesign.Profile { q := p.csc2(); q.Signature = "pss"; return q }, rsaKey, nil, 1},
		{"CSC 2, SCAL 1", (*place).csc2, rsaKey, func(s *vault.Settings) { s.SCAL = "1" }, 1},
		{"CSC 2 that answers later", (*place).csc2, rsaKey, func(s *vault.Settings) { s.Polls = 3 }, 1},
		{"CSC 2, signatures polled for", func(p *place) remotesign.Profile { q := p.csc2(); q.Async = true; return q }, rsaKey, func(s *vault.Settings) { s.Polls = 3 }, 1},
		{"CSC 2 with a code generator", (*place).csc2, rsaKey, func(s *vault.Settings) { s.OTPType = vault.OTPOffline }, 1},
		{"CSC 2 in chunks", chunked((*place).csc2), rsaKey, func(s *vault.Settings) { s.HashesPerCall = 8 }, 1},
		{"ARSS, RSA", (*place).arss, func(string) string { return "AS0" }, nil, 0},
		{"ARSS, ECDSA", (*place).arss, func(string) string { return "AS1" }, nil, 0},
		{"ARSS as REST", func(p *place) remotesign.Profile { q := p.arss(); q.Transport = "rest"; return q }, func(string) string { return "AS0" }, nil, 0},
		{"ARSS with a code generator", func(p *place) remotesign.Profile { q := p.arss(); q.OTPSend = ""; return q }, func(string) string { return "AS0" }, func(s *vault.Settings) { s.OTPType = vault.OTPOffline }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlace(t)
			if tt.change != nil {
				p.Vault.Change(tt.change)
			}
			if p.Vault.Settings().OTPType == vault.OTPOffline {
				p.phone = func() string { return p.Vault.AppCode(p.cf) }
			}
			k := p.open(p.service(tt.profile(p)), tt.id(p.cf))
			n := 20
			if tt.change == nil {
				n = 50
			}
			done, err := sign(t, k, hashes(k, n))
			if err != nil || done != n || len(p.pins) != tt.pins || len(p.otps) != 1 || len(p.accounts) != 1 || p.Vault.Signed() != n {
				t.Errorf("%d signed by %d signatures of the service, %d PINs, %d codes, %d accounts: %v", done, p.Vault.Signed(), len(p.pins), len(p.otps), len(p.accounts), err)
			}
			if q := p.otps[0]; q.Documents != n || q.Pages != 1 || q.Signer == "" || q.Sent != q.CanResend {
				t.Errorf("%+v", q)
			}
			if p.ARSS.Sessions() != 0 {
				t.Error("a session stayed open")
			}
			p.silent(p.phone())
		})
	}
}

func rsaKey(cf string) string { return vault.ID(vault.KindRSA, cf) }
func ecKey(cf string) string  { return vault.ID(vault.KindEC, cf) }

func chunked(of func(*place) remotesign.Profile) func(*place) remotesign.Profile {
	return func(p *place) remotesign.Profile {
		q := of(p)
		q.Chunk = 8
		return q
	}
}

func TestSigners(t *testing.T) {
	p := newPlace(t)
	p.Vault.Change(func(s *vault.Settings) { s.PageSize = 2 }) // v1 lists in pages
	for _, profile := range []remotesign.Profile{p.csc1(), p.csc2()} {
		all, err := p.service(profile).Signers(t.Context())
		if err != nil || len(all) != 5 {
			t.Fatalf("%d credentials: %v", len(all), err)
		}
		for i, c := range all {
			if usable := i < 3; (c.Unusable == nil) != usable {
				t.Errorf("%d, %s: %v", i, c.ID, c.Unusable)
			}
			if c.Unusable != nil {
				want(t, c.Unusable, wire.ErrRemoteCred)
			}
			if c.Name == "" || c.Certificate == nil || c.Limit != p.Vault.Settings().Multisign {
				t.Errorf("%+v", c)
			}
		}
		for _, kind := range []string{vault.KindExpired, vault.KindDisabled} {
			_, err = p.service(profile).Open(t.Context(), vault.ID(kind, p.cf), 0)
			want(t, err, wire.ErrRemoteCred)
		}
		_, err = p.service(profile).Open(t.Context(), "nessuna", 0)
		want(t, err, wire.ErrRemoteCred)
	}
	all, err := p.service(p.arss()).Signers(t.Context())
	if err != nil || len(all) != 2 || all[0].Unusable != nil {
		t.Errorf("%+v %v", all, err)
	}
	_, err = p.service(p.arss()).Open(t.Context(), "AS7", 0)
	want(t, err, wire.ErrRemoteCred)
}

// TestPages: a batch longer than one authorisation is refused before anybody is
// asked, unless the profile allows several codes.
func TestPages(t *testing.T) {
	for name, of := range map[string]func(*place) remotesign.Profile{"CSC 1": (*place).csc1, "CSC 2": (*place).csc2} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.Vault.Change(func(s *vault.Settings) { s.Multisign = 20 })
			k := p.open(p.service(of(p)), rsaKey(p.cf))
			_, err := sign(t, k, hashes(k, 50))
			if e := want(t, err, wire.ErrRemoteLimit); e.Detail != "20" || len(p.pins)+len(p.otps) != 0 || p.Vault.Signed() != 0 {
				t.Errorf("%v, %d windows", e, len(p.pins)+len(p.otps))
			}
			q := of(p)
			q.Pages = 3
			k = p.open(p.service(q), rsaKey(p.cf))
			if done, err := sign(t, k, hashes(k, 50)); err != nil || done != 50 || len(p.otps) != 3 {
				t.Errorf("%d signed with %d codes: %v", done, len(p.otps), err)
			}
			for i, q := range p.otps {
				if q.Page != i+1 || q.Pages != 3 || q.Documents != []int{20, 20, 10}[i] {
					t.Errorf("%d: %+v", i, q)
				}
			}
			_, err = sign(t, k, hashes(k, 61))
			want(t, err, wire.ErrRemoteLimit)
		})
	}
}

// TestWrongInTheMiddle: the second code of a batch is wrong. What was signed
// stays signed, nothing else is, and nothing was sent twice.
func TestWrongInTheMiddle(t *testing.T) {
	for name, of := range map[string]func(*place) remotesign.Profile{
		"CSC 1": (*place).csc1, "CSC 2": (*place).csc2, "ARSS": func(p *place) remotesign.Profile { q := p.arss(); q.Limit = 20; return q },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.Vault.Change(func(s *vault.Settings) { s.Multisign = 20 })
			p.otp = func(q remotesign.OTPRequest) (string, bool, error) {
				if q.Page == 2 {
					return "000000x", false, nil
				}
				return p.phone(), false, nil
			}
			q := of(p)
			q.Pages = 3
			k := p.open(p.service(q), "")
			done, err := sign(t, k, hashes(k, 50))
			want(t, err, wire.ErrRemoteOTP)
			if _, wrong := p.Vault.Attempts(p.cf); done != 20 || p.Vault.Signed() != 20 || wrong != 1 || len(p.otps) != 2 {
				t.Errorf("%d signed, %d by the service, %d wrong codes there, %d windows", done, p.Vault.Signed(), wrong, len(p.otps))
			}
		})
	}
}

// TestLock: four wrong codes lock the account; the user is told how many are
// left, over restarts of the program, and a right one starts the count anew.
func TestLock(t *testing.T) {
	for name, of := range map[string]func(*place) remotesign.Profile{
		"CSC 1": (*place).csc1, "CSC 2": (*place).csc2, "ARSS": (*place).arss, "ARSS as REST": func(p *place) remotesign.Profile { q := p.arss(); q.Transport = "rest"; return q },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			q := of(p)
			q.Attempts = 4
			wrong := func() error {
				p.otp = func(remotesign.OTPRequest) (string, bool, error) { return "000000x", false, nil }
				k, err := p.service(q).Open(t.Context(), "", 0)
				if err != nil {
					return err
				}
				defer k.Close()
				_, err = sign(t, k, hashes(k, 2))
				return err
			}
			want(t, wrong(), wire.ErrRemoteOTP)
			p.otp = nil
			k := p.open(p.service(q), "")
			if _, err := sign(t, k, hashes(k, 1)); err != nil {
				t.Fatal(err)
			}
			for range 4 {
				want(t, wrong(), wire.ErrRemoteOTP)
			}
			left := ""
			for _, o := range p.otps {
				left += fmt.Sprint(o.AttemptsLeft)
			}
			if left != "434321" {
				t.Errorf("attempts left as shown: %s", left)
			}
			if !p.Vault.Locked(p.cf) {
				t.Fatal("the account is not locked")
			}
			before := p.Vault.Signed()
			want(t, wrong(), wire.ErrRemoteLocked)
			if p.Vault.Signed() != before {
				t.Error("signed although locked")
			}
		})
	}
}

// TestResend: another code on the user's wish, and the one before is no longer
// sent.
func TestResend(t *testing.T) {
	for name, of := range map[string]func(*place) remotesign.Profile{"CSC 1": (*place).csc1, "CSC 2": (*place).csc2, "ARSS": (*place).arss} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			var codes []string
			p.otp = func(q remotesign.OTPRequest) (string, bool, error) {
				codes = append(codes, p.phone())
				return p.phone(), len(codes) < 3, nil
			}
			k := p.open(p.service(of(p)), "")
			if done, err := sign(t, k, hashes(k, 2)); err != nil || done != 2 || len(codes) != 3 || codes[0] == codes[1] || codes[1] == codes[2] {
				t.Errorf("%d signed, codes %v: %v", done, codes, err)
			}
			if _, wrong := p.Vault.Attempts(p.cf); wrong != 0 {
				t.Errorf("%d wrong codes at the service", wrong)
			}
		})
	}
}
