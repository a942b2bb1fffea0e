package region

import (
	"context"
	"crypto"
	"crypto/tls"
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"raccordo/host/internal/wire"
)

// TestRenewOnAnotherHandshake: a region that has had enough of a connection, not
// of the card, gets another one.
func TestRenewOnAnotherHandshake(t *testing.T) {
	f := newFixture(t)
	var tired atomic.Value // the connection that is refused
	tired.Store("")
	f.serve(f.region(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && tired.Load() == "" {
			tired.Store(r.RemoteAddr)
			return false
		}
		if tired.Load() != r.RemoteAddr {
			return false
		}
		w.WriteHeader(http.StatusUnauthorized)
		return true
	}))
	f.login(t)
	if _, err := f.client.Renew(context.Background()); err != nil || f.full.Load() != 2 {
		t.Errorf("%v, %d handshakes", err, f.full.Load())
	}
	if err := f.client.Check(context.Background()); err != nil {
		t.Error(err)
	}
}

// askedCard counts how often it is asked and does not sign any more.
type askedCard struct {
	signer
	asked *atomic.Int32
	gone  *atomic.Bool
}

func (c askedCard) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	c.asked.Add(1)
	if c.gone.Load() {
		return nil, io.ErrClosedPipe
	}
	return c.signer.Sign(r, digest, opts)
}

// TestCardIsAskedOnce: whoever closes the PIN window is not shown another.
func TestCardIsAskedOnce(t *testing.T) {
	f := newFixture(t, func(c *tls.Config) { c.SessionTicketsDisabled = true })
	var asked atomic.Int32
	var gone atomic.Bool
	cr := f.card(t, f.cardCA)
	cr.Certificate.PrivateKey = askedCard{cr.Certificate.PrivateKey.(signer), &asked, &gone}
	if _, err := f.client.LoginCard(context.Background(), cr); err != nil {
		t.Fatal(err)
	}
	gone.Store(true)
	f.client.Rest()
	_, err := f.client.Renew(context.Background())
	if e := wantError(t, err, wire.ErrTLS, false); e.Detail != "card" || asked.Load() != 2 {
		t.Errorf("%v, asked %d times", err, asked.Load())
	}
}
