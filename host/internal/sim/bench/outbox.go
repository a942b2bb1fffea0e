package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/pinentry"
	"raccordo/host/internal/wire"
)

const (
	hundred    = 100
	batchTurns = 5
)

// outbox measures what being safe costs: a batch beside a bare HTTP client, the
// way to the disk of one prescription, and an agent with ten thousand of them.
// It has a lab of its own, whose outbox is empty.
func (b *bench) outbox(ctx context.Context) (err error) {
	l, err := lab.Start(ctx, lab.Options{Bin: b.bin, Log: zerolog.Nop()})
	if err != nil {
		return err
	}
	own := &bench{bin: b.bin, lab: l}
	defer func() {
		b.add(own.results...)
		err = errors.Join(err, l.Close())
	}()
	if err := quietLog(l); err != nil {
		return err
	}
	if err := l.Person(pinentry.Script{PIN: l.Doctor.PIN}); err != nil {
		return err
	}
	if err := l.Insert(ctx); err != nil {
		return err
	}
	d, err := openDesk(ctx, l)
	if err != nil {
		return err
	}
	for _, part := range []func(context.Context, *desk) error{own.cardBatch, own.cloudBatch, own.enqueues, own.fills} {
		if err := part(ctx, d); err != nil {
			return errors.Join(err, d.close())
		}
	}
	if err := d.close(); err != nil {
		return err
	}
	return own.startsFull(ctx)
}

// quietLog has the agent log what it does as installed: a lab's writes down every
// request.
func quietLog(l *lab.Lab) error {
	file := filepath.Join(l.Dir, "config", "raccordo", "config.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, bytes.Replace(text, []byte(`log_level = "debug"`), []byte(`log_level = "info"`), 1), 0o600)
}

func (b *bench) cardBatch(ctx context.Context, d *desk) error {
	if err := limited(ctx, d.seesCard); err != nil {
		return err
	}
	if _, err := d.ask(ctx, "session.login", wire.LoginParams{Via: "card"}, nil); err != nil {
		return err
	}
	bare, err := newBareSender(b.lab, b.lab.Region.SARURL())
	if err != nil {
		return err
	}
	defer bare.close()
	if err := bare.byCard(ctx, b.lab.Region.CardCA()); err != nil {
		return err
	}
	if err := b.weighed(ctx, func() error { return b.throughput(ctx, d, bare, "card") }); err != nil {
		return err
	}
	b.add(plain("batches in card mode: full TLS handshakes after the login's", float64(b.shaken), "").within(0))
	return d.logout(ctx)
}

// weighed weighs the agent before and after it has sent a good thousand.
func (b *bench) weighed(ctx context.Context, send func() error) error {
	agent, err := b.lab.AgentPID()
	if err != nil {
		return err
	}
	weight, err := b.rested(ctx, agent, nil)
	if err != nil {
		return err
	}
	if err := send(); err != nil {
		return err
	}
	if weight, err = b.rested(ctx, agent, weight); err != nil {
		return err
	}
	b.add(plain(fmt.Sprintf("agent at rest after %d prescriptions sent: own memory, beside before", 2*hundred*(batchTurns+1)), weight[1], "MiB").beside(weight[0]).within(weight[0] + 4))
	return nil
}

func (b *bench) cloudBatch(ctx context.Context, d *desk) error {
	if _, err := b.byPage(ctx, d); err != nil {
		return err
	}
	bare, err := newBareSender(b.lab, b.lab.Region.CloudURL())
	if err != nil {
		return err
	}
	defer bare.close()
	if err := bare.byPage(ctx, b); err != nil {
		return err
	}
	return b.throughput(ctx, d, bare, "cloud")
}

// throughput takes turns: a hundred of one patient, which the outbox sends one
// after the other, and the same by the bare client; then a hundred of five
// patients.
func (b *bench) throughput(ctx context.Context, d *desk, bare *bareSender, mode string) error {
	batch := func(patients int) func(context.Context) (time.Duration, error) {
		return func(ctx context.Context) (time.Duration, error) { return b.hundred(ctx, d, patients) }
	}
	ways := []*way{
		{name: "raccordo", once: batch(1)},
		{name: "bare client", once: func(ctx context.Context) (time.Duration, error) {
			if err := bare.prepare(ctx, hundred, prescription(0)); err != nil {
				return 0, err
			}
			return bare.send(ctx)
		}},
		{name: "raccordo, several patients", once: batch(len(anagrafe.Patients()))},
	}
	if err := inTurns(ctx, batchTurns, ways); err != nil {
		return err
	}
	ours, theirs, parallel := ways[0].took.median()/hundred, ways[1].took.median()/hundred, ways[2].took.median()/hundred
	b.add(
		plain("batch of 100 of one patient, "+mode+" mode: time for each (p50), beside a bare HTTP client", ours, "ms").beside(theirs).within(theirs/0.8),
		plain("  its throughput, as a part of the bare client's", theirs/ours, ""),
		plain("batch of 100 of five patients, "+mode+" mode: time for each (p50), beside the same", parallel, "ms").beside(theirs),
	)
	return nil
}

// prescription is one of a service, of the n-th patient.
func prescription(n int) wire.Prescription {
	p := anagrafe.Patients()[n%len(anagrafe.Patients())]
	return wire.Prescription{
		TipoPrescrizione: "P", TipoVisita: "A", ClassePriorita: "P", CodDiagnosi: "401.9", DescrizioneDiagnosi: "IPERTENSIONE ARTERIOSA ESSENZIALE",
		CodiceAssistito: p.CF, CognomeNome: p.Surname + " " + p.Name, Indirizzo: p.Street, ProvinciaAssistito: p.Province, ASLAssistito: p.ASL,
		Dettagli: []wire.PrescriptionItem{{CodProdPrest: "89.52", DescrProdPrest: "ELETTROCARDIOGRAMMA", Quantita: 1, TipoAccesso: "0"}},
	}
}

func (b *bench) intents(from, n, patients int) (list []wire.Prescription) {
	for i := range n {
		p := prescription(i % patients)
		p.ClientID = fmt.Sprintf("bench-%d-%d", time.Now().UnixNano(), from+i)
		list = append(list, p)
	}
	return list
}

func (b *bench) hundred(ctx context.Context, d *desk, patients int) (time.Duration, error) {
	var sent wire.SendResult
	before := b.lab.Region.Stats().FullHandshakes
	took, err := d.ask(ctx, "prescription.send", wire.SendParams{Prescriptions: b.intents(0, hundred, patients)}, &sent)
	if err != nil {
		return 0, err
	}
	b.shaken += b.lab.Region.Stats().FullHandshakes - before
	for _, r := range sent.Results {
		if r.State != wire.Sent {
			return 0, fmt.Errorf("a prescription is %s: %v %v", r.State, r.Errors, r.Problem)
		}
	}
	return took, nil
}
