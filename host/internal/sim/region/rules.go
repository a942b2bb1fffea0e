package region

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/anagrafe"
)

// nreGrammar is AAA BB C DDDDDDD EE (MEF, part 1, section 5): there is no
// check digit.
var nreGrammar = regexp.MustCompile(`^[0-9]{3}[0-9A-Z]{2}[0-7][0-9]{9}$`)

// patientCode is what can stand in codiceAss at all (and in a Code 39 bar code).
var patientCode = regexp.MustCompile(`^[0-9A-Z]{1,20}$`)

// maxItems is what fits one prescription (eight specialist services).
const maxItems = 8

// checkDoctor holds who prescribes against who is connected and against the
// registry of doctors. The organisation is always that of cfMedico1. Where the
// region wants it so (pre-autorizzazione), a substitute must have been declared.
func (r *Region) checkDoctor(s session, p prescription) (list []remark) {
	owner, known := anagrafe.FindDoctor(p.Doctor)
	substitute := p.Fields["cfMedico2"]
	switch {
	case !known:
		return []remark{refused("9004", "Codice fiscale medico titolare non censito")}
	case substitute != "" && substitute != s.Doctor.CF:
		return []remark{refuse("1212")}
	case substitute == "" && p.Doctor != s.Doctor.CF:
		return []remark{refused("9004", "Codice fiscale medico titolare diverso da quello dell'utente inviante")}
	case substitute == p.Doctor:
		return []remark{refused("9004", "Codice fiscale del medico sostituto uguale a quello del titolare")}
	case substitute != "" && r.preAuthorisation.Load() && !r.archive.declared(p.Doctor, substitute, r.today()):
		return []remark{refused("9022", "Medico sostituto non pre-autorizzato dal titolare per la data odierna")}
	}
	if p.Fields["codRegione"] != owner.Region {
		list = append(list, refused("9005", "Codice regione medico non valido"))
	}
	if p.Fields["codASLAo"] != owner.ASL {
		list = append(list, refuse("1020"))
	}
	if p.Fields["codSpecializzazione"] != owner.Specializzazione {
		list = append(list, refused("9006", "Codice specializzazione medico non valido"))
	}
	if p.Fields["codStruttura"] != "" { // to be left empty where the region has none
		list = append(list, refused("9007", "Codice struttura non previsto dalla regione"))
	}
	if p.NRE != "" && !nreGrammar.MatchString(p.NRE) {
		list = append(list, refused("9003", "Numero Ricetta Elettronica non valido"))
	}
	return list
}

// checkPatient decrypts codiceAss. A wrong check character is only a warning,
// as at the ministry. Insured abroad (tipoRic) have no code.
func (r *Region) checkPatient(p *prescription, sealed string) []remark {
	if sealed == "" {
		if p.Fields["tipoRic"] == "" {
			return []remark{refused("9002", "Codice assistito obbligatorio")}
		}
		return nil
	}
	code, err := r.cipher.decrypt(sealed)
	if err != nil || !patientCode.MatchString(code) {
		return []remark{refused("9002", "Codice assistito non cifrato con il certificato in vigore")}
	}
	p.Patient = code
	if !ricetta.ValidAssistito(code) {
		return []remark{{"1024", codeTexts["1024"], "0", warning}}
	}
	return nil
}

// closed lists the fields whose values the specification closes (section
// 4.2.1); empty is always allowed where the schema allows it.
var closed = map[string][]string{
	"tipoRic": {"EE", "UE", "NA", "ND", "NE", "NX", "ST"}, "oscuramDati": {"1"}, "tipoPrescrizione": {"F", "P"},
	"ricettaInterna": {"1"}, "nonEsente": {"1"}, "reddito": {"1"}, "tipoVisita": {"A", "D"},
	"indicazionePrescr": {"S", "H"}, "altro": {"A"}, "classePriorita": {"U", "B", "D", "P"},
}

var closedInItem = map[string][]string{"testoLibero": {}, "nonSost": {"1"}, "tipoAccesso": {"0", "1"}}

func checkClosed(rules map[string][]string, fields map[string]string, item string) (list []remark) {
	for name, values := range rules {
		if v := fields[name]; v != "" && !slices.Contains(values, v) {
			list = append(list, remark{"9010", "Valore non ammesso nel campo " + name, item, blocking})
		}
	}
	slices.SortFunc(list, func(a, b remark) int { return strings.Compare(a.text, b.text) })
	return list
}

func checkFields(p prescription) []remark {
	list := checkClosed(closed, p.Fields, "0")
	if (p.Fields["provAssistito"] == "") != (p.Fields["aslAssistito"] == "") {
		list = append(list, refused("9012", "Provincia e ASL di residenza dell'assistito vanno indicate insieme"))
	}
	if p.Fields["tipoPrescrizione"] == "P" && p.Fields["codDiagnosi"] == "" && p.Fields["descrizioneDiagnosi"] == "" {
		list = append(list, refuse("1233"))
	}
	list = append(list, checkTogether(p)...)
	if len(p.Items) > maxItems {
		list = append(list, refused("9015", "Numero di righe superiore a "+strconv.Itoa(maxItems)))
	}
	return list
}

func checkItem(kind string, number int, item map[string]string) []remark {
	at := strconv.Itoa(number)
	list := checkClosed(closedInItem, item, at)
	add := func(code, text string) { list = append(list, remark{code, text, at, blocking}) }
	if item["quantita"] == "0" {
		add("9014", "Quantità non valida")
	}
	if n := item["numsedute"]; n != "" && n != "0" && item["quantita"] != "1" {
		add("1344", codeTexts["1344"])
	}
	if kind == "P" {
		if item["codProdPrest"] == "" || item["descrProdPrest"] == "" {
			add("9013", "Codice e descrizione della prestazione sono obbligatori")
		}
		return list
	}
	if item["codProdPrest"] == "" && item["codGruppoEquival"] == "" {
		add("9013", "Indicare il codice AIC o il gruppo di equivalenza")
	}
	if item["nonSost"] == "1" && item["codMotivazione"] == "" {
		add("1157", codeTexts["1157"])
	}
	return append(list, checkSubstance(number, item)...)
}
