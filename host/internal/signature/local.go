package signature

import (
	"context"
	"crypto"
	"crypto/rand"
)

// local is a key of this PC: on a card, or in a test.
type local struct {
	identity Identity
	key      crypto.Signer
	close    func() error
}

var _ Signer = (*local)(nil)

// Local makes a Signer of a key whose PIN is asked by itself. Close ends the
// key's login; nil: there is none.
func Local(identity Identity, key crypto.Signer, close func() error) Signer {
	return &local{identity, key, close}
}

func (l *local) Identity() Identity { return l.identity }

func (l *local) SignAll(ctx context.Context, digests [][]byte, each func(int, []byte)) error {
	for i, digest := range digests {
		if err := ctx.Err(); err != nil {
			return err
		}
		value, err := l.key.Sign(rand.Reader, digest, l.identity.Algorithm.Options())
		if err != nil {
			return err
		}
		each(i, value)
	}
	return nil
}

func (l *local) Close() error {
	if l.close == nil {
		return nil
	}
	return l.close()
}
