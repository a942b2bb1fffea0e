package bench

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/wire"
)

const cloudRounds = 8

// cloudLogins measures the ways into the region's cloud: the one that the agent
// walks with the card, without the card's own time, and the end of the one that
// a person goes on the region's page.
func (b *bench) cloudLogins(ctx context.Context, d *desk) error {
	for _, delay := range []time.Duration{0, slowRSA} {
		b.lab.Card.SetDelay(delay)
		signs := b.lab.Card.Signatures()
		walk := &way{name: "walk", once: func(ctx context.Context) (time.Duration, error) { return b.walk(ctx, d) }}
		if err := inTurns(ctx, cloudRounds, []*way{walk}); err != nil {
			return err
		}
		signs = (b.lab.Card.Signatures() - signs) / (cloudRounds + 1)
		name := fmt.Sprintf("cloud login walked with a card of %d ms RSA, PIN → connected", delay.Milliseconds())
		b.add(
			plain(name+" (p50)", walk.took.median(), "ms"),
			plain(name+fmt.Sprintf(", without the card's %d signature (p50)", signs), walk.took.median()-float64(signs)*ms(delay), "ms"),
		)
	}
	b.lab.Card.SetDelay(0)
	page := &way{name: "region's page", once: func(ctx context.Context) (time.Duration, error) {
		took, err := b.byPage(ctx, d)
		if err != nil {
			return 0, err
		}
		return took, d.logout(ctx)
	}}
	if err := inTurns(ctx, cloudRounds, []*way{page}); err != nil {
		return err
	}
	b.add(
		plain("cloud login by the region's page, page's answer → connected (p50)", page.took.median(), "ms"),
		plain("cloud login by the region's page, page's answer → connected (max)", page.took.at(100), "ms"),
	)
	return b.cloudHeals(ctx, d)
}

func (b *bench) walk(ctx context.Context, d *desk) (time.Duration, error) {
	sum := sha256.Sum256(b.lab.Card.AuthCertificate().Raw)
	took, err := b.connect(ctx, d, wire.LoginParams{Via: "cloud", Certificate: hex.EncodeToString(sum[:])})
	if err != nil {
		return 0, err
	}
	return took, d.logout(ctx)
}

// byPage logs in at the region's page with SPID. The time is that from what the
// page returned to the session: the person's own is not in it.
func (b *bench) byPage(ctx context.Context, d *desk) (time.Duration, error) {
	origin, err := extensionOrigin()
	if err != nil {
		return 0, err
	}
	id := strings.Trim(strings.TrimPrefix(origin, "chrome-extension:"), "/")
	var begun wire.LoginResult
	if _, err := d.ask(ctx, "session.login", wire.LoginParams{Via: "cloud", RedirectURI: "https://" + id + ".chromiumapp.org/raccordo"}, &begun); err != nil {
		return 0, err
	}
	back, err := b.atPage(ctx, begun.AuthorizeURL, b.lab.Doctor)
	if err != nil {
		return 0, err
	}
	mark, asked := d.mark(), time.Now()
	answer := wire.CompleteParams{State: back.Get("state"), Code: back.Get("code"), Iss: back.Get("iss"), Error: back.Get("error")}
	if err := d.tell(ctx, "session.complete", answer); err != nil {
		return 0, err
	}
	at, err := d.becomes(ctx, mark, wire.Connected)
	return at.Sub(asked), err
}

// atPage goes through the region's page as a person does, and returns what it
// hands back to the application.
func (b *bench) atPage(ctx context.Context, address string, who anagrafe.Doctor) (url.Values, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: b.lab.Region.ServerCA().Pool()}}
	defer transport.CloseIdleConnections()
	person := &http.Client{Transport: transport, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	form := url.Values{"medico": {who.CF}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.Replace(address, "/authorize?", "/authorize/spid?", 1), strings.NewReader(form))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := person.Do(req)
	if err != nil {
		return nil, err
	}
	answer.Body.Close()
	back, err := answer.Location()
	if err != nil {
		return nil, fmt.Errorf("region's page: HTTP %s: %w", answer.Status, err)
	}
	return back.Query(), nil
}

// cloudHeals is cardHeals for a session in the cloud, which needs no card.
func (b *bench) cloudHeals(ctx context.Context, d *desk) error {
	if _, err := b.byPage(ctx, d); err != nil {
		return err
	}
	redeemed := func() int { return b.lab.Login.Stats().Requests[idp.ServiceToken] }
	all := []*breach{
		{name: "access token expired", do: b.lab.Login.ExpireTokens, seen: redeemed},
		{name: "session revoked", do: b.revoke, seen: b.opened},
	}
	if err := b.heal(ctx, d, all); err != nil {
		return err
	}
	for _, w := range all {
		name := "healing in the cloud, " + w.name + ": more than a plain sync "
		b.add(
			plain(name+"(p50)", w.extra.median(), "ms").within(healOverhead),
			plain(name+"(max)", w.extra.at(100), "ms"),
		)
	}
	return d.logout(ctx)
}
