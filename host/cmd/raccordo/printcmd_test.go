package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

// printingAgent takes documents, and prints them.
type printingAgent struct {
	t     *testing.T
	files signingAgent
	asked []wire.PrintParams
	fault *wire.Error // of the last item of each request
}

func (a *printingAgent) talk(method string, params, result any, heard func(string, json.RawMessage) error) error {
	a.t.Helper()
	switch p := params.(type) {
	case wire.PrintParams:
		a.asked = append(a.asked, p)
		r := wire.PrintResult{}
		for _, item := range p.Items {
			if item.Document != "" && len(a.files.documents[item.Document]) == 0 {
				a.t.Errorf("%s is not there while it is printed", item.Name)
			}
			r.Jobs = append(r.Jobs, wire.PrintJob{ID: strings.Repeat("a", 32), Title: item.Name, State: wire.PrintAccepted, Printer: "Studio", Pages: 1, Copies: 1})
		}
		if a.fault != nil {
			r.Jobs[len(r.Jobs)-1] = wire.PrintJob{Title: "x", State: wire.PrintFailed, Problem: a.fault}
		}
		body, err := json.Marshal(r)
		if err != nil {
			return err
		}
		return json.Unmarshal(body, result)
	case wire.PreviewParams:
		*result.(*wire.PreviewResult) = wire.PreviewResult{PNG: base64.StdEncoding.EncodeToString([]byte("PNG")), Page: 1, Pages: 3}
		return nil
	}
	return a.files.talk(method, params, result, heard)
}

func newPrintingAgent(t *testing.T) *printingAgent {
	return &printingAgent{t: t, files: *newSigningAgent(t)}
}

func TestPrintFiles(t *testing.T) {
	files := map[string]string{}
	for _, name := range strings.Fields("a b c d e f g h i j k l m n o p q r s t u") {
		files[name+".pdf"] = "%PDF " + name
	}
	dir := folder(t, files)
	a := newPrintingAgent(t)
	var out bytes.Buffer
	c := printSheetsCommand{Profile: "rossa", Copies: 2, Once: "giro", Files: []string{filepath.Join(dir, "*.pdf")}}
	if err := c.print(a.talk, &out); err != nil {
		t.Fatal(err)
	}
	if len(a.asked) != 2 || len(a.asked[0].Items) != printBatch || len(a.asked[1].Items) != 1 || strings.Count(out.String(), "alla stampante, Studio") != 21 {
		t.Errorf("%d requests: %s", len(a.asked), out.String())
	}
	if n := len(a.files.documents); n != 0 {
		t.Errorf("%d documents are left at the agent", n)
	}
	item := a.asked[1].Items[0]
	if item.Name != "u.pdf" || item.Profile != wire.SheetRossa || item.Copies != 2 || len(item.ClientID) != 64 || item.ClientID == a.asked[0].Items[0].ClientID {
		t.Errorf("%+v", item)
	}
	a.fault = wire.NewError(wire.ErrPrintScript, "")
	var ended exit
	if err := c.print(a.talk, &out); !errors.As(err, &ended) || ended.code != 2 || !strings.Contains(out.String(), "[print.pdf_active]") {
		t.Errorf("%v %s", err, out.String())
	}
	picture := filepath.Join(dir, "foglio.png")
	one := printSheetsCommand{Preview: picture, Files: []string{filepath.Join(dir, "a.pdf")}}
	if err := one.print(a.talk, &out); err != nil {
		t.Fatal(err)
	}
	if body, err := os.ReadFile(picture); err != nil || string(body) != "PNG" || !strings.Contains(out.String(), "foglio 1 di 3") {
		t.Errorf("%v %s", err, out.String())
	}
}

func TestPrintWantsOneThing(t *testing.T) {
	a := newPrintingAgent(t)
	for name, c := range map[string]printSheetsCommand{
		"nothing":      {},
		"both":         {NRE: "0900A4000000001", Files: []string{"a.pdf"}},
		"a short NRE":  {NRE: "0900A"},
		"no such file": {Files: []string{"*.nessuno"}},
		"two previews": {Preview: "x.png", Files: []string{"a", "b"}},
	} {
		if err := c.print(a.talk, new(bytes.Buffer)); err == nil || len(a.asked) > 0 {
			t.Errorf("%s: %v %v", name, err, a.asked)
		}
	}
	if err := (printSheetsCommand{NRE: "090 0A4 000000001"}).print(a.talk, new(bytes.Buffer)); err != nil || a.asked[0].Items[0].NRE != "0900A4000000001" {
		t.Errorf("%v %+v", err, a.asked)
	}
}

func TestPrintersSet(t *testing.T) {
	before := wire.PrinterSettings{Kind: wire.SheetRossa, Printer: "Ago", Paper: "A5", Orientation: "auto", Copies: 1, Scale: 100, OffsetX: 5}
	with := func(change func(*wire.PrinterSettings)) wire.PrinterSettings {
		s := before
		change(&s)
		return s
	}
	for args, want := range map[string]wire.PrinterSettings{
		"":                               before,
		"--printer=Studio --copies=2":    with(func(s *wire.PrinterSettings) { s.Printer, s.Copies = "Studio", 2 }),
		"--offset-x=-2,5 --offset-y=0.3": with(func(s *wire.PrinterSettings) { s.OffsetX, s.OffsetY = -25, 3 }),
		"--offset-x=0":                   with(func(s *wire.PrinterSettings) { s.OffsetX = 0 }),
		"--paper=a4 --orientation=orizzontale --tray=tray-2": with(func(s *wire.PrinterSettings) { s.Paper, s.Orientation, s.Tray = "A4", "landscape", "tray-2" }),
		"--paper=148x211,5 --scale=auto":                     with(func(s *wire.PrinterSettings) { s.Paper, s.Width, s.Height, s.Scale = "custom", 1480, 2115, 0 }),
		"--scale=97% --tray=":                                with(func(s *wire.PrinterSettings) { s.Scale = 97 }),
	} {
		var cli struct {
			Set printersSetCommand `cmd:""`
		}
		parser, err := kong.New(&cli)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(append([]string{"set", "rossa"}, strings.Fields(args)...)); err != nil {
			t.Errorf("%s: %v", args, err)
			continue
		}
		var got wire.PrinterSettings
		ask := func(method string, params, result any) error {
			if p, ok := params.(wire.ConfigureParams); ok {
				got = p.Settings
			}
			*result.(*wire.PrinterList) = wire.PrinterList{Profiles: []wire.PrinterProfile{{PrinterSettings: before}, {PrinterSettings: wire.PrinterSettings{Kind: wire.SheetBianca}}}}
			return nil
		}
		if err := cli.Set.set(ask, new(bytes.Buffer)); err != nil {
			t.Errorf("%s: %v", args, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", args, diff)
		}
	}
	for _, args := range []string{"--offset-x=2,55", "--offset-y=tanto", "--paper=A3", "--paper=148x", "--scale=molto", "--orientation=storto"} {
		var cli struct {
			Set printersSetCommand `cmd:""`
		}
		parser, err := kong.New(&cli)
		if err != nil {
			t.Fatal(err)
		}
		_, err = parser.Parse([]string{"set", "rossa", args})
		if err == nil {
			err = cli.Set.change(new(wire.PrinterSettings))
		}
		if err == nil {
			t.Errorf("%s was taken", args)
		}
	}
}

func TestPrinterText(t *testing.T) {
	r := wire.PrinterList{
		Printers: []wire.Printer{
			{Name: "Studio", State: "idle", Accepting: true, Default: true, Papers: []wire.Paper{{Name: "A4"}, {Name: "A5"}}, Trays: []wire.Tray{{ID: "tray-1", Name: "Vassoio 1"}}},
			{Name: "Ago", State: "idle", Accepting: true, Problem: wire.ErrPrintPaper},
		},
		Profiles: []wire.PrinterProfile{
			{PrinterSettings: wire.PrinterSettings{Kind: wire.SheetRossa, Printer: "Ago", Paper: "custom", Width: 1480, Height: 2115, Orientation: "portrait", Copies: 1, Scale: 100, OffsetX: -25}, Locked: []string{"printer"}, Problem: wire.NewError(wire.ErrPrintPaper, "")},
			{PrinterSettings: wire.PrinterSettings{Kind: wire.SheetBianca, Paper: "A5", Orientation: "auto", Copies: 1}},
		},
	}
	text := strings.Join(printerLines(r), "\n")
	for _, want := range []string{
		"Studio (predefinita): pronta", "fogli: A4, A5", "cassetti: tray-1 (Vassoio 1)",
		"stampante: Ago  (stabilito dall'amministratore)", "foglio: 148,0 x 211,5 mm", "spostamento a destra: -2,5 mm", "scala: 100 %", "[print.paper_out]",
		"stampante: non scelta; per usare Studio: raccordo printers set bianca --printer=Studio", "verso: auto",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	r = wire.PrinterList{Problem: wire.NewError(wire.ErrPrintSpooler, "")}
	if text := strings.Join(printerLines(r), "\n"); !strings.Contains(text, "[print.spooler_down]") || strings.Contains(text, "nessuna") {
		t.Error(text)
	}
}

func TestPrintJobsByTheirBeginning(t *testing.T) {
	list := wire.PrintList{Jobs: []wire.PrintJob{{ID: "aa11", Title: "Uno", State: wire.PrintHeld}, {ID: "aa22", Title: "Due", State: wire.PrintPrinted}}}
	var asked []string
	ask := func(method string, params, result any) error {
		asked = append(asked, method+" "+strings.Join(params.(wire.PrintIDs).IDs, ","))
		body, err := json.Marshal(list)
		if err != nil {
			return err
		}
		return json.Unmarshal(body, result)
	}
	if err := (printCancelCommand{ID: []string{"AA1"}}).cancel(ask, new(bytes.Buffer)); err != nil {
		t.Error(err)
	}
	if err := (printAgainCommand{ID: []string{"aa22"}}).again(ask, new(bytes.Buffer)); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"print.list ", "print.cancel aa11", "print.list ", "print.again aa22"}, asked); diff != "" {
		t.Error(diff)
	}
	for _, id := range []string{"aa", "bb"} {
		if err := (printCancelCommand{ID: []string{id}}).cancel(ask, new(bytes.Buffer)); err == nil {
			t.Errorf("%s chose one", id)
		}
	}
	var out bytes.Buffer
	if err := (printJobsCommand{}).list(ask, &out); err != nil || !strings.Contains(out.String(), "aa11  Uno: ferma") {
		t.Errorf("%v %s", err, out.String())
	}
}
