package engine

import (
	"context"
	"strings"
	"sync"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

const (
	recentDays = 180 // the life of the longest prescription
	recentView = 20  // of how many the state is asked for
	recentWide = 4   // how many at once
	// recentTime is how long the rest of a synchronisation waits for them.
	recentTime = 12 * time.Second
)

// recent are the patient's prescriptions of the last months that the doctor
// wrote, newest first, the newest with their states. An error tells that they
// are missing or not complete. No window appears for it.
func (e *Engine) recent(ctx context.Context, codiceFiscale string, now time.Time) ([]wire.ListedPrescription, error) {
	none := []wire.ListedPrescription{}
	l, err := e.current()
	if err != nil {
		return none, err
	}
	doctor := e.identity(l)
	if doctor.PinCode, err = e.keptPinCode(doctor.CF); err != nil {
		return none, err
	}
	ctx, cancel := atMost(ctx, recentTime)
	defer cancel()
	list, err := e.used(ctx, doctor, ricetta.Query{Patient: codiceFiscale, From: now.AddDate(0, 0, -recentDays), To: now})
	if err != nil {
		return list, err
	}
	return list, e.states(ctx, doctor, list[:min(recentView, len(list))])
}

// states asks for the state of each, a few at once, and gives the first error.
// What concerns more than one prescription ends the asking.
func (e *Engine) states(ctx context.Context, doctor ricetta.Doctor, list []wire.ListedPrescription) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		mu    sync.Mutex
		first error
		group sync.WaitGroup
	)
	next := make(chan *wire.ListedPrescription)
	for range min(recentWide, len(list)) {
		group.Go(func() {
			for p := range next {
				err := e.state(ctx, doctor, p)
				if err == nil {
					continue
				}
				mu.Lock()
				if first == nil {
					first = err
				}
				mu.Unlock()
				if w, known := toWire(err); !known || w.Data.Code != wire.ErrRxNone {
					cancel(err)
				}
			}
		})
	}
	for i := range list {
		if ctx.Err() != nil {
			break
		}
		next <- &list[i]
	}
	close(next)
	group.Wait()
	if first == nil {
		first = ctx.Err() // the time was over between two of them
	}
	return first
}

func (e *Engine) state(ctx context.Context, doctor ricetta.Doctor, p *wire.ListedPrescription) error {
	return e.withRegion(ctx, func(l *link) error {
		v, err := l.client.View(ctx, doctor, p.NRE)
		if err != nil {
			return err
		}
		p.State, p.StateText, p.Description = v.State, v.StateText, inOneLine(v.Dettagli)
		if p.CodAutenticazione == "" {
			p.CodAutenticazione = v.CodAutenticazione
		}
		return nil
	})
}

// inOneLine names the items of a prescription.
func inOneLine(items []wire.PrescriptionItem) string {
	var names []string
	for _, d := range items {
		for _, name := range []string{d.DescrProdPrest, d.DescrGruppoEquival, d.CodProdPrest, d.CodGruppoEquival} {
			if name != "" {
				names = append(names, name)
				break
			}
		}
	}
	return strings.Join(names, ", ")
}
