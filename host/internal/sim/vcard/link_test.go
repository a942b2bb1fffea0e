package vcard

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// reader is the driver's side of a virtual reader.
type reader struct {
	t *testing.T
	net.Listener
	conn net.Conn
}

func newReader(t *testing.T) *reader {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{t: t, Listener: l}
	t.Cleanup(func() {
		l.Close()
		if r.conn != nil {
			r.conn.Close()
		}
	})
	return r
}

func (r *reader) accept() {
	r.t.Helper()
	conn, err := r.Accept()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		r.t.Fatal(err)
	}
	r.conn = conn
}

func (r *reader) send(payload []byte) {
	r.t.Helper()
	if err := writeMessage(r.conn, payload); err != nil {
		r.t.Fatal(err)
	}
}

func (r *reader) ask(payload []byte) []byte {
	r.t.Helper()
	r.send(payload)
	answer, err := readMessage(r.conn)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer
}

func insert(t *testing.T, card *Card, r *reader) {
	t.Helper()
	if err := card.Insert(t.Context(), r.Addr().String()); err != nil {
		t.Fatal(err)
	}
	r.accept()
}

func TestInsertAndRemove(t *testing.T) {
	card, r := newCard(t), newReader(t)
	if card.Inserted() {
		t.Fatal("a new card is in a reader")
	}
	insert(t, card, r)
	if err := card.Insert(t.Context(), r.Addr().String()); !errors.Is(err, ErrInserted) {
		t.Fatalf("second insertion: %v", err)
	}
	if got := r.ask([]byte{controlATR}); !bytes.Equal(got, card.ATR()) {
		t.Fatalf("ATR %x", got)
	}
	r.send([]byte{controlOn})
	if got := r.ask(unhex(t, "0020009008"+rightPIN)); !bytes.Equal(got, []byte{0x90, 0}) {
		t.Fatalf("VERIFY → %x", got)
	}
	r.send([]byte{controlReset})
	if got := r.ask(unhex(t, "00200090")); !bytes.Equal(got, []byte{0x63, 0xC3}) {
		t.Fatalf("after a reset the PIN counts as given: %x", got)
	}
	r.send(nil) // an empty message wants no answer
	r.send([]byte{controlOff})
	if card.APDUs() != 2 {
		t.Fatalf("%d commands, want 2", card.APDUs())
	}
	card.Remove()
	card.Remove() // twice is as good as once
	if data, err := readMessage(r.conn); err == nil || card.Inserted() {
		t.Fatalf("after removal: %x, inserted %v", data, card.Inserted())
	}
	insert(t, card, r)
	r.ask([]byte{controlATR})
}

func TestInsertWithNoReader(t *testing.T) {
	card, r := newCard(t), newReader(t)
	r.Close()
	if err := card.Insert(t.Context(), r.Addr().String()); err == nil || card.Inserted() {
		t.Fatalf("%v, inserted %v", err, card.Inserted())
	}
}

func TestRemovalInTheMiddleOfASignature(t *testing.T) {
	card, r := newCard(t), newReader(t)
	insert(t, card, r)
	r.ask(unhex(t, "0020009008"+rightPIN))
	r.ask(unhex(t, "0022F1B603830101"))
	card.SetDelay(time.Hour)
	block, _ := signed("x")
	r.send(unhex(t, fmt.Sprintf("002A9E9A000100%X", block)))
	for card.APDUs() < 3 {
		time.Sleep(time.Millisecond)
	}
	began := time.Now()
	card.Remove()
	if took := time.Since(began); took > 2*time.Second {
		t.Fatalf("removal waited %v for the signature", took)
	}
	if data, err := readMessage(r.conn); err == nil {
		t.Fatalf("a removed card answers %x", data)
	}
	if card.Signatures() != 0 {
		t.Fatal("the signature that never came is counted")
	}
}

// A real card is still in its reader when the PC/SC service comes back.
func TestTheServiceDiesAndComesBack(t *testing.T) {
	card, r := newCard(t), newReader(t)
	insert(t, card, r)
	r.ask(unhex(t, "0020009008"+rightPIN))
	r.conn.Close()
	r.accept()
	if !card.Inserted() {
		t.Fatal("the card fell out")
	}
	if got := r.ask(unhex(t, "00200090")); !bytes.Equal(got, []byte{0x63, 0xC3}) {
		t.Fatalf("a card without power remembers its PIN: %x", got)
	}
	r.Close()
	r.conn.Close()
	time.Sleep(2 * redialPause) // it looks in vain
	card.Remove()
}

func TestHook(t *testing.T) {
	card, r := newCard(t), newReader(t)
	insert(t, card, r)
	var seen atomic.Int32
	card.Hook(func(apdu []byte) ([]byte, bool) {
		seen.Add(1)
		return []byte{0x6F, 0x00}, apdu[1] == insVerify
	})
	if got := r.ask(unhex(t, "0020009008"+wrongPIN)); !bytes.Equal(got, []byte{0x6F, 0x00}) || card.TriesLeft() != 3 {
		t.Fatalf("%x, %d tries", got, card.TriesLeft())
	}
	if got := r.ask(unhex(t, "00A4000C023F00")); !bytes.Equal(got, []byte{0x90, 0}) || seen.Load() != 2 {
		t.Fatalf("%x, hook saw %d", got, seen.Load())
	}
	card.Hook(nil)
	if got := r.ask(unhex(t, "0020009008"+wrongPIN)); !bytes.Equal(got, []byte{0x63, 0xC2}) || card.TriesLeft() != 2 {
		t.Fatalf("%x, %d tries", got, card.TriesLeft())
	}
}

// The driver of Debian 12 sends length and payload apart, with Nagle's
// algorithm on: without quick acknowledgements this takes over two seconds.
func TestNoDelayedAcknowledgement(t *testing.T) {
	card, r := newCard(t), newReader(t)
	insert(t, card, r)
	if err := r.conn.(*net.TCPConn).SetNoDelay(false); err != nil {
		t.Fatal(err)
	}
	apdu := unhex(t, "00A4000C023F00")
	const rounds = 60
	began := time.Now()
	for range rounds {
		for _, part := range [][]byte{{0, byte(len(apdu))}, apdu} {
			if _, err := r.conn.Write(part); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := readMessage(r.conn); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(began); took > rounds*20*time.Millisecond {
		t.Fatalf("%d commands took %v", rounds, took)
	}
}
