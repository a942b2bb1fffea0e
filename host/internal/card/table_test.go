//go:build linux

package card

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"text/tabwriter"
	"time"

	"raccordo/host/internal/card/worker"
	"raccordo/host/internal/sim/vcard"
	"raccordo/host/internal/wire"
)

// p11kit is the module that puts all modules of a system behind one.
const p11kit = "/usr/lib/x86_64-linux-gnu/libp11-kit.so.0"

// TestModuleTable is one suite over four modules; its output is the table of
// docs/cards.md.
func TestModuleTable(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	all := []worker.Mechanism{worker.PKCS1, worker.Raw, worker.PSS}
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| Module\t| Slots\t| Mechanisms\t| PIN\t| Key seen before login\t| Flags: fresh; 1, 2, 3 wrong PINs\t| PSS\t| TLS\t| Always-auth\t| Ready\t| Login\t| Sign\t|")
	fmt.Fprintln(w, "|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|")
	for _, row := range []struct {
		name  string
		path  func() string
		mechs []worker.Mechanism
		slots int
		locks bool
	}{
		{"SoftHSM2 (no reader)", func() string { softToken(t, key); return softHSM }, append([]worker.Mechanism{worker.ECDSA}, all...), 1, false},
		{"OpenSC, CNS 1.1", func() string { return openSC }, all, 2, true},
		{"p11-kit proxy → OpenSC, CNS 1.1", func() string { return p11kit }, all, 2, true},
		{"test module", func() string { return newHostile(t).path() }, []worker.Mechanism{worker.PKCS1, worker.Raw}, 1, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := newCard(t)
			path := row.path()
			m := examine(t, c, path)
			if m.slots != row.slots || len(m.mechs) != len(row.mechs) {
				t.Errorf("%d slots, mechanisms %v", m.slots, m.mechs)
			}
			if locked := m.codes[2] == wire.ErrPINLocked; locked != row.locks {
				t.Errorf("after three wrong PINs: %v", m.codes)
			}
			fmt.Fprintf(w, "| %s\t| %d\t| %s\t| %d–%d\t| %s\t| %s\t| %s\t| %s\t| %s\t| %s\t| %s\t| %s\t|\n", row.name, m.slots, m.mechanisms(),
				m.min, m.max, yes(m.keySeen), strings.Join(m.flags, "; "), m.pss, m.tls, yes(m.always), ms(m.ready), ms(m.login), ms(m.sign))
		})
	}
	w.Flush()
	t.Logf("\n%s", table.String())
}

// examined is what a module showed.
type examined struct {
	slots              int
	mechs              []worker.Mechanism
	min, max           uint
	keySeen, always    bool
	flags              []string
	codes              []wire.ErrorCode
	pss, tls           string
	ready, login, sign time.Duration
}

func examine(t *testing.T, c *vcard.Card, path string) (m examined) {
	r := start(t, func(o *Options) { o.Catalogue = Catalogue{Prefer: []string{path}} })
	var first atomic.Pointer[time.Time] // when the card was first spoken to
	c.Hook(func([]byte) ([]byte, bool) {
		now := time.Now()
		first.CompareAndSwap(nil, &now)
		return nil, false
	})
	card := r.insert(c)
	m.ready = time.Since(*first.Load())
	c.Hook(nil)
	if card.Problem != "" {
		t.Fatalf("card %+v", card)
	}
	in := r.readers[0].in
	slot := in.held[0].slot
	token := in.bound.tokens[slot]
	m.slots, m.mechs, m.min, m.max, m.keySeen = len(in.bound.tokens), token.Mechanisms, token.MinPIN, token.MaxPIN, in.held[0].keySeen
	m.flags = []string{flagNames(token.Flags)}

	began := time.Now()
	k := open(t, r, card, pin(rightPIN, nil))
	m.login, m.always = time.Since(began), k.always
	digest := sha256.Sum256([]byte("prova"))
	began = time.Now()
	if _, err := k.Sign(nil, digest[:], crypto.SHA256); err != nil {
		t.Errorf("PKCS #1: %v", err)
	}
	m.sign = time.Since(began)
	m.pss = "padded by the host"
	for _, mech := range k.mechs {
		if mech == worker.PSS {
			m.pss = "token"
		}
	}
	if _, err := k.Sign(nil, digest[:], &rsa.PSSOptions{Hash: crypto.SHA256, SaltLength: rsa.PSSSaltLengthEqualsHash}); err != nil {
		t.Errorf("PSS: %v", err)
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		if _, err := get(t, server(t, version), k); err != nil {
			t.Errorf("TLS %x: %v", version, err)
		}
	}
	m.tls = "1.2, 1.3"
	k.Close()
	for range 3 {
		_, err := r.Open(t.Context(), authOf(t, card), pin(wrongPIN, nil))
		m.codes = append(m.codes, codeOf(err))
		answer, callErr := in.bound.module.call(t.Context(), time.Second, tokensRequest, nil)
		if callErr != nil {
			t.Fatal(callErr)
		}
		for _, token := range answer.Tokens {
			if token.Slot == slot {
				m.flags = append(m.flags, flagNames(token.Flags))
			}
		}
	}
	c.Unblock()
	return m
}

func (m examined) mechanisms() string {
	var names []string
	for _, mech := range m.mechs {
		names = append(names, strings.TrimPrefix(string(mech), "CKM_"))
	}
	return strings.Join(names, ", ")
}

func flagNames(flags uint) string {
	var names []string
	for _, f := range []struct {
		bit  uint
		name string
	}{{0x10000, "low"}, {worker.FlagFinalTry, "final try"}, {worker.FlagLocked, "locked"}, {worker.FlagProtectedPath, "keypad"}} {
		if flags&f.bit != 0 {
			names = append(names, f.name)
		}
	}
	if names == nil {
		return "–"
	}
	return strings.Join(names, "+")
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond)) }
