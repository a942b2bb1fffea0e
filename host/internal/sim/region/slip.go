package region

import (
	"slices"
	"strconv"
	"strings"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region/promemoria"
)

// slip lays a prescription out for the promemoria. A patient who asked for it
// (oscuramDati) stays nameless on paper.
func slip(p prescription) promemoria.Slip {
	doctor, _ := anagrafe.FindDoctor(p.Inserter)
	f := p.Fields
	s := promemoria.Slip{
		RegionName: regionName, NRE: p.NRE, CodAutenticazione: p.CodAutenticazione, PatientCF: p.Patient,
		Exemption: exemptionText(f), PatientProvince: f["provAssistito"], ASL: f["aslAssistito"], RegionalRule: f["dispReg"],
		Suggested: f["indicazionePrescr"], Other: f["altro"], Priority: f["classePriorita"],
		Diagnosis: strings.TrimSpace(f["codDiagnosi"] + " " + f["descrizioneDiagnosi"]), Home: f["tipoVisita"] == "D", Kind: f["tipoRic"], DPC: toBeDispensedForOthers(p),
		Compiled: p.Compiled, DoctorCF: p.Inserter, DoctorName: doctor.Surname + " " + doctor.Name, Sentence: regionalSentence,
	}
	if f["oscuramDati"] != "1" {
		s.PatientName = f["cognNome"]
		// the ministry's own form of an address: street|CAP|town|province
		parts := strings.SplitN(f["indirizzo"], "|", 4)
		for i, field := range []*string{&s.Address, &s.CAP, &s.Town, &s.Province} {
			if i < len(parts) {
				*field = strings.TrimSpace(parts[i])
			}
		}
	}
	for _, item := range p.Items {
		quantity, _ := strconv.Atoi(item["quantita"])
		s.Items = append(s.Items, promemoria.Item{Text: itemText(item), Quantity: quantity, Note: item["notaProd"]})
	}
	return s
}

func exemptionText(f map[string]string) string {
	if f["codEsenzione"] != "" {
		return f["codEsenzione"]
	}
	return "NON ESENTE"
}

// itemText is code and description, of the product or else of the group.
func itemText(item map[string]string) string {
	code, description := item["codProdPrest"], item["descrProdPrest"]
	if code == "" {
		code, description = item["codGruppoEquival"], item["descrGruppoEquival"]
	}
	text := strings.TrimSpace(code + " - " + description)
	for _, note := range []string{item["descrTestoLiberoNote"], item["motivazNote"]} {
		if note != "" {
			text += " (" + note + ")"
		}
	}
	return text
}

// toBeDispensedForOthers: the sender's region says so in testata2 (EROGDPC).
func toBeDispensedForOthers(p prescription) bool {
	return slices.Contains(strings.Split(p.Fields["testata2"], ";"), "EROGDPC")
}
