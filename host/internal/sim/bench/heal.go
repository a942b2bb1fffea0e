package bench

import (
	"context"
	"fmt"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/wire"
)

const (
	healRounds   = 10
	healRSA      = 300 * time.Millisecond
	healOverhead = 100 // ms beyond one signature
)

// breach is something that ends a session without telling who has it.
type breach struct {
	name  string
	do    func()
	seen  func() int // grows when the region sees the repair
	extra samples
	signs int // of the card, at most
}

// cardHeals measures by how much a patient takes longer when the session has to
// be mended first, beside one signature of the card.
func (b *bench) cardHeals(ctx context.Context, d *desk) error {
	for _, delay := range []time.Duration{0, healRSA} {
		b.lab.Card.SetDelay(delay)
		signature, err := b.signature(ctx, 5)
		if err != nil {
			return err
		}
		if _, err := b.connect(ctx, d, wire.LoginParams{Via: "card"}); err != nil {
			return err
		}
		all := []*breach{
			{name: "session revoked", do: b.revoke, seen: b.opened},
			{name: "session revoked, connections dropped", do: func() { b.revoke(); b.drop() }, seen: b.handshakes},
			{name: "session revoked, connections dropped, handshake refused once", do: func() { b.revoke(); b.refuse() }, seen: b.handshakes},
		}
		if err := b.heal(ctx, d, all); err != nil {
			return err
		}
		if err := d.logout(ctx); err != nil {
			return err
		}
		for _, w := range all {
			name := fmt.Sprintf("healing, card of %d ms RSA, %s: more than a plain sync (p50", delay.Milliseconds(), w.name)
			b.add(
				plain(name+fmt.Sprintf(", signatures: %d), beside one signature", w.signs), w.extra.median(), "ms").beside(signature).within(signature+healOverhead),
				plain(name[:len(name)-len("p50")]+"max)", w.extra.at(100), "ms"),
			)
		}
	}
	b.lab.Card.SetDelay(0)
	return nil
}

func (b *bench) revoke() { b.lab.Region.RevokeSessions() }

// opened are the requests to the region's session service so far.
func (b *bench) opened() int { return b.lab.Region.Stats().Requests[region.ServiceSession] }

// handshakes are those of the region with a card's certificate so far.
func (b *bench) handshakes() int {
	s := b.lab.Region.Stats()
	return s.FullHandshakes + s.ResumedHandshakes
}

// drop makes the region close the connections that nobody is using.
func (b *bench) drop() {
	b.lab.Region.Inject(faults.Fault{Kind: faults.HandshakeAlert, Service: faults.SAR, Times: 1})
	b.lab.Region.ClearFaults()
}

// refuse does so, and has the region refuse the next handshake after the card
// has signed.
func (b *bench) refuse() {
	b.lab.Region.Inject(faults.Fault{Kind: faults.CertificateRefused, Service: faults.SAR, Times: 1})
}

// heal asks for a patient as things are, and after each breach, in turns.
func (b *bench) heal(ctx context.Context, d *desk, all []*breach) error {
	for i := range healRounds + 1 {
		for j := range all {
			w := all[(i+j)%len(all)]
			err := limited(ctx, func(ctx context.Context) error {
				extra, signs, err := b.mended(ctx, d, w)
				if i > 0 {
					w.extra, w.signs = append(w.extra, extra), max(w.signs, signs)
				}
				return err
			})
			if err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
		}
	}
	return nil
}

// mended is the time of a patient whose session has to be mended, less that of
// the one before.
func (b *bench) mended(ctx context.Context, d *desk, w *breach) (extra time.Duration, signs int, err error) {
	patient := wire.SyncParams{CodiceFiscale: anagrafe.Patients()[0].CF}
	usual, err := d.ask(ctx, "patient.sync", patient, nil)
	if err != nil {
		return 0, 0, err
	}
	w.do()
	signs, seen := b.lab.Card.Signatures(), w.seen()
	took, err := d.ask(ctx, "patient.sync", patient, nil)
	if err != nil {
		return 0, 0, err
	}
	if n := b.lab.Region.LiveSessions(); n != 1 || w.seen() == seen {
		return 0, 0, fmt.Errorf("%d sessions at the region, which saw the repair: %v", n, w.seen() > seen)
	}
	return took - usual, b.lab.Card.Signatures() - signs, nil
}
