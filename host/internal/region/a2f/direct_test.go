package a2f

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"raccordo/host/internal/region/exchange"
	"raccordo/host/internal/region/sac"
	"raccordo/host/internal/ricetta"
	sim "raccordo/host/internal/sim/a2f"
	"raccordo/host/internal/sim/anagrafe"
	simregion "raccordo/host/internal/sim/region"
	"raccordo/host/internal/wire"
)

// direct is a doctor at the simulated Sistema TS, with its own certificate for
// what is sealed.
type direct struct {
	*Service
	t      *testing.T
	region *simregion.Region
	line   *exchange.Line
	cipher *sac.Cipher
	doctor anagrafe.Doctor
}

func newDirect(t *testing.T) *direct {
	t.Helper()
	r, err := simregion.New(simregion.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	cipher, err := sac.ParseCipher(r.CipherCertificatePEM())
	if err != nil {
		t.Fatal(err)
	}
	line, err := exchange.NewLine(exchange.Options{Roots: r.ServerCA().Pool(), Limits: exchange.Limits{Connect: 5 * time.Second, Handshake: 5 * time.Second, Answer: 10 * time.Second, AnswerBytes: 1 << 20}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(line.Rest)
	d := &direct{t: t, region: r, line: line, cipher: cipher, doctor: anagrafe.Doctors()[0]}
	d.Service = New(Options{Endpoint: r.SACURL() + sim.Path, Context: sim.Context, Application: sim.Prescriber, Line: line, Seal: d.seal})
	return d
}

func (d *direct) seal(clear string) (string, error) { return d.cipher.Seal(clear, time.Now()) }

// send posts one prescription with a token and returns the outcome and the
// codes of the refusal.
func (d *direct) send(token string) (outcome string, codes []string) {
	d.t.Helper()
	pin, err := d.seal(d.doctor.PinCode)
	if err != nil {
		d.t.Fatal(err)
	}
	patient, err := d.seal(anagrafe.Patients()[0].CF)
	if err != nil {
		d.t.Fatal(err)
	}
	body := sac.EncodeSend(sac.SendRequest{
		PinCode: pin, CodiceAss: patient, Compiled: time.Now(),
		Doctor: ricetta.Doctor{CF: d.doctor.CF, Region: d.doctor.Region, ASL: d.doctor.ASL, Specializzazione: d.doctor.Specializzazione},
		Prescription: wire.Prescription{TipoPrescrizione: "F", CognomeNome: "BIANCHI LUCIA", TipoVisita: "A",
			Dettagli: []wire.PrescriptionItem{{CodGruppoEquival: "G3B", DescrGruppoEquival: "LEVETIRACETAM 500MG", Quantita: 1}}},
	})
	a, err := d.line.Do(d.t.Context(), exchange.Request{
		Method: http.MethodPost, URL: d.region.SACURL() + "/DemRicettaPrescrittoServicesWeb/services" + sac.Send.Path, Action: sac.Send.Action, Body: body,
		Authorise: func(q *http.Request) error {
			q.SetBasicAuth(d.doctor.CF, sim.Password(d.doctor))
			q.Header.Set("Authorization2F", "Bearer "+token)
			return nil
		},
	})
	if err != nil {
		d.t.Fatal(err)
	}
	receipt, err := sac.DecodeSend(a.Body)
	if err != nil {
		d.t.Fatal(a.Status, err)
	}
	for _, n := range receipt.Errors {
		codes = append(codes, n.Code)
	}
	return receipt.Outcome, codes
}

// TestMorning: ask, prescribe, ask again, prescribe, leave. What the doctor's
// other program would notice is in between.
func TestMorning(t *testing.T) {
	d := newDirect(t)
	who := whoIs(d.doctor)
	expect := func(token, want string) {
		t.Helper()
		outcome, codes := d.send(token)
		if outcome != want || (outcome == "9999") != (len(codes) == 1 && codes[0] == "9101") {
			t.Errorf("%s %v, want %s", outcome, codes, want)
		}
	}
	ask := func() string {
		t.Helper()
		c, err := d.Create(t.Context(), who)
		if err != nil || c.Token == "" {
			t.Fatalf("%+v %v", c, err)
		}
		return c.Token
	}
	state := func(token string) wire.ErrorCode {
		t.Helper()
		s, err := d.Check(t.Context(), who, token)
		if err != nil {
			t.Fatal(err)
		}
		c, _ := code(s.Err())
		return c
	}
	expect("", "9999")
	first := ask()
	expect(first, "0000")
	second := ask()
	expect(first, "0000") // goes on until the other is used
	if got := state(first); got != "" {
		t.Error(got)
	}
	expect(second, "0000")
	expect(first, "9999")
	if got := state(first); got != wire.ErrDisplaced {
		t.Error(got)
	}
	if err := d.Revoke(t.Context(), who, second); err != nil {
		t.Fatal(err)
	}
	expect(second, "9999")
	third := ask()
	d.region.SecondFactor().ExpireAll()
	expect(third, "9999")
	if got := state(third); got != wire.ErrLoginNeeded {
		t.Error(got)
	}
}

// TestLostAnswer: a token that was asked for and did not arrive may exist.
func TestLostAnswer(t *testing.T) {
	d := newDirect(t)
	d.region.Inject(simregion.Fault{Kind: simregion.LostAnswer, Service: simregion.ServiceSecondFactor, Times: 1})
	_, err := d.Create(t.Context(), whoIs(d.doctor))
	var e *exchange.Error
	if !errors.As(err, &e) || e.Code != wire.ErrRegionDown || !e.Unknown {
		t.Fatal(err)
	}
	if n := d.region.SecondFactor().RevokeAll(); n != 1 {
		t.Errorf("%d tokens", n)
	}
}
