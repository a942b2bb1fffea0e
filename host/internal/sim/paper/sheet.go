package paper

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sheet is what came out of a printer for one job: all its pages and copies.
type Sheet struct {
	Printer string            `json:"printer"`
	Job     int               `json:"job"`
	User    string            `json:"user"`
	Title   string            `json:"title"`
	Copies  int               `json:"copies"` // that the printer makes of its pages
	Options map[string]string `json:"options"`
	Type    string            `json:"type"` // MIME type of what the printer got
	Path    string            `json:"path"` // of the PDF or the raster
	At      time.Time         `json:"at"`
}

// Sheets are what a printer has put out, in the order in which it did.
func (s *Server) Sheets(printer string) ([]Sheet, error) {
	all := []Sheet{}
	entries, err := os.ReadDir(filepath.Join(s.dir, "sheets", printer))
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name, ending, _ := strings.Cut(e.Name(), ".")
		if name == "" || ending != "pdf" && ending != "ras" {
			continue // half of one, or a ticket
		}
		sheet, err := s.sheet(printer, e.Name())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		all = append(all, sheet)
	}
	slices.SortFunc(all, func(a, b Sheet) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Path, b.Path)) })
	return all, nil
}

func (s *Server) sheet(printer, file string) (Sheet, error) {
	path := filepath.Join(s.dir, "sheets", printer, file)
	base := strings.TrimSuffix(path, filepath.Ext(path))
	sheet := Sheet{Printer: printer, Path: path}
	b, err := os.ReadFile(base + ".ticket")
	if err != nil {
		return sheet, err
	}
	words := bytes.Split(b, []byte{0})
	if len(words) != 8 {
		return sheet, fmt.Errorf("a ticket of %d words", len(words))
	}
	word := func(i int) string { return string(words[i]) }
	if sheet.Job, err = strconv.Atoi(word(0)); err != nil {
		return sheet, err
	}
	if sheet.Copies, err = strconv.Atoi(word(3)); err != nil {
		return sheet, err
	}
	nano, err := strconv.ParseInt(base[strings.LastIndexByte(base, '-')+1:], 10, 64)
	if err != nil {
		return sheet, err
	}
	sheet.User, sheet.Title, sheet.Options, sheet.Type, sheet.At = word(1), word(2), parseOptions(word(4)), word(6), time.Unix(0, nano)
	return sheet, nil
}

// parseOptions reads what cupsd hands to filters: name=value, words without one are
// truths, values in quotes or braces may hold blanks (cupsParseOptions).
func parseOptions(text string) map[string]string {
	all := map[string]string{}
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimLeft(text, " ") {
		end, depth, quote := len(text), 0, byte(0)
		for i := 0; i < len(text) && end == len(text); i++ {
			switch c := text[i]; {
			case c == '\\':
				i++
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '\'' || c == '"':
				quote = c
			case c == '{':
				depth++
			case c == '}':
				depth--
			case c == ' ' && depth == 0:
				end = i
			}
		}
		name, value, _ := strings.Cut(text[:end], "=")
		all[name] = strings.Trim(value, `'"`)
		text = text[end:]
	}
	return all
}

// Await returns the sheets of a printer as soon as there are at least n.
func (s *Server) Await(ctx context.Context, printer string, n int) ([]Sheet, error) {
	for {
		all, err := s.Sheets(printer)
		if err != nil || len(all) >= n {
			return all, err
		}
		select {
		case <-ctx.Done():
			return all, fmt.Errorf("%d of %d sheets: %w%s", len(all), n, ctx.Err(), s.tail())
		case <-time.After(5 * time.Millisecond):
		}
	}
}
