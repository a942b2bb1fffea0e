package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/wire"
)

// TestEveryEnvelope: one doctor uses every service of Sistema TS through the
// agent, with success and without; all that goes over the line is valid by the
// ministry's schemas.
func TestEveryEnvelope(t *testing.T) {
	count := valid(t, inFolder(t, "services"))
	for _, service := range []string{
		"InvioPrescritto%s", "VisualizzaPrescritto%s", "AnnullaPrescritto%s", "InterrogaNreUtil%s", "Lotto%sNRE", "DichiarazioneSostituzioneMedico%s", "ServiceAnag%s",
	} {
		for _, side := range []string{"Richiesta", "Ricevuta"} {
			if count[fmt.Sprintf(service, side)] == 0 {
				t.Errorf("no "+service, side)
			}
		}
	}
	t.Log(count)
}

func everyService(ctx context.Context, record string) (err error) {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "rsv")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	opt := Options{Bin: filepath.Dir(exe), Doctors: 1, Record: record}
	s, err := newStand(ctx, dir, opt)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	offices, err := s.offices(ctx, opt)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	living := newCrew(ctx)
	living.do(offices[0].live)
	v := &visitor{ctx: living, office: offices[0], region: s.region}
	err = v.visits()
	cancel()
	if died := living.wait(); !errors.Is(died, context.Canceled) {
		err = errors.Join(err, died)
	}
	return err
}

// visitor uses one service after the other and stops at the first surprise.
type visitor struct {
	ctx    context.Context
	office *office
	region *region.Region
	line   *line
	sent   []wire.PrescriptionResult
}

func (v *visitor) visits() (err error) {
	if v.line, err = v.office.reach(v.ctx); err != nil {
		return err
	}
	if v.line == nil {
		return errors.New("no agent")
	}
	defer v.line.close()
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"send", v.sends}, {"refused and corrected", v.refused}, {"answer lost", v.doubtful}, {"view", v.views}, {"list", v.lists},
		{"cancel", v.cancels}, {"substitution", v.substitutes}, {"table", v.tables},
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

func (v *visitor) ask(method string, params, result any) error {
	return v.line.ask(v.ctx, method, params, result)
}

// fails wants the agent to answer with a code.
func (v *visitor) fails(want wire.ErrorCode, method string, params any) error {
	err := v.ask(method, params, &struct{}{})
	if said := (*wire.Error)(nil); !errors.As(err, &said) || said.Data.Code != want {
		return fmt.Errorf("%s: %v, want %s", method, err, want)
	}
	return nil
}

func (v *visitor) written(n int) wire.Prescription {
	var patients []anagrafe.Patient
	for _, p := range anagrafe.MassPatients() {
		if p.DoctorCF == v.office.doctor.CF {
			patients = append(patients, p)
		}
	}
	return write(n, patients, rand.New(rand.NewPCG(1, uint64(n)))).p
}

func (v *visitor) send(want wire.SendState, list ...wire.Prescription) error {
	var got wire.SendResult
	if err := v.ask("prescription.send", wire.SendParams{Prescriptions: list}, &got); err != nil {
		return err
	}
	for _, r := range got.Results {
		if r.State != want {
			return fmt.Errorf("%s is %s, want %s: %v %v", r.ClientID, r.State, want, r.Errors, r.Problem)
		}
		if r.State == wire.Sent {
			v.sent = append(v.sent, r)
		}
	}
	return nil
}

func (v *visitor) sends() error {
	abroad := v.written(8)
	abroad.TipoRicetta, abroad.CodiceAssistito, abroad.ProvinciaAssistito, abroad.ASLAssistito = "UE", "", "", ""
	abroad.StatoEstero, abroad.IstituzioneEstera, abroad.NumeroPersonale, abroad.NumeroTessera = "DE", "0123456789", "A123456789", "80276000000000000001"
	abroad.DataNascitaEstero, abroad.DataScadenzaTessera = "1950-02-03", "2031-02-03"
	hidden := v.written(9)
	hidden.OscuramentoDati = true
	return v.send(wire.Sent, v.written(0), v.written(1), v.written(2), v.written(3), v.written(4), hidden, abroad)
}

func (v *visitor) refused() error {
	p := v.written(5)
	v.region.RefuseNext(region.Refusal{Service: region.ServiceSend, Code: "1176", Times: 1})
	if err := v.send(wire.Refused, p); err != nil {
		return err
	}
	p.Indirizzo = "VIA CORRETTA 1"
	v.region.RefuseNext(region.Refusal{Service: region.ServiceSend, Code: "1024", Warning: true, Times: 1})
	return v.send(wire.Sent, p)
}

// doubtful: the number is asked for, and is there.
func (v *visitor) doubtful() error {
	v.region.Inject(region.Fault{Kind: region.LostAnswer, Service: region.ServiceSend, Times: 1})
	p := v.written(6)
	var got wire.SendResult
	if err := v.ask("prescription.send", wire.SendParams{Prescriptions: []wire.Prescription{p}}, &got); err != nil {
		return err
	}
	if got.Results[0].State == wire.Sent { // asked at once
		v.sent = append(v.sent, got.Results[0])
		return nil
	}
	return v.send(wire.Sent, p)
}

func (v *visitor) views() error {
	var seen wire.ViewResult
	if err := v.ask("prescription.view", wire.NREParams{NRE: v.sent[0].NRE}, &seen); err != nil {
		return err
	}
	if seen.CodAutenticazione != v.sent[0].CodAutenticazione {
		return fmt.Errorf("code %s, want %s", seen.CodAutenticazione, v.sent[0].CodAutenticazione)
	}
	var good wire.VerifyResult
	if err := v.ask("prescription.verify", wire.NREParams{NRE: v.sent[1].NRE}, &good); err != nil {
		return err
	}
	if !good.Valid || !good.Validated {
		return fmt.Errorf("not valid: %+v", good)
	}
	return v.fails(wire.ErrRxNone, "prescription.view", wire.NREParams{NRE: "090A00999999999"})
}

func (v *visitor) lists() error {
	day := time.Now().Format(time.DateOnly)
	var all, none wire.ListResult
	if err := v.ask("prescription.list", wire.ListParams{From: day, To: day}, &all); err != nil {
		return err
	}
	if len(all.Prescriptions) != len(v.sent) {
		return fmt.Errorf("%d listed, %d sent", len(all.Prescriptions), len(v.sent))
	}
	return v.ask("prescription.list", wire.ListParams{From: "2026-01-01", To: "2026-01-02", TipoPrescrizione: "F"}, &none)
}

func (v *visitor) cancels() error {
	gone := wire.NREParams{NRE: v.sent[0].NRE}
	if err := v.ask("prescription.cancel", gone, &wire.CancelResult{}); err != nil {
		return err
	}
	if err := v.ask("prescription.cancel", wire.NREParams{NRE: "090A00999999999"}, &wire.CancelResult{}); err == nil {
		return errors.New("an unknown number is cancelled")
	}
	return v.ask("prescription.view", gone, &wire.ViewResult{})
}

func (v *visitor) substitutes() error {
	told := true
	return v.ask("substitution.declare", wire.SubstitutionParams{
		Sostituto: anagrafe.Doctors()[1].CF, From: time.Now().Format(time.DateOnly), To: time.Now().AddDate(0, 0, 7).Format(time.DateOnly), ASLTold: &told, Note: "ferie",
	}, &wire.SubstitutionResult{})
}

func (v *visitor) tables() error {
	var table wire.TableResult
	if err := v.fails(wire.ErrRegionFault, "table.fetch", wire.TableParams{Operation: "NON ESISTE"}); err != nil {
		return err
	}
	return v.ask("table.fetch", wire.TableParams{Operation: "ESENZIONI"}, &table)
}
