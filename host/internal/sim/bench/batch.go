package bench

import (
	"context"
	"fmt"
	"time"

	"raccordo/host/internal/sim/morning"
	"raccordo/host/internal/wire"
)

const (
	batchRounds = 3
	batchSize   = 10
)

// tenOf is the clinic's own first prescription, as often as wanted.
const tenOf = `(async () => {
	const { ready } = await (await fetch("/api/dati")).json();
	const prescriptions = Array.from({ length: %d }, () => ({ ...ready[0], client_id: crypto.randomUUID() }));
	misura.message = { method: "prescription.send", params: { prescriptions } };
	return prescriptions.length;
})()`

// batches logs in and sends ten prescriptions by one click, and counts the
// handshakes that the region saw for it.
func (b *bench) batches(ctx context.Context, day *morning.Day, page *probe) error {
	var each samples
	most := 0
	for range batchRounds {
		err := limited(ctx, func(ctx context.Context) error {
			before := b.lab.Region.Stats()
			if _, err := b.login(ctx, day, page); err != nil {
				return err
			}
			took, err := b.batch(ctx, page)
			if err != nil {
				return err
			}
			each = append(each, took/batchSize)
			most = max(most, b.lab.Region.Stats().FullHandshakes-before.FullHandshakes)
			return b.logout(ctx, page)
		})
		if err != nil {
			return err
		}
	}
	b.add(
		plain("full TLS handshakes of a login and ten prescriptions", float64(most), "").within(1),
		plain("ten prescriptions by one click: time for each (p50)", each.median(), "ms"),
	)
	return nil
}

func (b *bench) batch(ctx context.Context, page *probe) (time.Duration, error) {
	var n int
	if err := page.Eval(ctx, fmt.Sprintf(tenOf, batchSize), &n); err != nil {
		return 0, err
	}
	took, err := page.click(ctx)
	if err != nil {
		return 0, err
	}
	var sent wire.SendResult
	if err := page.result(ctx, &sent); err != nil {
		return 0, err
	}
	if len(sent.Results) != batchSize {
		return 0, fmt.Errorf("%d results, want %d", len(sent.Results), batchSize)
	}
	for _, r := range sent.Results {
		if r.State != wire.Sent {
			return 0, fmt.Errorf("a prescription is %s: %v %v", r.State, r.Errors, r.Problem)
		}
	}
	return took, nil
}
