//go:build cgo

package papertrail

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/wire"
	"raccordo/manifests"
)

// The printers. Each has two trays more than it needs, and prints on both sides unless it
// is told not to.
const (
	onPDF    = "Studio"
	onRaster = "Corridoio"
	onDriver = "Virtuale"
)

// machines are the printers of this test, by name. The backend of cups-pdf runs for root
// alone, as Debian installs it.
func machines() (all []paper.Printer) {
	all = []paper.Printer{
		{Name: onPDF, Kind: paper.PDF, Papers: []string{"A4", "A5"}, Trays: paper.Trays},
		{Name: onRaster, Kind: paper.Raster, Papers: []string{"A4", "A5"}, Trays: paper.Trays},
	}
	if os.Geteuid() == 0 {
		all = append(all, paper.Printer{Name: onDriver, Kind: paper.CupsPDF})
	}
	return all
}

// office is a practice with a print room and a running agent, and a page that asks it.
type office struct {
	t      *testing.T
	lab    *lab.Lab
	region *midway
	asks   io.Writer
	hears  io.Reader
	out    map[string]int // sheets that are to have come out, by printer
}

func newOffice(t *testing.T) *office {
	t.Helper()
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", bin, "raccordo/host/cmd/raccordo", "raccordo/host/cmd/raccordo-host", "raccordo/host/cmd/raccordo-render", "raccordo/host/cmd/raccordo-sim")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	l := must(lab.Start(context.WithoutCancel(t.Context()), lab.Options{Bin: bin, Printers: machines()}))(t)
	t.Cleanup(func() { check(t, l.Close()) })
	o := &office{t: t, lab: l, region: between(t, l), out: map[string]int{}}
	check(t, compiled(l))
	agent := l.Command(context.WithoutCancel(t.Context()), "raccordo", "agent")
	check(t, agent.Start())
	ended := make(chan error, 1)
	go func() { ended <- agent.Wait() }()
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := os.ReadFile(l.AgentLog())
			t.Logf("%s", log[max(0, len(log)-8000):])
		}
		check(t, l.StopAgent())
		<-ended
	})
	check(t, l.Insert(t.Context()))
	o.page()
	return o
}

// compiled gives the lab's renderer what its own tests have compiled on this PC, if they
// have: it takes seconds.
func compiled(l *lab.Lab) error {
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	to := filepath.Join(l.Dir, "state", "raccordo", "render")
	err = os.CopyFS(to, os.DirFS(filepath.Join(cache, "raccordo-render-test")))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errors.Join(err, os.Chmod(to, 0o700))
}

// page starts the relay as Chromium does, and greets.
func (o *office) page() {
	t := o.t
	var ids struct{ Chromium string }
	check(t, json.Unmarshal(must(manifests.Files.ReadFile("native/ids.json"))(t), &ids))
	for range 1500 { // a relay that came first would start an agent of its own
		if out, err := o.lab.Command(t.Context(), "raccordo", "print", "jobs").CombinedOutput(); err == nil && len(out) > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	relay := o.lab.Command(context.WithoutCancel(t.Context()), "raccordo-host", "chrome-extension://"+ids.Chromium+"/")
	in := must(relay.StdinPipe())(t)
	o.asks, o.hears = in, must(relay.StdoutPipe())(t)
	check(t, relay.Start())
	t.Cleanup(func() { in.Close(); _ = relay.Wait() })
	asked[struct{}](o, "", "hello", wire.HelloParams{Protocol: wire.Protocol, Client: "prova/1"})
}

// asked puts a question, of the clinic's page or (origin empty) of the extension itself.
func asked[R any](o *office, origin, method string, params any) (result R) {
	t := o.t
	t.Helper()
	req := wire.Request{JSONRPC: "2.0", ID: json.RawMessage("1"), Method: method, Params: must(json.Marshal(params))(t), Origin: origin, UserGesture: true}
	check(t, frame.Write(o.asks, must(json.Marshal(req))(t)))
	for {
		var message struct {
			wire.Response
			Method string
		}
		check(t, json.Unmarshal(must(frame.Read(o.hears, wire.MaxFrame))(t), &message))
		switch {
		case message.Method != "": // an event
		case message.Error != nil:
			t.Fatalf("%s: %v %+v", method, message.Error, message.Error.Data)
		default:
			check(t, json.Unmarshal(message.Result, &result))
			return result
		}
	}
}

// login opens a session with the card.
func (o *office) login() {
	t := o.t
	for range 300 {
		list := asked[wire.CardList](o, "", "card.list", wire.NoParams{})
		if len(list.Readers) > 0 && list.Readers[0].State == wire.ReaderCard {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if out, err := o.lab.Command(t.Context(), "raccordo", "login", "--via=card").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// sends gives a prescription to the region and returns its number.
func (o *office) sends(p wire.Prescription) (nre, code string) {
	o.t.Helper()
	r := asked[wire.SendResult](o, o.lab.Clinic.URL, "prescription.send", wire.SendParams{Prescriptions: []wire.Prescription{p}}).Results[0]
	if r.State != wire.Sent || r.CodAutenticazione == "" {
		o.t.Fatalf("%+v %+v", r, r.Problem)
	}
	return r.NRE, r.CodAutenticazione
}

// set keeps settings. Only what is not zero here differs from full size, once, no offset.
func (o *office) set(s wire.PrinterSettings) {
	o.t.Helper()
	s.Copies = max(s.Copies, 1)
	if s.Orientation == "" {
		s.Orientation = "auto"
	}
	asked[wire.PrinterList](o, "", "printer.configure", wire.ConfigureParams{Settings: s})
}

// prints asks for sheets as the clinic's page does, and tells what became of each.
func (o *office) prints(items ...wire.PrintItem) []wire.PrintJob {
	o.t.Helper()
	jobs := asked[wire.PrintResult](o, o.lab.Clinic.URL, "print", wire.PrintParams{Items: items}).Jobs
	for _, j := range jobs {
		if j.State != wire.PrintFailed {
			o.out[j.Printer]++
		}
	}
	return jobs
}

// later prints one and tells where it is to be found once it has come out.
func (o *office) later(item wire.PrintItem) func(testing.TB) paper.Sheet {
	o.t.Helper()
	j := o.prints(item)[0]
	if j.State == wire.PrintFailed {
		o.t.Fatalf("%s: %+v", item.Kind, j.Problem)
	}
	at := o.out[j.Printer] - 1
	return func(t testing.TB) paper.Sheet { t.Helper(); return o.sheets(t, j.Printer)[at] }
}

// sheets are all that have come out of a printer, once they have.
func (o *office) sheets(t testing.TB, printer string) []paper.Sheet {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	all := must(o.lab.Paper.Await(ctx, printer, o.out[printer]))(t)
	if len(all) != o.out[printer] {
		t.Fatalf("%s: %d sheets instead of %d", printer, len(all), o.out[printer])
	}
	return all
}
