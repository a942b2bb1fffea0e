// The words of "Configurazione stampanti".
export const title = "Configurazione stampanti";
export const intro = "Una stampante per ogni tipo di foglio. Le scelte valgono per questo utente su questo PC.";
export const loading = "Lettura delle stampanti…";
export const kinds = {
	rossa: "Rosse cartacee (Modulo SSN)",
	bianca: "Bianche cartacee (Ricettario personale)",
	promemoria: "Rosse e bianche dematerializzate (Promemoria)",
} as const;
export const ready = "Pronta";
export const notReady = "Da sistemare";
export const unset = "Da impostare";
export const noPrinter = "Nessuna stampante scelta";
export const choose = "Imposta";
export const configure = "Configura";
export const testPage = "Stampa pagina di prova";
export const testing = "Invio della pagina di prova…";
export const preview = "Anteprima";
export const previewing = "Preparazione dell'anteprima…";
export const previewOf = (kind: string, page: number, pages: number) =>
	pages > 1 ? `Anteprima: ${kind}, pagina ${page} di ${pages}` : `Anteprima: ${kind}`;
export const tested = {
	queued: "La pagina di prova è in coda.",
	accepted: "Pagina di prova inviata alla stampante.",
	printing: "Pagina di prova in stampa.",
	held: "La pagina di prova attende la stampante.",
	printed: "Pagina di prova stampata.",
	failed: "La pagina di prova non è stata stampata.",
	cancelled: "Pagina di prova annullata.",
} as const;
export const measure =
	"Sul foglio si legge con un righello di quanto spostare la stampa: riportare i millimetri in «Configura».";

export const chooseFor = (kind: string) => `Stampante per: ${kind}`;
export const none = "Nessuna";
export const noneThere = "Su questo PC non risulta nessuna stampante.";
export const byDefault = "predefinita";
export const printerState = { idle: "libera", printing: "in stampa", stopped: "in pausa" } as const;
export const rejecting = "non accetta lavori";
export const save = "Salva";
export const cancel = "Annulla";
export const close = "Chiudi";
export const saving = "Salvataggio…";

export const configureFor = (kind: string) => `Configura: ${kind}`;
export const paper = "Foglio nel vassoio";
export const papers = { A4: "A4 (210 × 297 mm)", A5: "A5 (148 × 210 mm)", custom: "Altra misura" } as const;
export const paperUnknown = (paper: string) => `${paper} – non dichiarato dalla stampante`;
export const width = "Larghezza (mm)";
export const height = "Altezza (mm)";
export const uprightRule = "Misure del foglio in verticale, da 50 a 420 mm e da 50 a 594 mm.";
export const tray = "Vassoio";
export const anyTray = "Deciso dalla stampante";
export const trayUnknown = (tray: string) => `${tray} – non dichiarato dalla stampante`;
export const orientation = "Orientamento di lettura";
export const orientations = { auto: "Automatico", portrait: "Verticale", landscape: "Orizzontale" } as const;
export const autoRule = "Automatico: A4 in verticale, A5 in orizzontale, modulo rosso in verticale.";
export const copies = "Copie";
export const copiesRule = "Da 1 a 9.";
export const scale = "Scala (%)";
export const scaleRule = "Vuoto: grandezza naturale, ridotta solo se il foglio è più piccolo. Altrimenti da 50 a 150.";
export const offsetX = "A destra (mm)";
export const offsetY = "In basso (mm)";
export const offsetXRule = "Negativo: a sinistra, per esempio −2,5. Fino a 50.";
export const offsetYRule = "Negativo: in alto, per esempio −2,5. Fino a 50.";
export const wrongNumber = (rule: string) => `Valore non valido. ${rule}`;
export const locked = "Fissato dall'amministratore";
export const duplex = "Si stampa sempre su un solo lato.";

export const upright = "verticale";
export const lying = "orizzontale";
export const sheet = (name: string, turned: string, size: string) => `${name} ${turned}, ${size} mm`;
export const right = (mm: string) => `${mm} mm a destra`;
export const left = (mm: string) => `${mm} mm a sinistra`;
export const down = (mm: string) => `${mm} mm in basso`;
export const up = (mm: string) => `${mm} mm in alto`;
export const moved = (where: string) => `spostato di ${where}`;
export const reduced = (percent: number) => `ridotto al ${percent} %`;
export const enlarged = (percent: number) => `ingrandito al ${percent} %`;
export const outside = "una parte resta fuori dal foglio";
export const picture = (words: string) => `Disegno del foglio: ${words}`;
export const fedTurned = "Il foglio entra in verticale: la stampa viene girata da sola.";
export const copiesOf = (n: number) => `${n} copie`;

export const jobs = "Stampe";
export const jobStates = {
	queued: "In coda",
	accepted: "Inviata",
	printing: "In stampa",
	held: "In attesa",
	printed: "Stampata",
	failed: "Non riuscita",
	cancelled: "Annullata",
} as const;
export const again = "Stampa di nuovo";
export const giveUp = "Annulla";
export const working = "In corso…";
export const someCopies = (pages: number, copies: number) =>
	[pages > 1 && `${pages} pagine`, copies > 1 && `${copies} copie`].filter(Boolean).join(", ");
export const givenUp = "Stampa annullata.";
export const sentAgain = "Stampa ripetuta.";
