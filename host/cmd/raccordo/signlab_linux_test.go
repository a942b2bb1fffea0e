//go:build cgo

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/pinentry"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/sim/vcard"
	"raccordo/host/internal/wire"
)

// desk is a lab with a card in its reader and a folder of documents.
type desk struct {
	*lab.Lab
	t   *testing.T
	dir string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	l, err := lab.Start(t.Context(), lab.Options{Bin: programs(t)})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{l, t, t.TempDir()}
	agent := l.Command(context.Background(), "raccordo", "agent")
	d.must(agent.Start())
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := os.ReadFile(l.AgentLog())
			t.Logf("%s", log)
		}
		_ = l.StopAgent()
		_ = agent.Wait()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	d.must(l.Card.Insert(t.Context(), l.PCSC.Slot(0)))
	d.reader(func(s wire.ReaderState) bool { return s != wire.ReaderEmpty }) // still being read: who signs waits for that
	return d
}

// reader waits for a state of the reader.
func (d *desk) reader(is func(wire.ReaderState) bool) {
	d.t.Helper()
	for wait := 0; ; wait++ {
		out, err := d.Command(d.t.Context(), "raccordo", "status", "--json").CombinedOutput()
		var s wire.Status
		if err == nil && json.Unmarshal(out, &s) == nil && len(s.Cards.Readers) > 0 && is(s.Cards.Readers[0].State) {
			return
		}
		if wait == 300 {
			d.t.Fatalf("%v %s", err, out)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// run is the program with its output and exit code.
func (d *desk) run(args ...string) (string, int) {
	d.t.Helper()
	cmd := d.Command(d.t.Context(), "raccordo", args...)
	cmd.Dir = d.dir
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		d.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func (d *desk) write(name, content string) {
	d.t.Helper()
	d.must(os.WriteFile(filepath.Join(d.dir, name), []byte(content), 0o600))
}

func (d *desk) windows() (list []string) {
	d.t.Helper()
	all, err := pinentry.Shown(filepath.Join(d.Dir, "prompts"))
	d.must(err)
	for _, w := range all {
		list = append(list, w.Kind+" "+w.Title)
	}
	return list
}

// pdf is a document of one page.
func pdf(text string) string {
	var b bytes.Buffer
	var at []int
	object := func(body string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), body)
	}
	b.WriteString("%PDF-1.4\n")
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>")
	stream := "BT /F 12 Tf 72 720 Td (" + text + ") Tj ET"
	object(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(stream), stream))
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.String()
}

// Documents of a folder, signed with the signature PIN of a card that has one of
// its own, and verified.
func TestSignWithCard(t *testing.T) {
	d := newDesk(t)
	for i := range 5 {
		d.write(fmt.Sprintf("referto %d.pdf", i+1), pdf(fmt.Sprintf("Referto %d", i+1)))
	}
	d.write("nota.txt", "Nota\n")

	d.must(d.Person(pinentry.Script{PIN: "99999"}))
	if out, code := d.run("sign", "--format=pades", "--card", "*.pdf"); code != 1 || !strings.Contains(out, "[card.pin_wrong") {
		t.Fatalf("a wrong PIN: %d %s", code, out)
	}
	if left := d.Card.SignTriesLeft(); left != 2 {
		t.Errorf("%d attempts left", left)
	}
	d.must(d.Person(pinentry.Script{PIN: vcard.DefaultSignPIN}))
	out, code := d.run("sign", "--format=pades", "--level=T", "--out=firmati", "*.pdf")
	if code != 0 || strings.Count(out, " → ") != 5 || !strings.Contains(out, "5 di 5: referto 5.pdf") {
		t.Fatalf("%d %s", code, out)
	}
	want := "CONFIRM Raccordo – Firma di 5 documenti|GETPIN Raccordo – PIN di firma|CONFIRM Raccordo – Firma di 5 documenti|GETPIN Raccordo – PIN di firma"
	if got := strings.Join(d.windows(), "|"); got != want {
		t.Errorf("windows %s", got)
	}
	if out, code := d.run("verify", "firmati/*.pdf"); code != 0 || strings.Count(out, "PAdES-B-T") != 5 || !strings.Contains(out, d.Doctor.CF) {
		t.Errorf("verify: %d %s", code, out)
	}
	if out, code := d.run("sign", "--format=cades", "--detached", "nota.txt", "referto 1.pdf"); code != 0 {
		t.Errorf("detached: %d %s", code, out)
	}
	if out, code := d.run("verify", "--json", "nota.txt.p7s"); code != 0 || !strings.Contains(out, `"verdict": "valid"`) {
		t.Errorf("verify, the original beside it: %d %s", code, out)
	}
	d.write("nota.txt", "Altra nota\n")
	if out, code := d.run("verify", "nota.txt.p7s"); code != 2 {
		t.Errorf("verify, another original: %d %s", code, out)
	}
	d.must(d.Person(pinentry.Script{Cancel: true}))
	if out, code := d.run("sign", "--format=cades", "nota.txt"); code != 1 || !strings.Contains(out, "[consent.denied]") {
		t.Errorf("refused: %d %s", code, out)
	}
	if names, err := filepath.Glob(filepath.Join(d.dir, "*.p7m")); err != nil || len(names) != 0 {
		t.Errorf("written without leave: %v", names)
	}
	d.connected()
	d.large()
	d.watches()
	d.healthCard()
}

// connected: a signature during a session takes nothing from it: the region is
// asked again without another PIN.
func (d *desk) connected() {
	t := d.t
	d.must(d.Person(pinentry.Script{PIN: d.Doctor.PIN}))
	if out, code := d.run("login", "--via=card"); code != 0 {
		t.Fatalf("login: %d %s", code, out)
	}
	d.must(d.Person(pinentry.Script{PIN: vcard.DefaultSignPIN}))
	if out, code := d.run("sign", "--format=cades", "--card", "--out=a-sessione-aperta", "nota.txt"); code != 0 {
		t.Errorf("sign: %d %s", code, out)
	}
	before := len(d.windows())
	if out, code := d.run("sync", anagrafe.Patients()[0].CF); code != 0 {
		t.Errorf("sync after a signature: %d %s", code, out)
	}
	if n := len(d.windows()) - before; n != 0 {
		t.Errorf("%d windows after a signature: %v", n, d.windows()[before:])
	}
	if out, code := d.run("logout"); code != 0 {
		t.Errorf("logout: %d %s", code, out)
	}
}

// large: a document of 64 MB passes through the agent without being held.
func (d *desk) large() {
	t := d.t
	d.must(d.Person(pinentry.Script{PIN: vcard.DefaultSignPIN}))
	agent, err := d.AgentPID()
	d.must(err)
	d.write("grande.pdf", pdf(strings.Repeat("Tracciato elettrocardiografico. ", 64<<20/32)))
	d.must(os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", agent), []byte("5"), 0)) // the peak begins here (proc(5))
	before := memory(t, agent)
	for _, args := range [][]string{{"sign", "--format=pades", "grande.pdf"}, {"verify", "grande-firmato.pdf"}} {
		if out, code := d.run(args...); code != 0 {
			t.Fatalf("%v: %d %s", args, code, out)
		}
	}
	if peak := memory(t, agent); peak-before > 24<<20 {
		t.Errorf("the agent grew from %d to %d MB", before>>20, peak>>20)
	}
}

// memory is the most that a process had in memory, in bytes.
func memory(t *testing.T, pid int) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var k int64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &k); n == 1 {
			return k << 10
		}
	}
	t.Fatal("no VmHWM")
	return 0
}

// watches: what comes into a folder is signed, one consent for what came
// together; nothing is moved, and no output signed again.
func (d *desk) watches() {
	t, in := d.t, filepath.Join(d.dir, "arrivi")
	d.must(os.Mkdir(in, 0o700))
	d.must(d.Person(pinentry.Script{PIN: vcard.DefaultSignPIN}))
	before := len(d.windows())
	cmd := d.Command(t.Context(), "raccordo", "sign", "--format=cades", "--out="+in, "--watch="+in)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	d.must(cmd.Start())
	defer func() { _ = cmd.Process.Signal(os.Interrupt); _ = cmd.Wait() }()
	for _, name := range []string{"a.txt", "b.txt", "c.pdf.part", ".nascosto"} {
		d.must(os.WriteFile(filepath.Join(in, name), []byte(name), 0o600))
	}
	awaits := func(name string) {
		t.Helper()
		for wait := 0; ; wait++ {
			if _, err := os.Stat(filepath.Join(in, name)); err == nil {
				return
			}
			if wait == 300 {
				t.Fatalf("%s has not come: %s", name, out.String())
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	awaits("a.txt.p7m")
	awaits("b.txt.p7m")
	d.must(os.WriteFile(filepath.Join(in, "c.txt"), []byte("c"), 0o600))
	awaits("c.txt.p7m")
	time.Sleep(2 * watchQuiet) // what it signs of its own it would have signed by then
	left, err := os.ReadDir(in)
	d.must(err)
	var names []string
	for _, e := range left {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); got != ".nascosto a.txt a.txt.p7m b.txt b.txt.p7m c.pdf.part c.txt c.txt.p7m" {
		t.Errorf("in the folder: %s", got)
	}
	if n := len(d.windows()) - before; n != 4 {
		t.Errorf("%d windows: %v", n, d.windows()[before:])
	}
}

// healthCard: it identifies its owner and signs nothing; the sentence names the
// remote signature.
func (d *desk) healthCard() {
	t, keys := d.t, filepath.Join(d.Dir, "keys")
	ca, err := testca.LoadOrNew(keys, "card-ca", "")
	d.must(err)
	health, err := vcard.New(vcard.Options{Doctor: d.Doctor, CA: ca, KeyDir: keys, AuthOnly: true})
	d.must(err)
	d.Card.Remove()
	d.reader(func(s wire.ReaderState) bool { return s == wire.ReaderEmpty })
	d.must(health.Insert(t.Context(), d.PCSC.Slot(0)))
	defer health.Remove()
	d.reader(func(s wire.ReaderState) bool { return s == wire.ReaderCard })
	if out, code := d.run("sign", "--format=cades", "--card", "nota.txt"); code != 1 || !strings.Contains(out, "[sign.no_certificate]") || !strings.Contains(out, "firma remota") {
		t.Errorf("%d %s", code, out)
	}
}
