package region

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"raccordo/host/internal/sim/a2f"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/kit"
)

// usedRequest asks which numbers a doctor has used; criteria are elements.
func (c *client) usedRequest(doctor, criteria string) string {
	nre, rest := "", criteria
	if strings.HasPrefix(criteria, "<nre>") || strings.HasPrefix(criteria, "<codLotto>") {
		nre, rest = criteria[:strings.LastIndex(criteria, "</")], ""
		nre += criteria[len(nre):]
	}
	return `<InterrogaNreUtilRichiesta xmlns="` + nsUsed + `"><pinCode>` + c.seal(c.doctor.PinCode) + `</pinCode><codRegione>090</codRegione>` + nre + `<cfMedico>` + doctor + `</cfMedico>` + rest + `</InterrogaNreUtilRichiesta>`
}

const thatDay = `<dataCompilazioneRicettaDal>2026-11-22 00:00:00</dataCompilazioneRicettaDal><dataCompilazioneRicettaAl>2026-11-22 23:59:59</dataCompilazioneRicettaAl>`

func (c *client) used(criteria string) string {
	c.t.Helper()
	status, answer := c.call(ServiceUsed, c.usedRequest(c.doctor.CF, criteria))
	if status != http.StatusOK {
		c.t.Fatalf("%d %s", status, answer)
	}
	return answer
}

var recordNumber = regexp.MustCompile(`<ns2:NreUtilRecord><ns2:nre>([^<]+)`)

func numbersIn(answer string) (list []string) {
	for _, m := range recordNumber.FindAllStringSubmatch(answer, -1) {
		list = append(list, m[1])
	}
	return list
}

func TestUsedNumbers(t *testing.T) {
	r := startRegion(t)
	one, two := login(t, r, anagrafe.Doctors()[0]), login(t, r, anagrafe.Doctors()[1])
	lot := one.newLot()
	one.call(ServiceSend, one.sendRequest(lot+"00"))
	one.call(ServiceSend, one.sendRequest(lot+"01", "2026-11-22 12:20:00", "2026-11-22 12:20:01"))
	one.call(ServiceSend, one.sendRequest("", "2026-11-22 12:20:00", "2026-11-21 09:00:00"))
	patient := anagrafe.Patients()[0].CF
	for name, row := range map[string]struct {
		ask, criteria string
		outcome       string
		want          []string
	}{
		"one number":         {one.doctor.CF, "<nre>" + lot + "00</nre>", "0000 ", []string{lot + "00"}},
		"unknown number":     {one.doctor.CF, "<nre>0900A0999999901</nre>", "0000 ", nil},
		"a day":              {one.doctor.CF, "<tipoPrescr>F</tipoPrescr>" + thatDay, "0000 ", []string{lot + "01", lot + "00"}},
		"a day, a patient":   {one.doctor.CF, "<cfAssistito>" + patient + "</cfAssistito><tipoPrescr>F</tipoPrescr>" + thatDay, "0000 ", []string{lot + "01", lot + "00"}},
		"another patient":    {one.doctor.CF, "<cfAssistito>" + anagrafe.Patients()[1].CF + "</cfAssistito><tipoPrescr>F</tipoPrescr>" + thatDay, "0000 ", nil},
		"the other kind":     {one.doctor.CF, "<tipoPrescr>P</tipoPrescr>" + thatDay, "0000 ", nil},
		"one second":         {one.doctor.CF, "<tipoPrescr>F</tipoPrescr>" + strings.NewReplacer("00:00:00", "12:20:01", "23:59:59", "12:20:01").Replace(thatDay), "0000 ", []string{lot + "01"}},
		"no kind":            {one.doctor.CF, thatDay, "9999 1153", nil},
		"no dates":           {one.doctor.CF, "<tipoPrescr>F</tipoPrescr>", "9999 9030", nil},
		"dates turned round": {one.doctor.CF, "<tipoPrescr>F</tipoPrescr>" + strings.NewReplacer("00:00:00", "23:59:59", "23:59:59", "00:00:00").Replace(thatDay), "9999 9031", nil},
		"a colleague's":      {two.doctor.CF, "<nre>" + lot + "00</nre>", "0000 ", nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, answer := one.call(ServiceUsed, one.usedRequest(row.ask, row.criteria))
			outcome, code := between(answer, "codEsitoInterrogaNreUtilizzati"), between(answer, "codEsito")
			if outcome+" "+strings.TrimPrefix(code, "0000") != row.outcome {
				t.Errorf("outcome %s %s: %s", outcome, code, answer)
			}
			if got := fmt.Sprint(numbersIn(answer)); got != fmt.Sprint(row.want) {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
	answer := one.used("<nre>" + lot + "00</nre>")
	for _, part := range []string{"<ns2:provenienza>0</", "<ns2:lotto>" + lot + "</", "<ns2:cfAssistito>" + patient + "</", "<ns2:dataCompilazioneRicetta>2026-11-22 12:20:00</", "<ns2:codice>0400</"} {
		if !strings.Contains(answer, part) {
			t.Errorf("%s is missing in %s", part, answer)
		}
	}
	if err := r.MarkWeb(lot + "00"); err != nil || r.MarkWeb("0900A0999999901") == nil {
		t.Errorf("mark: %v", err)
	}
	if answer := one.used("<nre>" + lot + "00</nre>"); !strings.Contains(answer, "<ns2:provenienza>1</") {
		t.Errorf("written in the web application: %s", answer)
	}
	if got := numbersIn(two.used("<nre>" + lot + "00</nre>")); got != nil {
		t.Errorf("a colleague sees %v", got)
	}
}

// asSubstitute turns a request of a substitute into one for a titolare.
func (c *client) asSubstitute(titolare anagrafe.Doctor, nre string) string {
	return c.sendRequest(nre, "<inv:cfMedico1>"+c.doctor.CF+"</inv:cfMedico1>", "<inv:cfMedico1>"+titolare.CF+"</inv:cfMedico1><inv:cfMedico2>"+c.doctor.CF+"</inv:cfMedico2>",
		"codASLAo>"+c.doctor.ASL, "codASLAo>"+titolare.ASL)
}

func (c *client) declare(substitute, from, to string, pairs ...string) (string, string) {
	c.t.Helper()
	status, answer := c.call(ServiceDeclare, declarationRequest(c, substitute, from, to, pairs...))
	if status != http.StatusOK {
		c.t.Fatalf("%d %s", status, answer)
	}
	return between(answer, "codEsitoInserimento"), between(answer, "codEsito")
}

func declarationRequest(c *client, substitute, from, to string, pairs ...string) string {
	q := `<d:DichiarazioneSostituzioneMedicoRichiesta xmlns:d="` + nsDeclaration + `"><d:pinCode>` + c.seal(c.doctor.PinCode) + `</d:pinCode><d:pwd>x</d:pwd><d:cfMedicoTitolare>` + c.doctor.CF +
		`</d:cfMedicoTitolare><d:codRegione>090</d:codRegione><d:codASLAo>` + c.doctor.ASL + `</d:codASLAo><d:codSpecializzazione>F</d:codSpecializzazione><d:cfMedicoSostituto>` + substitute +
		`</d:cfMedicoSostituto><d:comunicazioneAsl>SI</d:comunicazioneAsl><d:dataInizioSostituzione>` + from + `</d:dataInizioSostituzione><d:dataFineSostituzione>` + to + `</d:dataFineSostituzione></d:DichiarazioneSostituzioneMedicoRichiesta>`
	return strings.NewReplacer(pairs...).Replace(q)
}

func TestDeclaredSubstitutes(t *testing.T) {
	r := startRegion(t, func(o *Options) { o.PreAuthorisation = true })
	titolare, substitute := login(t, r, anagrafe.Doctors()[0]), login(t, r, anagrafe.Doctors()[1])
	send := func() string {
		_, answer := substitute.call(ServiceSend, substitute.asSubstitute(titolare.doctor, ""))
		return between(answer, "codEsito")
	}
	if got := send(); got != "9022" {
		t.Errorf("not declared: %s", got)
	}
	for name, row := range map[string]struct {
		client   *client
		from, to string
		pairs    []string
		want     string
	}{
		"somebody else declares": {substitute, "20261101", "20261130", []string{"cfMedicoTitolare>" + substitute.doctor.CF, "cfMedicoTitolare>" + titolare.doctor.CF}, "9004"},
		"unknown substitute":     {titolare, "20261101", "20261130", []string{substitute.doctor.CF, "RSSMRA75C03X999X"}, "9020"},
		"himself":                {titolare, "20261101", "20261130", []string{substitute.doctor.CF, titolare.doctor.CF}, "9020"},
		"over already":           {titolare, "20261101", "20261121", nil, "9021"},
		"ends before it begins":  {titolare, "20261130", "20261125", nil, "9021"},
		"no days":                {titolare, "abcdefgh", "20261125", nil, "9021"},
		"wrong ASL":              {titolare, "20261101", "20261130", []string{"codASLAo>201", "codASLAo>999"}, "1020"},
	} {
		if outcome, code := row.client.declare(substitute.doctor.CF, row.from, row.to, row.pairs...); outcome != "9999" || code != row.want {
			t.Errorf("%s: %s %s, want %s", name, outcome, code, row.want)
		}
	}
	if outcome, _ := titolare.declare(substitute.doctor.CF, "20261123", "20261130"); outcome != "0000" {
		t.Fatal("tomorrow's declaration is refused")
	}
	if got := send(); got != "9022" {
		t.Errorf("declared from tomorrow: %s", got)
	}
	if outcome, _ := titolare.declare(substitute.doctor.CF, "22112026", "22112026"); outcome != "0000" {
		t.Fatal("today's declaration is refused")
	}
	if got := send(); got != "0000" {
		t.Errorf("declared: %s", got)
	}
	r.SetPreAuthorisation(false)
	if _, answer := titolare.call(ServiceSend, titolare.asSubstitute(substitute.doctor, "")); between(answer, "codEsito") != "0000" {
		t.Errorf("nobody must declare: %s", answer)
	}
	if got := numbersIn(substitute.used("<tipoPrescr>F</tipoPrescr>" + thatDay)); len(got) != 1 {
		t.Errorf("under the second doctor's own name: %v", got)
	}
	_, answer := substitute.call(ServiceUsed, substitute.usedRequest(titolare.doctor.CF, "<tipoPrescr>F</tipoPrescr>"+thatDay))
	if got := numbersIn(answer); len(got) != 1 {
		t.Errorf("sent for the titolare: %v in %s", got, answer)
	}
}

func (c *client) table(operation string) string {
	c.t.Helper()
	_, answer := c.call(ServiceTables, `<ServiceAnagRichiesta xmlns="`+nsTables+`"><pinCode>`+c.seal(c.doctor.PinCode)+`</pinCode><tipoOperazione>`+operation+`</tipoOperazione></ServiceAnagRichiesta>`)
	return answer
}

func TestTables(t *testing.T) {
	c := login(t, startRegion(t), anagrafe.Doctors()[0])
	for _, table := range tables {
		answer := c.table(strings.ToLower(table.operation))
		csv, err := base64.StdEncoding.DecodeString(between(answer, "fileCSV"))
		if err != nil || string(csv) != table.csv || between(answer, "nomefileCSV") != table.file || between(answer, "codEsitoOperazione") != "0000" {
			t.Errorf("%s: %v %s", table.operation, err, answer)
		}
	}
	if answer := c.table("ALTRO"); between(answer, "codEsitoOperazione") != "9999" || strings.Contains(answer, "fileCSV") {
		t.Error(answer)
	}
}

// everything asks each service once for a good answer and once for a refusal.
func (c *client) everything() {
	c.t.Helper()
	lot := c.newLot()
	c.call(ServiceLot, `<LottoRichiestaNRE xmlns="`+nsLot+`"><CodRegione>090</CodRegione><IdentificativoLotto>1</IdentificativoLotto></LottoRichiestaNRE>`)
	c.call(ServiceSend, c.sendRequest(lot+"00", "<inv:nre>", "<inv:testata2>EROGDPC</inv:testata2><inv:nre>"))
	c.call(ServiceSend, c.sendRequest(lot+"00"))
	c.call(ServiceSend, c.sendRequest("", "quantita>1", "quantita>12")) // a fault
	c.viewOf(lot + "00")
	c.viewOf("0900A0999999901")
	c.used("<nre>" + lot + "00</nre>")
	c.used("<nre>0900A0999999901</nre>")
	c.used(thatDay)
	c.table("ESENZIONI")
	c.table("ALTRO")
	c.declare(anagrafe.MassDoctors()[0].CF, "20261101", "20261130")
	c.declare("X", "20261101", "20261130")
	c.cancelOf(lot + "00")
	c.cancelOf(lot + "00")
}

// TestAnswersKeepTheirSchema: on every door, every message of every service is
// valid; where the ministry's own schemas are at hand, says xmllint too.
func TestAnswersKeepTheirSchema(t *testing.T) {
	dir := t.TempDir()
	r := startRegion(t, func(o *Options) { o.Record = filepath.Join(dir, "scambi") })
	doctor := anagrafe.Doctors()[0]
	login(t, r, doctor).everything()
	direct := newDirect(t, r, doctor).basic(doctor, a2f.Password(doctor))
	for _, factor := range []string{"", "Bearer " + doctor.CF + "-2026-11-RICETTA-DEM-PRESCRITTORE"} {
		direct.factor(factor)
		for _, ask := range []struct {
			service Service
			request string
		}{
			{ServiceSend, direct.sendRequest("")}, {ServiceView, direct.byNumber("VisualizzaPrescrittoRichiesta", nsView, "0900A4000000001")},
			{ServiceCancel, direct.byNumber("AnnullaPrescrittoRichiesta", nsCancel, "0900A4000000001")}, {ServiceLot, direct.lotRequest()},
			{ServiceUsed, direct.client.usedRequest(doctor.CF, "<nre>0900A4000000001</nre>")},
		} {
			direct.ask(ask.service, ask.request)
		}
	}
	requests, answers := Schemas(), AnswerSchemas()
	files, err := filepath.Glob(filepath.Join(dir, "scambi", "*.xml"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	seen := map[string]int{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "-fault.xml") {
			seen["fault"]++
			continue
		}
		root, err := openEnvelope(raw, "")
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		schema := requests[root.Name.Local]
		if schema == nil {
			schema = answers[root.Name.Local]
		}
		_, faulted := os.Stat(strings.TrimSuffix(file, "richiesta.xml") + "fault.xml")
		if err := schema.Validate(root); err != nil && faulted != nil {
			t.Errorf("%s: %v\n%s", file, err, raw)
		}
		seen[root.Name.Local]++
	}
	if len(seen) != 15 {
		t.Errorf("messages seen: %v", seen)
	}
	for _, broken := range files { // on purpose, by everything; a code that is a number is no name for a fault
		if base, ok := strings.CutSuffix(broken, "fault.xml"); ok {
			if err := errors.Join(os.Remove(base+"richiesta.xml"), os.Remove(broken)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := kit.Validate(t.Context(), os.Getenv(kit.Variable), filepath.Join(dir, "scambi")); err != nil {
		t.Error(err)
	}
}
