package csc

import (
	"slices"
	"time"

	"raccordo/host/internal/sim/signing/vault"
)

// sad is an authorisation to sign.
type sad struct {
	credential string
	user       string
	left       int      // signatures still to make
	hashes     [][]byte // that were shown; nil: any (SCAL 1)
	used       bool     // by a signHash: the rest needs extendTransaction
	ends       time.Time
}

type sadAnswer struct {
	SAD  string `json:"SAD"`
	Life int    `json:"expiresIn"`
}

func (s *Service) newSAD(a *sad) sadAnswer {
	settings := s.vault.Settings()
	a.ends = s.vault.Now().Add(settings.SADLife())
	s.mu.Lock()
	defer s.mu.Unlock()
	value := "SAD-" + random()
	s.sads[value] = a
	return sadAnswer{value, settings.SADSeconds}
}

// agreed is what authorize and the page of OAuth agree upon: how many
// signatures, over what.
func (s *Service) agreed(c vault.Credential, count int, hashes [][]byte, hashName string) (*sad, error) {
	settings := s.vault.Settings()
	switch {
	case count < 1:
		return nil, invalid("Invalid value for parameter numSignatures")
	case count > settings.Multisign:
		return nil, invalid("Numbers of signatures is too high")
	case hashes == nil && settings.SCAL == "2":
		return nil, missing("array", hashName)
	case hashes != nil && len(hashes) != count:
		return nil, invalid("Invalid value for parameter numSignatures")
	}
	a := &sad{credential: c.ID, user: c.User, left: count}
	if settings.SCAL == "2" {
		a.hashes = hashes
	}
	return a, nil
}

// mayAuthorize refuses a credential that does not sign.
func mayAuthorize(c vault.Credential) error {
	switch {
	case c.Disabled:
		return invalid("The credential identified by credentialID is disabled")
	case c.Status != vault.Valid:
		return invalid("Invalid certificate status")
	}
	return nil
}

// find looks a SAD up, for a credential.
func (s *Service) find(value, credential, user string) (*sad, error) {
	a := s.sads[value]
	switch {
	case a == nil || a.credential != credential || a.user != user:
		return nil, invalid("Invalid parameter SAD")
	case !s.vault.Now().Before(a.ends):
		return nil, invalid("SAD expired")
	case a.left == 0:
		return nil, invalid("Invalid parameter SAD")
	}
	return a, nil
}

// spend uses a SAD for the hashes of one signHash.
func (a *sad) spend(hashes [][]byte) error {
	switch {
	case a.used:
		return invalid("Invalid parameter SAD")
	case len(hashes) > a.left:
		return invalid("Numbers of signatures is too high")
	}
	for _, h := range hashes {
		if a.hashes != nil && !contains(a.hashes, h) {
			return invalid("Hash is not authorized by the SAD")
		}
	}
	a.used = true
	a.left -= len(hashes)
	return nil
}

func contains(all [][]byte, one []byte) bool {
	return slices.ContainsFunc(all, func(each []byte) bool { return slices.Equal(each, one) })
}

// extend is credentials/extendTransaction: another SAD for what is left.
func (s *Service) extend(c *call) (any, error) {
	found, err := s.credential(c)
	if err != nil {
		return nil, err
	}
	value, err := c.body.needText("SAD")
	if err != nil {
		return nil, err
	}
	name := hashesName(c.v2)
	hashes, err := c.body.hashes(name)
	if err != nil {
		return nil, err
	}
	if c.v2 {
		if err := hashAlgorithm(c, hashes); err != nil {
			return nil, err
		}
	}
	if hashes == nil && s.vault.Settings().SCAL == "2" {
		return nil, missing("array", name)
	}
	s.mu.Lock()
	old, err := s.find(value, found.ID, found.User)
	if err == nil {
		for _, h := range hashes {
			if old.hashes != nil && !contains(old.hashes, h) {
				err = invalid("Hash is not authorized by the SAD")
			}
		}
	}
	if err == nil {
		delete(s.sads, value)
	}
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return s.newSAD(&sad{credential: old.credential, user: old.user, left: old.left, hashes: old.hashes}), nil
}

func hashesName(v2 bool) string {
	if v2 {
		return "hashes"
	}
	return "hash"
}
