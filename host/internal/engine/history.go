package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/secret"
	"raccordo/host/internal/wire"
)

// history is what became of the synchronisations, by patient: when the last one
// went well, and why the last one did not. It is one sealed file, in which a
// patient is a hash; those who have not been asked about for longest fall out.
type history struct {
	store *secret.Store // nil: nothing outlives the history itself
	log   zerolog.Logger

	mu       sync.Mutex
	patients map[string]visit // nil: not read yet
}

// visit is the history of one patient.
type visit struct {
	Synced time.Time   `json:"synced,omitzero"`
	Failed time.Time   `json:"failed,omitzero"`
	Why    *wire.Error `json:"why,omitempty"`
}

func (v visit) last() time.Time {
	if v.Failed.After(v.Synced) {
		return v.Failed
	}
	return v.Synced
}

const (
	historyFile = "patients"
	// historySize is more patients than two doctors may have.
	historySize = 4000
)

func newHistory(store *secret.Store, log zerolog.Logger) *history {
	return &history{store: store, log: log}
}

func patientKey(codiceFiscale string) string {
	sum := sha256.Sum256([]byte("patient " + codiceFiscale))
	return hex.EncodeToString(sum[:12])
}

// record keeps the outcome of a synchronisation. Of a fault its code is kept,
// and not what the region wrote.
func (h *history) record(codiceFiscale string, at time.Time, fault *wire.Error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.read()
	v := h.patients[patientKey(codiceFiscale)]
	if fault == nil {
		v = visit{Synced: at.UTC()}
	} else {
		why := *fault
		why.Data.Notices, why.Data.Alternative = nil, ""
		v.Failed, v.Why = at.UTC(), &why
	}
	h.patients[patientKey(codiceFiscale)] = v
	for len(h.patients) > historySize {
		h.forgetOldest()
	}
	h.write()
}

// of tells the history of a patient.
func (h *history) of(codiceFiscale string) wire.PatientHistory {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.read()
	v, known := h.patients[patientKey(codiceFiscale)]
	out := wire.PatientHistory{Problem: v.Why}
	if known && !v.Synced.IsZero() {
		out.SyncedAt = v.Synced.In(ricetta.Rome()).Format(time.RFC3339)
	}
	if !v.Failed.IsZero() {
		out.FailedAt = v.Failed.In(ricetta.Rome()).Format(time.RFC3339)
	}
	return out
}

// forget forgets them all: a user who logs out leaves nothing behind of whom was
// asked about.
func (h *history) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.patients = map[string]visit{}
	if h.store == nil {
		return
	}
	if err := h.store.Delete(historyFile); err != nil {
		h.log.Warn().Err(err).Msg("the history of synchronisations can not be removed")
	}
}

func (h *history) forgetOldest() {
	oldest, when := "", time.Time{}
	for key, v := range h.patients {
		if oldest == "" || v.last().Before(when) {
			oldest, when = key, v.last()
		}
	}
	delete(h.patients, oldest)
}

func (h *history) read() {
	if h.patients != nil {
		return
	}
	h.patients = map[string]visit{}
	if h.store == nil {
		return
	}
	text, err := h.store.Get(historyFile)
	if err == nil {
		err = json.Unmarshal(text, &h.patients)
	}
	if h.patients == nil { // the file said null
		h.patients = map[string]visit{}
	}
	if err != nil && !errors.Is(err, secret.ErrNone) {
		h.log.Warn().Err(err).Msg("the history of synchronisations can not be read")
	}
}

func (h *history) write() {
	if h.store == nil {
		return
	}
	text, err := json.Marshal(h.patients)
	if err == nil {
		err = h.store.Put(historyFile, text)
	}
	if err != nil {
		h.log.Warn().Err(err).Msg("the history of synchronisations can not be written")
	}
}
