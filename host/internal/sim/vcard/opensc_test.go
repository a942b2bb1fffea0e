package vcard

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/pcsc"
)

// bench is a card in a real reader of a real (private) PC/SC service.
type bench struct {
	*testing.T
	card   *Card
	daemon *pcsc.Daemon
	dir    string
}

func newBench(t *testing.T, change ...func(*Options)) bench {
	t.Helper()
	dir, err := os.MkdirTemp("", "vcard") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	daemon, err := pcsc.Start(t.Context(), dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := daemon.Stop(); err != nil {
			t.Error(err)
		}
	})
	return bench{t, newCard(t, change...), daemon, dir}
}

func (b bench) insert(addr string) {
	b.Helper()
	if err := b.card.Insert(b.Context(), addr); err != nil {
		b.Fatal(err)
	}
	b.awaitATR()
}

// awaitATR waits until the service has noticed the card (it looks every 400 ms).
func (b bench) awaitATR() {
	b.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if out, err := b.try("opensc-tool", "-r", "0", "-a"); err == nil && strings.Contains(out, "3b:ff:18") {
			return
		}
	}
	b.Fatal("the service does not see the card")
}

func (b bench) try(name string, args ...string) (string, error) {
	cmd := exec.CommandContext(b.Context(), name, args...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), "PCSCLITE_CSOCK_NAME="+b.daemon.Socket(), "OPENSC_CONF=/dev/null")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (b bench) run(name string, args ...string) string {
	b.Helper()
	out, err := b.try(name, args...)
	if err != nil {
		b.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return out
}

func (b bench) pkcs11(args ...string) (string, error) {
	return b.try("pkcs11-tool", append([]string{"--module", "opensc-pkcs11.so"}, args...)...)
}

func (b bench) file(name string, data []byte) string {
	b.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

func (b bench) sign(mechanism, slot, id, pin string, more ...string) (string, error) {
	return b.pkcs11(append([]string{"--slot-index", slot, "--login", "--pin", pin, "--sign", "--id", id, "--mechanism", mechanism,
		"--input-file", b.file("text", []byte("una ricetta")), "--output-file", filepath.Join(b.dir, "signature")}, more...)...)
}

func TestOpenSCKnowsTheCard(t *testing.T) {
	b := newBench(t)
	b.insert(b.daemon.Slot(0))
	out := b.run("opensc-tool", "-r", "0", "-n", "-v")
	if !strings.Contains(out, "Using card driver Italian CNS") || !strings.Contains(out, "CNS card") {
		t.Errorf("name: %s", out)
	}
	if out := b.run("opensc-tool", "-r", "0", "--serial"); !strings.Contains(out, "36 30 39 30 30 31") {
		t.Errorf("serial: %s", out)
	}
	out, err := b.pkcs11("--list-slots")
	if err != nil || !strings.Contains(out, "GIULIA VERDI") || !strings.Contains(out, "6090010000000012") {
		t.Errorf("slots: %v\n%s", err, out)
	}
	out, err = b.pkcs11("--list-objects", "--type", "cert", "--slot-index", "0")
	if err != nil || !strings.Contains(out, "CNS0") || !strings.Contains(out, anagrafe.Doctors()[0].CF) {
		t.Errorf("certificates without PIN: %v\n%s", err, out)
	}
	der := filepath.Join(b.dir, "auth.der")
	if out, err := b.pkcs11("--read-object", "--type", "cert", "--id", "01", "--output-file", der, "--slot-index", "0"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got, err := os.ReadFile(der); err != nil || !bytes.Equal(got, b.card.AuthCertificate().Raw) {
		t.Fatalf("another certificate was read: %v", err)
	}
	personal := filepath.Join(b.dir, "personal")
	b.run("pkcs15-tool", "--read-data-object", "EF_DatiPersonali", "--raw", "--output", personal)
	if got, err := os.ReadFile(personal); err != nil || !strings.Contains(string(got), anagrafe.Doctors()[0].CF) {
		t.Errorf("EF_DatiPersonali: %s, %v", got, err)
	}
}

func TestOpenSCSigns(t *testing.T) {
	b := newBench(t)
	b.insert(b.daemon.Slot(0))
	hash := sha256.Sum256([]byte("una ricetta"))
	pkcs1 := func(public *rsa.PublicKey, sig []byte) error {
		return rsa.VerifyPKCS1v15(public, crypto.SHA256, hash[:], sig)
	}
	pss := func(public *rsa.PublicKey, sig []byte) error {
		return rsa.VerifyPSS(public, crypto.SHA256, hash[:], sig, &rsa.PSSOptions{SaltLength: 32})
	}
	for _, row := range []struct {
		name, mechanism, slot, id, pin string
		key                            byte
		more                           []string
		verify                         func(*rsa.PublicKey, []byte) error
	}{
		{"PKCS #1, authentication", "SHA256-RSA-PKCS", "0", "01", "12345", keyAuth, nil, pkcs1},
		{"PSS, authentication", "SHA256-RSA-PKCS-PSS", "0", "01", "12345", keyAuth, []string{"--salt-len", "32"}, pss},
		{"PKCS #1, signing key", "SHA256-RSA-PKCS", "1", "10", DefaultSignPIN, keySign, nil, pkcs1},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := b.card.Signatures()
			if out, err := b.sign(row.mechanism, row.slot, row.id, row.pin, row.more...); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			sig, err := os.ReadFile(filepath.Join(b.dir, "signature"))
			if err != nil {
				t.Fatal(err)
			}
			if err := row.verify(b.card.keys[row.key].public(), sig); err != nil {
				t.Fatal(err)
			}
			if b.card.Signatures() != before+1 {
				t.Fatalf("%d signatures on the card", b.card.Signatures()-before)
			}
		})
	}
	t.Run("openssl verifies", func(t *testing.T) {
		if out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "12345"); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		cert := b.file("auth.der", b.card.AuthCertificate().Raw)
		key := b.file("auth.pub", []byte(b.run("openssl", "x509", "-inform", "DER", "-in", cert, "-noout", "-pubkey")))
		if out := b.run("openssl", "dgst", "-sha256", "-verify", key, "-signature", filepath.Join(b.dir, "signature"), filepath.Join(b.dir, "text")); !strings.Contains(out, "Verified OK") {
			t.Fatal(out)
		}
	})
}

func TestOpenSCCountsBlocksAndUnblocks(t *testing.T) {
	b := newBench(t)
	b.insert(b.daemon.Slot(0))
	for i, want := range []string{"CKR_PIN_INCORRECT", "CKR_PIN_INCORRECT", "CKR_PIN_LOCKED", "CKR_PIN_LOCKED"} {
		out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "99999")
		if err == nil || !strings.Contains(out, want) {
			t.Fatalf("attempt %d: %v, want %s\n%s", i+1, err, want, out)
		}
		if left := max(0, 2-i); b.card.TriesLeft() != left {
			t.Fatalf("attempt %d: %d tries left, want %d", i+1, b.card.TriesLeft(), left)
		}
	}
	if out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "12345"); err == nil {
		t.Fatalf("a blocked card signs\n%s", out)
	}
	b.run("pkcs15-tool", "--unblock-pin", "--auth-id", "01", "--puk", "87654321", "--new-pin", "678901")
	if out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "678901"); err != nil {
		t.Fatalf("after unblocking: %v\n%s", err, out)
	}
	b.run("pkcs15-tool", "--change-pin", "--auth-id", "01", "--pin", "678901", "--new-pin", "12345")
	if out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "12345"); err != nil {
		t.Fatalf("after the change: %v\n%s", err, out)
	}
}

func TestOpenSCAndAMaskThatAnswers63C0(t *testing.T) {
	b := newBench(t, func(o *Options) { o.ZeroTriesOnBlock = true })
	b.insert(b.daemon.Slot(0))
	for range 3 {
		if out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "99999"); err == nil || !strings.Contains(out, "CKR_PIN_INCORRECT") {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if b.card.TriesLeft() != 0 {
		t.Fatalf("%d tries left", b.card.TriesLeft())
	}
}

// A card of CNS version 1.0 with a 2048-bit key: OpenSC 0.23 logs in and then
// cannot sign.
func TestOpenSCAndVersion10(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Version = 0x10 })
	b.insert(b.daemon.Slot(0))
	if out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "12345"); err == nil || !strings.Contains(out, "CKR_FUNCTION_NOT_SUPPORTED") {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestOpenSCAndRemovalInMidSignature(t *testing.T) {
	b := newBench(t)
	b.insert(b.daemon.Slot(0))
	b.card.SetDelay(time.Minute)
	signing := make(chan struct{})
	var once sync.Once
	b.card.Hook(func(apdu []byte) ([]byte, bool) {
		if apdu[1] == insPerformOp && apdu[0] == 0 {
			once.Do(func() { close(signing) })
		}
		return nil, false
	})
	type outcome struct {
		out string
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "12345")
		done <- outcome{out, err}
	}()
	select {
	case <-signing:
	case o := <-done:
		t.Fatalf("ended before the signature: %v\n%s", o.err, o.out)
	}
	b.card.Remove()
	select {
	case o := <-done:
		if o.err == nil || !strings.Contains(o.out, "CKR_") {
			t.Fatalf("%v\n%s", o.err, o.out)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the middleware hangs after the removal")
	}
	b.card.SetDelay(0)
	b.insert(b.daemon.Slot(0))
	if out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "12345"); err != nil {
		t.Fatalf("after re-insertion: %v\n%s", err, out)
	}
}

// Two doctors, two readers of two driver copies: nobody gets the other's card.
func TestTwoCardsInTwoReaders(t *testing.T) {
	b := newBench(t)
	if err := b.daemon.Stop(); err != nil {
		t.Fatal(err)
	}
	daemon, err := pcsc.Start(t.Context(), b.dir, 3)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := daemon.Stop(); err != nil {
			t.Error(err)
		}
	})
	b.daemon = daemon
	other := newCard(t, func(o *Options) { o.Doctor = anagrafe.Doctors()[1] })
	b.insert(daemon.Slot(0))
	if err := other.Insert(t.Context(), daemon.Slot(2)); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		out, err := b.pkcs11("--list-slots")
		if err == nil && strings.Contains(out, "GIULIA VERDI") && strings.Contains(out, "PAOLO NERI") {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if out, err := b.pkcs11("--token-label", "PAOLO NERI (PIN CNS0)", "--login", "--pin", "12345", "--list-objects"); err == nil {
		t.Fatalf("one doctor's PIN opened the other's card\n%s", out)
	}
	if b.card.TriesLeft() != 3 || other.TriesLeft() != 2 {
		t.Fatalf("tries %d and %d", b.card.TriesLeft(), other.TriesLeft())
	}
}

func TestTheCardOutlivesTheService(t *testing.T) {
	b := newBench(t)
	b.insert(b.daemon.Slot(0))
	if err := b.daemon.Kill(); err != nil {
		t.Fatal(err)
	}
	if out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "12345"); err == nil {
		t.Fatalf("signed without a service\n%s", out)
	}
	if err := b.daemon.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.awaitATR()
	if out, err := b.sign("SHA256-RSA-PKCS", "0", "01", "12345"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// tap stands between card and reader and keeps every byte that passes.
func tap(t *testing.T, reader string) (addr string, passed func() []byte) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var all bytes.Buffer
	var wg sync.WaitGroup
	pass := func(to, from net.Conn) {
		defer to.Close()
		buf := make([]byte, 4096)
		for {
			n, err := quickReader{from}.Read(buf)
			mu.Lock()
			all.Write(buf[:n])
			mu.Unlock()
			if err != nil {
				return
			}
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
	}
	wg.Go(func() {
		for {
			card, err := l.Accept()
			if err != nil {
				return
			}
			driver, err := net.Dial("tcp", reader)
			if err != nil {
				card.Close()
				return
			}
			wg.Go(func() { pass(driver, card) })
			wg.Go(func() { pass(card, driver) })
		}
	})
	t.Cleanup(wg.Wait)
	t.Cleanup(func() { l.Close() })
	return l.Addr().String(), func() []byte {
		mu.Lock()
		defer mu.Unlock()
		return bytes.Clone(all.Bytes())
	}
}

// Everything that OpenSC can be made to read and do passes the wire; of the
// private keys nothing does.
func TestNoPrivateKeyOnTheWire(t *testing.T) {
	b := newBench(t)
	addr, passed := tap(t, b.daemon.Slot(0))
	b.insert(addr)
	defer b.card.Remove()
	for slot, row := range [][2]string{{"01", "12345"}, {"10", DefaultSignPIN}} {
		if out, err := b.sign("SHA256-RSA-PKCS", fmt.Sprint(slot), row[0], row[1]); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if out, err := b.pkcs11("--slot-index", fmt.Sprint(slot), "--login", "--pin", row[1], "--list-objects"); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	b.run("pkcs15-tool", "--dump")
	wire := passed()
	if !bytes.Contains(wire, b.card.AuthCertificate().Raw[:200]) {
		t.Fatal("the tap heard nothing")
	}
	for id, k := range b.card.keys {
		pre := k.private.Precomputed
		for name, secret := range map[string][]byte{
			"d": k.private.D.Bytes(), "p": k.private.Primes[0].Bytes(), "q": k.private.Primes[1].Bytes(),
			"dp": pre.Dp.Bytes(), "dq": pre.Dq.Bytes(), "qinv": pre.Qinv.Bytes(),
		} {
			for piece := range len(secret) / 16 {
				if bytes.Contains(wire, secret[16*piece:16*piece+16]) {
					t.Errorf("key %02X: a piece of %s passed", id, name)
				}
			}
		}
	}
}
