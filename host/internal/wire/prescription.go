package wire

// Prescription is one dematerialised prescription as the clinical application
// knows it. Field names follow InvioPrescrittoRichiesta (MEF/Sogei, web
// services ricetta dematerializzata, part 1, 5 Dec 2024, section 4.2.1), in
// snake case; what the connector knows better (doctor, region, pinCode, NRE)
// is not here. The schema bounds sizes only: what a value may be is told by
// package ricetta, for every field at once and in Italian.
type Prescription struct {
	ClientID            string             `json:"client_id" jsonschema:"minLength=1,maxLength=64"`  // the page's own name of this intent: sending it twice sends it once
	TipoPrescrizione    string             `json:"tipo_prescrizione" jsonschema:"maxLength=16"`      // F drugs, P specialist
	TipoRicetta         string             `json:"tipo_ricetta,omitempty" jsonschema:"maxLength=16"` // EE UE NA ND NE NX ST; empty: an ordinary prescription of the SSN
	CodiceAssistito     string             `json:"codice_assistito,omitempty" jsonschema:"maxLength=32"`
	CognomeNome         string             `json:"cognome_nome,omitempty" jsonschema:"maxLength=400"`
	Indirizzo           string             `json:"indirizzo,omitempty" jsonschema:"maxLength=400"`
	OscuramentoDati     bool               `json:"oscuramento_dati,omitempty"`
	NumeroTesseraSASN   string             `json:"numero_tessera_sasn,omitempty" jsonschema:"maxLength=64"`
	SocietaNavigazione  string             `json:"societa_navigazione,omitempty" jsonschema:"maxLength=64"`
	RicettaInterna      bool               `json:"ricetta_interna,omitempty"` // specialist: dispensed in the structure that prescribes
	CodEsenzione        string             `json:"cod_esenzione,omitempty" jsonschema:"maxLength=32"`
	EsenteReddito       bool               `json:"esente_reddito,omitempty"`
	CodDiagnosi         string             `json:"cod_diagnosi,omitempty" jsonschema:"maxLength=64"` // ICD-9-CM
	DescrizioneDiagnosi string             `json:"descrizione_diagnosi,omitempty" jsonschema:"maxLength=2000"`
	TipoVisita          string             `json:"tipo_visita" jsonschema:"maxLength=16"`                       // A in the surgery, D at home
	DisposizioniReg     string             `json:"disposizioni_regionali,omitempty" jsonschema:"maxLength=200"` // dispReg
	ProvinciaAssistito  string             `json:"provincia_assistito,omitempty" jsonschema:"maxLength=16"`
	ASLAssistito        string             `json:"asl_assistito,omitempty" jsonschema:"maxLength=16"`
	IndicazionePrescr   string             `json:"indicazione_prescrizione,omitempty" jsonschema:"maxLength=16"` // S suggested, H hospital stay
	Altro               bool               `json:"altro,omitempty"`
	ClassePriorita      string             `json:"classe_priorita,omitempty" jsonschema:"maxLength=16"`   // U, B, D, P
	PianoTerapeutico    string             `json:"piano_terapeutico,omitempty" jsonschema:"maxLength=64"` // AIFA protocol number; testata1 becomes PT=…;
	Testata2            string             `json:"testata2,omitempty" jsonschema:"maxLength=400"`         // reserved to the region
	DPC                 bool               `json:"dpc,omitempty"`                                         // to be dispensed "per conto": told in testata2 where the region wants it (EROGDPC)
	StatoEstero         string             `json:"stato_estero,omitempty" jsonschema:"maxLength=64"`
	IstituzioneEstera   string             `json:"istituzione_competente,omitempty" jsonschema:"maxLength=64"`
	NumeroPersonale     string             `json:"numero_identificazione_personale,omitempty" jsonschema:"maxLength=64"`
	NumeroTessera       string             `json:"numero_identificazione_tessera,omitempty" jsonschema:"maxLength=64"`
	DataNascitaEstero   string             `json:"data_nascita_estero,omitempty" jsonschema:"maxLength=32"` // YYYY-MM-DD
	DataScadenzaTessera string             `json:"data_scadenza_tessera,omitempty" jsonschema:"maxLength=32"`
	Dettagli            []PrescriptionItem `json:"dettagli" jsonschema:"maxItems=50"`
}

// PrescriptionItem is one DettaglioPrescrizione.
type PrescriptionItem struct {
	CodProdPrest       string `json:"cod_prod_prest,omitempty" jsonschema:"maxLength=64"` // AIC, or specialist code
	DescrProdPrest     string `json:"descr_prod_prest,omitempty" jsonschema:"maxLength=1000"`
	CodGruppoEquival   string `json:"cod_gruppo_equival,omitempty" jsonschema:"maxLength=64"`
	DescrGruppoEquival string `json:"descr_gruppo_equival,omitempty" jsonschema:"maxLength=1000"`
	Note               string `json:"note,omitempty" jsonschema:"maxLength=1000"` // descrTestoLiberoNote of a service, motivazNote of a drug
	NonSostituibile    bool   `json:"non_sostituibile,omitempty"`
	CodMotivazione     string `json:"cod_motivazione,omitempty" jsonschema:"maxLength=64"`
	NotaAIFA           string `json:"nota_aifa,omitempty" jsonschema:"maxLength=64"`
	Quantita           int    `json:"quantita"`
	TipoAccesso        string `json:"tipo_accesso,omitempty" jsonschema:"maxLength=16"`   // 1 first, 0 other
	PNGLA              bool   `json:"pngla,omitempty"`                                    // in the national waiting list plan, says the page's catalogue
	Televisita         bool   `json:"televisita,omitempty"`                               // prescrizione1 becomes TV;
	Prescrizione2      string `json:"prescrizione2,omitempty" jsonschema:"maxLength=400"` // reserved to the region
	CodCatalogo        string `json:"cod_catalogo,omitempty" jsonschema:"maxLength=64"`   // codCatalogoPrescr
	NumeroNota         string `json:"numero_nota,omitempty" jsonschema:"maxLength=64"`
	CondErogabilita    string `json:"cond_erogabilita,omitempty" jsonschema:"maxLength=64"`
	ApproprPrescr      string `json:"appropr_prescrittiva,omitempty" jsonschema:"maxLength=64"`
	Patologia          string `json:"patologia,omitempty" jsonschema:"maxLength=64"`
	Ciclica            bool   `json:"ciclica,omitempty"` // a cycle of sessions of branch 12, says the page's catalogue
	NumeroSedute       int    `json:"numero_sedute,omitempty"`
	// Stupefacente is the section of the table of narcotics: TDL (section A,
	// pain therapy), 3BIS (annex III-bis), B, C, D, E (nota STUP).
	Stupefacente   string `json:"stupefacente,omitempty" jsonschema:"maxLength=16"`
	Posologia      string `json:"posologia,omitempty" jsonschema:"maxLength=400"`       // goes into motivazNote
	RecapitoMedico string `json:"recapito_medico,omitempty" jsonschema:"maxLength=400"` // telephone and address, goes into motivazNote
}

// Titolare is the doctor whom the sender stands in for: region, ASL, structure
// and specialisation of a substitute's prescription are his (section 4.2.1).
type Titolare struct {
	CodiceFiscale    string `json:"codice_fiscale" jsonschema:"pattern=^[A-Z0-9]{16}$"`
	Regione          string `json:"regione" jsonschema:"pattern=^[0-9]{3}$"`
	ASL              string `json:"asl" jsonschema:"pattern=^[0-9A-Z]{3}$"`
	Struttura        string `json:"struttura,omitempty" jsonschema:"maxLength=16"`
	Specializzazione string `json:"specializzazione" jsonschema:"pattern=^[A-Z0-9]$"`
}

// SendParams hands prescriptions over, to be sent in this order.
type SendParams struct {
	Prescriptions []Prescription `json:"prescriptions" jsonschema:"minItems=1,maxItems=100"`
	Mode          string         `json:"mode,omitempty" jsonschema:"enum=now,enum=later"` // later: kept as draft until outbox.retry or another send; default now
	Titolare      *Titolare      `json:"titolare,omitempty"`                              // in substitute mode: who is stood in for
}

// SendState is the fate of one prescription.
type SendState string

// The fates of a prescription that was handed to Raccordo.
const (
	Draft     SendState = "draft"     // kept for later: nothing happens until the doctor says so
	Queued    SendState = "queued"    // not sent; goes out by itself, or when asked again
	Sent      SendState = "sent"      // the region has it and gave codAutenticazione
	Refused   SendState = "refused"   // the region or our own checks said no: it does not exist
	Unknown   SendState = "unknown"   // sent, no answer: sending again repeats the same NRE
	Cancelled SendState = "cancelled" // it was given up, and is certain not to live at the region
)

// SendResult has one entry for each prescription, in the order given.
type SendResult struct {
	Results []PrescriptionResult `json:"results"`
}

// PrescriptionResult is the fate of one prescription.
type PrescriptionResult struct {
	ClientID          string    `json:"client_id"`
	State             SendState `json:"state" jsonschema:"enum=draft,enum=queued,enum=sent,enum=refused,enum=unknown,enum=cancelled"`
	NRE               string    `json:"nre,omitempty"`
	CodAutenticazione string    `json:"cod_autenticazione,omitempty"` // nothing may be printed without it
	InsertedAt        string    `json:"inserted_at,omitempty"`        // as the region wrote it
	Warnings          []Notice  `json:"warnings"`
	Errors            []Notice  `json:"errors"`
	HasPromemoria     bool      `json:"has_promemoria,omitempty"`
	Problem           *Error    `json:"problem,omitempty"`         // why queued or unknown
	Attempts          int       `json:"attempts,omitempty"`        // requests that may have left
	NextAttempt       string    `json:"next_attempt_at,omitempty"` // RFC 3339, Europe/Rome: when a queued or unknown one is tried again by itself
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
	// Prescription is everything that the region gave back, for a duplicate: it
	// names no patient's code and has no client_id.
	Prescription *Prescription `json:"prescription,omitempty"`
	Titolare     string        `json:"titolare,omitempty"`  // cfMedico1
	Sostituto    string        `json:"sostituto,omitempty"` // cfMedico2
	NonSSN       bool          `json:"non_ssn,omitempty"`   // dispensed at the patient's own expense (codEsito 5221)
}

// ListParams asks which numbers the doctor has used (InterrogaNreUtilizzati).
type ListParams struct {
	CodiceAssistito  string `json:"codice_assistito,omitempty" jsonschema:"pattern=^[A-Z0-9]{11\\,16}$"`
	TipoPrescrizione string `json:"tipo_prescrizione,omitempty" jsonschema:"enum=F,enum=P"` // empty: both
	From             string `json:"from" jsonschema:"pattern=^[0-9]{4}-[0-9]{2}-[0-9]{2}$"` // of the compilation, both days included
	To               string `json:"to" jsonschema:"pattern=^[0-9]{4}-[0-9]{2}-[0-9]{2}$"`
}

// ListResult are the doctor's prescriptions at the region, newest first.
type ListResult struct {
	Prescriptions []ListedPrescription `json:"prescriptions"`
}

// ListedPrescription is one NreUtilRecord. State is known where it was asked
// for.
type ListedPrescription struct {
	NRE               string `json:"nre"`
	TipoPrescrizione  string `json:"tipo_prescrizione"`
	CompiledAt        string `json:"compiled_at"` // as the region wrote it
	CodiceAssistito   string `json:"codice_assistito,omitempty"`
	CodAutenticazione string `json:"cod_autenticazione,omitempty"`
	Web               bool   `json:"web,omitempty"` // written in the web application of Sistema TS
	Lotto             string `json:"lotto,omitempty"`
	State             string `json:"state,omitempty"`
	StateText         string `json:"state_text,omitempty"`
	Description       string `json:"description,omitempty"` // of the items, in one line
}

// VerifyResult says whether a prescription is good, and where it can be seen.
type VerifyResult struct {
	NRE       string     `json:"nre"`
	State     string     `json:"state"`                                                                                // statoProcesso
	StateText string     `json:"state_text"`                                                                           // Italian
	Valid     bool       `json:"valid"`                                                                                // it can still be dispensed
	Validated bool       `json:"validated"`                                                                            // the region has it, with its codAutenticazione
	FSE       string     `json:"fse" jsonschema:"enum=visible,enum=pending,enum=hidden,enum=unsupported,enum=unknown"` // in the patient's FSE; unsupported: the region does not tell; unknown: it could not be asked
	FSESince  string     `json:"fse_since,omitempty"`                                                                  // RFC 3339
	ExpiresOn string     `json:"expires_on,omitempty"`                                                                 // YYYY-MM-DD, last day on which it can be dispensed
	View      ViewResult `json:"view"`
}

// PromemoriaResult is the PDF that the region gave with the prescription.
type PromemoriaResult struct {
	NRE string `json:"nre"`
	PDF string `json:"pdf"` // base64, as received
}

// SubstitutionParams declares a substitute to Sistema TS; the caller is the
// titolare (DichiarazioneSostituzioneMedico).
type SubstitutionParams struct {
	Sostituto string `json:"sostituto" jsonschema:"pattern=^[A-Z0-9]{16}$"`
	From      string `json:"from" jsonschema:"pattern=^[0-9]{4}-[0-9]{2}-[0-9]{2}$"`
	To        string `json:"to" jsonschema:"pattern=^[0-9]{4}-[0-9]{2}-[0-9]{2}$"`
	ASLTold   *bool  `json:"asl_told,omitempty"` // comunicazioneAsl
	Note      string `json:"note,omitempty" jsonschema:"maxLength=300"`
	Struttura string `json:"struttura,omitempty" jsonschema:"maxLength=16"`
}

// SubstitutionResult confirms a declaration.
type SubstitutionResult struct {
	InsertedAt string   `json:"inserted_at,omitempty"` // as the region wrote it
	Warnings   []Notice `json:"warnings"`
}

// TableParams asks for a table of Sistema TS (ServiceAnag). The names of the
// operations are given by Sistema TS to software houses.
type TableParams struct {
	Operation string   `json:"operation" jsonschema:"pattern=^[A-Za-z0-9_ -]{1\\,64}$"`
	Options   []string `json:"options,omitempty" jsonschema:"maxItems=5"` // opzione1 to opzione5
}

// TableResult is a table: a CSV file.
type TableResult struct {
	Name     string   `json:"name,omitempty"`
	CSV      string   `json:"csv,omitempty"` // base64, as received
	Options  []string `json:"options"`
	Warnings []Notice `json:"warnings"`
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
