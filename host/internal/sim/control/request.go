package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
)

const maxRequest = 4 << 10 // bytes

// job carries out a request that was read into JSON and tells what to answer.
type job func(body []byte) (status int, answer any, err error)

func (p panel) plan(body []byte) (int, any, error) {
	var f Fault
	if err := decode(body, &f); err != nil {
		return 0, nil, err
	}
	planned, err := f.fault()
	if err != nil {
		return 0, nil, err
	}
	p.Region.Inject(planned)
	return http.StatusCreated, p.faults(), nil
}

func (p panel) act(body []byte) (int, any, error) {
	var a Action
	if err := decode(body, &a); err != nil {
		return 0, nil, err
	}
	if a.Name == "azzera" { // of the page's form; programs have DELETE /v1/guasti
		p.clear()
		return http.StatusOK, Done{Name: a.Name}, nil
	}
	for _, known := range actions {
		if known.Name == a.Name {
			return http.StatusOK, Done{a.Name, known.do(p)}, nil
		}
	}
	return 0, nil, invalid("azione-sconosciuta", "azione", "Nessuna azione ha questo nome.")
}

// decode is strict: one object, no member that is not known.
func decode(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return invalid("valore-non-ammesso", kind.Field, "Il valore è di un altro tipo.")
	case err != nil:
		return &Error{Status: http.StatusBadRequest, Code: "richiesta-non-valida", Message: "Il corpo non è l'oggetto JSON atteso."}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return &Error{Status: http.StatusBadRequest, Code: "richiesta-non-valida", Message: "Il corpo ha più di un oggetto JSON."}
	}
	return nil
}

// read takes in a body of the media type that is wanted.
func read(w http.ResponseWriter, q *http.Request, media string) ([]byte, error) {
	if got, _, err := mime.ParseMediaType(q.Header.Get("Content-Type")); err != nil || got != media {
		return nil, &Error{Status: http.StatusUnsupportedMediaType, Code: "tipo-non-ammesso", Field: "Content-Type", Message: "È richiesto " + media + "."}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, q.Body, maxRequest))
	if err != nil {
		return nil, &Error{Status: http.StatusRequestEntityTooLarge, Code: "richiesta-troppo-grande", Message: "La richiesta è troppo grande."}
	}
	return body, nil
}

// program answers JSON with JSON.
func (p panel) program(do job) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		body, err := read(w, q, "application/json")
		if err == nil {
			var status int
			var answer any
			if status, answer, err = do(body); err == nil {
				write(w, status, "application/json", answer)
				return
			}
		}
		refuse(w, typed(err))
	}
}

// form answers a browser's form with the page it stands on, and that page's
// script with JSON.
func (p panel) form(page string, do job) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		body, err := read(w, q, "application/x-www-form-urlencoded")
		if err == nil {
			body, err = formJSON(string(body))
		}
		if err == nil {
			_, _, err = do(body)
		}
		switch {
		case q.Header.Get("Accept") == "application/json" && err != nil:
			refuse(w, typed(err))
		case q.Header.Get("Accept") == "application/json":
			p.serveState(w, q)
		case err != nil:
			p.show(w, typed(err))
		default:
			w.Header().Set("Location", page)
			w.WriteHeader(http.StatusSeeOther)
		}
	}
}

// formJSON turns the fields of a form into the object a program would send.
func formJSON(body string) ([]byte, error) {
	values, err := url.ParseQuery(body)
	if err != nil {
		return nil, &Error{Status: http.StatusBadRequest, Code: "richiesta-non-valida", Message: "Il modulo non è leggibile."}
	}
	object := map[string]any{}
	for name, given := range values {
		value := given[0]
		switch name {
		case "guasto", "servizio", "azione", "nre", "medico", "codice", "testo",
			"cosa", "operazione", "errore", "spiegazione", "tipo", "certificato", "scal", "otp", "versione", "codice_blocco":
			object[name] = value
		case "avviso", "pre_autorizzazione", "disabilitata", "ecdsa_grezza", "senza_estensione", "solo_oauth", "firme_mancanti", "errori_senza_spiegazione", "vuoto_con_corpo":
			object[name] = value == "1"
		case "tempesta":
			rate, err := strconv.ParseFloat(value, 64)
			if err != nil {
				return nil, invalid("valore-non-ammesso", name, "È richiesto un numero.")
			}
			object[name] = rate
		default:
			if value == "" {
				continue
			}
			number, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return nil, invalid("valore-non-ammesso", name, "È richiesto un numero intero.")
			}
			object[name] = number
		}
	}
	return json.Marshal(object)
}

func typed(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Status: http.StatusInternalServerError, Code: "errore-interno", Message: "Errore interno del simulatore."}
}
