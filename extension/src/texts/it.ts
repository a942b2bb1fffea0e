// What the doctor reads when something fails. Law of this file: the text says which link of the chain failed,
// the remedy says what to do now; impersonal, no codes, no blame, no English.
import type { ErrorCode } from "../wire.gen.ts";

export interface Message {
	readonly text: string;
	readonly remedy: string;
}

const support = "Se si ripete, inviare all'assistenza il riferimento indicato.";

export const errors: Readonly<Record<ErrorCode, Message>> = {
	internal: { text: "Errore imprevisto nel connettore Raccordo.", remedy: `Riprovare. ${support}` },
	unsupported: {
		text: "Il connettore Raccordo installato non offre questa funzione.",
		remedy: "Aggiornare Raccordo all'ultima versione.",
	},
	cancelled: { text: "Operazione annullata.", remedy: "Ripetere l'operazione quando serve." },
	deadline: {
		text: "Il connettore Raccordo non ha terminato l'operazione in tempo.",
		remedy: "Riprovare tra qualche istante.",
	},
	"frame.empty": {
		text: "L'estensione ha inviato al connettore un messaggio vuoto.",
		remedy: "Ricaricare la pagina e riprovare.",
	},
	"frame.too_large": {
		text: "I dati inviati al connettore superano la dimensione consentita.",
		remedy: "Elaborare meno ricette per volta.",
	},
	"frame.truncated": {
		text: "Il messaggio per il connettore si è interrotto a metà.",
		remedy: "Ricaricare la pagina e riprovare.",
	},
	"rpc.parse": {
		text: "Il connettore non riesce a leggere il messaggio ricevuto.",
		remedy: "Aggiornare l'estensione e Raccordo all'ultima versione.",
	},
	"rpc.invalid": {
		text: "Il connettore ha ricevuto un messaggio non valido.",
		remedy: "Aggiornare l'estensione e Raccordo all'ultima versione.",
	},
	"rpc.unknown_method": {
		text: "Il connettore non conosce la funzione richiesta.",
		remedy: "Aggiornare Raccordo all'ultima versione.",
	},
	"rpc.invalid_params": {
		text: "La richiesta inviata al connettore contiene dati non ammessi.",
		remedy: "Controllare i dati inseriti; se sono corretti, segnalarlo a chi fornisce il programma clinico.",
	},
	"rpc.too_many_requests": {
		text: "Troppe richieste al connettore nello stesso momento.",
		remedy: "Attendere qualche secondo e riprovare.",
	},
	"protocol.unsupported": {
		text: "L'estensione e il connettore Raccordo hanno versioni non compatibili.",
		remedy: "Aggiornare entrambi all'ultima versione.",
	},
	"agent.unreachable": {
		text: "Il servizio Raccordo su questo PC non risponde.",
		remedy: "Attendere qualche secondo e riprovare; se non basta, riavviare il PC.",
	},
	"agent.untrusted": {
		text: "Il programma che risponde al posto del servizio Raccordo non è quello installato.",
		remedy: "Non inserire il PIN e avvisare subito l'assistenza informatica.",
	},
	"connector.missing": {
		text: "Il connettore Raccordo non è installato su questo PC, o il browser non lo trova.",
		remedy: "Installare Raccordo, o ripetere l'installazione, poi premere «Riprova».",
	},
	"connector.forbidden": {
		text: "Il browser non permette a questa estensione di usare il connettore Raccordo.",
		remedy: "Chiedere all'assistenza informatica di autorizzare l'estensione.",
	},
	"connector.lost": {
		text: "Il connettore Raccordo si è interrotto.",
		remedy: "Attendere qualche secondo: si riavvia da solo. Poi ripetere l'operazione.",
	},
	"connector.timeout": {
		text: "Il connettore Raccordo non ha risposto in tempo.",
		remedy: "Riprovare; se non basta, chiudere e riaprire il browser.",
	},
	"origin.denied": {
		text: "Questa pagina non è autorizzata a usare Raccordo.",
		remedy: "Chiedere all'amministratore di aggiungere il sito a quelli autorizzati.",
	},
	"gesture.required": {
		text: "La pagina ha chiesto l'operazione senza un'azione dell'utente.",
		remedy: "Ripetere l'operazione facendo clic sul comando nella pagina.",
	},
	"consent.denied": {
		text: "Autorizzazione non concessa nella finestra di Raccordo.",
		remedy: "Per procedere, ripetere l'operazione e confermare.",
	},
	"card.service_down": {
		text: "Il servizio del PC per le smart card non è attivo.",
		remedy: "Scollegare e ricollegare il lettore; se non basta, riavviare il PC.",
	},
	"card.no_reader": {
		text: "Nessun lettore di smart card collegato.",
		remedy: "Collegare il lettore a una porta USB.",
	},
	"card.none": { text: "Nessuna carta nel lettore.", remedy: "Inserire la carta nel lettore." },
	"card.mute": {
		text: "La carta nel lettore non risponde.",
		remedy: "Estrarla, verificare che il chip sia pulito e nel verso giusto, e reinserirla.",
	},
	"card.removed": { text: "La carta è stata estratta dal lettore.", remedy: "Reinserire la carta per collegarsi." },
	"card.unknown": {
		text: "La carta inserita non è una CNS o una tessera sanitaria riconosciuta.",
		remedy: "Inserire la propria carta operatore o TS-CNS.",
	},
	"card.contactless": {
		text: "La carta letta senza contatto non dice che cosa è.",
		remedy: "Inserire la carta nel lettore a contatto, con il chip in avanti.",
	},
	"card.busy": {
		text: "La carta è in uso da un altro programma.",
		remedy: "Chiudere gli altri programmi che usano la carta e riprovare.",
	},
	"card.module_missing": {
		text: "Manca il programma (driver PKCS#11) necessario per questa carta.",
		remedy: "Installare il software fornito con la carta, poi reinserirla.",
	},
	"card.module_failed": {
		text: "Il driver della carta ha dato errore.",
		remedy: "Estrarre e reinserire la carta, poi riprovare.",
	},
	"card.module_crashed": {
		text: "Il driver della carta si è bloccato ed è stato riavviato.",
		remedy: "Riprovare; se si ripete, aggiornare il software della carta.",
	},
	"card.module_architecture": {
		text: "Il driver della carta è installato in una versione per un altro tipo di processore.",
		remedy: "Installare la versione a 64 bit del software fornito con la carta.",
	},
	"card.module_dependency": {
		text: "Il driver della carta è installato, ma manca una libreria di cui ha bisogno.",
		remedy: "Ripetere l'installazione completa del software fornito con la carta, poi reinserirla.",
	},
	"card.module_no_token": {
		text: "Il driver installato funziona, ma non riconosce questa carta.",
		remedy: "Installare il software fornito con la carta, o aggiornarlo, poi reinserirla.",
	},
	"card.mechanism_missing": {
		text: "Il driver della carta non offre il tipo di firma richiesto.",
		remedy: "Aggiornare il software fornito con la carta.",
	},
	"card.no_certificate": {
		text: "La carta non contiene un certificato adatto al collegamento.",
		remedy: "Inserire una carta CNS attiva.",
	},
	"card.certificate_expired": {
		text: "Il certificato della carta è scaduto.",
		remedy: "Rinnovare la carta presso l'ente che l'ha rilasciata.",
	},
	"card.certificate_not_yet_valid": {
		text: "Il certificato della carta non è ancora valido.",
		remedy: "Controllare data e ora del PC; se sono giuste, attendere l'inizio della validità.",
	},
	"card.certificate_for_signing": {
		text: "È il certificato di firma: non serve per collegarsi.",
		remedy: "Scegliere il certificato di autenticazione.",
	},
	"card.certificate_not_accepted": {
		text: "La regione non accetta questo tipo di certificato per il collegamento.",
		remedy: "Scegliere il certificato CNS della propria carta.",
	},
	"card.certificate_without_key": {
		text: "Sulla carta manca la chiave di questo certificato.",
		remedy: "Scegliere un altro certificato o usare un'altra carta.",
	},
	"card.pin_wrong": {
		text: "PIN errato.",
		remedy: "Riprovare con attenzione: dopo troppi errori la carta si blocca.",
	},
	"card.pin_locked": {
		text: "Il PIN della carta è bloccato per troppi tentativi errati.",
		remedy:
			"Sbloccarlo con il PUK, che è nella busta consegnata con la carta, dal programma di gestione della carta. Senza PUK rivolgersi a chi l'ha rilasciata: l'ASL per la tessera sanitaria e la carta operatore, il Comune per la CIE.",
	},
	"card.pin_format": {
		text: "Il PIN inserito ha una lunghezza o dei caratteri non ammessi.",
		remedy: "Riprovare inserendo solo le cifre del PIN. Il tentativo non è stato contato.",
	},
	"card.pin_not_initialised": {
		text: "Il driver non riconosce correttamente questa carta (PIN non impostato).",
		remedy: "Installare il software fornito con la carta.",
	},
	"prompt.unavailable": {
		text: "Su questo PC non è possibile aprire la finestra per il PIN.",
		remedy: "Chiedere all'assistenza informatica di completare l'installazione di Raccordo.",
	},
	"prompt.cancelled": {
		text: "La finestra del PIN è stata chiusa.",
		remedy: "Per collegarsi, ripetere e inserire il PIN.",
	},
	"prompt.timeout": {
		text: "Il PIN non è stato inserito in tempo.",
		remedy: "Ripetere e inserire il PIN nella finestra di Raccordo.",
	},
	"tls.server_untrusted": {
		text: "L'identità del server della regione non è verificabile.",
		remedy: "Non proseguire e avvisare l'assistenza informatica.",
	},
	"tls.certificate_refused": {
		text: "La regione ha rifiutato il certificato della carta.",
		remedy: "Verificare che la carta sia attiva e non revocata, o usare un'altra carta.",
	},
	"tls.failed": {
		text: "Non è stato possibile stabilire la connessione sicura con la regione.",
		remedy: "Riprovare; se si ripete, controllare la rete e l'ora del PC.",
	},
	"region.unreachable": {
		text: "I sistemi della regione non sono raggiungibili.",
		remedy: "Controllare la connessione a Internet e riprovare.",
	},
	"region.timeout": {
		text: "I sistemi della regione non hanno risposto in tempo.",
		remedy: "Riprovare tra qualche minuto.",
	},
	"region.unavailable": {
		text: "I sistemi della regione sono momentaneamente fuori servizio.",
		remedy: "Riprovare tra qualche minuto.",
	},
	"region.fault": {
		text: "I sistemi della regione hanno risposto con un errore.",
		remedy: `Riprovare più tardi. ${support}`,
	},
	"region.bad_answer": {
		text: "La risposta della regione non è comprensibile.",
		remedy: `Riprovare più tardi. ${support}`,
	},
	"region.misconfigured": {
		text: "La configurazione della regione in Raccordo è incompleta.",
		remedy: "Chiedere all'assistenza informatica di completarla.",
	},
	"region.cipher_certificate_expired": {
		text: "Il certificato con cui si cifrano i dati per la regione è scaduto.",
		remedy: "Aggiornare Raccordo all'ultima versione.",
	},
	"session.none": {
		text: "Nessun collegamento attivo con la regione.",
		remedy: "Scegliere «Login Cloud regionale» nel menu con il proprio nome.",
	},
	"session.expired": {
		text: "Il collegamento con la regione è scaduto.",
		remedy: "Scegliere «Login Cloud regionale» per ricollegarsi.",
	},
	"session.busy": {
		text: "È già in corso un altro collegamento.",
		remedy: "Completarlo nella finestra di Raccordo, o attendere che termini.",
	},
	"session.locked": {
		text: "Il collegamento è stato chiuso perché lo schermo è stato bloccato.",
		remedy: "Scegliere «Login Cloud regionale» e inserire di nuovo il PIN.",
	},
	"session.wrong_doctor": {
		text: "La carta o l'accesso alla regione sono di un'altra persona.",
		remedy: "Usare la carta, lo SPID o la CIE del medico che ha effettuato l'accesso al programma.",
	},
	"region.maintenance": {
		text: "La regione mostra una pagina di avviso al posto della risposta: probabilmente è in manutenzione.",
		remedy: "Riprovare più tardi: le ricette prese in carico non vanno perse.",
	},
	"region.incomplete": {
		text: "Il profilo di questa regione non è completo: mancano dati che solo la regione può fornire.",
		remedy: "Chiedere all'assistenza informatica di completarlo con i dati ricevuti all'adesione.",
	},
	"region.cipher_certificate_expiring": {
		text: "Il certificato con cui si cifrano i dati per la regione scade tra poco.",
		remedy: "Chiedere all'assistenza informatica di sostituirlo prima della scadenza.",
	},
	"proxy.failed": {
		text: "Il proxy della rete non risponde o rifiuta il collegamento.",
		remedy: "Riprovare; se si ripete, far controllare le impostazioni del proxy all'assistenza informatica.",
	},
	"proxy.authentication": {
		text: "Il proxy della rete chiede nome utente e password.",
		remedy: "Chiedere all'assistenza informatica di autorizzare Raccordo sul proxy.",
	},
	"clock.wrong": {
		text: "L'orologio di questo PC non è esatto e i collegamenti sicuri vengono rifiutati.",
		remedy: "Regolare data e ora del PC, poi riprovare.",
	},
	"session.login_needed": {
		text: "Il collegamento con la regione è terminato e va riaperto.",
		remedy: "Scegliere «Ricollegati» accanto al proprio nome: ciò che era in corso riprende da solo.",
	},
	"session.lingering": {
		text: "Il collegamento con la regione è aperto ma non elabora le ricette.",
		remedy: "Attendere: Raccordo lo chiude e lo riapre da solo.",
	},
	"session.displaced": {
		text: "Un altro programma sta usando un ID-SESSIONE più recente di questo medico.",
		remedy: "Ricollegarsi con l'ID-SESSIONE più recente, o richiederne uno nuovo.",
	},
	"session.way_missing": {
		text: "Questa regione non prevede questo modo di collegarsi.",
		remedy: "Scegliere un altro modo: carta, oppure SPID o CIE.",
	},
	"session.not_a_doctor": {
		text: "Solo un medico può collegarsi alla regione.",
		remedy: "Entrare nel programma clinico con l'utenza del medico e ripetere il login.",
	},
	"session.state_mismatch": {
		text: "La risposta ricevuta non appartiene a un accesso avviato da questo PC, oppure è già stata usata.",
		remedy: "Ripetere «Login Cloud regionale».",
	},
	"session.login_timeout": {
		text: "L'accesso sulla pagina della regione non è stato completato in tempo.",
		remedy: "Ripetere «Login Cloud regionale».",
	},
	"session.login_cancelled": {
		text: "L'accesso sulla pagina della regione è stato annullato.",
		remedy: "Ripetere «Login Cloud regionale» quando serve.",
	},
	"session.login_refused": {
		text: "La regione non ha concesso l'accesso.",
		remedy: "Riprovare, anche con un altro metodo; se si ripete, rivolgersi all'assistenza della regione.",
	},
	"session.identity_invalid": {
		text: "L'identità comunicata dalla regione non supera le verifiche di sicurezza.",
		remedy: `Ripetere l'accesso. ${support}`,
	},
	"session.redirect_denied": {
		text: "Il ritorno dalla pagina della regione non è ammesso a questo indirizzo.",
		remedy: "Aggiornare l'estensione e Raccordo all'ultima versione.",
	},
	"session.credentials_refused": {
		text: "Sistema TS non accetta il nome utente o la password.",
		remedy: "Controllare le credenziali di Sistema TS e inserirle di nuovo: non ripetere tentativi a caso.",
	},
	"session.credentials_missing": {
		text: "Mancano le credenziali di Sistema TS del medico su questo PC.",
		remedy: "Inserirle una volta con il comando «raccordo sistemats», anche con l'aiuto dell'assistenza informatica.",
	},
	"session.id_sessione_invalid": {
		text: "Il testo inserito non è un ID-SESSIONE.",
		remedy: "Copiare per intero l'ID-SESSIONE (36 caratteri) dalla mail o dal portale sistemats.it.",
	},
	"session.id_sessione_mailed": {
		text: "Sistema TS ha inviato l'ID-SESSIONE alla casella di posta certificata del medico.",
		remedy: "Aprire la posta, copiare l'ID-SESSIONE e scegliere di nuovo «Login Cloud regionale».",
	},
	"session.id_sessione_refused": {
		text: "Sistema TS ha rifiutato la richiesta sull'ID-SESSIONE.",
		remedy: "Leggere il motivo indicato e seguire il suggerimento.",
	},
	"session.no_browser": {
		text: "La pagina della regione non si apre: su questo PC non c'è un browser predefinito.",
		remedy: "Impostare un browser predefinito, o accedere dal programma clinico o con la carta.",
	},
	"session.substitute_unsupported": {
		text: "Mancano regione, ASL e specializzazione del medico titolare: senza non si possono inviare ricette come sostituto.",
		remedy: "Completare i dati del titolare nel programma clinico e riprovare; nulla è stato inviato.",
	},
	"secret.no_keyring": {
		text: "Su questo PC manca un portachiavi di sistema: la chiave dei dati di Raccordo è in un file dell'utente.",
		remedy: "Chiedere all'assistenza informatica di attivare il portachiavi (GNOME Keyring o KWallet).",
	},
	"secret.keyring_locked": {
		text: "Il portachiavi di sistema è bloccato.",
		remedy: "Sbloccarlo con la password del proprio accesso e riprovare.",
	},
	"secret.key_missing": {
		text: "La chiave dei dati di Raccordo non è più nel portachiavi.",
		remedy: "Avviare Raccordo dalla propria sessione del desktop; se si ripete, rivolgersi all'assistenza informatica.",
	},
	"patient.unknown": {
		text: "La regione non conosce questo assistito.",
		remedy: "Controllare il codice fiscale dell'assistito.",
	},
	"patient.invalid": {
		text: "Il codice fiscale dell'assistito non è valido.",
		remedy: "Correggere il codice fiscale nella scheda dell'assistito.",
	},
	"patient.not_yours": {
		text: "L'assistito è in carico a un altro medico.",
		remedy: "Inserire la tessera sanitaria del paziente nel secondo lettore e ripetere la sincronizzazione.",
	},
	"prescription.invalid": {
		text: "La ricetta è incompleta o contiene dati non corretti.",
		remedy: "Correggere i campi indicati ed elaborarla di nuovo.",
	},
	"prescription.refused": {
		text: "La regione ha rifiutato la ricetta.",
		remedy: "Leggere il motivo indicato, correggere ed elaborarla di nuovo.",
	},
	"prescription.not_found": {
		text: "La regione non conosce questa ricetta.",
		remedy: "Controllare il numero (NRE) della ricetta.",
	},
	"prescription.wrong_state": {
		text: "Lo stato della ricetta presso la regione non permette l'operazione.",
		remedy: "Verificare lo stato della ricetta: potrebbe essere già erogata o annullata.",
	},
	"prescription.outcome_unknown": {
		text: "La regione non ha confermato se la ricetta è stata registrata.",
		remedy: "Raccordo lo chiede da sé e, se serve, la ripete con lo stesso NRE: non si creano doppioni.",
	},
	"prescription.changed": {
		text: "Questa ricetta è già stata presa in carico con un contenuto diverso.",
		remedy: "Annullarla o duplicarla, invece di modificarla.",
	},
	"prescription.pincode_missing": {
		text: "Manca il pinCode di Sistema TS del medico.",
		remedy: "Inserire il pinCode nelle impostazioni di Raccordo.",
	},
	"prescription.unclear": {
		text: "La regione non sa dire se la ricetta è stata registrata.",
		remedy: "Cercarla sul portale della regione, poi indicare in Raccordo se risulta presente o assente.",
	},
	"prescription.retries_exhausted": {
		text: "La ricetta è stata ritentata più volte senza risposta dalla regione.",
		remedy: "Quando la regione torna disponibile, scegliere «Invia adesso»: viene usato lo stesso NRE.",
	},
	"prescription.promemoria_missing": {
		text: "Il promemoria di questa ricetta non è conservato su questo PC.",
		remedy: "Scaricarlo dal portale della regione: la ricetta resta valida.",
	},
	"session.titolare_mismatch": {
		text: "La ricetta indica un medico titolare diverso da quello della sessione.",
		remedy: "Scegliere «Logout Cloud regionale», poi accedere come sostituto del medico giusto.",
	},
	"region.too_many_requests": {
		text: "La regione chiede di inviare meno richieste.",
		remedy: "Nulla è andato perso: le ricette in attesa partono da sole più tardi.",
	},
	"outbox.unavailable": {
		text: "L'archivio locale delle ricette da inviare non si apre.",
		remedy: `Riavviare il PC e riprovare. ${support}`,
	},
	"outbox.not_found": {
		text: "La ricetta non è tra quelle in carico su questo PC.",
		remedy: "Aggiornare l'elenco e riprovare.",
	},
	"outbox.wrong_state": {
		text: "Lo stato della ricetta in carico non permette l'operazione.",
		remedy: "Aggiornare l'elenco e controllare lo stato della ricetta.",
	},
	"outbox.disk_full": {
		text: "Il disco di questo PC è pieno: l'archivio delle ricette non può essere scritto.",
		remedy: "Liberare spazio sul disco e riprovare: nulla è stato inviato senza essere registrato.",
	},
	"outbox.read_only": {
		text: "L'archivio locale delle ricette non può essere scritto: il disco o il file è in sola lettura.",
		remedy: `Riavviare il PC e riprovare. ${support}`,
	},
	"outbox.wrong_key": {
		text: "L'archivio locale delle ricette è stato protetto con un'altra chiave.",
		remedy:
			"Avviare Raccordo dalla propria sessione del desktop; se si ripete, rivolgersi all'assistenza informatica prima di cancellare qualunque file.",
	},
	"outbox.damaged": {
		text: "L'archivio locale delle ricette è danneggiato; ne è stata conservata una copia.",
		remedy: "Controllare sul portale della regione le ultime ricette e rivolgersi all'assistenza informatica.",
	},
	"outbox.in_use": {
		text: "L'archivio locale di Raccordo è aperto da un'altra copia del programma.",
		remedy: "Chiudere le altre copie di Raccordo, o riavviare il PC.",
	},
	"sign.no_certificate": {
		text: "La carta inserita serve a identificarsi e non ha un certificato di firma.",
		remedy: "Usare la firma remota, oppure una carta con certificato di firma (nonRepudiation).",
	},
	"sign.way_missing": {
		text: "Non c'è modo di firmare: nessuna carta con certificato di firma e nessun servizio di firma remota configurato.",
		remedy: "Inserire una carta di firma, o chiedere all'assistenza informatica di configurare la firma remota.",
	},
	"sign.format_unsuitable": {
		text: "Il formato di firma richiesto non è adatto a questo documento.",
		remedy: "Per un PDF usare PAdES o CAdES, per un XML XAdES, per gli altri documenti CAdES o ASiC-E.",
	},
	"sign.algorithm": {
		text: "La chiave di firma non può produrre il tipo di firma richiesto.",
		remedy: "Usare un'altra carta o la firma remota. Se si ripete, rivolgersi all'assistenza informatica.",
	},
	"sign.document_changed": {
		text: "Il documento è cambiato dopo essere stato mostrato: non è stato firmato.",
		remedy: "Riaprire il documento nel programma clinico e ripetere la firma.",
	},
	"document.unknown": {
		text: "Il documento non è più disponibile nel connettore.",
		remedy: "Ripetere l'operazione dal programma clinico.",
	},
	"document.incomplete": {
		text: "Il documento non è arrivato per intero al connettore.",
		remedy: "Ripetere l'operazione dal programma clinico.",
	},
	"document.too_large": {
		text: "Il documento è troppo grande: il limite è di 256 MB, e di 1 GB per tutti i documenti aperti insieme.",
		remedy: "Dividere il documento, o ridurre le immagini che contiene.",
	},
	"document.storage": {
		text: "Il documento non può essere preparato: lo spazio sul disco di questo PC non basta.",
		remedy: "Liberare spazio sul disco e riprovare.",
	},
	"document.pdf_encrypted": {
		text: "Il PDF è protetto da una password: non può essere firmato.",
		remedy: "Salvarne una copia senza protezione e firmare quella.",
	},
	"document.pdf_broken": {
		text: "Il PDF è danneggiato, oppure non è un PDF.",
		remedy: "Crearlo di nuovo dal programma di origine e ripetere la firma.",
	},
	"document.pdf_locked": {
		text: "Chi ha firmato il PDF prima ha vietato ogni modifica: un'altra firma lo renderebbe non valido.",
		remedy: "Firmarlo in formato CAdES (.p7m), che non cambia il PDF.",
	},
	"document.xml_refused": {
		text: "Il documento XML non è ben formato o contiene parti che non si possono firmare in modo sicuro.",
		remedy: "Controllare il file con chi lo ha prodotto; in alternativa firmarlo in formato CAdES (.p7m).",
	},
	"document.not_signed": {
		text: "Il documento non contiene alcuna firma.",
		remedy: "Controllare di aver scelto il file firmato (.p7m, .pdf, .xml, .asice).",
	},
	"document.signature_broken": {
		text: "La busta di firma è danneggiata e non può essere letta.",
		remedy: "Farsi mandare di nuovo il documento firmato.",
	},
	"document.original_missing": {
		text: "La firma è separata dal documento, che manca.",
		remedy: "Indicare anche il documento originale.",
	},
	"timestamp.not_configured": {
		text: "È richiesta una marca temporale e nessun servizio di marcatura è configurato.",
		remedy: "Firmare senza marca temporale, o chiedere all'assistenza informatica di configurare il servizio.",
	},
	"timestamp.unreachable": {
		text: "Il servizio di marcatura temporale non risponde.",
		remedy: "Riprovare fra qualche minuto; i documenti già firmati restano validi.",
	},
	"timestamp.refused": {
		text: "Il servizio di marcatura temporale ha rifiutato la richiesta o ha dato una marca non valida.",
		remedy: "Riprovare; se si ripete, rivolgersi all'assistenza informatica.",
	},
	"remote.unreachable": {
		text: "Il servizio di firma remota non è raggiungibile.",
		remedy: "Controllare la connessione e riprovare; in alternativa firmare con la carta.",
	},
	"remote.unavailable": {
		text: "Il servizio di firma remota al momento non funziona.",
		remedy: "Riprovare fra qualche minuto; in alternativa firmare con la carta.",
	},
	"remote.bad_answer": {
		text: "Il servizio di firma remota ha dato una risposta incomprensibile.",
		remedy: "Riprovare; se si ripete, rivolgersi all'assistenza informatica.",
	},
	"remote.credentials_refused": {
		text: "Il servizio di firma remota non ha accettato nome utente e password.",
		remedy: "Controllare le credenziali ricevute dal gestore della firma e riprovare.",
	},
	"remote.pin_wrong": {
		text: "Il PIN della firma remota è errato.",
		remedy: "Controllare il PIN e ripetere la firma: non viene ritentato da solo, per non bloccare l'utenza.",
	},
	"remote.otp_wrong": {
		text: "Il codice OTP è errato o scaduto.",
		remedy:
			"Farsi mandare un codice nuovo e ripetere la firma: non viene ritentato da solo, per non bloccare l'utenza.",
	},
	"remote.locked": {
		text: "L'utenza di firma remota è bloccata per i troppi codici errati.",
		remedy: "Sbloccarla con il gestore della firma; intanto si può firmare con la carta.",
	},
	"remote.authorization_expired": {
		text: "L'autorizzazione alla firma remota è scaduta prima della fine.",
		remedy: "Ripetere la firma dei documenti rimasti: servirà un nuovo codice.",
	},
	"remote.too_many": {
		text: "Il servizio di firma remota non firma così tanti documenti in una volta.",
		remedy: "Firmare i documenti in gruppi più piccoli.",
	},
	"remote.credential_unusable": {
		text: "Non c'è un certificato di firma remota utilizzabile: manca, è scaduto, sospeso o revocato.",
		remedy: "Rivolgersi al gestore della firma; intanto si può firmare con la carta.",
	},
	"remote.signature_invalid": {
		text: "La firma restituita dal servizio remoto non corrisponde al documento o al certificato: è stata scartata.",
		remedy: "Non usare il servizio finché l'assistenza informatica non ha chiarito l'accaduto; firmare con la carta.",
	},
	"remote.refused": {
		text: "Il servizio di firma remota ha rifiutato la richiesta.",
		remedy: "Riprovare; se si ripete, rivolgersi al gestore della firma indicando il codice dell'errore.",
	},
	"remote.misconfigured": {
		text: "La configurazione del servizio di firma remota è incompleta o errata.",
		remedy: "Rivolgersi all'assistenza informatica.",
	},
	"print.no_printer": {
		text: "Per questo tipo di foglio non è stata scelta nessuna stampante.",
		remedy: "Aprire Configurazione stampanti e premere Imposta.",
	},
	"print.printer_missing": {
		text: "La stampante scelta non c'è più su questo PC.",
		remedy: "Ricollegarla, oppure sceglierne un'altra in Configurazione stampanti: il foglio resta in coda.",
	},
	"print.spooler_down": {
		text: "Il servizio di stampa del PC non risponde.",
		remedy: "Riavviare il servizio di stampa (CUPS o Spooler) o il PC: il foglio resta in coda.",
	},
	"print.printer_stopped": {
		text: "La stampante è in pausa.",
		remedy: "Riprendere la stampa dalle impostazioni del sistema: il foglio uscirà da solo.",
	},
	"print.printer_rejects": {
		text: "La stampante non accetta lavori.",
		remedy: "Abilitarla nelle impostazioni del sistema, oppure sceglierne un'altra: il foglio resta in coda.",
	},
	"print.offline": {
		text: "La stampante è spenta o non è raggiungibile.",
		remedy: "Accenderla e controllare il cavo o la rete: il foglio uscirà da solo.",
	},
	"print.paper_out": {
		text: "Manca la carta nella stampante, o non è quella giusta.",
		remedy: "Caricare la carta nel vassoio indicato: il foglio uscirà da solo.",
	},
	"print.paper_jam": {
		text: "La carta si è inceppata nella stampante.",
		remedy: "Liberare la stampante e controllare quale foglio è uscito.",
	},
	"print.attention": {
		text: "La stampante chiede un intervento.",
		remedy: "Guardare il suo pannello (sportello, toner, altro) e risolvere: il foglio uscirà da solo.",
	},
	"print.refused": {
		text: "Il servizio di stampa ha rifiutato o interrotto il lavoro.",
		remedy: "Riprovare con Stampa di nuovo; se si ripete, controllare la stampante nelle impostazioni del sistema.",
	},
	"print.media_unsupported": {
		text: "La stampante non ha questo formato di carta o questo vassoio.",
		remedy: "Scegliere carta e vassoio tra quelli elencati in Configurazione stampanti.",
	},
	"print.does_not_fit": {
		text: "La pagina non sta nel foglio scelto senza diventare illeggibile.",
		remedy: "Scegliere un foglio più grande o un altro orientamento in Configurazione stampanti.",
	},
	"print.too_much_text": {
		text: "C'è più testo di quanto ne entri nel modulo.",
		remedy: "Dividere la prescrizione su due ricette o abbreviare le descrizioni.",
	},
	"print.unprintable": {
		text: "Un testo contiene caratteri che non si possono stampare.",
		remedy: "Riscriverlo con caratteri latini e stampare di nuovo.",
	},
	"print.not_authorised": {
		text: "La ricetta non ha ancora il codice di autenticazione: non si può stampare.",
		remedy: "Attendere che sia trasmessa. Se il sistema regionale è fermo si può usare la ricetta rossa su carta.",
	},
	"print.prescription_taken": {
		text: "La ricetta è già in coda o trasmessa: su carta esisterebbe due volte.",
		remedy: "Toglierla prima dalla coda, oppure annullarla, e poi stamparla sul modulo rosso.",
	},
	"print.pdf_active": {
		text: "Il PDF contiene script, allegati o comandi: non viene stampato.",
		remedy: "Salvarlo di nuovo come PDF semplice dal programma di origine.",
	},
	"print.too_many_pages": {
		text: "Il PDF ha troppe pagine per essere stampato da qui.",
		remedy: "Dividerlo in parti più corte.",
	},
	"print.job_unknown": {
		text: "Questo lavoro di stampa non c'è più.",
		remedy: "Ripetere la stampa dalla ricetta.",
	},
	"print.wrong_state": {
		text: "Non è possibile in questo stato della stampa.",
		remedy: "Aggiornare l'elenco delle stampe e riprovare.",
	},
	"print.outcome_unknown": {
		text: "Non si sa se il foglio è uscito: il servizio di stampa non se ne ricorda più.",
		remedy: "Guardare nella stampante; se il foglio non c'è, premere Stampa di nuovo.",
	},
	"print.render_failed": {
		text: "La pagina non può essere disegnata.",
		remedy: "Riprovare; se si ripete, aprire il PDF con un altro programma per controllarlo.",
	},
	"print.settings_locked": {
		text: "Questa impostazione di stampa è fissata dall'amministratore.",
		remedy: "Rivolgersi all'assistenza informatica per cambiarla.",
	},
	"print.layout_invalid": {
		text: "Il modello del foglio configurato non è utilizzabile.",
		remedy: "Rivolgersi all'assistenza informatica: il registro indica la riga da correggere.",
	},
};
