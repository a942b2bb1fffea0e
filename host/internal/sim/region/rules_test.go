package region

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/anagrafe"
)

var remarkCode = regexp.MustCompile(`<ns2:codEsito>([0-9]{4})</ns2:codEsito><ns2:esito>[^<]+</ns2:esito><ns2:progPresc>([0-9])</ns2:progPresc>(?:<ns2:tipoErrore>(B|A))?`)

// remarksOf renders the remarks of an answer: code/item/B or A.
func remarksOf(answer string) (list []string) {
	for _, m := range remarkCode.FindAllStringSubmatch(answer, -1) {
		list = append(list, strings.Join(m[1:], "/"))
	}
	return list
}

func TestSendRules(t *testing.T) {
	r := startRegion(t)
	c := login(t, r, anagrafe.Doctors()[0])
	other := anagrafe.Doctors()[1]
	specialist := []string{"tipoPrescrizione>F", "tipoPrescrizione>P",
		"<tip:codGruppoEquival>G3B</tip:codGruppoEquival>", "<tip:codProdPrest>89.7</tip:codProdPrest>",
		"<tip:descrGruppoEquival>LEVETIRACETAM 500MG 60 UNITA' USO ORALE</tip:descrGruppoEquival>", "<tip:descrProdPrest>PRIMA VISITA</tip:descrProdPrest>"}
	diagnosed := slices.Concat(specialist, []string{"<inv:dataComp", "<inv:descrizioneDiagnosi>dolore &amp; febbre</inv:descrizioneDiagnosi><inv:dataComp"})
	bad := anagrafe.Patients()[0].CF[:15] + "0"
	codeAss := regexp.MustCompile(`<inv:codiceAss>[^<]*</inv:codiceAss>`)
	pin := regexp.MustCompile(`<inv:pinCode>[^<]*`)
	plain := func(pairs ...string) string { return c.sendRequest("", pairs...) }
	for name, row := range map[string]struct {
		request string
		outcome string
		want    []string
	}{
		"drug":                          {plain(), "0000", []string{"0000/0/"}},
		"specialist":                    {plain(diagnosed...), "0000", []string{"0000/0/"}},
		"specialist without diagnosis":  {plain(specialist...), "9999", []string{"1233/0/B"}},
		"wrong check character":         {codeAss.ReplaceAllString(plain(), "<inv:codiceAss>"+c.seal(bad)+"</inv:codiceAss>"), "0001", []string{"1024/0/A"}},
		"clear patient code":            {codeAss.ReplaceAllString(plain(), "<inv:codiceAss>"+bad+"</inv:codiceAss>"), "9999", []string{"9002/0/B"}},
		"unprintable patient code":      {codeAss.ReplaceAllString(plain(), "<inv:codiceAss>"+c.seal("è\x00")+"</inv:codiceAss>"), "9999", []string{"9002/0/B"}},
		"no patient code":               {codeAss.ReplaceAllString(plain(), ""), "9999", []string{"9002/0/B"}},
		"insured abroad":                {codeAss.ReplaceAllString(plain("<inv:tipoRic/>", "<inv:tipoRic>UE</inv:tipoRic>"), ""), "0000", []string{"0000/0/"}},
		"wrong pinCode":                 {pin.ReplaceAllString(plain(), "<inv:pinCode>"+c.seal("0000000000")), "9999", []string{"9001/0/B"}},
		"clear pinCode":                 {pin.ReplaceAllString(plain(), "<inv:pinCode>"+c.doctor.PinCode), "9999", []string{"9001/0/B"}},
		"unknown doctor":                {plain(c.doctor.CF, "RSSMRA75C03X999X"), "9999", []string{"9004/0/B"}},
		"another doctor":                {plain(c.doctor.CF, other.CF), "9999", []string{"9004/0/B"}},
		"substitute is not the sender":  {plain("<inv:codRegione>", "<inv:cfMedico2>"+other.CF+"</inv:cfMedico2><inv:codRegione>"), "9999", []string{"1212/0/B"}},
		"region and ASL and specialty":  {plain("codRegione>090", "codRegione>120", "codASLAo>201", "codASLAo>999", "codSpecializzazione>F", "codSpecializzazione>P"), "9999", []string{"9005/0/B", "1020/0/B", "9006/0/B"}},
		"structure":                     {plain("<inv:codSpec", "<inv:codStruttura>100</inv:codStruttura><inv:codSpec"), "9999", []string{"9007/0/B"}},
		"number not of the grammar":     {c.sendRequest("090"), "9999", []string{"9003/0/B"}},
		"number of no lot":              {c.sendRequest("0900A0999999901"), "9999", []string{"9003/0/B"}},
		"12 h clock":                    {plain("2026-11-22 12:20:00", "22/11/2026"), "9999", []string{"9011/0/B"}},
		"province without ASL":          {plain("<inv:aslAssistito>201</inv:aslAssistito>", ""), "9999", []string{"9012/0/B"}},
		"values not listed":             {plain("tipoVisita>A", "tipoVisita>X", "nonEsente>1", "nonEsente>0"), "9999", []string{"9010/0/B", "9010/0/B"}},
		"no quantity":                   {plain("quantita>1", "quantita>0"), "9999", []string{"9014/1/B"}},
		"cyclic":                        {plain(append([]string{"quantita>1</tip:quantita>", "quantita>2</tip:quantita><tip:numsedute>5</tip:numsedute>"}, diagnosed...)...), "9999", []string{"1344/1/B"}},
		"specialist without code":       {plain(append([]string{"<tip:descrGruppoEquival>LEVETIRACETAM 500MG 60 UNITA' USO ORALE</tip:descrGruppoEquival>", ""}, diagnosed...)...), "9999", []string{"9013/1/B"}},
		"drug without code":             {plain("<tip:codGruppoEquival>G3B</tip:codGruppoEquival>", ""), "9999", []string{"9013/1/B"}},
		"not substitutable, no reason":  {plain("<tip:quantita>", "<tip:nonSost>1</tip:nonSost><tip:quantita>"), "9999", []string{"1157/1/B"}},
		"not substitutable with reason": {plain("<tip:quantita>", "<tip:nonSost>1</tip:nonSost><tip:codMotivazione>2</tip:codMotivazione><tip:quantita>"), "0000", []string{"0000/0/"}},
		"AIFA note missing":             {plain("LEVETIRACETAM", "ATORVASTATINA"), "9999", []string{"1176/1/B"}},
		"AIFA note":                     {plain("LEVETIRACETAM", "ATORVASTATINA", "<tip:quantita>", "<tip:notaProd>13</tip:notaProd><tip:quantita>"), "0000", []string{"0000/0/"}},
		"nine items":                    {plain("</inv:ElencoDettagliPrescrizioni>", strings.Repeat("<tip:DettaglioPrescrizione><tip:codProdPrest>1</tip:codProdPrest><tip:quantita>1</tip:quantita></tip:DettaglioPrescrizione>", 8)+"</inv:ElencoDettagliPrescrizioni>"), "9999", []string{"9015/0/B"}},
	} {
		t.Run(name, func(t *testing.T) {
			before := r.Prescriptions()
			status, answer := c.call(ServiceSend, row.request)
			if got := between(answer, "codEsitoInserimento"); status != http.StatusOK || got != row.outcome {
				t.Fatalf("%d %s", status, answer)
			}
			if diff := cmp.Diff(row.want, remarksOf(answer)); diff != "" {
				t.Errorf("remarks (-want +got):\n%s", diff)
			}
			stored, numbered := r.Prescriptions()-before, between(answer, "nre") != ""
			if accepted := row.outcome != "9999"; accepted != (stored == 1) || accepted != numbered {
				t.Errorf("outcome %s, stored %d, numbered %v", row.outcome, stored, numbered)
			}
		})
	}
}

func TestNumbersAreUsedOnce(t *testing.T) {
	r := startRegion(t)
	one, two := login(t, r, anagrafe.Doctors()[0]), login(t, r, anagrafe.Doctors()[1])
	nre := one.newLot() + "00"
	send := func(c *client, pairs ...string) string {
		_, answer := c.call(ServiceSend, c.sendRequest(nre, pairs...))
		return strings.Join(remarksOf(answer), " ")
	}
	for _, step := range []struct{ name, got, want string }{
		{"a colleague's lot", send(two), "9003/0/B"},
		{"first use", send(one), "0000/0/"},
		{"same contents again", send(one), "5004/0/B"},
		{"other contents", send(one, "LEVETIRACETAM", "IBUPROFENE"), "5004/0/B"},
		{"cancelled", strings.Join(remarksOf(one.cancelOf(nre)), " "), "0000/0/"},
		{"cancelled number", send(one), "5004/0/B"},
	} {
		if step.got != step.want {
			t.Errorf("%s: got %s, want %s", step.name, step.got, step.want)
		}
	}
	if state, _ := r.State(nre); state != "4" || r.Prescriptions() != 1 {
		t.Errorf("state %s, %d prescriptions", state, r.Prescriptions())
	}
}

func TestSubstitute(t *testing.T) {
	r := startRegion(t)
	owner, substitute := login(t, r, anagrafe.Doctors()[0]), login(t, r, anagrafe.Doctors()[1])
	_, answer := substitute.call(ServiceSend, substitute.sendRequest("",
		"<inv:cfMedico1>"+substitute.doctor.CF+"</inv:cfMedico1>", "<inv:cfMedico1>"+owner.doctor.CF+"</inv:cfMedico1><inv:cfMedico2>"+substitute.doctor.CF+"</inv:cfMedico2>",
		"codASLAo>202", "codASLAo>201"))
	nre := between(answer, "nre")
	if nre == "" || !strings.Contains(answer, "COGNOME_MEDICO=NERI") {
		t.Fatalf("substitute's send: %s", answer)
	}
	for name, view := range map[string]string{"owner": owner.viewOf(nre), "substitute": substitute.viewOf(nre)} {
		if !strings.Contains(view, "<ns2:statoProcesso>3<") || !strings.Contains(view, "<ns2:cfMedico2>"+substitute.doctor.CF) {
			t.Errorf("%s views: %s", name, view)
		}
	}
	if got := owner.cancelOf(nre); !strings.Contains(got, "1125") {
		t.Errorf("the owner cancels: %s", got)
	}
	if got := substitute.cancelOf(nre); !strings.Contains(got, "<codEsitoAnnullamento>0000<") {
		t.Errorf("the substitute cancels: %s", got)
	}
}

func TestViewAndCancelRefusals(t *testing.T) {
	r := startRegion(t)
	one, two := login(t, r, anagrafe.Doctors()[0]), login(t, r, anagrafe.Doctors()[1])
	_, answer := one.call(ServiceSend, one.sendRequest(""))
	nre := between(answer, "nre")
	two.doctor.PinCode = anagrafe.Doctors()[0].PinCode
	foreignPin := two.viewOf(nre)
	two.doctor.PinCode = anagrafe.Doctors()[1].PinCode
	dispensed := func() string {
		if err := r.SetState(nre, "8"); err != nil {
			t.Fatal(err)
		}
		return one.cancelOf(nre)
	}
	for name, row := range map[string]struct{ answer, want string }{
		"view unknown":           {one.viewOf("0900A4999999999"), "<codEsito>5005</codEsito><esito>Numero Ricetta Elettronica non presente sul sistema</esito><progPresc>0</progPresc><tipoErrore>Bloccante</tipoErrore>"},
		"cancel unknown":         {one.cancelOf(""), "<nre/><codEsitoAnnullamento>9999</codEsitoAnnullamento><ElencoErroriRicette><ns2:ErroreRicetta><ns2:codEsito>5005"},
		"view another doctor's":  {two.viewOf(nre), "<codEsito>1125</codEsito>"},
		"another's pinCode":      {foreignPin, "<codEsito>9001</codEsito>"},
		"cancel another's":       {two.cancelOf(nre), "<ns2:codEsito>1125</ns2:codEsito>"},
		"cancel after dispensed": {dispensed(), "<ns2:codEsito>1120</ns2:codEsito><ns2:esito>Operazione non consentita - Annullamento ricetta, stato non valido</ns2:esito>"},
	} {
		if !strings.Contains(row.answer, row.want) {
			t.Errorf("%s: %s", name, row.answer)
		}
	}
	if r.SetState(nre, "11") == nil || r.SetState("0900A4999999999", "5") == nil {
		t.Error("an impossible state was taken")
	}
}

func TestExpiry(t *testing.T) {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	issued := time.Date(2026, 11, 22, 23, 30, 0, 0, rome)
	for _, row := range []struct {
		kind string
		days int
		want string
	}{{"F", 30, "3"}, {"F", 31, "10"}, {"P", 180, "3"}, {"P", 181, "10"}} {
		p := prescription{State: "3", Compiled: issued, Fields: map[string]string{"tipoPrescrizione": row.kind}}
		if got := p.asOf(issued.AddDate(0, 0, row.days)).State; got != row.want {
			t.Errorf("%s after %d days: %s", row.kind, row.days, got)
		}
	}
}

func TestLotRefusals(t *testing.T) {
	r := startRegion(t)
	c := login(t, r, anagrafe.Doctors()[0])
	for name, row := range map[string]struct{ region, kind, doctor, want string }{
		"for oneself":   {"090", "0", "<CFMedico>" + c.doctor.CF + "</CFMedico>", "00"},
		"reserved kind": {"090", "4", "", "01"},
		"nobody":        {"090", "0", "", "02"},
		"for another":   {"090", "0", "<CFMedico>" + anagrafe.Doctors()[1].CF + "</CFMedico>", "03"},
		"other region":  {"120", "0", "<CFMedico>" + c.doctor.CF + "</CFMedico>", "04"},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := c.call(ServiceLot, `<l:LottoRichiestaNRE xmlns:l="`+nsLot+`" xmlns="`+nsLot+`"><CodRegione>`+row.region+`</CodRegione><IdentificativoLotto>`+row.kind+`</IdentificativoLotto>`+row.doctor+`</l:LottoRichiestaNRE>`)
			if got := between(answer, "CodEsito"); status != http.StatusOK || got != row.want || (between(answer, "CodLotto") != "") != (got == "00") {
				t.Errorf("%d %s", status, answer)
			}
		})
	}
}
