package csc

import (
	"encoding/base64"
	"fmt"
	"net/http"

	"raccordo/host/internal/sim/signing/vault"
)

type signaturesAnswer struct {
	Signatures []string `json:"signatures,omitempty"`
	Response   string   `json:"responseID,omitempty"` // v2, asynchronous
}

// signHash is signatures/signHash of both versions.
func (s *Service) signHash(c *call) (any, error) {
	found, err := s.credential(c)
	if err != nil {
		return nil, err
	}
	hashes, how, err := s.signTerms(c, found)
	if err != nil {
		return nil, err
	}
	async, err := asynchronous(c)
	if err != nil {
		return nil, err
	}
	if err := s.authorised(c, found, hashes); err != nil {
		return nil, err
	}
	var answer signaturesAnswer
	for _, h := range hashes {
		value, err := s.vault.Sign(found, h, how.opts)
		if err != nil {
			return nil, &Error{http.StatusInternalServerError, "server_error", "An error occurred while signing"}
		}
		answer.Signatures = append(answer.Signatures, base64.StdEncoding.EncodeToString(value))
	}
	if s.vault.Settings().ShortAnswers {
		answer.Signatures = answer.Signatures[:len(answer.Signatures)-1]
	}
	if async {
		p := &pending{user: found.User, polls: max(s.vault.Settings().Polls, 1), signatures: answer.Signatures}
		s.mu.Lock()
		defer s.mu.Unlock()
		id := random()
		s.handles[id] = p
		return signaturesAnswer{Response: id}, nil
	}
	return answer, nil
}

// signTerms reads hashes and algorithm.
func (s *Service) signTerms(c *call, found vault.Credential) ([][]byte, algorithm, error) {
	name := hashesName(c.v2)
	hashes, err := c.body.hashes(name)
	if err != nil {
		return nil, algorithm{}, err
	}
	if hashes == nil {
		return nil, algorithm{}, missing("array", name)
	}
	how, err := readAlgorithm(c, found)
	if err != nil {
		return nil, how, err
	}
	for _, h := range hashes {
		if len(h) != how.hash.Size() {
			return nil, how, invalid("Invalid digest value length")
		}
	}
	if most := s.vault.Settings().HashesPerCall; most > 0 && len(hashes) > most {
		return nil, how, invalid("Numbers of signatures is too high")
	}
	if found.Status == vault.Expired {
		return nil, how, invalid(fmt.Sprintf("Signing certificate '%s' is expired", found.Cert.Subject.CommonName))
	}
	if err := mayAuthorize(found); err != nil {
		return nil, how, err
	}
	return hashes, how, nil
}

// authorised holds the hashes against the SAD, which in v2 may be the bearer
// token itself.
func (s *Service) authorised(c *call, found vault.Credential, hashes [][]byte) error {
	value, err := c.body.text("SAD")
	if err != nil {
		return err
	}
	if c.token.sad != nil && c.v2 {
		if value != "" {
			return invalid("Invalid parameter SAD")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if c.token.sad.credential != found.ID || c.token.sad.left == 0 {
			return invalid("Invalid parameter credentialID")
		}
		if !s.vault.Now().Before(c.token.sad.ends) {
			return invalid("SAD expired")
		}
		c.token.sad.used = false // the token is the authorisation until it is spent
		return c.token.sad.spend(hashes)
	}
	if value == "" {
		return missing("string", "SAD")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.find(value, found.ID, found.User)
	if err != nil {
		return err
	}
	return a.spend(hashes)
}

// asynchronous reads v2's operationMode.
func asynchronous(c *call) (bool, error) {
	if !c.v2 {
		return false, nil
	}
	mode, err := c.body.text("operationMode")
	if err != nil || mode != "" && mode != "S" && mode != "A" {
		return false, invalid("Invalid parameter operationMode")
	}
	return mode == "A", nil
}
