package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"sync"

	"github.com/rs/zerolog"

	"raccordo/host/internal/secret"
)

// memory is what the agent remembers of a card from one run to the next: one
// small sealed file for each. A card without a number is not remembered.
type memory struct {
	store *secret.Store // nil: nothing outlives the memory itself
	log   zerolog.Logger

	mu    sync.Mutex
	cards map[string]remembered // by serial, as far as asked for
}

type remembered struct {
	Certificate string `json:"certificate,omitempty"` // fingerprint of the one chosen last
	Told        string `json:"told,omitempty"`        // day on which its end was announced
}

func newMemory(store *secret.Store, log zerolog.Logger) *memory {
	return &memory{store: store, log: log, cards: map[string]remembered{}}
}

// fileOf names the file of a card: its number is not to be read from a folder.
func fileOf(serial string) string {
	sum := sha256.Sum256([]byte("card " + serial))
	return "card-" + hex.EncodeToString(sum[:8])
}

// choice is the certificate that this card logged in with last, empty if none.
func (m *memory) choice(serial string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.get(serial).Certificate
}

// choose remembers the certificate of a login.
func (m *memory) choose(serial, fingerprint string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.get(serial)
	if r.Certificate != fingerprint {
		r.Certificate = fingerprint
		m.put(serial, r)
	}
}

// firstToday tells, once a day, that something may be said of the card.
func (m *memory) firstToday(serial, today string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.get(serial)
	if r.Told == today {
		return false
	}
	r.Told = today
	m.put(serial, r)
	return true
}

func (m *memory) get(serial string) remembered {
	r, known := m.cards[serial]
	if known || serial == "" || m.store == nil {
		return r
	}
	text, err := m.store.Get(fileOf(serial))
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil && !errors.Is(err, secret.ErrNone) {
		m.log.Warn().Err(err).Msg("what was remembered of a card can not be read")
	}
	m.cards[serial] = r
	return r
}

func (m *memory) put(serial string, r remembered) {
	if serial == "" {
		return
	}
	m.cards[serial] = r
	if m.store == nil {
		return
	}
	text, err := json.Marshal(r)
	if err == nil {
		err = m.store.Put(fileOf(serial), text)
	}
	if err != nil {
		m.log.Warn().Err(err).Msg("what is to be remembered of a card can not be written")
	}
}
