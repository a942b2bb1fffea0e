package csc

import (
	"cmp"
	"errors"
	"net/http"

	"raccordo/host/internal/sim/signing/vault"
)

// Error is an answer of the error table.
type Error struct {
	Status      int    `json:"-"`
	Code        string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

func (e *Error) Error() string { return e.Code + ": " + e.Description }

func invalid(description string) error {
	return &Error{http.StatusBadRequest, "invalid_request", description}
}

func refused(code, description string) error {
	return &Error{http.StatusBadRequest, code, description}
}

func unauthorized(code, description string) error {
	return &Error{http.StatusUnauthorized, code, description}
}

// ordered is an error that was ordered for this request.
func ordered(o vault.Order) error {
	return &Error{cmp.Or(o.Status, http.StatusBadRequest), cmp.Or(o.Error, "invalid_request"), o.Description}
}

func (s *Service) fail(w http.ResponseWriter, err error) {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{http.StatusInternalServerError, "server_error", "Internal error of the simulator"}
	}
	if e.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer error="`+e.Code+`"`)
	}
	shown := *e
	if s.vault.Settings().BareErrors {
		shown.Description = ""
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, e.Status, shown)
}
