//go:build linux || darwin

package secret

import (
	"encoding/base64"
	"errors"

	"github.com/zalando/go-keyring"
)

// service is the name under which the user finds the key in his keyring.
const service = "Raccordo"

// goKeyring stores keys as text: some keyrings take nothing else.
type goKeyring struct{}

func (goKeyring) get(account string) ([]byte, error) {
	text, err := keyring.Get(service, account)
	if errors.Is(err, keyring.ErrNotFound) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(text)
}

func (goKeyring) set(account string, key []byte) error {
	return keyring.Set(service, account, base64.StdEncoding.EncodeToString(key))
}

func (goKeyring) remove(account string) error { return keyring.Delete(service, account) }
