// The fixed words of the controls that the extension puts into a page and into its popup.
export const login = "Login Cloud regionale";
export const logout = "Logout Cloud Regionale";
export const loginBusy = "Collegamento in corso…";
export const logoutBusy = "Disconnessione in corso…";

export const starting = "Raccordo: avvio…";
export const missing = "Raccordo assente";
export const lost = "Raccordo in riavvio…";
export const denied = "Pagina non autorizzata a usare Raccordo";
export const disconnected = "Non collegato";
export const card = (name: string) => `Carta: ${name}`;
export const cardUnnamed = "Carta inserita";
export const cardReading = "Lettura della carta…";
export const waitCard = "Collegamento: inserire la carta nel lettore";
export const waitPin = "Inserire il PIN nella finestra di Raccordo";
export const waitPinpad = "Inserire il PIN sul lettore";
export const waitBrowser = "In attesa della pagina della regione…";
export const waitToken = "Inserire l'ID-SESSIONE nella finestra di Raccordo";
export const waitRegion = "Collegamento alla regione in corso…";
export const reconnecting = "Ricollegamento in corso…";
export const stale = "Collegamento da ripristinare";
export const reconnect = "Ricollegati";
export const connected = (name: string, method: string, since: string) =>
	`Collegato – ${[name, method, since && `dalle ${since}`].filter(Boolean).join(" · ")}`;

export const stateTitle = "Stato di Raccordo";
export const connection = "Collegamento";
export const doctor = "Medico";
export const method = "Accesso";
export const byCard = "con la carta";
export const by = (method: string) => `con ${method}`;
export const level = (level: string) => `livello ${level}`;
export const substitute = "Sostituto di";
export const since = "Dal";
export const until = "Valido fino al";
export const region = "Regione";
export const reader = "Lettore";
export const readerEmpty = "nessuna carta";
export const readerNone = "nessuno";
export const readerReading = "lettura della carta";
export const readerMute = "carta che non risponde";
export const outbox = "Ricette";
export const toCheck = (n: number) => `${n} da controllare`;
export const waitingOnes = (n: number) => `${n} in attesa di invio`;
export const drafts = (n: number) => `${n} da elaborare più tardi`;
export const version = "Connettore";
export const extension = "Estensione";
export const lastProblem = "Ultimo problema";
export const retry = "Riprova";
export const close = "Chiudi";
export const reference = "Riferimento";
export const attempts = (n: number) => (n === 1 ? "Resta 1 tentativo." : `Restano ${n} tentativi.`);
export const finalTry = "È l'ultimo tentativo prima del blocco della carta.";
export const noText = "Si è verificato un problema non riconosciuto da questa versione dell'estensione.";
export const noRemedy = "Aggiornare l'estensione di Raccordo.";
export const reloaded = "L'estensione Raccordo è stata aggiornata.";
export const reloadPage = "Ricaricare la pagina per continuare.";

export const chooseTitle = "Scegliere il certificato per collegarsi";
export const confirmTitle = "Collegarsi alla regione";
export const issuer = "Emesso da";
export const expiry = "Scade il";
export const connect = "Collega";
export const cardAtRegion = "Usa la carta sulla pagina della regione";
export const cloudLogin = "Entra con SPID o CIE";
export const tokenLogin = "Usa un ID-SESSIONE";
export const useCard = "Usa la carta";
export const useInserted = "Usa la carta inserita";
export const cancel = "Annulla";
export const others = "Altri certificati sulla carta";
export const loading = "Lettura dei certificati…";
export const pinNote = "Il PIN si inserisce nella finestra di Raccordo, mai in questa pagina.";

export const sync = "Sincronizza con la regione";
export const syncing = "Sincronizzazione in corso…";
export const lastSync = (when: string) => `Data ultima sincronizzazione: ${when}`;
export const cardDigits = "Oppure: ultime 5 cifre del numero della tessera sanitaria";
export const cardDigitsRule = "5 cifre, come stampate sulla tessera";
export const syncThem = "Sincronizza";
export const regionData = "Dati dalla regione";
export const demographics = "Anagrafica";
export const exemptions = "Esenzioni";
export const noExemptions = "Nessuna esenzione attiva.";
export const differs = "diverso da quanto inserito";
export const notWritten = "I dati inseriti nella scheda non sono stati modificati.";
export const writtenOnClick = "Nella scheda viene scritto solo ciò che si sceglie con «Usa».";
export const differences = "Differenze con la scheda";
export const onPage = "Nella scheda:";
export const pageNone = "(vuoto)";
export const regionNone = "(la regione non ha questo dato)";
export const use = "Usa";
export const keep = "Mantieni";
export const used = "Inserito nella scheda";
export const kept = "Mantenuto il dato della scheda";
export const notUsable = "La scheda non accetta questo valore: inserirlo a mano";
export const lastFailure = (when: string) => `Ultima sincronizzazione non riuscita, ${when}`;
export const prescriptions = "Ricette alla regione";
export const noPrescriptions = "Nessuna ricetta negli ultimi mesi.";
export const drugs = "Farmaceutica";
export const specialist = "Specialistica";
export const validFrom = (day: string) => `dal ${day}`;
export const validTo = (day: string) => `al ${day}`;
export const noEnd = "senza scadenza";
export const fields = {
	codice_fiscale: "Codice fiscale",
	fullName: "Cognome e nome",
	birth: "Nascita",
	address: "Indirizzo",
	town: "Comune",
	province: "Provincia",
	cap: "CAP",
	asl: "ASL",
	doctor: "Medico curante",
	card_expiry: "Scadenza tessera sanitaria",
};

export const noCards = "Smart card non disponibili";
export const expiresOn = (day: string) => `Il certificato della carta scade il ${day}.`;
export const expiryTitle = "Certificato in scadenza";
export const expiryRemedy = "Chiedere per tempo il rinnovo della carta all'ente che l'ha rilasciata.";
export const ended = "Collegamento con la regione terminato";
export const notConnected = "Collegamento non riuscito";
export const loggedOut = "Disconnesso dalla regione";
export const loggedOutHere = "Scollegato su questo PC; la regione verrà avvisata appena risponde.";
export const paused = (why: string) => `In pausa: ${why}`;
export const goesOn = "L'invio riprende da solo.";
export const batch = "Elaborazione delle ricette";
export const batchCount = (done: number, total: number) => `${done} di ${total}`;
export const stop = "Interrompi";
export const resume = "Riprendi";
export const batchStopping = "Interruzione in corso…";
export const batchStoppingText = "La ricetta già in viaggio viene portata a termine.";
export const batchStopped = "Elaborazione interrotta";
export const batchLeft = (done: number, left: number) =>
	`${done === 1 ? "1 ricetta elaborata" : `${done} ricette elaborate`}, ${left === 1 ? "1 non inviata" : `${left} non inviate`}.`;
export const handing = "Consegna dei documenti a Raccordo";
export const megabytes = (done: number, total: number) => `${done} di ${total} MB`;
export const signing = "Firma dei documenti";
export const signingOne = "Firma di un documento";
export const signingMany = (n: number) => `Firma di ${n} documenti`;
export const signWaits = "In attesa della conferma nella finestra di Raccordo";
export const signLast = (name: string) => `Ultimo firmato: ${name}`;
export const signStoppingText = "I documenti già firmati restano firmati.";
export const batchNotResumed = "Elaborazione non ripresa";
export const warnings = "Avvisi";

export const popupHint = "Per collegarsi: nel programma clinico, menu con il proprio nome → «Login Cloud regionale».";
export const popupReconnect = "Per ricollegarsi: nel programma clinico, «Ricollegati» accanto al proprio nome.";
export const popupCard = "Carta";
export const popupNoCard = "nessuna carta inserita";

export const outboxTitle = "Ricette in carico";
export const outboxEmpty = "Nessuna ricetta in carico.";
export const outboxLoading = "Lettura delle ricette…";
export const states = {
	draft: "Da elaborare più tardi",
	queued: "In attesa di invio",
	unknown: "Esito da verificare",
	refused: "Rifiutata",
	sent: "Trasmessa",
	cancelled: "Annullata",
} as const;
export const undecided = "Da decidere";
export const takenAt = (when: string) => `In carico dal ${when}`;
export const nextAttempt = (when: string) => `Prossimo tentativo: ${when}`;
export const tries = (n: number) => (n === 1 ? "1 tentativo" : `${n} tentativi`);
export const sendNow = "Invia adesso";
export const discard = "Scarta";
export const discardAsk = "Scartare questa ricetta?";
export const discardRegion = "Se la regione l'ha ricevuta, viene annullata anche là.";
export const discardYes = "Sì, scarta";
export const back = "Indietro";
export const working = "In corso…";
export const present = "Risulta in Regione?";
export const presentHelp =
	"La regione non sa dire se ha ricevuto la ricetta. Controllare sul portale della regione le ricette dell'assistito.";
export const presentYes = "Sì, c'è";
export const presentNo = "No, non c'è";
export const askNRE = "NRE della ricetta che risulta";
export const wrongNRE = "L'NRE ha 15 caratteri: copiarlo dal portale della regione.";
export const confirm = "Conferma";
export const correctInApp = "Si corregge nel programma clinico, in «In errore».";
export const doneSent = "Ricetta trasmessa.";
export const doneGone = "Ricetta scartata.";

export const printsMany = (n: number) => `${n} stampe`;
export const printedMany = (n: number) => `stampati ${n} documenti`;
export const printWaits = (what: string) => `Stampa in attesa: ${what}`;
export const printFailed = (what: string) => `Stampa non riuscita: ${what}`;
export const printWentOn = (what: string) => `Stampa ripresa: ${what}`;
export const prints = "Stampe";
export const printAgain = "Stampa di nuovo";
