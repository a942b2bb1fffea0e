package exchange

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"raccordo/host/internal/wire"
)

// TestOneHandshake: four requests at once on a line that has not spoken yet, or
// whose connections were closed, make the card sign once.
func TestOneHandshake(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			p := newPlace(t, func(http.ResponseWriter, *http.Request) { time.Sleep(20 * time.Millisecond) },
				func(c *tls.Config) { c.MaxVersion, c.ClientAuth = version, tls.RequireAndVerifyClientCert })
			l := p.line(func(o *Options) { o.Card, o.Limits.Parallel = p.card(p.cards), 4 })
			burst := func() {
				t.Helper()
				var all sync.WaitGroup
				for range 4 {
					all.Go(func() {
						if _, err := p.post(l); err != nil {
							t.Error(err)
						}
					})
				}
				all.Wait()
			}
			burst()
			if full, conns := p.full.Load(), p.conns.Load(); full != 1 || conns > 4 {
				t.Errorf("the first four: %d full handshakes on %d connections", full, conns)
			}
			for range 10 {
				burst()
			}
			kept := p.conns.Load()
			if full := p.full.Load(); full != 1 || kept > 14 {
				t.Errorf("forty more: %d full handshakes on %d connections: as many are kept as are used at once", full, kept)
			}
			l.Rest()
			burst()
			if full, conns := p.full.Load(), p.conns.Load(); full != 1 || conns <= kept {
				t.Errorf("after a pause: %d full handshakes on %d connections", full, conns)
			}
		})
	}
}

// TestNobodyWaitsForever: who waits for a handshake goes on when it failed, and
// when it is not wanted any more.
func TestNobodyWaitsForever(t *testing.T) {
	p := newPlace(t, fine)
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	l := p.line(func(o *Options) { o.Card, o.Limits.Handshake = p.card(p.cards), 300*time.Millisecond })
	stuck := make(chan error, 1)
	go func() {
		_, err := l.Do(context.Background(), Request{Method: http.MethodPost, URL: "https://" + mute.Addr().String()})
		stuck <- err
	}()
	for l.ahead() == nil {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = l.Do(ctx, Request{Method: http.MethodPost, URL: p.server.URL})
	want(t, err, wire.ErrCancelled, false)
	if _, err := p.post(l); err != nil {
		t.Error(err)
	}
	want(t, <-stuck, wire.ErrRegionTime, false)
	if l.ahead() != nil {
		t.Error("a turn was not given back")
	}
}

func (l *Line) ahead() *turn {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.first
}

// TestGarbledAnswer: an answer that TLS cannot read is the answer to something
// that has left.
func TestGarbledAnswer(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			p := newPlace(t, func(w http.ResponseWriter, _ *http.Request) {
				c, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				raw := c.(*tls.Conn).NetConn()
				_, _ = raw.Write(append([]byte{23, 3, 3, 0, 40}, make([]byte, 40)...)) // a record that nobody has sealed
				_, _ = io.Copy(io.Discard, raw)
				_ = raw.Close()
			}, func(c *tls.Config) { c.MaxVersion = version })
			_, err := p.post(p.line())
			want(t, err, wire.ErrTLS, true)
		})
	}
}
