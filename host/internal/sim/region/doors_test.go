package region

import (
	"net/http"
	"strings"
	"testing"

	"raccordo/host/internal/sim/a2f"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/idp"
	"raccordo/host/internal/sim/region/faults"
)

// TestEveryServiceOnEveryDoor: with the card, with a token, at Sistema TS.
func TestEveryServiceOnEveryDoor(t *testing.T) {
	r, known := startCloud(t)
	one, two := anagrafe.Doctors()[0], anagrafe.Doctors()[1]
	known.set("token", idp.Access{CF: two.CF, Login: "l", Method: "SPID L2", Level: "LoA3"})
	byCard, byToken := login(t, r, one), cloudClient(t, r, two, "token")
	byToken.open()
	direct := newDirect(t, r, one).basic(one, a2f.Password(one)).factor("Bearer " + r.SecondFactor().Issue(one.CF))
	for _, door := range []struct {
		name string
		*client
		ask func(Service, string) string
	}{
		{"sar", byCard, func(s Service, q string) string { _, a := byCard.call(s, q); return a }},
		{"cloud", byToken, func(s Service, q string) string { _, a := byToken.call(s, q); return a }},
		{"sac", direct.client, func(s Service, q string) string { _, _, a := direct.ask(s, q); return a }},
	} {
		cf := door.doctor.CF
		nre := between(door.ask(ServiceSend, door.sendRequest("")), "nre")
		for _, row := range []struct {
			service Service
			request string
			want    string
		}{
			{ServiceUsed, door.usedRequest(cf, "<nre>"+nre+"</nre>"), "<ns2:nre>" + nre + "</ns2:nre>"},
			{ServiceView, door.byNumber("VisualizzaPrescrittoRichiesta", nsView, nre), "<ns2:statoProcesso>3<"},
			{ServiceTables, `<ServiceAnagRichiesta xmlns="` + nsTables + `"><pinCode>` + door.seal(door.doctor.PinCode) + `</pinCode><tipoOperazione>NOTE_AIFA</tipoOperazione></ServiceAnagRichiesta>`, "<nomefileCSV>note.csv<"},
			{ServiceDeclare, declarationRequest(door.client, anagrafe.MassDoctors()[1].CF, "20261101", "20261130"), "<codEsitoInserimento>0000<"},
			{ServiceCancel, door.byNumber("AnnullaPrescrittoRichiesta", nsCancel, nre), "<codEsitoAnnullamento>0000<"},
		} {
			if answer := door.ask(row.service, row.request); !strings.Contains(answer, row.want) {
				t.Errorf("%s, %s: %s", door.name, row.service, answer)
			}
		}
	}
	for door, c := range map[string]*client{"sar": byCard, "cloud": byToken} {
		if status, body := c.do(http.MethodGet, "/fse/v1/prescrizioni/0900A4000000099", nil, ""); status != 404 || !strings.Contains(body, "ricetta-assente") {
			t.Errorf("FSE at %s: %d %s", door, status, body)
		}
	}
}

// TestExpiredByChance: on each door the session is over in the door's own way.
func TestExpiredByChance(t *testing.T) {
	r, known := startCloud(t)
	one := anagrafe.Doctors()[0]
	known.set("token", idp.Access{CF: one.CF, Login: "l", Method: "SPID L2", Level: "LoA3"})
	byToken := cloudClient(t, r, one, "token")
	byToken.open()
	ts := r.SecondFactor()
	token, others := ts.Issue(one.CF), ts.Issue(anagrafe.Doctors()[1].CF)
	direct := newDirect(t, r, one).basic(one, a2f.Password(one)).factor("Bearer " + token)
	card := newDirect(t, r, one, cardCertificate(t, r.CardCA(), one.CF+"/"+one.CardSerial+".wXyZ="))
	if err := r.StartChaos(only(faults.ExpiredSession)); err != nil {
		t.Fatal(err)
	}
	if status, body := byToken.call(ServiceSend, byToken.sendRequest("")); status != 401 || !strings.Contains(body, "sessione-scaduta") || r.LiveSessions() != 0 {
		t.Errorf("cloud: %d %s", status, body)
	}
	if _, _, body := direct.ask(ServiceSend, direct.sendRequest("")); !strings.Contains(body, "<ns2:codEsito>9101<") {
		t.Errorf("Sistema TS: %s", body)
	}
	if _, _, _, err := card.client.post(r.operations()[0], card.sendRequest("")); err == nil {
		t.Error("the card's connection lives on")
	}
	if mine, his := ts.Phase(token), ts.Phase(others); mine != "Scaduto" || his != "Validato" || r.Prescriptions() != 0 {
		t.Errorf("own %s, another's %s, %d stored", mine, his, r.Prescriptions())
	}
}
