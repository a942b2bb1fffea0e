package csc

import "raccordo/host/internal/sim/signing/vault"

// pending is an answer of v2 that is not ready yet.
type pending struct {
	user       string
	polls      int      // so many times it is still not
	question   string   // of authorize: on the telephone, instead of polls
	sad        *sad     // of authorize
	signatures []string // of signHash
}

type handleAnswer struct {
	Handle string `json:"handle"`
}

// postpone answers authorize with a handle.
func (s *Service) postpone(p *pending) pendingAnswer {
	s.mu.Lock()
	defer s.mu.Unlock()
	handle := random()
	s.handles[handle] = p
	return pendingAnswer{handleAnswer{handle}}
}

// ask finds what a handle stands for; ready only after so many questions.
func (s *Service) ask(c *call, name string) (p *pending, handle string, ready bool, err error) {
	if handle, err = c.body.needText(name); err != nil {
		return nil, "", false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p = s.handles[handle]
	if p == nil || c.token.user != "" && p.user != c.token.user || (p.sad != nil) != (name == "handle") {
		return nil, "", false, invalid("Invalid parameter " + name)
	}
	if ready, err = s.ready(p); err == nil && !ready {
		return p, handle, false, nil
	}
	delete(s.handles, handle)
	return p, handle, true, err
}

// ready tells whether an answer has come.
func (s *Service) ready(p *pending) (bool, error) {
	if p.question == "" {
		p.polls--
		return p.polls <= 0, nil
	}
	switch s.vault.Replied(p.question) {
	case vault.Waiting:
		return false, nil
	case vault.Yes:
		return true, nil
	}
	return false, wrongData()
}

// authorizeCheck is credentials/authorizeCheck.
func (s *Service) authorizeCheck(c *call) (any, error) {
	p, handle, ready, err := s.ask(c, "handle")
	if err != nil {
		return nil, err
	}
	if !ready {
		return pendingAnswer{handleAnswer{handle}}, nil
	}
	return s.newSAD(p.sad), nil
}

// signPolling is signatures/signPolling.
func (s *Service) signPolling(c *call) (any, error) {
	p, _, ready, err := s.ask(c, "requestID")
	if err != nil {
		return nil, err
	}
	if !ready {
		return pendingAnswer{struct {
			State string `json:"state"`
		}{"accepted_request"}}, nil
	}
	return signaturesAnswer{Signatures: p.signatures}, nil
}
