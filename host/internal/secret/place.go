package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// place is the mark beside the sealed values that says where their key lies. It
// has one line: "file PRINT" or "keyring PRINT ACCOUNT".
type place struct {
	kind    string // File, inKeyring, or empty: no mark
	print   string // of the key, so that another one is known for what it is
	account string // the key's name in the keyring
}

const inKeyring = "keyring"

func (p place) fits(key []byte) bool { return key != nil && p.print == fingerprint(key) }

// fingerprint is one-way: the key is 32 random bytes.
func fingerprint(key []byte) string {
	sum := sha256.Sum256(append([]byte("raccordo data key\x00"), key...))
	return hex.EncodeToString(sum[:8])
}

// newAccount is a name of its own for each folder: two folders of one user, or
// the same folder seen from two systems, never overwrite each other's key.
func newAccount() string {
	var id [8]byte
	rand.Read(id[:])
	return "data-key-" + hex.EncodeToString(id[:])
}

func readPlace(dir string) (place, error) {
	file := filepath.Join(dir, "key.place")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return place{}, nil
	}
	if err != nil {
		return place{}, err
	}
	switch f := strings.Fields(string(text)); {
	case len(f) == 2 && f[0] == File:
		return place{kind: File, print: f[1]}, nil
	case len(f) == 3 && f[0] == inKeyring:
		return place{kind: inKeyring, print: f[1], account: f[2]}, nil
	}
	return place{}, fmt.Errorf("%s does not say where the key is: %w", file, ErrLost)
}

func (p place) write(dir string) error {
	line := strings.TrimSpace(p.kind+" "+p.print+" "+p.account) + "\n"
	if err := replace(filepath.Join(dir, "key.place"), []byte(line)); err != nil {
		return err
	}
	return settle(dir)
}
