package card

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"raccordo/host/internal/card/worker"
	"raccordo/host/internal/wire"
)

// bind finds the module that drives the card and lists its certificates. The
// caller holds in.turn.
func (s *Service) bind(ctx context.Context, in *insertion) *Error {
	paths := s.opt.Catalogue.Paths(in.atr)
	if len(paths) == 0 {
		return &Error{Code: wire.ErrNoModule}
	}
	if i := slices.Index(paths, in.path); i > 0 { // the one that drove it before a crash
		paths[0], paths[i] = paths[i], paths[0]
	}
	var why *Error
	var tried []wire.Module
	for _, path := range paths {
		name := filepath.Base(path)
		err := s.bindTo(ctx, in, path)
		if ctx.Err() != nil {
			return err
		}
		if err == nil {
			tried = append(tried, wire.Module{Name: name})
			why = nil
			break
		}
		tried = append(tried, wire.Module{Name: name, Problem: err.Code})
		s.log.Info().Str("module", name).Err(err).Msg("module does not drive this card")
		if why == nil || telling(err) > telling(why) {
			why = err
		}
	}
	if s.alone(in) { // no other card needs those that know nothing of this one
		for i, m := range tried {
			if m.Problem == wire.ErrModuleBlind {
				s.modules.end(paths[i])
			}
		}
	}
	s.update(in, func(*reader) { in.public.Modules = tried })
	return why
}

// telling ranks why a module does not drive a card: one that saw the card knows
// more of it than one that did not, and one that is there in a wrong form more
// than one that is for other cards.
func telling(e *Error) int {
	switch e.Code {
	case wire.ErrModuleBlind:
		return 0
	case wire.ErrModuleArch:
		return 1
	case wire.ErrModuleDep:
		return 2
	}
	return 3
}

// verdict is what the user reads of a card that no module drives.
func (s *Service) verdict(in *insertion, err *Error) wire.ErrorCode {
	rule, _ := s.opt.Catalogue.rule(in.atr)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case rule.Problem != "" && (telling(err) == 0 || err.Code == wire.ErrNoModule):
		return rule.Problem
	case telling(err) == 0 && in.public.Kind == wire.KindOther:
		return wire.ErrCardUnknown
	}
	return err.Code
}

func (s *Service) bindTo(ctx context.Context, in *insertion, path string) *Error {
	for try := 0; ; try++ {
		c, started, err := s.modules.get(path)
		if err != nil {
			return &Error{Code: wire.ErrModule, Err: err}
		}
		found, fault := s.tokensOf(ctx, in, c)
		if fault == nil {
			in.bound = &binding{c, found}
			if fault = s.certificates(ctx, in, path); fault == nil {
				in.path = path
				c.used.Add(1)
				return nil
			}
			in.bound = nil
		}
		if unloadable(fault) {
			s.modules.discard(c) // tried anew at the next insertion: it may be mended
			return fault
		}
		// A module that was running when the card came may be confused by it, and
		// one that crashed may have done so once: it is started again, but not
		// under the login of another card.
		if try > 0 || ctx.Err() != nil || c.hung.Load() || c.alive() && (started || !s.alone(in)) {
			return fault
		}
		s.modules.discard(c)
	}
}

// tokensOf finds the card's tokens among those of the module. A module may learn
// of a card a little later than PC/SC does.
func (s *Service) tokensOf(ctx context.Context, in *insertion, c *client) (map[uint]worker.Token, *Error) {
	for try := 0; ; try++ {
		answer, err := c.call(ctx, s.limits.list, worker.Request{Op: worker.OpTokens}, nil)
		if err != nil {
			return nil, s.fault(in, err)
		}
		if found := match(answer.Tokens, in.reader, s.serialOf(in), s.alone(in)); len(found) > 0 {
			return found, nil
		}
		if try == 3 {
			return nil, &Error{Code: wire.ErrModuleBlind, Detail: "no token in this reader"}
		}
		sleep(ctx, 150*time.Millisecond)
	}
}

func (s *Service) serialOf(in *insertion) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return in.public.Serial
}

// alone tells whether in is the only card of the PC.
func (s *Service) alone(in *insertion) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.readers {
		if r.in != nil && r.in != in {
			return false
		}
	}
	return true
}

// certificates reads the certificates of every slot of the card: OpenSC has one
// slot per PIN. The caller holds in.turn and in is bound.
func (s *Service) certificates(ctx context.Context, in *insertion, path string) *Error {
	var list []held
	var above []*x509.Certificate
	for slot := range in.bound.tokens {
		answer, err := in.bound.module.call(ctx, s.limits.list, worker.Request{Op: worker.OpObjects, Slot: slot}, nil)
		if err != nil {
			return s.fault(in, err)
		}
		for _, c := range answer.Certificates {
			cert, err := x509.ParseCertificate(c.DER)
			switch {
			case err != nil:
			case cert.IsCA:
				above = append(above, cert)
			default:
				sum := sha256.Sum256(c.DER)
				list = addHeld(list, held{slot, c.ID, cert, hex.EncodeToString(sum[:]), c.HasKey, nil})
			}
		}
	}
	for i := range list {
		list[i].chain = chain(list[i].cert, above)
	}
	if len(list) == 0 {
		return &Error{Code: wire.ErrNoCert}
	}
	in.mu.Lock()
	in.held = list
	in.mu.Unlock()
	s.describe(in, path)
	return nil
}

// chain finds the authorities above a certificate among those on the card.
func chain(cert *x509.Certificate, above []*x509.Certificate) []*x509.Certificate {
	var found []*x509.Certificate
	for len(found) < len(above) {
		i := slices.IndexFunc(above, func(a *x509.Certificate) bool {
			return !slices.ContainsFunc(found, a.Equal) && cert.CheckSignatureFrom(a) == nil
		})
		if i < 0 {
			break
		}
		cert = above[i]
		found = append(found, cert)
	}
	return found
}

// addHeld keeps one entry per certificate, the one whose key is in sight.
func addHeld(list []held, h held) []held {
	for i, old := range list {
		if old.fingerprint == h.fingerprint {
			if (h.keySeen && !old.keySeen) || (h.keySeen == old.keySeen && h.slot < old.slot) {
				list[i] = h
			}
			return list
		}
	}
	at := len(list)
	for i, old := range list {
		if h.slot < old.slot {
			at = i
			break
		}
	}
	return append(list[:at], append([]held{h}, list[at:]...)...)
}

// describe fills the public side from the certificates.
func (s *Service) describe(in *insertion, path string) {
	certs := make([]wire.Certificate, 0, len(in.held))
	for _, h := range in.held {
		c := Classify(h.cert, s.opt.Policies, s.opt.Now())
		for _, above := range h.chain {
			c.Chain = append(c.Chain, above.Subject.CommonName)
		}
		certs = append(certs, c)
	}
	s.update(in, func(*reader) {
		in.public.Module = filepath.Base(path)
		in.public.Certificates = certs
		for _, h := range in.held {
			if purpose(h.cert) == "auth" {
				in.public.Kind = s.opt.Catalogue.refine(in.public.Kind, h.cert, in.public.Serial)
			}
			if in.public.Holder == nil {
				in.public.Holder = holderOf(h.cert)
			}
		}
	})
}

// fault turns what a module call answered into an Error, once it is known
// whether the card is still there.
func (s *Service) fault(in *insertion, err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	if why := in.gone(err); why != nil {
		return why
	}
	return moduleError(err)
}
