package bench

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/morning"
	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/sim/pinentry"
	"raccordo/host/internal/wire"
)

const (
	printClicks = 30
	printHurry  = 150           // ms, from the click to the spooler's word
	queue       = "Ambulatorio" // the printer
)

// printing measures from the click in the page until the spooler has the sheet,
// beside lp with the same file to the same spooler, then a hundred in one go. It has
// a lab of its own, with a print service.
func (b *bench) printing(ctx context.Context) (err error) {
	l, err := lab.Start(ctx, lab.Options{Bin: b.bin, Log: zerolog.Nop(), Printers: []paper.Printer{{Name: queue}}})
	if err != nil {
		return err
	}
	own := &bench{bin: b.bin, lab: l}
	defer func() {
		b.add(own.results...)
		err = errors.Join(err, l.Close())
	}()
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
	defer func() { err = errors.Join(err, d.close()) }()
	if err := limited(ctx, d.seesCard); err != nil {
		return err
	}
	if _, err := d.askFrom(ctx, "", "printer.configure", wire.ConfigureParams{Settings: wire.PrinterSettings{
		Kind: wire.SheetPromemoria, Printer: queue, Paper: "A4", Orientation: "auto", Copies: 1,
	}}, nil); err != nil {
		return err
	}
	if _, err := own.connect(ctx, d, wire.LoginParams{Via: "card"}); err != nil {
		return err
	}
	numbers, err := own.sent(ctx, d)
	if err != nil {
		return err
	}
	file, err := own.promemoria(ctx, d, numbers[0])
	if err != nil {
		return err
	}
	return errors.Join(own.printClicks(ctx, numbers[0], file), own.printMany(ctx, d, numbers, file), d.logout(ctx))
}

// sent are the numbers of a hundred prescriptions that the region has.
func (b *bench) sent(ctx context.Context, d *desk) (numbers []string, err error) {
	var sent wire.SendResult
	if _, err := d.ask(ctx, "prescription.send", wire.SendParams{Prescriptions: b.intents(0, hundred, 5)}, &sent); err != nil {
		return nil, err
	}
	for _, r := range sent.Results {
		if r.State != wire.Sent {
			return nil, fmt.Errorf("a prescription is %s: %v %v", r.State, r.Errors, r.Problem)
		}
		numbers = append(numbers, r.NRE)
	}
	return numbers, nil
}

// promemoria puts one into a file.
func (b *bench) promemoria(ctx context.Context, d *desk, nre string) (string, error) {
	var kept wire.PromemoriaResult
	if _, err := d.ask(ctx, "prescription.promemoria", wire.NREParams{NRE: nre}, &kept); err != nil {
		return "", err
	}
	pdf, err := base64.StdEncoding.DecodeString(kept.PDF)
	if err != nil {
		return "", err
	}
	file := filepath.Join(b.lab.Dir, "promemoria.pdf")
	return file, os.WriteFile(file, pdf, 0o600)
}

// lp hands the file to the spooler as everybody does.
func (b *bench) lp(ctx context.Context, file string) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, "lp", "-d", queue, "-o", "media=A4", "-o", "sides=one-sided", file)
	cmd.Env = append(os.Environ(), b.lab.Paper.Env()...)
	begin := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("lp: %w: %s", err, out)
	}
	return time.Since(begin), nil
}

// printClicks are in turns with lp; each sheet is out before the next is asked for.
func (b *bench) printClicks(ctx context.Context, nre, file string) error {
	br, err := b.lab.Browser(ctx, filepath.Join(b.bin, "extension", "chromium"), true)
	if err != nil {
		return err
	}
	defer br.Close()
	day, err := morning.Open(ctx, morning.Options{Lab: b.lab, Browser: br, Shots: filepath.Join(b.lab.Dir, "shots")})
	if err != nil {
		return err
	}
	page, err := plant(ctx, day.Page, "raccordo")
	if err != nil {
		return err
	}
	ask, err := json.Marshal(map[string]any{"method": "print", "params": wire.PrintParams{Items: []wire.PrintItem{{Kind: "promemoria", NRE: nre}}}})
	if err != nil {
		return err
	}
	if err := page.Eval(ctx, fmt.Sprintf("void (misura.message = %s)", ask), nil); err != nil {
		return err
	}
	var took, base samples
	begun, err := b.lab.Paper.Sheets(queue)
	if err != nil {
		return err
	}
	for i := range warmUp + printClicks {
		ours, theirs, err := b.printTurn(ctx, page, file, len(begun)+2*i)
		if err != nil {
			return err
		}
		if i >= warmUp {
			took, base = append(took, ours), append(base, theirs)
		}
	}
	b.add(
		plain("click → promemoria with the spooler (p50), beside lp with the same file", took.median(), "ms").beside(base.median()).within(printHurry),
		plain("click → promemoria with the spooler (p95), beside the same", took.at(95), "ms").beside(base.at(95)),
	)
	return nil
}

// printTurn is one click and one lp; before them are so many sheets.
func (b *bench) printTurn(ctx context.Context, page *probe, file string, before int) (ours, theirs time.Duration, err error) {
	err = limited(ctx, func(ctx context.Context) error {
		if ours, err = page.click(ctx); err != nil {
			return err
		}
		var done wire.PrintResult
		if err := page.result(ctx, &done); err != nil {
			return err
		}
		if done.Accepted != 1 {
			return fmt.Errorf("the spooler does not have it: %+v", done.Jobs)
		}
		if _, err := b.lab.Paper.Await(ctx, queue, before+1); err != nil {
			return err
		}
		if theirs, err = b.lp(ctx, file); err != nil {
			return err
		}
		_, err := b.lab.Paper.Await(ctx, queue, before+2)
		return err
	})
	return ours, theirs, err
}

// printMany is "Stampa tutte" beside as many lp one after the other, while the
// printer works on the first of them.
func (b *bench) printMany(ctx context.Context, d *desk, numbers []string, file string) error {
	var items []wire.PrintItem
	for _, n := range numbers {
		items = append(items, wire.PrintItem{Kind: "promemoria", NRE: n})
	}
	begun, err := b.lab.Paper.Sheets(queue)
	if err != nil {
		return err
	}
	begin := time.Now()
	var done wire.PrintResult
	took, err := d.ask(ctx, "print", wire.PrintParams{Items: items}, &done)
	if err != nil {
		return err
	}
	if done.Accepted != len(items) {
		return fmt.Errorf("the spooler has %d of %d: %+v", done.Accepted, len(items), done.Jobs[0])
	}
	out, err := b.lab.Paper.Await(ctx, queue, len(begun)+len(items))
	if err != nil {
		return err
	}
	all := time.Since(begin)
	var base time.Duration
	begin = time.Now()
	for range items {
		one, err := b.lp(ctx, file)
		if err != nil {
			return err
		}
		base += one
	}
	twice, err := b.lab.Paper.Await(ctx, queue, len(out)+len(items))
	if err != nil {
		return err
	}
	theirs := time.Since(begin)
	b.add(
		plain("100 promemoria in one go: all with the spooler, beside lp a hundred times", ms(took), "ms").beside(ms(base)),
		plain("  all of them out of the printer, beside the same", ms(all), "ms").beside(ms(theirs)),
		plain("  sheets", float64(len(twice)-len(begun)-len(items)), "").within(float64(len(items))),
	)
	return nil
}
