package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"raccordo/host/internal/sim/paper"
)

type paperCommand struct {
	Dir string `help:"Cartella dei fogli e di tutto il resto, in cui altri utenti possano entrare; senza, una temporanea."`
}

// Run opens a print room and tells of each sheet that comes out.
func (c paperCommand) Run(ctx context.Context) error {
	s, err := paper.Start(ctx, paper.Options{Dir: c.Dir, Printers: paper.Practice})
	if err != nil {
		return err
	}
	defer closing("paper", s.Stop)
	fmt.Printf("Fogli stampati: %s\nUn guasto si scrive in un file: echo %s > %s\nAmbiente per raccordo e per lp:\n",
		filepath.Join(s.Dir(), "sheets"), paper.PaperOut, filepath.Join(s.Dir(), "faults", paper.Practice[0].Name))
	for _, v := range s.Env() {
		fmt.Println("  export", v)
	}
	seen := map[string]bool{}
	for {
		for _, p := range paper.Practice {
			all, err := s.Sheets(p.Name)
			if err != nil {
				return err
			}
			for _, sheet := range all {
				if !seen[sheet.Path] {
					seen[sheet.Path] = true
					fmt.Printf("%s: %s, %s\n", p.Info, sheet.Title, sheet.Path)
				}
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}

// practicePrinters are the demo's, where there is something to make them of.
func practicePrinters() []paper.Printer {
	if !paper.Installed() {
		fmt.Fprintln(os.Stderr, "raccordo-sim: senza cupsd non ci sono stampanti (pacchetti cups e cups-filters)")
		return nil
	}
	return paper.Practice
}
