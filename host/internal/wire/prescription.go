package wire

// Prescription is one dematerialised prescription as the clinical application
// knows it. Field names follow InvioPrescrittoRichiesta (MEF/Sogei, web
// services ricetta dematerializzata, part 1, 5 Dec 2024, section 4.2.1), in
// snake case; what the connector knows better (doctor, region, pinCode, NRE)
// is not here.
type Prescription struct {
	ClientID            string             `json:"client_id" jsonschema:"minLength=1,maxLength=64"` // the page's own name of this intent: sending it twice sends it once
	TipoPrescrizione    string             `json:"tipo_prescrizione" jsonschema:"enum=F,enum=P"`    // F drugs, P specialist
	CodiceAssistito     string             `json:"codice_assistito" jsonschema:"pattern=^[A-Z0-9]{11\\,16}$"`
	CognomeNome         string             `json:"cognome_nome,omitempty" jsonschema:"maxLength=120"`
	Indirizzo           string             `json:"indirizzo,omitempty" jsonschema:"maxLength=200"`
	OscuramentoDati     bool               `json:"oscuramento_dati,omitempty"`
	CodEsenzione        string             `json:"cod_esenzione,omitempty" jsonschema:"maxLength=6"`
	EsenteReddito       bool               `json:"esente_reddito,omitempty"`
	CodDiagnosi         string             `json:"cod_diagnosi,omitempty" jsonschema:"maxLength=10"`
	DescrizioneDiagnosi string             `json:"descrizione_diagnosi,omitempty" jsonschema:"maxLength=500"`
	TipoVisita          string             `json:"tipo_visita" jsonschema:"enum=A,enum=D"` // A in the surgery, D at home
	ProvinciaAssistito  string             `json:"provincia_assistito,omitempty" jsonschema:"maxLength=2"`
	ASLAssistito        string             `json:"asl_assistito,omitempty" jsonschema:"maxLength=3"`
	IndicazionePrescr   string             `json:"indicazione_prescrizione,omitempty" jsonschema:"enum=S,enum=H"`
	ClassePriorita      string             `json:"classe_priorita,omitempty" jsonschema:"enum=U,enum=B,enum=D,enum=P"`
	Dettagli            []PrescriptionItem `json:"dettagli" jsonschema:"minItems=1,maxItems=8"`
}

// PrescriptionItem is one DettaglioPrescrizione.
type PrescriptionItem struct {
	CodProdPrest       string `json:"cod_prod_prest,omitempty" jsonschema:"maxLength=20"` // AIC, or specialist code
	DescrProdPrest     string `json:"descr_prod_prest,omitempty" jsonschema:"maxLength=250"`
	CodGruppoEquival   string `json:"cod_gruppo_equival,omitempty" jsonschema:"maxLength=10"`
	DescrGruppoEquival string `json:"descr_gruppo_equival,omitempty" jsonschema:"maxLength=250"`
	Note               string `json:"note,omitempty" jsonschema:"maxLength=250"` // descrTestoLiberoNote
	NonSostituibile    bool   `json:"non_sostituibile,omitempty"`
	CodMotivazione     string `json:"cod_motivazione,omitempty" jsonschema:"maxLength=4"`
	NotaAIFA           string `json:"nota_aifa,omitempty" jsonschema:"maxLength=4"`
	Quantita           int    `json:"quantita" jsonschema:"minimum=1,maximum=9"`
	TipoAccesso        string `json:"tipo_accesso,omitempty" jsonschema:"enum=0,enum=1"`
}

// SendParams asks to send prescriptions now, in this order.
type SendParams struct {
	Prescriptions []Prescription `json:"prescriptions" jsonschema:"minItems=1,maxItems=100"`
}

// SendState is the fate of one prescription.
type SendState string

// The fates of a prescription that was handed to Raccordo.
const (
	Sent    SendState = "sent"    // the region has it and gave codAutenticazione
	Refused SendState = "refused" // the region or our own checks said no: it does not exist
	Queued  SendState = "queued"  // not sent; safe to send again
	Unknown SendState = "unknown" // sent, no answer: sending again repeats the same NRE
)

// SendResult has one entry for each prescription, in the order given.
type SendResult struct {
	Results []PrescriptionResult `json:"results"`
}

// PrescriptionResult is the fate of one prescription.
type PrescriptionResult struct {
	ClientID          string    `json:"client_id"`
	State             SendState `json:"state" jsonschema:"enum=sent,enum=refused,enum=queued,enum=unknown"`
	NRE               string    `json:"nre,omitempty"`
	CodAutenticazione string    `json:"cod_autenticazione,omitempty"` // nothing may be printed without it
	InsertedAt        string    `json:"inserted_at,omitempty"`        // as the region wrote it
	Warnings          []Notice  `json:"warnings"`
	Errors            []Notice  `json:"errors"`
	HasPromemoria     bool      `json:"has_promemoria,omitempty"`
	Problem           *Error    `json:"problem,omitempty"` // why queued or unknown
}

// Notice is one remark: of the region (its own four-digit code) or of our own
// validation (empty code, field named).
type Notice struct {
	Code  string `json:"code,omitempty"`
	Field string `json:"field,omitempty"`
	Item  int    `json:"item,omitempty"` // 1-based item of the prescription, 0: the whole
	Text  string `json:"text"`           // Italian
	// Remedy is what to do about a code that is known, Italian.
	Remedy string `json:"remedy,omitempty"`
}

// NREParams names one prescription.
type NREParams struct {
	NRE string `json:"nre" jsonschema:"pattern=^[0-9]{3}[0-9A-Z]{2}[0-7][0-9]{9}$"`
}

// ViewResult is a prescription as the region has it.
type ViewResult struct {
	NRE               string             `json:"nre"`
	State             string             `json:"state"`      // statoProcesso, "1".."10"
	StateText         string             `json:"state_text"` // Italian
	CodAutenticazione string             `json:"cod_autenticazione,omitempty"`
	InsertedAt        string             `json:"inserted_at,omitempty"`
	CompiledAt        string             `json:"compiled_at,omitempty"`
	TipoPrescrizione  string             `json:"tipo_prescrizione,omitempty"`
	CognomeNome       string             `json:"cognome_nome,omitempty"`
	CodEsenzione      string             `json:"cod_esenzione,omitempty"`
	Diagnosi          string             `json:"diagnosi,omitempty"`
	Dettagli          []PrescriptionItem `json:"dettagli"`
	Warnings          []Notice           `json:"warnings"`
}

// CancelResult confirms a cancellation.
type CancelResult struct {
	NRE      string   `json:"nre"`
	Warnings []Notice `json:"warnings"`
}

// BatchProgress is sent after each prescription of a prescription.send.
type BatchProgress struct {
	Done   int                `json:"done"`
	Total  int                `json:"total"`
	Result PrescriptionResult `json:"result"`
	// Paused says why the batch waits: Result is then the last one again.
	Paused ErrorCode `json:"paused,omitempty"`
}
