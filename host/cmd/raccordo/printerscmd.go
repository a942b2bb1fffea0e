package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"raccordo/host/internal/wire"
)

type printersCommand struct {
	List printersListCommand `cmd:"" default:"withargs" help:"Elenca stampanti e profili di stampa."`
	Set  printersSetCommand  `cmd:"" help:"Cambia un profilo di stampa; quel che non si indica resta com'è."`
	Test printersTestCommand `cmd:"" help:"Stampa la pagina di prova di un profilo."`
}

type printersListCommand struct {
	JSON bool `help:"Stampa in JSON."`
}

func (c printersListCommand) Run() error { return c.list(ask, os.Stdout) }

func (c printersListCommand) list(ask asker, out io.Writer) error {
	var r wire.PrinterList
	if err := ask("printer.list", wire.NoParams{}, &r); err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(out, r)
	}
	return writeLines(out, printerLines(r)...)
}

type printersSetCommand struct {
	Kind        string  `arg:"" enum:"rossa,bianca,promemoria" help:"rossa, bianca o promemoria."`
	Printer     *string `help:"Nome della stampante, come «raccordo printers» lo scrive." placeholder:"NOME"`
	Paper       string  `help:"Foglio nel cassetto: A4, A5 o LARGHEZZAxALTEZZA in millimetri." placeholder:"FOGLIO"`
	Tray        *string `help:"Cassetto; vuoto: sceglie la stampante." placeholder:"ID"`
	Orientation string  `enum:"auto,verticale,orizzontale," default:"" help:"Come si legge il foglio: auto, verticale, orizzontale." placeholder:"VERSO"`
	Copies      *int    `help:"Copie, da 1 a 9." placeholder:"N"`
	Scale       *string `help:"Scala in percento, o auto." placeholder:"N"`
	OffsetX     *tenths `help:"Spostamento verso destra in millimetri, anche negativo: --offset-x=-2,5." placeholder:"MM"`
	OffsetY     *tenths `help:"Spostamento verso il basso in millimetri." placeholder:"MM"`
	JSON        bool    `help:"Stampa in JSON."`
}

// tenths is a length that is written in millimetres, with a comma or a point.
type tenths int

// UnmarshalText reads one.
func (t *tenths) UnmarshalText(text []byte) error {
	mm, err := strconv.ParseFloat(strings.Replace(strings.TrimSuffix(string(text), "mm"), ",", ".", 1), 64)
	n := mm * 10
	if err != nil || n < -10000 || n > 10000 || n-float64(int(n)) > 1e-6 || float64(int(n))-n > 1e-6 {
		return fmt.Errorf("%q: indicare i millimetri con un decimale al massimo, per esempio -2,5", text)
	}
	*t = tenths(int(n))
	return nil
}

func (t tenths) String() string {
	return strings.Replace(strconv.FormatFloat(float64(t)/10, 'f', 1, 64), ".", ",", 1)
}

func (c printersSetCommand) Run() error { return c.set(ask, os.Stdout) }

func (c printersSetCommand) set(ask asker, out io.Writer) error {
	var now wire.PrinterList
	if err := ask("printer.list", wire.NoParams{}, &now); err != nil {
		return err
	}
	var set wire.PrinterSettings
	for _, p := range now.Profiles {
		if string(p.Kind) == c.Kind {
			set = p.PrinterSettings
		}
	}
	if err := c.change(&set); err != nil {
		return err
	}
	var r wire.PrinterList
	if err := ask("printer.configure", wire.ConfigureParams{Settings: set}, &r); err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(out, r)
	}
	for _, p := range r.Profiles {
		if string(p.Kind) == c.Kind {
			return writeLines(out, profileLines(p, r)...)
		}
	}
	return nil
}

// change lays what was asked for over the settings of now.
func (c printersSetCommand) change(s *wire.PrinterSettings) error {
	if c.Printer != nil {
		s.Printer = *c.Printer
	}
	if c.Tray != nil {
		s.Tray = *c.Tray
	}
	if c.Orientation != "" {
		s.Orientation = map[string]string{"auto": "auto", "verticale": "portrait", "orizzontale": "landscape"}[c.Orientation]
	}
	if c.Copies != nil {
		s.Copies = *c.Copies
	}
	if c.OffsetX != nil {
		s.OffsetX = int(*c.OffsetX)
	}
	if c.OffsetY != nil {
		s.OffsetY = int(*c.OffsetY)
	}
	if c.Scale != nil {
		s.Scale = 0
		if text := strings.TrimSuffix(*c.Scale, "%"); text != "auto" {
			n, err := strconv.Atoi(text)
			if err != nil {
				return errors.New("--scale: indicare un numero intero di percento, o auto")
			}
			s.Scale = n
		}
	}
	return c.paper(s)
}

// paper reads --paper.
func (c printersSetCommand) paper(s *wire.PrinterSettings) error {
	switch name := strings.ToUpper(c.Paper); name {
	case "":
		return nil
	case "A4", "A5":
		s.Paper, s.Width, s.Height = name, 0, 0
		return nil
	}
	var width, height tenths
	w, h, ok := strings.Cut(strings.ToLower(c.Paper), "x")
	if !ok || width.UnmarshalText([]byte(w)) != nil || height.UnmarshalText([]byte(h)) != nil {
		return errors.New("--paper: indicare A4, A5 o LARGHEZZAxALTEZZA in millimetri, per esempio 148x210")
	}
	s.Paper, s.Width, s.Height = "custom", int(width), int(height)
	return nil
}

type printersTestCommand struct {
	Kind string `arg:"" enum:"rossa,bianca,promemoria" help:"rossa, bianca o promemoria."`
	JSON bool   `help:"Stampa in JSON."`
}

func (c printersTestCommand) Run() error { return c.test(ask, os.Stdout) }

func (c printersTestCommand) test(ask asker, out io.Writer) error {
	var r wire.PrintResult
	item := wire.PrintItem{Kind: "test", Profile: wire.SheetKind(c.Kind)}
	if err := ask("print", wire.PrintParams{Items: []wire.PrintItem{item}}, &r); err != nil {
		return err
	}
	return writeJobs(out, r.Jobs, c.JSON)
}
