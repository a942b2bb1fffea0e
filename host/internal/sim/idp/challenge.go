package idp

import (
	"errors"
	"strings"

	"raccordo/host/internal/sim/idp/dpop"
)

// scheme is the token_type of tokens with this binding.
func (b binding) scheme() string {
	if b.JKT != "" {
		return "DPoP"
	}
	return "Bearer"
}

// Fault is the error code of a challenge for a token that does not count.
func Fault(err error) string {
	var proof dpop.Error
	if errors.As(err, &proof) {
		return "invalid_dpop_proof"
	}
	return "invalid_token"
}

// Challenge is the header WWW-Authenticate where tokens are of this kind (RFC
// 6750, section 3; RFC 9449, section 7.1). Without credentials there is no
// fault.
func Challenge(tokens, fault, text string) string {
	scheme, parts := "Bearer", []string(nil)
	if fault != "" {
		parts = append(parts, `error="`+fault+`"`)
	}
	if text != "" {
		parts = append(parts, `error_description="`+text+`"`)
	}
	if tokens == TokensDPoP {
		scheme = "DPoP"
		var names []string
		for _, a := range dpop.Algorithms() {
			names = append(names, string(a))
		}
		parts = append(parts, `algs="`+strings.Join(names, " ")+`"`)
	}
	if len(parts) == 0 {
		return scheme
	}
	return scheme + " " + strings.Join(parts, ", ")
}
