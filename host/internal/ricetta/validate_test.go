package ricetta

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

func drug() wire.Prescription {
	return wire.Prescription{
		ClientID: "1", TipoPrescrizione: "F", CodiceAssistito: fiscal("BNCLCU50A41X002"), TipoVisita: "A",
		Dettagli: []wire.PrescriptionItem{{CodProdPrest: "000000000", DescrProdPrest: "FARMACO DI PROVA", Quantita: 1}},
	}
}

func visit() wire.Prescription {
	return wire.Prescription{
		ClientID: "2", TipoPrescrizione: "P", CodiceAssistito: fiscal("BNCLCU50A41X002"), TipoVisita: "D", CodEsenzione: "031",
		DescrizioneDiagnosi: "controllo", ClassePriorita: "B", ProvinciaAssistito: "FI", ASLAssistito: "201",
		Dettagli: []wire.PrescriptionItem{{CodProdPrest: "89.7B.8", DescrProdPrest: "PRIMA VISITA", Quantita: 1, TipoAccesso: "1"}},
	}
}

func item(p wire.Prescription, change func(*wire.PrescriptionItem)) wire.Prescription {
	change(&p.Dettagli[0])
	return p
}

func with(p wire.Prescription, change func(*wire.Prescription)) wire.Prescription {
	change(&p)
	return p
}

type validation struct {
	name string
	p    wire.Prescription
	want []string // field:item
}

func validations() []validation {
	return []validation{
		{"drug", drug(), nil},
		{"visit", visit(), nil},
		{"equivalence group", item(drug(), func(d *wire.PrescriptionItem) {
			*d = wire.PrescriptionItem{CodGruppoEquival: "H1A", DescrGruppoEquival: "PRINCIPIO 10 MG", Quantita: 2}
		}), nil},
		{"not substitutable with reason", item(drug(), func(d *wire.PrescriptionItem) { d.NonSostituibile, d.CodMotivazione = true, "1" }), nil},
		{"nothing at all", wire.Prescription{}, []string{"codice_assistito:0", "client_id:0", "tipo_prescrizione:0", "tipo_visita:0", "dettagli:0"}},
		{"check letter", with(drug(), func(p *wire.Prescription) { p.CodiceAssistito = "PNIMRA70A01H501Q" }), []string{"codice_assistito:0"}},
		{"not a code", with(drug(), func(p *wire.Prescription) { p.CodiceAssistito = "MARIO" }), []string{"codice_assistito:0"}},
		{"province without ASL", with(drug(), func(p *wire.Prescription) { p.ProvinciaAssistito = "FI" }), []string{"asl_assistito:0"}},
		{"odd province and ASL", with(drug(), func(p *wire.Prescription) { p.ProvinciaAssistito, p.ASLAssistito = "Fi", "20A" }), []string{"provincia_assistito:0", "asl_assistito:0"}},
		{"exemption with a dot", with(drug(), func(p *wire.Prescription) { p.CodEsenzione = "031.1" }), []string{"cod_esenzione:0"}},
		{"indication", with(drug(), func(p *wire.Prescription) { p.IndicazionePrescr = "X" }), []string{"indicazione_prescrizione:0"}},
		{"priority on a drug", with(drug(), func(p *wire.Prescription) { p.ClassePriorita = "U" }), []string{"classe_priorita:0"}},
		{"unknown priority", with(visit(), func(p *wire.Prescription) { p.ClassePriorita = "Z" }), []string{"classe_priorita:0"}},
		{"first access without priority", with(visit(), func(p *wire.Prescription) { p.ClassePriorita = "" }), []string{"classe_priorita:1"}},
		{"no diagnosis", with(visit(), func(p *wire.Prescription) { p.DescrizioneDiagnosi = "" }), []string{"descrizione_diagnosi:0"}},
		{"diagnosis by code only", with(visit(), func(p *wire.Prescription) { p.DescrizioneDiagnosi, p.CodDiagnosi = "", "401.9" }), nil},
		{"nine items", with(drug(), func(p *wire.Prescription) {
			for range 8 {
				p.Dettagli = append(p.Dettagli, p.Dettagli[0])
			}
		}), []string{"dettagli:0"}},
		{"quantity 0", item(drug(), func(d *wire.PrescriptionItem) { d.Quantita = 0 }), []string{"quantita:1"}},
		{"quantity 10", item(visit(), func(d *wire.PrescriptionItem) { d.Quantita = 10 }), []string{"quantita:1"}},
		{"wrong AIC digit", item(drug(), func(d *wire.PrescriptionItem) { d.CodProdPrest = "000000001" }), []string{"cod_prod_prest:1"}},
		{"nameless drug", item(drug(), func(d *wire.PrescriptionItem) { *d = wire.PrescriptionItem{Quantita: 1} }), []string{"cod_prod_prest:1", "descr_prod_prest:1"}},
		{"bad group", item(drug(), func(d *wire.PrescriptionItem) { d.CodGruppoEquival = "h1" }), []string{"cod_gruppo_equival:1"}},
		{"not substitutable without reason", item(drug(), func(d *wire.PrescriptionItem) { d.NonSostituibile = true }), []string{"cod_motivazione:1"}},
		{"reason alone", item(drug(), func(d *wire.PrescriptionItem) { d.CodMotivazione = "1" }), []string{"cod_motivazione:1"}},
		{"not substitutable group", item(drug(), func(d *wire.PrescriptionItem) {
			d.CodProdPrest, d.CodGruppoEquival, d.NonSostituibile = "", "H1A", true
		}), []string{"non_sostituibile:1"}},
		{"access on a drug", item(drug(), func(d *wire.PrescriptionItem) { d.TipoAccesso = "1" }), []string{"tipo_accesso:1"}},
		{"drug fields on a visit", item(visit(), func(d *wire.PrescriptionItem) {
			d.TipoAccesso, d.NonSostituibile, d.NotaAIFA, d.CodGruppoEquival = "2", true, "13", "H1A"
		}), []string{"tipo_accesso:1", "non_sostituibile:1", "nota_aifa:1", "cod_gruppo_equival:1"}},
		{"empty visit", item(visit(), func(d *wire.PrescriptionItem) { *d = wire.PrescriptionItem{Quantita: 1} }), []string{"cod_prod_prest:1", "descr_prod_prest:1"}},
	}
}

func TestValidate(t *testing.T) {
	for _, tt := range validations() {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, n := range Validate(tt.p, time.Now()) {
				got = append(got, n.Field+":"+string(rune('0'+n.Item)))
				if len(n.Text) < 30 || !strings.HasSuffix(n.Text, ".") || n.Code != "" {
					t.Errorf("notice without a full sentence: %+v", n)
				}
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestValidAIC(t *testing.T) {
	for in, want := range map[string]bool{
		"000000000": true, "012745093": true, "012745094": false, "021745093": false, "01274509": false, "0127450933": false, "A12745093": false, "": false,
	} {
		if got := ValidAIC(in); got != want {
			t.Errorf("ValidAIC(%q) = %t", in, got)
		}
	}
}

func TestStateText(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", ""} {
		text := StateText(s)
		if seen[text] {
			t.Errorf("state %s: %q said twice", s, text)
		}
		seen[text] = true
	}
	if StateText("3") != "Da erogare" || !strings.Contains(StateText("11"), "11") {
		t.Error("wrong words", StateText("3"), StateText("11"))
	}
}

func TestRome(t *testing.T) {
	summer := time.Date(2026, 7, 1, 22, 30, 0, 0, time.UTC).In(Rome()).Format(Timestamp)
	winter := time.Date(2026, 11, 22, 17, 20, 0, 0, time.UTC).In(Rome()).Format(Timestamp)
	if summer != "2026-07-02 00:30:00" || winter != "2026-11-22 18:20:00" {
		t.Error(summer, winter)
	}
}
