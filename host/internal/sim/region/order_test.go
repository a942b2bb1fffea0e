package region

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/anagrafe"
)

// TestFormulary: each rule of a drug, broken and kept.
func TestFormulary(t *testing.T) {
	c := login(t, startRegion(t), anagrafe.Doctors()[0])
	const second = `</tip:DettaglioPrescrizione><tip:DettaglioPrescrizione><tip:codGruppoEquival>G3C</tip:codGruppoEquival><tip:descrGruppoEquival>PARACETAMOLO</tip:descrGruppoEquival><tip:quantita>1</tip:quantita></tip:DettaglioPrescrizione></inv:ElencoDettagliPrescrizioni>`
	note := []string{"<tip:quantita>1</tip:quantita></tip:Dett", "<tip:motivazNote>1 al giorno; 055 000000, VIA DELLE PROVE 1</tip:motivazNote><tip:quantita>1</tip:quantita></tip:Dett"}
	plan := func(protocol string) []string {
		return []string{"<inv:nre>", "<inv:testata1>PT=" + protocol + ";</inv:testata1><inv:nre>"}
	}
	for name, row := range map[string]struct {
		drug  string
		pairs []string
		want  string
	}{
		"narcotic without notes":      {"MORFINA", nil, "1190/1/B"},
		"narcotic":                    {"MORFINA", note, "0000/0/"},
		"narcotic and another":        {"MORFINA", []string{"</tip:DettaglioPrescrizione></inv:ElencoDettagliPrescrizioni>", second}, "1185/0/B 1190/1/B"},
		"plan missing":                {"RIVAROXABAN", nil, "1321/0/B"},
		"plan":                        {"RIVAROXABAN", plan("1234"), "0000/0/"},
		"plan unknown":                {"RIVAROXABAN", plan("7000"), "1322/0/B"},
		"plan over":                   {"RIVAROXABAN", plan("9999"), "1328/0/B"},
		"plan of somebody else":       {"RIVAROXABAN", plan("8888"), "1338/0/B"},
		"plan that nothing needs":     {"LEVETIRACETAM", plan("1234"), "0000/0/"},
		"class not allowed":           {"LORAZEPAM", nil, "1219/1/B"},
		"not to be prescribed":        {"ARNICA OMEOPATICA", nil, "1194/1/B"},
		"information lacking":         {"ISOTRETINOINA", nil, "1195/1/B"},
		"information":                 {"ISOTRETINOINA", note, "0000/0/"},
		"repeatability is not known":  {"FARMACO A RIPETIBILITA' NON NOTA", nil, "1208/1/B"},
		"AIFA note":                   {"SIMVASTATINA", nil, "1176/1/B"},
		"a drug that meets no rule":   {"PARACETAMOLO", nil, "0000/0/"},
		"two drugs that meet no rule": {"PARACETAMOLO", []string{"</tip:DettaglioPrescrizione></inv:ElencoDettagliPrescrizioni>", second}, "0000/0/"},
	} {
		t.Run(name, func(t *testing.T) {
			_, answer := c.call(ServiceSend, c.sendRequest("", append([]string{"LEVETIRACETAM", row.drug}, row.pairs...)...))
			if got := strings.Join(remarksOf(answer), " "); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

func TestOrderedAnswers(t *testing.T) {
	r := startRegion(t)
	one, two := login(t, r, anagrafe.Doctors()[0]), login(t, r, anagrafe.Doctors()[1])
	send := func(c *client) string {
		_, answer := c.call(ServiceSend, c.sendRequest(""))
		return between(answer, "codEsitoInserimento") + " " + strings.Join(remarksOf(answer), " ")
	}
	r.RefuseNext(Refusal{Doctor: one.doctor.CF, Code: "1198", Times: 2})
	r.RefuseNext(Refusal{Code: "1200", Warning: true})
	r.RefuseNext(Refusal{Doctor: one.doctor.CF, Code: "7777", Text: "prova"})
	r.RefuseNext(Refusal{Service: ServiceView, Code: "5005"})
	r.RefuseNext(Refusal{Service: ServiceCancel, Code: "1140"})
	r.RefuseNext(Refusal{Service: ServiceUsed, Code: "9999"})
	got := []string{send(two), send(one), send(one), send(one), send(one)}
	want := []string{"0001 1200/0/A", "9999 1198/0/B", "9999 1198/0/B", "9999 7777/0/B", "0000 0000/0/"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	nre := r.Listing(Filter{Doctor: one.doctor.CF})[0].NRE
	for i, want := range []string{"5005", "0000"} {
		if code := remarksIn(one.viewOf(nre)); code != want {
			t.Errorf("view %d: %s", i, code)
		}
	}
	for i, want := range []string{"9999", "0000"} {
		if outcome := between(one.used("<nre>"+nre+"</nre>"), "codEsitoInterrogaNreUtilizzati"); outcome != want {
			t.Errorf("list %d: %s", i, outcome)
		}
	}
	for i, want := range []string{"1140", "0000"} {
		if code := between(one.cancelOf(nre), "codEsito"); code != want {
			t.Errorf("cancel %d: %s", i, code)
		}
	}
	r.RefuseNext(Refusal{Code: "1198"})
	r.ClearRefusals()
	if list := r.Refusals(); len(list) != 0 {
		t.Errorf("left: %v", list)
	}
}

// remarksIn is the first code of a view, whose types have no prefix.
func remarksIn(view string) string { return between(view, "codEsito") }

// TestDispensing walks through the life of a prescription, with every step
// that its state does not allow.
func TestDispensing(t *testing.T) {
	r := startRegion(t)
	c := login(t, r, anagrafe.Doctors()[0])
	c.call(ServiceSend, c.sendRequest(""))
	nre := r.Listing(Filter{})[0].NRE
	for _, step := range []struct {
		do   Dispensing
		want string
	}{
		{Suspend, ""}, {DispenseAll, ""}, {TakeInCharge, "5"}, {TakeInCharge, ""}, {Suspend, "6"}, {DispenseAll, ""}, {Resume, "5"}, {Release, "3"}, {TakeInCharge, "5"},
		{DispenseOne, "7"}, {Expire, ""}, {DispenseOne, "7"}, {DispenseAll, "8"}, {DispenseOne, ""}, {Undo, "9"}, {Release, ""}, {TakeInCharge, "5"}, {"altro", ""},
	} {
		before, _ := r.State(nre)
		err := r.Dispense(nre, step.do)
		state, _ := r.State(nre)
		if (err == nil) != (step.want != "") || step.want != "" && state != step.want || err != nil && state != before {
			t.Errorf("%s in %s: %s, %v", step.do, before, state, err)
		}
		if state == "3" {
			continue
		}
		if answer := c.cancelOf(nre); between(answer, "codEsito") != "1120" {
			t.Errorf("cancelled in state %s: %s", state, answer)
		}
	}
}

func TestExpiryAndPrivateDispensing(t *testing.T) {
	now := noon
	r := startRegion(t, func(o *Options) { o.Now = func() time.Time { return now }; o.SessionLife = 1000 * time.Hour })
	c := login(t, r, anagrafe.Doctors()[0])
	var numbers []string
	for range 3 {
		_, answer := c.call(ServiceSend, c.sendRequest(""))
		numbers = append(numbers, between(answer, "nre"))
	}
	if err := r.Dispense(numbers[1], DispensePay); err != nil {
		t.Fatal(err)
	}
	view := c.viewOf(numbers[1])
	for _, part := range []string{"<ns2:statoProcesso>5<", "<codEsito>5221<", "<ns2:codEsitoVisualizzazione>0000<"} {
		if !strings.Contains(view, part) {
			t.Errorf("%s is missing in %s", part, view)
		}
	}
	if err := r.Dispense(numbers[2], TakeInCharge); err != nil {
		t.Fatal(err)
	}
	states := func() (s string) {
		for _, nre := range numbers {
			state, _ := r.State(nre)
			s += state + " "
		}
		return s
	}
	now = noon.AddDate(0, 0, 30)
	if got := states(); got != "3 5 5 " {
		t.Errorf("on the last day: %s", got)
	}
	now = noon.AddDate(0, 0, 31)
	if got := states(); got != "10 5 5 " {
		t.Errorf("the day after: %s", got)
	}
	if live := len(r.Listing(Filter{Live: true})); live != 2 {
		t.Errorf("%d live", live)
	}
}

func TestListing(t *testing.T) {
	r := startRegion(t)
	one, two := login(t, r, anagrafe.Doctors()[0]), login(t, r, anagrafe.Doctors()[1])
	one.call(ServiceSend, one.sendRequest(""))
	two.call(ServiceSend, two.asSubstitute(one.doctor, ""))
	one.cancelOf(r.Listing(Filter{Doctor: one.doctor.CF})[1].NRE)
	patient := anagrafe.Patients()[0].CF
	for name, row := range map[string]struct {
		filter Filter
		want   int
	}{
		"all": {Filter{}, 2}, "live": {Filter{Live: true}, 1}, "the titolare's": {Filter{Doctor: one.doctor.CF}, 2}, "the substitute's": {Filter{Doctor: two.doctor.CF}, 1},
		"the patient's": {Filter{Patient: patient}, 2}, "nobody's": {Filter{Patient: "x"}, 0}, "patient and doctor": {Filter{Patient: patient, Doctor: two.doctor.CF}, 1},
	} {
		if got := r.Listing(row.filter); len(got) != row.want {
			t.Errorf("%s: %d", name, len(got))
		}
	}
	got := r.Listing(Filter{Doctor: two.doctor.CF})[0]
	want := Entry{NRE: got.NRE, State: "3", Doctor: one.doctor.CF, Inserter: two.doctor.CF, Patient: patient, TipoPrescrizione: "F", DataCompilazione: "2026-11-22 12:20:00",
		Inserted: got.Inserted, Code: got.Code, Items: []string{"G3B - LEVETIRACETAM 500MG 60 UNITA' USO ORALE"}}
	if diff := cmp.Diff(want, got); diff != "" || len(got.Code) != 30 {
		t.Error(diff)
	}
	if fmt.Sprint(Possible("3")) == "[]" || len(Possible("4")) != 0 {
		t.Errorf("possible: %v, %v", Possible("3"), Possible("4"))
	}
}
