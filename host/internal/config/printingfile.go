package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pelletier/go-toml/v2"

	"raccordo/host/internal/wire"
)

const printingHead = "# Impostazioni di stampa dell'utente: le scrive Raccordo (raccordo printers set, o la pagina dell'estensione).\n# Lunghezze in decimi di millimetro.\n\n"

// PrintingFile is where the user's printers are kept.
func (p Paths) PrintingFile() string {
	if len(p.Config) == 0 {
		return filepath.Join(p.State, "printing.toml")
	}
	return filepath.Join(p.Config[len(p.Config)-1], "printing.toml")
}

// LoadPrinting reads that file; a missing one is no fault.
func LoadPrinting(file string) (Printing, error) {
	var p Printing
	if err := read(file, &p); err != nil {
		return p, err
	}
	for _, kind := range wire.SheetKinds {
		if s, _ := Settings(kind, Printing{}, p); CheckSettings(s) != nil {
			return p, fmt.Errorf("%s: %s: %w", file, kind, CheckSettings(s))
		}
	}
	return p, nil
}

// Save writes it as a whole, or leaves it as it was.
func (p Printing) Save(file string) error {
	text, err := toml.Marshal(p)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(file), ".printing-*.part")
	if err != nil {
		return err
	}
	_, err = part.Write(append([]byte(printingHead), text...))
	if err := errors.Join(err, part.Sync(), part.Close()); err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return os.Rename(part.Name(), file)
}
