package vcard

import (
	"strings"
	"sync"
	"testing"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/pcsc"
)

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
