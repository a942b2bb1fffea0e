package control

import (
	"encoding/json"
	"net/http"
)

// Error is why the panel did not do what it was asked (RFC 9457, with members
// of its own).
type Error struct {
	Status  int    `json:"status"`
	Code    string `json:"codice"`
	Field   string `json:"campo,omitempty"` // member or header that is wrong
	Message string `json:"messaggio"`
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

func invalid(code, field, message string) *Error {
	return &Error{Status: http.StatusUnprocessableEntity, Code: code, Field: field, Message: message}
}

func refuse(w http.ResponseWriter, e *Error) {
	write(w, e.Status, "application/problem+json", e)
}

func write(w http.ResponseWriter, status int, kind string, v any) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a reader that went away is no error of ours
}
