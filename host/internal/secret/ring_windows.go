package secret

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/windows"
)

// dpapi seals the key with the user's Windows account (Data Protection API,
// CryptProtectData) into a file beside the values. It is there in every
// session, a service's included, and never asks.
type dpapi struct{ dir string }

var _ ring = dpapi{}

func systemRing(dir string) ring { return dpapi{dir} }

func (dpapi) ready(context.Context, bool) error { return nil }

func (dpapi) close() {}

func (d dpapi) file(account string) string { return filepath.Join(d.dir, account+".dpapi") }

func (d dpapi) get(account string) ([]byte, error) {
	sealed, err := os.ReadFile(d.file(account))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	var out windows.DataBlob
	if err := windows.CryptUnprotectData(blob(sealed), nil, nil, 0, nil, windows.CRYPTPROTECT_UI_FORBIDDEN, &out); err != nil {
		// As after a password that an administrator reset, or in another account.
		return nil, fmt.Errorf("CryptUnprotectData: %w: %w", err, ErrNone)
	}
	return take(out), nil
}

func (d dpapi) set(account string, key []byte) error {
	var out windows.DataBlob
	if err := windows.CryptProtectData(blob(key), nil, nil, 0, nil, windows.CRYPTPROTECT_UI_FORBIDDEN, &out); err != nil {
		return fmt.Errorf("CryptProtectData: %w", err)
	}
	return replace(d.file(account), take(out))
}

func (d dpapi) remove(account string) error { return os.Remove(d.file(account)) }

func blob(b []byte) *windows.DataBlob {
	if len(b) == 0 {
		return &windows.DataBlob{}
	}
	return &windows.DataBlob{Size: uint32(len(b)), Data: &b[0]}
}

// take copies what the system allocated, wipes and frees it.
func take(b windows.DataBlob) []byte {
	if b.Data == nil {
		return nil
	}
	theirs := unsafe.Slice(b.Data, b.Size)
	ours := append([]byte(nil), theirs...)
	clear(theirs)
	windows.LocalFree(windows.Handle(unsafe.Pointer(b.Data)))
	return ours
}
