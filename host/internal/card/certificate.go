package card

import (
	"context"
	"crypto/x509"
)

// Certificate is a card's certificate with the authorities above it that are on
// the card, nearest first. It waits for a card that is being read, and needs no
// PIN: what is to be signed names its certificate before it is signed.
func (s *Service) Certificate(ctx context.Context, fingerprint string) (*x509.Certificate, []*x509.Certificate, error) {
	_, h, fault := s.findCard(ctx, fingerprint)
	if fault != nil {
		return nil, nil, fault
	}
	return h.cert, h.chain, nil
}
