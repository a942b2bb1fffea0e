package control

import (
	"net/http"
	"slices"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/sim/signing/vault"
)

// SigningState is a snapshot of the trust service provider.
type SigningState struct {
	Settings vault.Settings `json:"impostazioni"`
	Orders   []vault.Order  `json:"ordini"`
	Signed   int            `json:"firme"`
	Stamps   int            `json:"marche"`
	Revoked  int            `json:"revocati"`
	Sessions int            `json:"sessioni_arss"`
	Locked   []string       `json:"bloccati"` // codici fiscali
}

// Credential changes the state of a doctor's credential.
type Credential struct {
	Doctor   string `json:"medico"`
	Kind     string `json:"tipo"`
	Disabled bool   `json:"disabilitata"`
	Status   string `json:"certificato"` // valid, expired, revoked, suspended
}

// keyCompromise is why a certificate is revoked (RFC 5280 section 5.3.1).
const keyCompromise = 1

// signing adds the part of the provider.
func (p panel) signing(mux *http.ServeMux) {
	mux.HandleFunc("GET /firma", p.serveSigningPage)
	for path, do := range map[string]job{"impostazioni": p.changeSettings, "ordini": p.order, "credenziali": p.changeCredential, "azioni": p.actSigning} {
		mux.HandleFunc("POST /firma/"+path, p.form("/firma", do))
		mux.HandleFunc("POST /v1/firma/"+path, p.program(do))
	}
	mux.HandleFunc("GET /v1/firma", func(w http.ResponseWriter, _ *http.Request) {
		write(w, http.StatusOK, "application/json", p.signingState())
	})
	mux.HandleFunc("DELETE /v1/firma", func(w http.ResponseWriter, _ *http.Request) {
		p.Signing.Clear()
		w.WriteHeader(http.StatusNoContent)
	})
}

func (p panel) signingState() SigningState {
	s := SigningState{
		Settings: p.Signing.Vault.Settings(), Orders: append([]vault.Order{}, p.Signing.Vault.Ordered()...), Signed: p.Signing.Vault.Signed(),
		Stamps: p.Signing.Authority.Stamps(), Revoked: p.Signing.Authority.Revoked(), Sessions: p.Signing.ARSS.Sessions(), Locked: []string{},
	}
	for _, d := range anagrafe.Doctors() {
		if p.Signing.Vault.Locked(d.CF) {
			s.Locked = append(s.Locked, d.CF)
		}
	}
	return s
}

// changeSettings changes what is named; the rest stays.
func (p panel) changeSettings(body []byte) (int, any, error) {
	wanted := p.Signing.Vault.Settings()
	if err := decode(body, &wanted); err != nil {
		return 0, nil, err
	}
	if field := wanted.Wrong(); field != "" {
		return 0, nil, invalid("valore-non-ammesso", field, "Valore fuori dai limiti.")
	}
	p.Signing.Vault.Change(func(s *vault.Settings) { *s = wanted })
	return http.StatusOK, p.signingState(), nil
}

func (p panel) order(body []byte) (int, any, error) {
	var o vault.Order
	if err := decode(body, &o); err != nil {
		return 0, nil, err
	}
	switch {
	case !slices.Contains(vault.Orders(), o.Kind):
		return 0, nil, invalid("ordine-sconosciuto", "cosa", "Nessun ordine ha questo nome.")
	case o.Times < 0 || o.Times > faults.MaxTimes:
		return 0, nil, invalid("valore-non-ammesso", "volte", "Valore fuori dai limiti.")
	case o.Status != 0 && (o.Status < 400 || o.Status > 599):
		return 0, nil, invalid("valore-non-ammesso", "stato", "Lo stato HTTP è da 400 a 599.")
	}
	p.Signing.Vault.Next(o)
	return http.StatusCreated, p.signingState(), nil
}

// changeCredential also tells OCSP and the revocation list of a certificate that
// is revoked.
func (p panel) changeCredential(body []byte) (int, any, error) {
	var c Credential
	if err := decode(body, &c); err != nil {
		return 0, nil, err
	}
	if !slices.Contains([]string{vault.Valid, vault.Expired, vault.Revoked, vault.Suspended}, c.Status) {
		return 0, nil, invalid("valore-non-ammesso", "certificato", "Il certificato può essere valid, expired, revoked, suspended.")
	}
	if !p.Signing.Vault.SetCredential(c.Doctor, c.Kind, c.Disabled, c.Status) {
		return 0, nil, invalid("credenziale-sconosciuta", "tipo", "Nessun medico ha questa credenziale.")
	}
	if known, ok := p.Signing.Vault.Credential(c.Doctor, vault.ID(c.Kind, c.Doctor)); ok && c.Status == vault.Revoked {
		p.Signing.Authority.Revoke(known.Cert.SerialNumber, time.Now(), keyCompromise)
	}
	return http.StatusOK, p.signingState(), nil
}

// signingAction is what can be done at once, as people read it.
type signingAction struct {
	Name, Title, Help string
	do                func(panel) int
}

var signingActions = []signingAction{
	{"sblocca", "Sblocca le credenziali", "I tentativi sbagliati si azzerano.", func(p panel) int { p.Signing.Vault.Unlock(); return 0 }},
	{"scadenza-sad", "Scadenza delle autorizzazioni", "Ogni SAD scade.", func(p panel) int { return p.Signing.CSC.ExpireSADs() }},
	{"scadenza-token", "Scadenza dei token", "Ogni token di servizio scade; quelli di rinnovo restano buoni.", func(p panel) int { return p.Signing.CSC.ExpireTokens() }},
	{"termina-sessioni", "Termina le sessioni ARSS", "Ogni sessione di firma finisce.", func(p panel) int { return p.Signing.ARSS.ExpireSessions() }},
	{"ritira-prestatore", "Ritira il prestatore", "Nell'elenco di fiducia il servizio risulta ritirato da adesso.", func(p panel) int { p.Signing.Authority.Withdraw(time.Now()); return 0 }},
	{"spegni", "Prestatore spento", "Ogni connessione cade.", func(p panel) int { p.Signing.SetDown(true); return 0 }},
	{"accendi", "Prestatore acceso", "Le connessioni tornano.", func(p panel) int { p.Signing.SetDown(false); return 0 }},
}

func (p panel) actSigning(body []byte) (int, any, error) {
	var a Action
	if err := decode(body, &a); err != nil {
		return 0, nil, err
	}
	if a.Name == "azzera" { // of the page's form; programs have DELETE /v1/firma
		p.Signing.Clear()
		return http.StatusOK, Done{Name: a.Name}, nil
	}
	for _, known := range signingActions {
		if known.Name == a.Name {
			return http.StatusOK, Done{a.Name, known.do(p)}, nil
		}
	}
	return 0, nil, invalid("azione-sconosciuta", "azione", "Nessuna azione ha questo nome.")
}
