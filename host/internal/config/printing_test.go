package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/config"
	"raccordo/host/internal/wire"
)

func TestSettings(t *testing.T) {
	c, err := load(t, "[printing.rossa]\nprinter = \"Ago\"\noffset_x = -35\n[printing.promemoria]\npaper = \"A5\"", "[printing.rossa]\noffset_y = 12")
	if err != nil {
		t.Fatal(err)
	}
	var user config.Printing
	file := filepath.Join(t.TempDir(), "raccordo", "printing.toml")
	if user, err = config.LoadPrinting(file); err != nil || user != (config.Printing{}) {
		t.Fatalf("no file: %v %+v", err, user)
	}
	got, locked := config.Settings(wire.SheetRossa, c.Printing, user)
	want := wire.PrinterSettings{Kind: wire.SheetRossa, Printer: "Ago", Paper: "A5", Orientation: "auto", Copies: 1, Scale: 100, OffsetX: -35, OffsetY: 12}
	if diff := cmp.Diff(want, got) + cmp.Diff([]string{"printer", "offset_x", "offset_y"}, locked); diff != "" {
		t.Error(diff)
	}
	if refused := user.Keep(wire.PrinterSettings{Kind: wire.SheetRossa, Printer: "Studio"}, c.Printing); refused != "printer" || user != (config.Printing{}) {
		t.Errorf("locked: %q %+v", refused, user)
	}
	want.Copies, want.Tray = 3, "tray-2"
	if refused := user.Keep(want, c.Printing); refused != "" {
		t.Errorf("as it is locked: %q", refused)
	}
	mine := wire.PrinterSettings{Kind: wire.SheetBianca, Printer: `Vecchia "blu" \ 2`, Paper: "custom", Width: 1480, Height: 2200, Orientation: "landscape", Copies: 1}
	if refused := user.Keep(mine, c.Printing); refused != "" {
		t.Error(refused)
	}
	if err := user.Save(file); err != nil {
		t.Fatal(err)
	}
	if user, err = config.LoadPrinting(file); err != nil {
		t.Fatal(err)
	}
	for _, w := range []wire.PrinterSettings{want, mine} {
		got, _ := config.Settings(w.Kind, c.Printing, user)
		if diff := cmp.Diff(w, got); diff != "" {
			t.Error(diff)
		}
	}
	if names, err := os.ReadDir(filepath.Dir(file)); err != nil || len(names) != 1 {
		t.Errorf("%v %v", names, err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", err, info.Mode())
	}
}

func TestSettingsRefused(t *testing.T) {
	for name, row := range map[string]struct{ text, names string }{
		"another paper":          {"paper = \"A3\"", "paper"},
		"a paper without a size": {"paper = \"custom\"", "width"},
		"no copies":              {"copies = 0", "copies"},
		"half a metre":           {"offset_x = 501", "offset_x"},
		"hardly anything":        {"scale = 10", "scale"},
		"another way":            {"orientation = \"verticale\"", "orientation"},
		"a word that is none":    {"carta = \"A5\"", "carta"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := load(t, "[printing.bianca]\n"+row.text, "-"); err == nil || !strings.Contains(err.Error(), row.names) {
				t.Errorf("administrator: %v", err)
			}
			file := filepath.Join(t.TempDir(), "printing.toml")
			if err := os.WriteFile(file, []byte("[bianca]\n"+row.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := config.LoadPrinting(file); err == nil || !strings.Contains(err.Error(), row.names) {
				t.Errorf("user: %v", err)
			}
		})
	}
}
