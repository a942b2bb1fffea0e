package vcard

import (
	"bytes"
	"fmt"
	"net"
	"sync"
	"testing"
)

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
