package main

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"raccordo/host/internal/config"
	"raccordo/host/internal/region"
	"raccordo/host/internal/region/lint"
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
	outcome, err := checkRegions(os.Stdout, c.Files, config.DefaultPaths().Regions, time.Now())
	if err != nil {
		return err
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
