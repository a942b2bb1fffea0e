package region

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

type patientJSON struct {
	CF         string `json:"codice_fiscale"`
	Surname    string `json:"cognome"`
	Name       string `json:"nome"`
	BirthDate  string `json:"data_nascita"`
	BirthPlace string `json:"luogo_nascita"`
	Sex        string `json:"sesso"`
	Address    string `json:"indirizzo"`
	Town       string `json:"comune"`
	Province   string `json:"provincia"`
	CAP        string `json:"cap"`
	ASL        string `json:"asl"`
	Doctor     string `json:"medico"`
	CardExpiry string `json:"scadenza_tessera"`
	Exemptions []struct {
		Code        string `json:"codice"`
		Description string `json:"descrizione"`
		From        string `json:"dal"`
		To          string `json:"al"`
	} `json:"esenzioni"`
}

// Presence shows that a patient of another doctor is there: the number of the
// health card in a reader, or the last five digits printed on it. The zero
// Presence shows nothing.
type Presence struct{ Card, LastFive string }

// query is how the region is told; where both are known both must be right.
func (p Presence) query() string {
	v := url.Values{}
	if p.Card != "" {
		v.Set("tessera", p.Card)
	}
	if p.LastFive != "" {
		v.Set("ts5", p.LastFive)
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

// notYours is the region's code for the patient of another doctor who is not
// shown to be there.
const notYours = "assistito-altro-medico"

// Patient asks the regional registry for one patient, perhaps another
// doctor's. SyncedAt is left to the caller, who knows when the doctor asked.
func (c *Client) Patient(ctx context.Context, cf string, here Presence) (wire.SyncResult, error) {
	if !ricetta.ValidAssistito(cf) {
		return wire.SyncResult{}, &Error{Code: wire.ErrPatientID}
	}
	live, err := c.current()
	if err != nil {
		return wire.SyncResult{}, err
	}
	if live.endpoints.Patients == "" {
		return wire.SyncResult{}, &Error{Code: wire.ErrUnsupported, Detail: "patients"}
	}
	a, err := live.do(ctx, exchange.Request{Method: http.MethodGet, URL: live.endpoints.Patients + "/" + url.PathEscape(cf) + here.query()})
	if err != nil {
		return wire.SyncResult{}, err
	}
	if a.Status != http.StatusOK {
		e := c.symptom(exchange.StatusError(a))
		switch {
		case a.Status == http.StatusNotFound:
			e.Code = wire.ErrPatientNone
		case a.Status == http.StatusForbidden && len(e.Notices) > 0 && e.Notices[0].Code == notYours:
			e.Code = wire.ErrNotYours
		}
		return wire.SyncResult{}, e
	}
	return readPatient(a.Body, cf)
}

// readPatient wants the asked patient with a name; the rest may be missing.
func readPatient(body []byte, cf string) (wire.SyncResult, error) {
	var j patientJSON
	if err := json.Unmarshal(body, &j); err != nil {
		return wire.SyncResult{}, exchange.BadAnswer("patient: not the expected JSON")
	}
	if j.CF != cf || j.Surname == "" {
		return wire.SyncResult{}, exchange.BadAnswer("patient: another patient, or none")
	}
	result := wire.SyncResult{
		Demographics: wire.Demographics{
			CodiceFiscale: j.CF, Surname: j.Surname, Name: j.Name, BirthDate: j.BirthDate, BirthPlace: j.BirthPlace, Sex: j.Sex,
			Address: j.Address, Town: j.Town, Province: j.Province, CAP: j.CAP, ASL: j.ASL, Doctor: j.Doctor, CardExpiry: j.CardExpiry,
		},
		Exemptions: []wire.Exemption{},
	}
	for _, x := range j.Exemptions {
		if x.Code == "" {
			return wire.SyncResult{}, exchange.BadAnswer("patient: exemption without a code")
		}
		result.Exemptions = append(result.Exemptions, wire.Exemption(x))
	}
	return result, nil
}
