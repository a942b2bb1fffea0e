package engine

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/config"
	"raccordo/host/internal/wire"
)

func (s *stage) profiles() map[wire.SheetKind]wire.PrinterProfile {
	s.t.Helper()
	got, code := put[wire.PrinterList](s, cli, "", "printer.list", wire.NoParams{})
	if code != "" || len(got.Profiles) != 3 || got.Spooler != "cups" {
		s.t.Fatalf("%q %+v", code, got)
	}
	all := map[wire.SheetKind]wire.PrinterProfile{}
	for i, p := range got.Profiles {
		if p.Kind != wire.SheetKinds[i] {
			s.t.Errorf("%d is %s", i, p.Kind)
		}
		all[p.Kind] = p
	}
	return all
}

func set[T any](v T) *T { return &v }

func TestPrinterSettings(t *testing.T) {
	s := newStage(t, "extension")
	standard := s.profiles()
	if r := standard[wire.SheetRossa]; r.Paper != "A5" || r.Scale != 100 || r.Copies != 1 || r.Ready || r.Problem.Data.Code != wire.ErrPrintNone {
		t.Errorf("%+v", r)
	}
	rows := map[string]struct {
		printer, paper, tray string
		want                 wire.ErrorCode
	}{
		"ready":                {"Studio", "A4", "tray-1", ""},
		"another paper":        {"Ago", "A4", "", wire.ErrPrintMedia},
		"another tray":         {"Ago", "A5", "tray-9", wire.ErrPrintMedia},
		"gone":                 {"Vecchia", "A4", "", wire.ErrPrintMissing},
		"nothing is chosen":    {"", "A4", "", wire.ErrPrintNone},
		"chosen once and left": {"Ago", "A5", "", ""},
	}
	for name, row := range rows {
		p := wire.PrinterSettings{Kind: wire.SheetRossa, Printer: row.printer, Paper: row.paper, Tray: row.tray, Orientation: "portrait", Copies: 1, OffsetX: -35, OffsetY: 50}
		got, code := put[wire.PrinterList](s, cli, "", "printer.configure", wire.ConfigureParams{Settings: p})
		if code != "" {
			t.Fatal(code)
		}
		r := got.Profiles[0]
		if diff := cmp.Diff(p, r.PrinterSettings); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if r.Ready != (row.want == "") || row.want != "" && r.Problem.Data.Code != row.want {
			t.Errorf("%s: %+v", name, r)
		}
	}
	for name, p := range map[string]wire.PrinterSettings{
		"a paper without a size": {Kind: wire.SheetRossa, Paper: "custom", Orientation: "auto", Copies: 1},
		"a scale of nothing":     {Kind: wire.SheetRossa, Paper: "A4", Orientation: "auto", Copies: 1, Scale: 3},
	} {
		if _, code := put[wire.PrinterList](s, cli, "", "printer.configure", wire.ConfigureParams{Settings: p}); code != wire.ErrParams {
			t.Errorf("%s: %q", name, code)
		}
	}
	for _, method := range []string{"printer.list", "printer.configure"} {
		if _, code := put[wire.PrinterList](s, s.caller(), clinic, method, wire.NoParams{}); code != wire.ErrOrigin {
			t.Errorf("%s of a page: %q", method, code)
		}
	}
	if _, code := put[wire.PrinterList](s, s.caller(), popup, "printer.list", wire.NoParams{}); code != "" {
		t.Errorf("the extension's own page: %q", code)
	}
	before := s.profiles()
	s.e = s.again()
	if diff := cmp.Diff(before, s.profiles()); diff != "" {
		t.Error("after a restart: " + diff)
	}
	s.must(os.WriteFile(filepath.Join(s.e.opt.Paths.State, "printing.toml"), []byte("[rossa]\npaper = 'A7'\n"), 0o600))
	s.e = s.again()
	if _, code := put[wire.PrinterList](s, cli, "", "printer.list", wire.NoParams{}); code != wire.ErrRegionConfig {
		t.Errorf("a file that is not usable: %q", code)
	}
	s.chosen()
	s.profiles()
}

// What the administrator has set can not be changed, the rest can.
func TestLockedSettings(t *testing.T) {
	s := newStage(t, "extension")
	s.e.opt.Config.Printing.Rossa = config.Sheet{Printer: set("Ago"), OffsetX: set(-30)}
	s.e = s.again()
	r := s.profiles()[wire.SheetRossa]
	if diff := cmp.Diff([]string{"printer", "offset_x"}, r.Locked); diff != "" || r.Printer != "Ago" || r.OffsetX != -30 {
		t.Errorf("%s %+v", diff, r)
	}
	wanted := r.PrinterSettings
	wanted.Copies, wanted.OffsetY = 2, 15
	got, code := put[wire.PrinterList](s, cli, "", "printer.configure", wire.ConfigureParams{Settings: wanted})
	if code != "" || got.Profiles[0].Copies != 2 || got.Profiles[0].OffsetY != 15 {
		t.Errorf("%q %+v", code, got)
	}
	wanted.Printer = "Studio"
	text := wire.ConfigureParams{Settings: wanted}
	if _, code := put[wire.PrinterList](s, cli, "", "printer.configure", text); code != wire.ErrPrintLocked {
		t.Errorf("%q", code)
	}
	kept, err := config.LoadPrinting(s.e.opt.Paths.PrintingFile())
	if err != nil || kept.Rossa.Printer != nil || kept.Rossa.OffsetX != nil || *kept.Rossa.Copies != 2 {
		t.Errorf("%v %+v", err, kept.Rossa)
	}
}
