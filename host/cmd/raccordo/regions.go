package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"raccordo/host/internal/config"
	"raccordo/host/internal/printing/sheet"
	"raccordo/host/internal/region"
	"raccordo/host/internal/region/lint"
	"raccordo/host/internal/wire"
	"raccordo/manifests"
)

type regionsCommand struct {
	List  regionsListCommand  `cmd:"" default:"withargs" help:"Elenca i profili delle regioni trovati su questo PC."`
	Check regionsCheckCommand `cmd:"" help:"Controlla profili di regione: esce con 0 se completi, 1 se da correggere, 2 se manca ciò che può dare solo la Regione."`
}

type regionsListCommand struct{}

func (regionsListCommand) Run() error {
	paths := config.DefaultPaths()
	conf, err := config.Load(paths)
	if err != nil {
		return err
	}
	return listRegions(os.Stdout, paths.Regions, conf.Region)
}

// listRegions writes one line for each profile; * marks the one in use.
func listRegions(out io.Writer, folders []string, used string) error {
	builtin, err := fs.Sub(manifests.Files, "regions")
	if err != nil {
		return err
	}
	profiles, err := region.LoadProfiles(builtin, folders...)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(profiles)) {
		mark := " "
		if id == used {
			mark = "*"
		}
		if _, err := fmt.Fprintf(out, "%s %-12s %s – %s\n", mark, id, profiles[id].Name, describeRegion(profiles[id])); err != nil {
			return err
		}
	}
	if _, ok := profiles[used]; !ok {
		return fmt.Errorf("il profilo %q, indicato in config.toml, non c'è", used)
	}
	return nil
}

// describeRegion tells the ways that work now, and how much is missing.
func describeRegion(p region.Profile) string {
	card, cloud := "", p.Wire().Cloud
	if p.Wire().Card {
		card = p.Card.Driver
	}
	var parts []string
	if ways := lint.Ways(card, cloud); ways != "" {
		parts = append(parts, ways)
	}
	if missing := p.Missing(); len(missing) > 0 {
		what := "da completare all'adesione"
		if len(parts) > 0 {
			what = "per il resto " + what
		}
		parts = append(parts, fmt.Sprintf("%s: %s", what, strings.Join(missing, ", ")))
	}
	return strings.Join(parts, "; ")
}

type regionsCheckCommand struct {
	Files []string `arg:"" name:"file" help:"Profili da controllare (*.toml)."`
}

func (c regionsCheckCommand) Run() error {
	paths := config.DefaultPaths()
	outcome, err := checkRegions(os.Stdout, c.Files, paths.Regions, time.Now())
	if err != nil {
		return err
	}
	faults, err := checkSheets(os.Stdout, c.Files, paths.Files("sheets"))
	if err != nil {
		return err
	}
	if faults > 0 {
		outcome = lint.Faulty
	}
	os.Exit(outcome)
	return nil
}

// checkRegions reports on each file; the outcome is the worst: a fault, then
// something missing.
func checkRegions(out io.Writer, files, folders []string, now time.Time) (int, error) {
	worst := lint.Complete
	for i, file := range files {
		if i > 0 {
			fmt.Fprintln(out)
		}
		r := lint.Check(file, folders, now)
		if err := r.Write(out); err != nil {
			return lint.Faulty, err
		}
		if o := r.Outcome(); o == lint.Faulty || worst == lint.Complete {
			worst = o
		}
	}
	return worst, nil
}

// checkSheets looks for the layouts that profiles name, and tells what is wrong with any
// of this PC.
func checkSheets(out io.Writer, files, folders []string) (faults int, err error) {
	builtin, err := fs.Sub(manifests.Files, "sheets")
	if err != nil {
		return 0, err
	}
	layouts, broken := sheet.Load(builtin, folders...)
	tell := func(text string) {
		faults++
		err = errors.Join(err, writeLines(out, text))
	}
	if broken != nil {
		tell(broken.Error())
	}
	for _, file := range files {
		text, unread := os.ReadFile(file)
		p, undecoded := region.Decode("profilo", text)
		if unread != nil || undecoded != nil {
			continue // told before
		}
		for _, l := range []struct {
			kind wire.SheetKind
			name string
		}{{wire.SheetRossa, p.Printing.Rossa}, {wire.SheetBianca, p.Printing.Bianca}, {wire.SheetPromemoria, p.Printing.Promemoria}} {
			if found, ok := layouts[l.name]; !ok || found.Kind != l.kind {
				tell(fmt.Sprintf("%s: printing.%s: non c'è un modello %q di questo tipo", file, l.kind, l.name))
			}
		}
	}
	return faults, err
}
