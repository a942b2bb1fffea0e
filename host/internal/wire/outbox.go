package wire

// Outbox is what is in charge, counted.
type Outbox struct {
	Drafts  int `json:"drafts"`  // kept for later
	Pending int `json:"pending"` // goes out by itself as soon as it can
	Failed  int `json:"failed"`  // needs the doctor: refused, or its fate is open
}

// OutboxParams chooses entries; without any, all that the caller may see.
type OutboxParams struct {
	ClientIDs []string `json:"client_ids,omitempty" jsonschema:"maxItems=200"` // the page's own names; settled ones are told too
	IDs       []string `json:"ids,omitempty" jsonschema:"maxItems=200"`
}

// OutboxResult lists entries, oldest first.
type OutboxResult struct {
	Entries []OutboxEntry `json:"entries"`
}

// OutboxEntry is one prescription in charge. A page sees what it handed over
// itself; the popup and the command line see all.
type OutboxEntry struct {
	ID string `json:"id"` // of the entry, for outbox.retry, .discard and .resolve
	PrescriptionResult
	Origin           string `json:"origin,omitempty"`
	Doctor           string `json:"doctor"` // codice fiscale of who sends
	CodiceAssistito  string `json:"codice_assistito,omitempty"`
	CognomeNome      string `json:"cognome_nome,omitempty"`
	TipoPrescrizione string `json:"tipo_prescrizione,omitempty"`
	Description      string `json:"description,omitempty"` // of the items, in one line
	Since            string `json:"since"`                 // RFC 3339, Europe/Rome: taken in charge
	UpdatedAt        string `json:"updated_at"`
	// Decide says that the region cannot tell what became of it and the doctor
	// has to (outbox.resolve).
	Decide bool `json:"decide,omitempty"`
}

// ResolveParams is the doctor's word on an entry whose fate the region cannot
// tell: he has looked at the region's own pages.
type ResolveParams struct {
	ID       string `json:"id" jsonschema:"pattern=^[0-9a-f]{8\\,64}$"`
	Decision string `json:"decision" jsonschema:"enum=absent,enum=present"`                        // absent: it is not there, send it; present: it is there
	NRE      string `json:"nre,omitempty" jsonschema:"pattern=^[0-9]{3}[0-9A-Z]{2}[0-7][0-9]{9}$"` // of the one that is there
}
