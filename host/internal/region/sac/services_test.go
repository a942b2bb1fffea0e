package sac

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

func TestDecodeCancelAndLot(t *testing.T) {
	none := []wire.Notice{}
	c, err := DecodeCancel(sample(t, "annulla.xml"))
	if d := cmp.Diff(CancelAnswer{"0900A0000004200", "0000", none, none}, c); d != "" || err != nil {
		t.Error(d, err)
	}
	c, err = DecodeCancel(sample(t, "annulla-rifiutato.xml"))
	if d := cmp.Diff(CancelAnswer{"0900A0000004200", "9999", none, told(wire.Notice{Code: "1125"})}, c); d != "" || err != nil || c.Errors[0].Text == "" {
		t.Error(d, err)
	}
	lot, cf, notice, err := DecodeLot(sample(t, "lotto.xml"))
	if lot != (ricetta.Lot{Region: "090", Rag: "0A", Kind: "0", Code: "0000042"}) || cf != "VRDGLI75C41X000S" || notice.Code != "00" || err != nil {
		t.Error(lot, cf, notice, err)
	}
	refused := strings.NewReplacer("<p:CodRagLotto>0A</p:CodRagLotto>", "", "<p:CodLotto>42</p:CodLotto>", "", ">00<", ">03<").Replace(string(sample(t, "lotto.xml")))
	if lot, _, notice, err := DecodeLot([]byte(refused)); lot != (ricetta.Lot{}) || notice.Code != "03" || err != nil {
		t.Error(lot, notice, err)
	}
}

func TestDecodeUsed(t *testing.T) {
	none := []wire.Notice{}
	for file, want := range map[string]UsedAnswer{
		"interroga.xml": {Outcome: "0000", Warnings: none, Errors: none, Records: []wire.ListedPrescription{
			{NRE: "0900A0000004200", TipoPrescrizione: "F", CompiledAt: "2026-11-22 18:19:58", CodiceAssistito: "RSSMRA75C03F839K", CodAutenticazione: "221120261820000000000000000001", Lotto: "0900A00000042"},
			{NRE: "0900A4000000017", TipoPrescrizione: "F", CompiledAt: "2026-11-22 18:21:00", Web: true},
		}},
		"interroga-nessuna.xml": {Outcome: "0000", Warnings: none, Errors: none, Records: []wire.ListedPrescription{}},
		"interroga-rifiutata.xml": {Outcome: "9999", Warnings: none, Records: []wire.ListedPrescription{},
			Errors: told(wire.Notice{Code: "1153", Text: "Tipo prescrizione obbligatorio"})},
	} {
		got, err := DecodeUsed(sample(t, file))
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("%s: %s %v", file, d, err)
		}
	}
}

func TestDecodeSubstitution(t *testing.T) {
	none := []wire.Notice{}
	for file, want := range map[string]SubstitutionAnswer{
		"sostituzione.xml":           {"2026-07-20 09:00:00", "0001", []wire.Notice{{Code: "1999", Text: "Periodo molto lungo"}}, none},
		"sostituzione-rifiutata.xml": {"", "9999", none, told(wire.Notice{Code: "1020", Text: "ASL del medico errata"})},
	} {
		got, err := DecodeSubstitution(sample(t, file))
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("%s: %s %v", file, d, err)
		}
	}
}

func TestDecodeTable(t *testing.T) {
	got, err := DecodeTable(sample(t, "tabella.xml"))
	want := TableAnswer{Outcome: "0000", Errors: []wire.Notice{}, Result: wire.TableResult{
		Name: "esenzioni.csv", CSV: "Q09ESUNFO0RFU0NSSVpJT05F", Options: []string{"2026-11-01", "", "12"}, Warnings: []wire.Notice{},
	}}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Error(d, err)
	}
	broken := strings.Replace(string(sample(t, "tabella.xml")), "Q09ESUNF", "Q09ESUN", 1)
	if got, err := DecodeTable([]byte(broken)); !errors.Is(err, ErrAnswer) {
		t.Errorf("half a file: %+v %v", got, err)
	}
}

// TestPasswordStaysOut: whatever pwd is, it is nobody's password.
func TestPasswordStaysOut(t *testing.T) {
	for name, request := range others() {
		if strings.HasPrefix(name, "sostituzione") && !strings.Contains(string(request), "<r:pwd>"+pwd+"</r:pwd>") {
			t.Errorf("%s: %s", name, request)
		}
	}
}
