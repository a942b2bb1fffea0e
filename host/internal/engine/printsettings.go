package engine

import (
	"path/filepath"
	"sync"

	"raccordo/host/internal/config"
	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// printSettings are the user's, in his file, under what the administrator has set.
type printSettings struct {
	file  string
	admin config.Printing

	mu   sync.Mutex
	user *config.Printing // as the file has it; nil: not read yet
}

// of gives the settings of a kind, and the names of those that are locked.
func (s *printSettings) of(kind wire.SheetKind) (wire.PrinterSettings, []string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.read()
	if err != nil {
		return wire.PrinterSettings{Kind: kind}, nil, err
	}
	set, locked := config.Settings(kind, s.admin, *s.user)
	return set, locked, nil
}

// keep writes the user's settings of a kind.
func (s *printSettings) keep(set wire.PrinterSettings) error {
	if err := config.CheckSettings(set); err != nil {
		return wire.NewError(wire.ErrParams, "/settings: "+err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.read(); err != nil {
		s.user = &config.Printing{} // whoever sets printers anew mends a file that is not usable
	}
	changed := *s.user
	if refused := changed.Keep(set, s.admin); refused != "" {
		return wire.NewError(wire.ErrPrintLocked, refused)
	}
	if err := changed.Save(s.file); err != nil {
		return err
	}
	s.user = &changed
	return nil
}

// read reads the file once. The lock is held.
func (s *printSettings) read() error {
	if s.user != nil {
		return nil
	}
	user, err := config.LoadPrinting(s.file)
	if err != nil {
		return wire.NewError(wire.ErrRegionConfig, filepath.Base(s.file))
	}
	s.user = &user
	return nil
}

// printer is the one of a kind, empty if none is chosen.
func (s *printSettings) printer(kind wire.SheetKind) string {
	set, _, err := s.of(kind)
	if err != nil {
		return ""
	}
	return set.Printer
}

// sheetOf is the paper that settings name.
func sheetOf(s wire.PrinterSettings) printing.Sheet {
	switch s.Paper {
	case printing.A4.Name:
		return printing.A4
	case printing.A5.Name:
		return printing.A5
	}
	return printing.Sheet{Name: s.Paper, Width: s.Width, Height: s.Height}
}
