package morning

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/sim/vcard"
	"raccordo/host/internal/wire"
	"raccordo/manifests"
)

// relayed is a page at the other end of the native host, without a browser.
type relayed struct {
	t      *testing.T
	origin string
	in     io.Writer
	out    io.Reader
	last   wire.CardList // of the newest event
}

func relay(t *testing.T, l *lab.Lab) *relayed {
	t.Helper()
	var ids struct{ Chromium string }
	text, err := manifests.Files.ReadFile("native/ids.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &ids); err != nil {
		t.Fatal(err)
	}
	cmd := l.Command(context.WithoutCancel(t.Context()), "raccordo-host", "chrome-extension://"+ids.Chromium+"/")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); cmd.Wait() })
	r := &relayed{t: t, origin: l.Clinic.URL, in: in, out: out}
	r.ask("hello", `{"protocol":1,"client":"prova/1"}`, nil)
	return r
}

// ask waits for the answer and notes the events before it.
func (r *relayed) ask(method, params string, into any) *wire.Error {
	r.t.Helper()
	body, err := json.Marshal(wire.Request{JSONRPC: "2.0", ID: json.RawMessage("1"), Method: method, Params: json.RawMessage(params), Origin: r.origin, UserGesture: true})
	if err != nil {
		r.t.Fatal(err)
	}
	if err := frame.Write(r.in, body); err != nil {
		r.t.Fatal(err)
	}
	for {
		body, err := frame.Read(r.out, wire.MaxFrame)
		if err != nil {
			r.t.Fatal(err)
		}
		var message struct {
			wire.Response
			Method string
			Params json.RawMessage
		}
		if err := json.Unmarshal(body, &message); err != nil {
			r.t.Fatal(err)
		}
		if message.Method == wire.EventCard {
			if err := json.Unmarshal(message.Params, &r.last); err != nil {
				r.t.Fatal(err)
			}
		}
		if message.Method != "" {
			continue
		}
		if message.Error == nil && into != nil {
			if err := json.Unmarshal(message.Result, into); err != nil {
				r.t.Fatal(err)
			}
		}
		return message.Error
	}
}

// cards waits until the state of the cards fits.
func (r *relayed) cards(what string, fits func(wire.CardList) bool) wire.CardList {
	r.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		var list wire.CardList
		if fault := r.ask("card.list", "{}", &list); fault != nil {
			r.t.Fatal(fault)
		}
		if fits(list) {
			return list
		}
	}
	r.t.Fatalf("%s: not within %v", what, patience)
	return wire.CardList{}
}

func inReader(list wire.CardList, i int) *wire.Card {
	if i >= len(list.Readers) || list.Readers[i].State != wire.ReaderCard {
		return nil
	}
	return list.Readers[i].Card
}

func openLab(t *testing.T) *lab.Lab {
	t.Helper()
	l, err := lab.Start(context.WithoutCancel(t.Context()), lab.Options{Bin: built(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// A patient of another doctor: the region wants the health card, which is read
// in the second reader without a PIN and never taken for the doctor's.
func TestPatientsCardInTheSecondReader(t *testing.T) {
	l := openLab(t)
	patient := anagrafe.OtherPatients()[0]
	ca, err := testca.New("Regione simulata - CA Cittadini")
	if err != nil {
		t.Fatal(err)
	}
	ts, err := vcard.New(vcard.Options{Patient: &patient, CA: ca})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ts.Remove)
	page := relay(t, l)
	if err := ts.Insert(t.Context(), l.PCSC.Slot(0)); err != nil { // the patient's comes first
		t.Fatal(err)
	}
	if err := l.Card.Insert(t.Context(), l.PCSC.Slot(1)); err != nil {
		t.Fatal(err)
	}
	page.cards("two cards", func(c wire.CardList) bool { return inReader(c, 0) != nil && inReader(c, 1) != nil })
	var s wire.Session
	if fault := page.ask("session.login", `{"via":"card","doctor":"`+l.Doctor.CF+`"}`, &s); fault != nil || s.Doctor == nil || s.Doctor.CodiceFiscale != l.Doctor.CF {
		t.Fatalf("login: %v, %+v", fault, s)
	}
	list := page.cards("roles", func(c wire.CardList) bool { return inReader(c, 0).Role != "" })
	if told := inReader(page.last, 0); told == nil || told.Role != wire.RolePatient {
		t.Errorf("the pages were told %+v", told)
	}
	theirs, own := inReader(list, 0), inReader(list, 1)
	if theirs.Role != wire.RolePatient || theirs.Kind != wire.KindTSCNS || theirs.Certificates[0].Preferred || own.Role != wire.RoleDoctor || !own.Certificates[0].Preferred {
		t.Errorf("patient's %+v, doctor's %+v", theirs, own)
	}
	var got wire.SyncResult
	if fault := page.ask("patient.sync", `{"codice_fiscale":"`+patient.CF+`"}`, &got); fault != nil || got.Demographics.Surname != patient.Surname || len(got.Exemptions) != 1 {
		t.Errorf("with the card in the reader: %v, %+v", fault, got)
	}
	if fault := page.ask("patient.sync", `{"codice_fiscale":"`+patient.CF+`","ts_last5":"99999"}`, nil); fault == nil || fault.Data.Code != wire.ErrNotYours {
		t.Errorf("with the card and wrong digits: %v", fault)
	}
	if ts.TriesLeft() != 3 || ts.Signatures() != 0 {
		t.Errorf("the patient's card: %d tries left, %d signatures", ts.TriesLeft(), ts.Signatures())
	}

	ts.Remove()
	page.cards("removal", func(c wire.CardList) bool { return inReader(c, 0) == nil })
	fault := page.ask("patient.sync", `{"codice_fiscale":"`+patient.CF+`"}`, nil)
	if fault == nil || fault.Data.Code != wire.ErrNotYours || len(fault.Data.Notices) != 1 {
		t.Errorf("without the card: %+v", fault)
	}
	if fault := page.ask("patient.sync", `{"codice_fiscale":"`+patient.CF+`","ts_last5":"`+patient.CardNumber[15:]+`"}`, &got); fault != nil {
		t.Errorf("with the last digits: %v", fault)
	}
	if fault := page.ask("card.test", "{}", nil); fault == nil || fault.Data.Code != wire.ErrOrigin {
		t.Errorf("a page tested the card: %v", fault)
	}
	var now wire.Status
	if fault := page.ask("status", "{}", &now); fault != nil || now.Session.State != wire.Connected {
		t.Errorf("the session did not outlive the patient's card: %v, %+v", fault, now.Session)
	}
}

func TestCardsFromTheCommandLine(t *testing.T) {
	l := openLab(t)
	page := relay(t, l) // starts the agent
	run := func(args ...string) (string, string, error) {
		var out, fault bytes.Buffer
		cmd := l.Command(t.Context(), "raccordo", append([]string{"cards"}, args...)...)
		cmd.Stdout, cmd.Stderr = &out, &fault
		err := cmd.Run()
		return out.String(), fault.String(), err
	}
	watch := l.Command(t.Context(), "raccordo", "cards", "--watch")
	pipe, err := watch.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := watch.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = watch.Wait() })
	lines := make(chan string)
	go func() { text, _ := io.ReadAll(pipe); lines <- string(text) }()

	page.cards("readers", func(c wire.CardList) bool { return len(c.Readers) == 2 })
	if _, fault, err := run("test"); err == nil || !strings.Contains(fault, "Nessuna carta nel lettore.") || !strings.Contains(fault, "Inserire la carta nel lettore.") {
		t.Errorf("without a card: %v, %q", err, fault)
	}
	if err := l.Insert(t.Context()); err != nil {
		t.Fatal(err)
	}
	page.cards("card", func(c wire.CardList) bool { return inReader(c, 0) != nil })
	out, _, err := run()
	for _, want := range []string{"GIULIA VERDI", "driver: opensc-pkcs11.so", "usato per il collegamento", "È il certificato di firma"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("cards: %v, no %q in\n%s", err, want, out)
		}
	}
	if out, fault, err := run("test"); err != nil || !strings.Contains(out, "RSA-2048, PKCS #1 v1.5, SHA-256") {
		t.Errorf("test: %v, %q, %q", err, out, fault)
	}
	if windows, err := l.Windows(); err != nil || len(windows) != 1 || !strings.Contains(windows[0].Description, "GIULIA VERDI") {
		t.Errorf("windows %+v, %v", windows, err)
	}
	if l.Card.Signatures() != 1 {
		t.Errorf("%d signatures", l.Card.Signatures())
	}
	out, _, err = run("--json")
	var list wire.CardList
	if err != nil || json.Unmarshal([]byte(out), &list) != nil || inReader(list, 0) == nil {
		t.Errorf("json: %v, %q", err, out)
	}
	l.Card.Remove()
	page.cards("removal", func(c wire.CardList) bool { return inReader(c, 0) == nil })
	time.Sleep(200 * time.Millisecond)
	end(t, watch)
	text := <-lines
	for _, want := range []string{": nessuna carta\n", ": lettura in corso\n", ": carta presente, CNS, GIULIA VERDI, n. " + l.Doctor.CardSerial} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Count(text, ": nessuna carta\n") < 3 { // two readers at first, one at the end
		t.Errorf("removal not seen in\n%s", text)
	}
}

func end(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
}
