package sac

// schemaField is an element of a request as the page and the doctor know it.
type schemaField struct {
	wire   string // the field in package wire; empty: not the page's
	label  string // Italian
	rule   string // Italian: what the schema admits
	doctor bool   // one of the doctor's own data
}

// schemaFields are the elements that a validator can name.
var schemaFields = map[string]schemaField{
	"pinCode":             {label: "il pinCode del medico", doctor: true},
	"cfMedico":            {label: "il codice fiscale del medico", rule: "al massimo 16 caratteri", doctor: true},
	"cfMedico1":           {label: "il codice fiscale del medico titolare", rule: "al massimo 16 caratteri", doctor: true},
	"cfMedico2":           {label: "il codice fiscale del medico sostituto", rule: "al massimo 16 caratteri", doctor: true},
	"codRegione":          {label: "il codice della Regione del medico", rule: "tre caratteri", doctor: true},
	"codASLAo":            {label: "il codice dell'ASL del medico", doctor: true},
	"codStruttura":        {label: "il codice della struttura del medico", doctor: true},
	"codSpecializzazione": {label: "la specializzazione del medico", rule: "un carattere", doctor: true},
	"testata1":            {wire: "piano_terapeutico", label: "il piano terapeutico"},
	"testata2":            {wire: "testata2", label: "i dati riservati alla Regione"},
	"nre":                 {label: "il numero di ricetta elettronica", rule: "al massimo 15 caratteri"},
	"tipoRic":             {wire: "tipo_ricetta", label: "il tipo di ricetta", rule: "al massimo due caratteri"},
	"codiceAss":           {wire: "codice_assistito", label: "il codice dell'assistito"},
	"cognNome":            {wire: "cognome_nome", label: "cognome e nome dell'assistito"},
	"indirizzo":           {wire: "indirizzo", label: "l'indirizzo dell'assistito"},
	"oscuramDati":         {wire: "oscuramento_dati", label: "l'oscuramento dei dati"},
	"numTessSasn":         {wire: "numero_tessera_sasn", label: "il numero di tessera SASN"},
	"socNavigaz":          {wire: "societa_navigazione", label: "la società di navigazione"},
	"tipoPrescrizione":    {wire: "tipo_prescrizione", label: "il tipo di prescrizione", rule: "un carattere, F o P"},
	"ricettaInterna":      {wire: "ricetta_interna", label: "la ricetta interna"},
	"codEsenzione":        {wire: "cod_esenzione", label: "il codice di esenzione"},
	"nonEsente":           {wire: "cod_esenzione", label: "l'indicazione di non esente"},
	"reddito":             {wire: "esente_reddito", label: "l'esenzione per reddito"},
	"codDiagnosi":         {wire: "cod_diagnosi", label: "il codice della diagnosi"},
	"descrizioneDiagnosi": {wire: "descrizione_diagnosi", label: "la descrizione della diagnosi"},
	"dataCompilazione":    {label: "la data di compilazione", rule: "aaaa-mm-gg hh:mm:ss"},
	"tipoVisita":          {wire: "tipo_visita", label: "il tipo di visita", rule: "un carattere, A o D"},
	"dispReg":             {wire: "disposizioni_regionali", label: "le disposizioni regionali"},
	"provAssistito":       {wire: "provincia_assistito", label: "la provincia dell'assistito"},
	"aslAssistito":        {wire: "asl_assistito", label: "l'ASL dell'assistito"},
	"indicazionePrescr":   {wire: "indicazione_prescrizione", label: "l'indicazione della prescrizione", rule: "un carattere, S o H"},
	"altro":               {wire: "altro", label: "il campo «altro»", rule: "un carattere, A"},
	"classePriorita":      {wire: "classe_priorita", label: "la classe di priorità", rule: "un carattere: U, B, D o P"},
	"statoEstero":         {wire: "stato_estero", label: "lo Stato estero"},
	"istituzCompetente":   {wire: "istituzione_competente", label: "l'istituzione estera competente"},
	"numIdentPers":        {wire: "numero_identificazione_personale", label: "il numero di identificazione personale estero"},
	"numIdentTess":        {wire: "numero_identificazione_tessera", label: "il numero della tessera estera"},
	"dataNascitaEstero":   {wire: "data_nascita_estero", label: "la data di nascita dell'assicurato estero", rule: "aaaa-mm-gg"},
	"dataScadTessera":     {wire: "data_scadenza_tessera", label: "la scadenza della tessera estera", rule: "aaaa-mm-gg"},

	"ElencoDettagliPrescrizioni": {wire: "dettagli", label: "l'elenco delle prescrizioni"},
	"DettaglioPrescrizione":      {wire: "dettagli", label: "almeno una prescrizione"},
	"codProdPrest":               {wire: "cod_prod_prest", label: "il codice del farmaco o della prestazione"},
	"descrProdPrest":             {wire: "descr_prod_prest", label: "la descrizione del farmaco o della prestazione"},
	"codGruppoEquival":           {wire: "cod_gruppo_equival", label: "il codice del gruppo di equivalenza"},
	"descrGruppoEquival":         {wire: "descr_gruppo_equival", label: "la descrizione del gruppo di equivalenza"},
	"descrTestoLiberoNote":       {wire: "note", label: "la nota alla prestazione"},
	"nonSost":                    {wire: "non_sostituibile", label: "la non sostituibilità"},
	"motivazNote":                {wire: "note", label: "la nota al farmaco"},
	"codMotivazione":             {wire: "cod_motivazione", label: "il codice di motivazione"},
	"notaProd":                   {wire: "nota_aifa", label: "la nota AIFA"},
	"quantita":                   {wire: "quantita", label: "la quantità", rule: "una sola cifra"},
	"prescrizione1":              {wire: "televisita", label: "la televisita"},
	"prescrizione2":              {wire: "prescrizione2", label: "i dati della prescrizione riservati alla Regione"},
	"codCatalogoPrescr":          {wire: "cod_catalogo", label: "il codice del catalogo regionale"},
	"tipoAccesso":                {wire: "tipo_accesso", label: "il tipo di accesso", rule: "un carattere, 0 o 1"},
	"numeroNota":                 {wire: "numero_nota", label: "il numero della nota", rule: "al massimo 10 caratteri"},
	"condErogabilita":            {wire: "cond_erogabilita", label: "la condizione di erogabilità", rule: "al massimo 10 caratteri"},
	"approprPrescrittiva":        {wire: "appropr_prescrittiva", label: "l'indicazione di appropriatezza", rule: "al massimo 10 caratteri"},
	"patologia":                  {wire: "patologia", label: "il codice della patologia", rule: "al massimo 10 caratteri"},
	"numsedute":                  {wire: "numero_sedute", label: "il numero di sedute", rule: "una sola cifra"},
	oneDigit:                     {wire: "quantita", label: "la quantità o il numero di sedute", rule: "una sola cifra"},
}

// oneDigit is the type that quantita and numsedute share.
const oneDigit = "integerType"

// typeFields are the types of the schema that one element alone has, where a
// validator names nothing else.
var typeFields = map[string]string{
	"codRegioneType": "codRegione", "codSpecializzazioneType": "codSpecializzazione", "nreType": "nre",
	"tipoRicettaType": "tipoRic", "tipoPrescType": "tipoPrescrizione", "tipoVisitaType": "tipoVisita",
	"prioritaType": "classePriorita", "string1Type": "tipoAccesso", oneDigit: oneDigit,
}
