package remotesign

import (
	"context"
	"time"

	"raccordo/host/internal/remotesign/csc"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// margin is what an authorisation must still have to live to be used.
const margin = 2 * time.Second

// batch is one SignAll at a CSC service.
type batch struct {
	b       *consortium
	key     key
	demand  csc.Demand // of the page under way
	digests [][]byte
	each    func(int, []byte)

	grant csc.Grant
	until time.Time // of grant
}

func (t *batch) run(ctx context.Context) error {
	s := t.b.s
	spans, err := s.pages(t.digests, t.demand.Credential.Max)
	if err != nil {
		return err
	}
	for i, page := range spans {
		// The token is looked at before the user is asked for anything: it must
		// not end while he types.
		if t.demand.Info, t.demand.Auth, err = t.b.let(ctx); err != nil {
			return err
		}
		if err := t.demand.Ready(); err != nil {
			return err
		}
		t.demand.Hashes = t.digests[page.from:page.to]
		t.grant, err = t.authorise(ctx, i+1, len(spans))
		if err := s.judged(err); err != nil {
			return t.b.spent(err)
		}
		t.until = s.opt.Now().Add(t.grant.Life) // from when it came: the user may have taken his time before
		if err := t.page(ctx, page); err != nil {
			return t.b.spent(err)
		}
	}
	return nil
}

// page signs what is authorised: at once, or in chunks with the authorisation
// extended in between (section 11.9: a SAD is good for one signHash).
func (t *batch) page(ctx context.Context, page span) error {
	s := t.b.s
	size := 0
	if bearer := t.grant.Bearer && t.demand.Info.V2; bearer || csc.CanExtend(t.demand.Info) {
		size = s.p.Chunk
	}
	for i, part := range cut(page.from, page.to, size) {
		if err := stopped(ctx); err != nil {
			return err
		}
		t.demand.Hashes = t.digests[part.from:part.to]
		if !s.opt.Now().Before(t.until.Add(-margin)) {
			return &signature.Error{Code: wire.ErrRemoteSAD, Detail: "by this PC's clock"}
		}
		if i > 0 && !(t.grant.Bearer && t.demand.Info.V2) { // a token is good until all is signed
			next, err := t.b.client.Extend(ctx, t.demand, t.grant)
			if err != nil {
				return err
			}
			t.grant, t.until = next, s.opt.Now().Add(next.Life)
		}
		values, err := t.b.client.Sign(ctx, t.demand, t.grant, s.p.Async)
		if err != nil {
			if t.grant.Bearer && codeOf(err) == wire.ErrRemoteLogin { // the token is the authorisation
				return &signature.Error{Code: wire.ErrRemoteSAD, Err: err}
			}
			return s.judged(err)
		}
		id := signature.Identity{Certificate: t.key.Certificate, Algorithm: t.demand.Algorithm}
		if err := accept(id, t.demand.Hashes, values, part.from, t.each); err != nil {
			return err
		}
	}
	return nil
}

// authorise gets leave for the hashes of a page.
func (t *batch) authorise(ctx context.Context, page, pages int) (csc.Grant, error) {
	if t.demand.Credential.Mode == csc.ByPage {
		return t.b.byPage(ctx, t.demand)
	}
	var secrets []csc.Secret
	defer func() {
		for _, secret := range secrets {
			clear(secret.Value)
		}
	}()
	for _, f := range t.demand.Credential.Factors {
		value, err := t.factor(ctx, f, page, pages)
		if err != nil {
			return csc.Grant{}, err
		}
		if value != nil || f.Kind == csc.Outside {
			secrets = append(secrets, csc.Secret{Factor: f, Value: value})
		}
	}
	return t.b.client.Authorize(ctx, t.demand, secrets)
}

// factor gets one of what authorises. Without a value it is one that the
// service asks for by itself.
func (t *batch) factor(ctx context.Context, f csc.Factor, page, pages int) ([]byte, error) {
	s, n := t.b.s, len(t.demand.Hashes)
	canSend := csc.CanSendOTP(t.demand.Info, f)
	send := func() (string, error) { return t.b.client.SendOTP(ctx, t.demand, f) }
	switch f.Kind {
	case csc.Outside:
		if canSend {
			_, err := send()
			return nil, err
		}
		return nil, nil
	case csc.PIN:
		pin, err := s.ask.PIN(ctx, SecretRequest{Service: s.p.Name, Signer: t.key.Name, Documents: n, Label: shown(f.Label), Numeric: f.Numeric})
		if err != nil || len(pin) > 0 {
			return pin, err
		}
		if f.Optional {
			return nil, nil
		}
		return nil, &signature.Error{Code: wire.ErrPromptCancel}
	}
	q := OTPRequest{Signer: t.key.Name, Documents: n, Page: page, Pages: pages, Numeric: f.Numeric, Hint: shown(f.Hint)}
	if !canSend {
		return s.askOTP(ctx, q, nil)
	}
	return s.askOTP(ctx, q, send)
}
