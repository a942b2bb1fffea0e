package control

import (
	"slices"
	"strings"

	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/sim/signing"
)

// entry is a kind of fault as people read it.
type entry struct {
	Kind        faults.Kind
	Title, Help string
}

// group is a part of the page.
type group struct {
	Title, Help string
	Entries     []entry
}

var catalog = []group{
	{"Richieste e risposte", "Ogni guasto vale per le prossime richieste al servizio scelto.", []entry{
		{faults.Slow, "Risposta lenta", "La richiesta viene eseguita, ma solo dopo il ritardo."},
		{faults.Hang, "Nessuna risposta", "La connessione è accettata e la richiesta ricevuta; non arriva mai risposta."},
		{faults.Broken, "Errore 500", "Errore interno al posto della risposta."},
		{faults.Unavailable, "Errore 503", "Servizio non disponibile al posto della risposta."},
		{faults.Maintenance, "Pagina di manutenzione", "Una pagina HTML al posto della risposta."},
		{faults.CutAnswer, "Risposta interrotta", "Richiesta eseguita; arrivano le intestazioni e metà del corpo, poi la connessione è azzerata."},
		{faults.LostRequest, "Richiesta persa", "La connessione cade prima che la richiesta sia eseguita."},
		{faults.LostAnswer, "Risposta persa", "La richiesta è eseguita, la connessione cade prima della risposta."},
		{faults.BrokenAfter, "Errore 500 dopo l'esecuzione", "La richiesta è eseguita, ma al posto della risposta arriva un errore interno."},
		{faults.TooMany, "Troppe richieste", "Risposta 429 con Retry-After al posto della risposta."},
		{faults.Duplicate, "Richiesta doppia", "La richiesta è eseguita due volte, come da un intermediario che la ripete."},
		{faults.Late, "Richiesta tardiva", "La connessione cade subito; la richiesta viene eseguita dopo il ritardo, anche se nel frattempo la ricetta risulta assente."},
		{faults.Reordered, "Fuori ordine", "La richiesta è trattenuta per il ritardo mentre le altre passano."},
		{faults.ClockSkew, "Orologio sfasato", "Data della risposta e orari di sessione avanti (o indietro, con il segno meno)."},
	}},
	{"Sessione", "Riguardano la sessione di chi fa la richiesta.", []entry{
		{faults.ExpiredSession, "Sessione scaduta", "La sessione finisce: risposta 401 sessione-scaduta."},
		{faults.LingeringSession, "Sessione non operativa", "La sessione risulta aperta e non elabora nulla, finché non se ne apre un'altra."},
		{faults.RoleRefused, "Ruolo non abilitato", "L'apertura della sessione è rifiutata come a chi non è medico."},
	}},
	{"Connessione TLS", "Valgono per i prossimi handshake; le connessioni a riposo vengono chiuse.", []entry{
		{faults.HandshakeAlert, "Rifiuto dell'handshake", "Il server interrompe con un avviso TLS prima di ogni firma."},
		{faults.CertificateRefused, "Certificato del client rifiutato", "Il server interrompe con un avviso TLS dopo la firma della carta."},
		{faults.HandshakeHang, "Handshake senza risposta", "La connessione TCP è accettata, il server non dice nulla."},
		{faults.HandshakeReset, "Connessione azzerata", "La connessione viene azzerata al posto delle prime parole del server."},
		{faults.WrongHost, "Certificato di un altro nome", "Il server mostra il certificato di un altro servizio."},
		{faults.ExpiredCertificate, "Certificato scaduto", "Il server mostra un certificato scaduto ieri."},
		{faults.UnknownAuthority, "Certificato di CA ignota", "Il server mostra un certificato di un'autorità sconosciuta."},
	}},
}

func titleOf(kind faults.Kind) string {
	for _, g := range catalog {
		for _, e := range g.Entries {
			if e.Kind == kind {
				return e.Title
			}
		}
	}
	return string(kind)
}

// place is what a fault can concern, as people read it.
type place struct {
	Service faults.Service
	Name    string
}

// names of services and listeners; one that is not here is shown as it is.
var names = map[faults.Service]string{
	"": "Tutti i servizi", faults.SAR: "SAR (con la carta)", faults.Cloud: "Cloud (senza carta)", faults.SAC: "Sistema TS (senza regione)",
	faults.Provider: "Accesso: tutto", faults.Login: "Accesso: pagine e token", faults.LoginCard: "Accesso con la carta",
	region.ServiceSession: "Sessione", region.ServiceRegistry: "Anagrafe", region.ServiceLot: "Lotti NRE",
	region.ServiceSend: "Invio ricette", region.ServiceView: "Visualizza ricetta", region.ServiceCancel: "Annulla ricetta", region.ServiceSecondFactor: "ID-SESSIONE",
	region.ServiceUsed: "Elenco NRE", region.ServiceTables: "Tabelle", region.ServiceDeclare: "Sostituzioni", region.ServiceFSE: "FSE",
	idp.ServiceDiscovery: "Accesso: configurazione", idp.ServiceAuthorize: "Accesso: pagine", idp.ServiceToken: "Accesso: token",
	idp.ServiceUserinfo: "Accesso: profilo", idp.ServiceLogout: "Accesso: uscita e revoca",
	signing.Everything: "Firma: tutto", signing.CSCv1: "Firma: CSC 1.0.4", signing.CSCv2: "Firma: CSC 2.0", signing.OAuth: "Firma: consenso e token",
	signing.ARSS: "Firma: ARSS", signing.TSA: "Firma: marche temporali", signing.OCSP: "Firma: OCSP", signing.CRL: "Firma: liste di revoca", signing.TrustList: "Firma: elenco di fiducia",
}

func nameOf(s faults.Service) string {
	if name, ok := names[s]; ok {
		return name
	}
	first := string(s)
	return strings.ToUpper(first[:1]) + first[1:]
}

// authorised are the services that know whose session they are in.
var authorised = []faults.Service{
	region.ServiceRegistry, region.ServiceLot, region.ServiceSend, region.ServiceView, region.ServiceCancel,
	region.ServiceUsed, region.ServiceDeclare, region.ServiceTables, region.ServiceFSE,
}

// placesOf are the services and listeners that a kind of fault can concern.
func placesOf(kind faults.Kind) (list []place) {
	add := func(all ...faults.Service) {
		for _, s := range all {
			list = append(list, place{s, nameOf(s)})
		}
	}
	add("")
	switch when, _ := kind.Moment(); {
	case when == faults.AtHandshake:
		add(faults.Listeners()...)
	case when == faults.AtService:
		add(faults.SAR, faults.Cloud, faults.SAC)
		add(authorised...)
	case kind == faults.RoleRefused:
		add(faults.SAR, faults.Cloud, region.ServiceSession)
	case when == faults.InSession:
		add(faults.SAR, faults.Cloud)
		if kind == faults.ExpiredSession {
			add(faults.SAC, region.ServiceSession)
		}
		add(authorised...)
	default:
		add(faults.Listeners()...)
		add(region.Services()...)
		add(idp.Services()...)
		add(signing.Services()...)
	}
	return list
}

func known(s faults.Service) bool {
	return slices.ContainsFunc(placesOf(faults.Slow), func(p place) bool { return p.Service == s })
}
