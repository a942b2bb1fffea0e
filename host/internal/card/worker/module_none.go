//go:build !cgo && !((linux || darwin) && !android && (amd64 || arm64))

package worker

import "errors"

// load answers that this build can not load PKCS#11 modules on this system.
func load(string) (cryptoki, error) { return nil, errors.ErrUnsupported }
