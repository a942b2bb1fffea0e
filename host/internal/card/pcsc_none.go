//go:build !cgo && !windows && !((linux || darwin) && !android && (amd64 || arm64))

package card

import "errors"

const initialService = serviceUnsupported

// establish answers that this build has no PC/SC.
func establish() (pcscContext, error) { return nil, errors.ErrUnsupported }
