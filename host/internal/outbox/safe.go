package outbox

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// KeySize is the length of the sealing key.
const KeySize = 32

// safe seals values and hides keys. One secret comes in, two keys are derived
// from it (RFC 5869), one for each use.
type safe struct {
	aead  cipher.AEAD
	index []byte
}

func newSafe(key []byte) (*safe, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("outbox key: %d bytes instead of %d", len(key), KeySize)
	}
	values, err := hkdf.Key(sha256.New, key, nil, "raccordo outbox values", KeySize)
	if err != nil {
		return nil, err
	}
	index, err := hkdf.Key(sha256.New, key, nil, "raccordo outbox index", KeySize)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(values)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &safe{aead, index}, nil
}

// hide is the database key that stands for parts: nobody who reads the file
// can tell, or test, what they are.
func (s *safe) hide(parts ...string) []byte {
	mac := hmac.New(sha256.New, s.index)
	for _, p := range parts {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(p)))
		mac.Write(length[:])
		mac.Write([]byte(p))
	}
	return mac.Sum(nil)
}

// place binds a value to where it stands, so that two cannot be exchanged.
func place(bucket, key []byte) []byte { return append(append([]byte{}, bucket...), key...) }

func (s *safe) seal(plain, bucket, key []byte) []byte {
	return s.aead.Seal(nil, nil, plain, place(bucket, key))
}

func (s *safe) unseal(sealed, bucket, key []byte) ([]byte, error) {
	plain, err := s.aead.Open(nil, nil, sealed, place(bucket, key))
	if err != nil {
		return nil, fmt.Errorf("%w: a value of %s does not open", ErrCorrupt, bucket)
	}
	return plain, nil
}

func (s *safe) open(sealed, bucket, key []byte, into any) error {
	plain, err := s.unseal(sealed, bucket, key)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, into); err != nil {
		return fmt.Errorf("%w: a value of %s", ErrCorrupt, bucket)
	}
	return nil
}
