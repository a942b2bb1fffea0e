//go:build !cgo

package card

import (
	"context"
	"errors"
)

// Without cgo there is no PKCS#11, and on most systems no PC/SC: the service is
// there and says so.

const initialService = serviceUnsupported

func (s *Service) watch(ctx context.Context) { <-ctx.Done() }

func readIdentity(context.Context, string) (identity, error) {
	return identity{}, errors.ErrUnsupported
}
