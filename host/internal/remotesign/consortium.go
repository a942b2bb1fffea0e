package remotesign

import (
	"context"
	"crypto"
	"strings"
	"sync"
	"time"

	"raccordo/host/internal/remotesign/csc"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// consortium is a service of kind csc.
type consortium struct {
	s      *Service
	client *csc.Client

	mu    sync.Mutex
	info  *csc.Info // asked for once
	pass  string    // Authorization header
	until time.Time // of pass; zero: no end
}

// about asks what the service can do, before anything else.
func (b *consortium) about(ctx context.Context) (csc.Info, error) {
	b.mu.Lock()
	known := b.info
	b.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	info, err := b.client.Info(ctx)
	if err != nil {
		return info, err
	}
	b.mu.Lock()
	b.info = &info
	b.mu.Unlock()
	return info, nil
}

// let returns what the service is and the Authorization header for it.
func (b *consortium) let(ctx context.Context) (csc.Info, string, error) {
	info, err := b.about(ctx)
	if err != nil {
		return info, "", err
	}
	pass, err := b.passport(ctx, info)
	return info, pass, err
}

// again does something without an effect or a secret once more with a new
// token, when the service no longer knows the one that is kept here.
func (b *consortium) again(ctx context.Context, do func(csc.Info, string) error) error {
	info, pass, err := b.let(ctx)
	if err != nil {
		return err
	}
	if err = do(info, pass); codeOf(err) != wire.ErrRemoteLogin || pass == "" {
		return err
	}
	if _, token := bearer(pass); !token {
		return b.spent(err) // a password is not sent again
	}
	b.stale()
	if info, pass, err = b.let(ctx); err != nil {
		return err
	}
	return do(info, pass)
}

func (b *consortium) list(ctx context.Context) ([]key, error) {
	var keys []key
	err := b.again(ctx, func(info csc.Info, pass string) error {
		user := ""
		if b.way(info) == ByClient {
			user = b.s.p.User // section 11.4: the token does not say who it is
		}
		all, err := b.client.Credentials(ctx, info, pass, user)
		keys = nil
		for _, c := range all {
			keys = append(keys, b.key(info, c))
		}
		return err
	})
	rank(keys)
	return keys, err
}

func (b *consortium) open(ctx context.Context, id string) (key, error) {
	if id == "" {
		keys, err := b.list(ctx)
		if err != nil {
			return key{}, err
		}
		return first(keys)
	}
	var k key
	err := b.again(ctx, func(info csc.Info, pass string) error {
		c, err := b.client.Credential(ctx, pass, id)
		k = b.key(info, c)
		return err
	})
	return k, err
}

// key judges a credential.
func (b *consortium) key(info csc.Info, c csc.Credential) key {
	k := key{Credential: Credential{ID: c.ID, Limit: c.Max}}
	switch {
	case c.Disabled:
		k.Unusable = unusable("disabled")
	case c.Status != "" && c.Status != "valid":
		k.Unusable = unusable("certificate " + known(c.Status))
	case c.Mode != csc.Implicit && c.Mode != csc.Explicit && c.Mode != csc.ByPage:
		k.Unusable = unusable("unknown way of authorisation")
	}
	b.s.usable(&k, c.Chain, shown(c.Description))
	k.choose = func(hash crypto.Hash) (signature.Algorithm, error) {
		return csc.Choose(c.Algorithms, k.Certificate.PublicKey, hash, b.s.p.Signature == "pss")
	}
	k.sign = func(ctx context.Context, a signature.Algorithm, digests [][]byte, each func(int, []byte)) error {
		batch := &batch{b: b, key: k, demand: csc.Demand{Info: info, Credential: c, Algorithm: a}, digests: digests, each: each}
		return batch.run(ctx)
	}
	return k
}

func known(status string) string {
	switch status {
	case "expired", "revoked", "suspended":
		return status
	}
	return "not valid"
}

// shown bounds what the service writes for people.
func shown(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if runes := []rune(text); len(runes) > 100 {
		return string(runes[:100]) + "…"
	}
	return text
}
