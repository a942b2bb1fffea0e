package sheet

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// dpcLine is communication 0196.
const dpcLine = "CONTIENE FARMACI IN DPC NELLA REGIONE DI PRESCRIZIONE"

// Slip is what the region gave to a prescription that it took.
type Slip struct {
	NRE, CodAutenticazione string
	RegionName             string // "Toscana"
	Sentence               string // of the region for its patients (communication 0197)
	CompiledAt             time.Time
}

// Promemoria is the slip for the patient, for regions that return none. Nothing is
// drawn before the region has authorised it.
func Promemoria(l Layout, p wire.Prescription, d wire.PrintDoctor, s Slip) ([]byte, error) {
	if _, err := ricetta.ParseNRE(s.NRE); err != nil || s.CodAutenticazione == "" {
		return nil, errors.New("a promemoria needs the NRE and the code of authentication")
	}
	v := prescription(p, d, s.CompiledAt)
	for name, value := range map[string]string{
		"nre": s.NRE, "nre_1": s.NRE[:5], "nre_2": s.NRE[5:], "cod_autenticazione": s.CodAutenticazione, "regione": s.RegionName,
		"tipo_assistenza": assistance(p), "altro": ricetta.Altro(p), "frase": s.Sentence,
	} {
		v.fields[name] = value
	}
	v.fields["annotazioni"] = annotations(p, false)
	if p.DPC {
		v.fields["dpc"] = dpcLine
	}
	if !p.OscuramentoDati {
		v.fields["indirizzo_sac"] = addressOfSAC(p.Indirizzo)
	}
	if v.fields["non_esente"] != "" {
		v.fields["esenzione"] = "NON ESENTE"
	}
	for _, row := range v.rows {
		if row["nota"] == "" {
			row["nota"] = "---"
		}
	}
	return draw(l, v, "Promemoria", s.CompiledAt.In(ricetta.Rome()))
}

// assistance is TIPO RICETTA as the ministry's slip says it.
func assistance(p wire.Prescription) string {
	kind := "Assist.SSN"
	if p.TipoRicetta != "" {
		kind = "Assist. " + p.TipoRicetta
	}
	if p.TipoVisita == "D" {
		kind += " dom."
	}
	return kind
}

// addressOfSAC is an address as the ministry's slip has it.
func addressOfSAC(s string) string {
	parts := strings.SplitN(s, "|", 4)
	for i := range parts {
		parts[i] = oneLine(parts[i])
	}
	for len(parts) < 4 {
		parts = append(parts, "")
	}
	return fmt.Sprintf("%s   CAP: %s   COMUNE: %s   PROV: %s", parts[0], parts[1], parts[2], parts[3])
}
