package engine

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// popup is the extension's own page.
const popup = "chrome-extension://" + chromium

// leaflet is a PDF of one page of A4 with a few words on it.
func leaflet(words string, more ...string) []byte {
	var b bytes.Buffer
	var at []int
	object := func(body string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), body)
	}
	b.WriteString("%PDF-1.4\n")
	object("<< /Type /Catalog /Pages 2 0 R " + strings.Join(more, " ") + " >>")
	object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.28 841.89] /Contents 4 0 R /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>")
	text := "BT /F 12 Tf 72 720 Td (" + words + ") Tj ET"
	object(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(text), text))
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

func document(clientID, words string) wire.PrintItem {
	return wire.PrintItem{ClientID: clientID, Kind: "document", Content: base64.StdEncoding.EncodeToString(leaflet(words)), Name: words + ".pdf"}
}

// chosen sets all kinds to the first printer and A4.
func (s *stage) chosen() {
	s.t.Helper()
	for _, kind := range wire.SheetKinds {
		set := wire.PrinterSettings{Kind: kind, Printer: "Studio", Paper: "A4", Orientation: "auto", Copies: 1}
		if _, code := put[wire.PrinterList](s, cli, "", "printer.configure", wire.ConfigureParams{Settings: set}); code != "" {
			s.t.Fatal(code)
		}
	}
}

func (s *stage) print(origin string, items ...wire.PrintItem) wire.PrintResult {
	s.t.Helper()
	got, code := put[wire.PrintResult](s, s.caller(), origin, "print", wire.PrintParams{Items: items})
	if code != "" || len(got.Jobs) != len(items) {
		s.t.Fatalf("%q %+v", code, got)
	}
	return got
}

// one prints an item and gives its job, or why it is none.
func (s *stage) one(origin string, item wire.PrintItem) (wire.PrintJob, wire.ErrorCode) {
	s.t.Helper()
	j := s.print(origin, item).Jobs[0]
	if j.Problem != nil {
		return j, j.Problem.Data.Code
	}
	return j, ""
}

// await waits until the jobs that are asked for are as wanted.
func (s *stage) await(wanted func(list []wire.PrintJob) bool) []wire.PrintJob {
	s.t.Helper()
	for {
		got, code := put[wire.PrintList](s, cli, "", "print.list", wire.PrintIDs{})
		if code != "" {
			s.t.Fatal(code)
		}
		if wanted(got.Jobs) {
			return got.Jobs
		}
		if s.t.Context().Err() != nil {
			s.t.Fatalf("%+v", got.Jobs)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func states(list []wire.PrintJob) (all []string) {
	for _, j := range list {
		all = append(all, j.Title+" "+string(j.State))
	}
	return all
}

// The PDF of the region comes out byte for byte, and for whom the prescription is.
func TestPrintPromemoria(t *testing.T) {
	s := granted(t)
	nre := s.send(clinic, "", drug("1"))[0].NRE
	item := wire.PrintItem{ClientID: "1", Kind: "promemoria", NRE: nre}
	if j, code := s.one(clinic, item); code != wire.ErrPrintNone || j.ID != "" || j.State != wire.PrintFailed || j.ClientID != "1" || j.Profile != wire.SheetPromemoria {
		t.Errorf("without a printer: %q %+v", code, j)
	}
	s.chosen()
	j, code := s.one(clinic, item)
	if code != "" || j.Title != "Promemoria "+nre || j.Printer != "Studio" || j.Pages != 1 || j.Copies != 1 {
		t.Fatalf("%q %+v", code, j)
	}
	kept, _ := put[wire.PromemoriaResult](s, s.caller(), clinic, "prescription.promemoria", wire.NREParams{NRE: nre})
	sheets := s.tray.sheets()
	if len(sheets) != 1 || base64.StdEncoding.EncodeToString(sheets[0].pdf) != kept.PDF || sheets[0].ticket.Sheet != printing.A4 {
		t.Fatalf("%d sheets, %+v", len(sheets), sheets[0].ticket)
	}
	if name := sheets[0].ticket.Name; strings.Contains(name, nre) || !strings.HasPrefix(name, "Raccordo ") {
		t.Errorf("the spooler reads %q", name)
	}
	if again, code := s.one(clinic, item); code != "" || again.ID != j.ID || len(s.tray.sheets()) != 1 {
		t.Errorf("asked for twice: %q %+v, %d sheets", code, again, len(s.tray.sheets()))
	}
	if _, code := s.one(other, item); code != wire.ErrRxNoPDF {
		t.Errorf("another page: %q", code)
	}
	if _, code := s.one(clinic, wire.PrintItem{Kind: "promemoria", NRE: "0900A0000000999"}); code != wire.ErrRxNone {
		t.Errorf("a number that nobody knows: %q", code)
	}
	if _, code := s.one(clinic, wire.PrintItem{Kind: "promemoria"}); code != wire.ErrParams {
		t.Errorf("no number: %q", code)
	}
	s.await(func(list []wire.PrintJob) bool { return list[0].State == wire.PrintPrinted })
	again, code := put[wire.PrintResult](s, s.caller(), clinic, "print.again", wire.PrintIDs{IDs: []string{j.ID}})
	if code != "" || again.Accepted != 1 || again.Jobs[0].ID == j.ID || len(s.tray.sheets()) != 2 {
		t.Errorf("once more: %q %+v", code, again)
	}
	if _, code := put[wire.CancelResult](s, s.caller(), clinic, "prescription.cancel", wire.NREParams{NRE: nre}); code != "" {
		t.Fatal(code)
	}
	if _, code := s.one(clinic, wire.PrintItem{Kind: "promemoria", NRE: nre}); code != wire.ErrRxNoPDF {
		t.Errorf("of a cancelled one: %q", code)
	}
	again, code = put[wire.PrintResult](s, s.caller(), clinic, "print.again", wire.PrintIDs{IDs: []string{j.ID}})
	if code != "" || again.Jobs[0].Problem == nil || again.Jobs[0].Problem.Data.Code != wire.ErrRxState || len(s.tray.sheets()) != 2 {
		t.Errorf("a cancelled one once more: %q %+v", code, again)
	}
	if _, code := put[wire.Session](s, s.caller(), clinic, "session.logout", wire.NoParams{}); code != "" {
		t.Fatal(code)
	}
	if _, code := s.one(clinic, item); code != wire.ErrSessionNone {
		t.Errorf("without a session: %q", code)
	}
	blind, code := put[wire.PrintList](s, s.caller(), clinic, "print.list", wire.PrintIDs{})
	if code != "" || len(blind.Jobs) != 2 || blind.Jobs[0].Title != "Promemoria" {
		t.Errorf("without a session the page reads: %q %+v", code, blind.Jobs)
	}
}

// A sheet that waits is not printed once its prescription is cancelled.
func TestPromemoriaCancelledWhileItWaits(t *testing.T) {
	s := granted(t)
	s.chosen()
	nre := s.send(clinic, "", drug("1"))[0].NRE
	s.tray.fail(printing.Fault(wire.ErrPrintSpooler, "", nil))
	if j, code := s.one(clinic, wire.PrintItem{Kind: "promemoria", NRE: nre}); code != wire.ErrPrintSpooler || j.State != wire.PrintQueued || j.ID == "" {
		t.Fatalf("%q %+v", code, j)
	}
	if _, code := put[wire.CancelResult](s, s.caller(), clinic, "prescription.cancel", wire.NREParams{NRE: nre}); code != "" {
		t.Fatal(code)
	}
	s.tray.fail(nil)
	s.chosen() // has the queue look again
	list := s.await(func(list []wire.PrintJob) bool { return list[0].State != wire.PrintQueued })
	if list[0].State != wire.PrintFailed || list[0].Problem.Data.Code != wire.ErrRxState || len(s.tray.sheets()) != 0 {
		t.Errorf("%+v, %d sheets", list[0], len(s.tray.sheets()))
	}
}

func TestDocument(t *testing.T) {
	s := newStage(t, "extension")
	s.chosen()
	good := document("", "Referto")
	rows := map[string]struct {
		change func(*wire.PrintItem)
		want   wire.ErrorCode
	}{
		"as it is":       {func(*wire.PrintItem) {}, ""},
		"with a profile": {func(i *wire.PrintItem) { i.Profile = wire.SheetRossa }, ""},
		"with a script": {func(i *wire.PrintItem) {
			i.Content = base64.StdEncoding.EncodeToString(leaflet("x", "/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"))
		}, wire.ErrPrintScript},
		"no PDF":              {func(i *wire.PrintItem) { i.Content = "YQ==" }, wire.ErrPDFBroken},
		"no content":          {func(i *wire.PrintItem) { i.Content = "" }, wire.ErrParams},
		"content and handle":  {func(i *wire.PrintItem) { i.Document = strings.Repeat("0", 32) }, wire.ErrParams},
		"handle of somebody":  {func(i *wire.PrintItem) { i.Content, i.Document = "", strings.Repeat("0", 32) }, wire.ErrDocNone},
		"content, not base64": {func(i *wire.PrintItem) { i.Content = "%%%%" }, wire.ErrParams},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			item := good
			row.change(&item)
			before := len(s.tray.sheets())
			j, code := s.one(clinic, item)
			if code != row.want || (j.ID != "") != (code == "") {
				t.Fatalf("%q %+v", code, j)
			}
			if came := len(s.tray.sheets()) - before; came != map[bool]int{true: 1}[code == ""] {
				t.Errorf("%d sheets", came)
			}
			if code == "" && (j.Title != "Referto.pdf" || j.Profile != profileOf(item)) {
				t.Errorf("%+v", j)
			}
		})
	}
	var handle wire.DocumentHandle
	large := bytes.Repeat([]byte{'x'}, wire.MaxPrintBytes+1)
	handle, code := put[wire.DocumentHandle](s, s.caller(), clinic, "document.open", wire.DocumentOpenParams{Name: "x.pdf", Size: int64(len(large))})
	for at := 0; code == "" && at < len(large); at += wire.MaxPiece {
		p := wire.DocumentWriteParams{Document: handle.Document, Offset: int64(at), Data: base64.StdEncoding.EncodeToString(large[at:min(at+wire.MaxPiece, len(large))])}
		_, code = put[wire.DocumentWritten](s, s.caller(), clinic, "document.write", p)
	}
	if code != "" {
		t.Fatal(code)
	}
	if _, code := s.one(clinic, wire.PrintItem{Kind: "document", Document: handle.Document}); code != wire.ErrDocLarge {
		t.Errorf("too large: %q", code)
	}
}

// Many at once come out in their order.
func TestPrintInOneGo(t *testing.T) {
	s := granted(t)
	s.chosen()
	var items []wire.PrintItem
	for i := range 20 {
		nre := s.send(clinic, "", drug(fmt.Sprint(i)))[0].NRE
		items = append(items, wire.PrintItem{ClientID: fmt.Sprint(i), Kind: "promemoria", NRE: nre})
	}
	r := s.print(clinic, items...)
	if r.Accepted != len(items) {
		t.Errorf("%d accepted", r.Accepted)
	}
	for i, sheet := range s.tray.sheets() {
		kept, _ := put[wire.PromemoriaResult](s, cli, "", "prescription.promemoria", wire.NREParams{NRE: items[i].NRE})
		if base64.StdEncoding.EncodeToString(sheet.pdf) != kept.PDF {
			t.Errorf("sheet %d is another one's", i)
		}
	}
	s.must(s.e.press.end())
	files, err := filepath.Glob(filepath.Join(s.e.opt.Paths.State, "print", "*.sealed"))
	if err != nil || len(files) < len(items) {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		s.must(err)
		if cf := anagrafe.Patients()[0].CF; bytes.Contains(text, []byte(cf)) || bytes.Contains(text, []byte("%PDF")) || strings.Contains(f, cf) {
			t.Errorf("%s can be read", f)
		}
	}
}
