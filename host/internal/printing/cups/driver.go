package cups

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"raccordo/host/internal/printing/ipp"
)

const (
	maxDriver  = 2 << 20 // bytes of a PPD file; large ones have 700 KB
	maxChoices = 64
)

// choice is a tray as a PPD file names it.
type choice struct{ word, text, translated string }

func (c choice) forPeople(otherwise string) string {
	if c.translated != "" {
		return c.translated
	}
	if n, ok := italian(c.text); ok {
		return n
	}
	if c.text == "" || c.text == c.word {
		return otherwise
	}
	return c.text
}

// driver reads how the driver of a queue names its trays. Queues without a driver have
// no such file, and a service need not hand it out: then there are none.
func (s *Spooler) driver(ctx context.Context, queue ipp.Group) []choice {
	if len(queue.Get("media-source-supported").Values) == 0 {
		return nil
	}
	changed, _ := queue.Get("printer-config-change-time").Int()
	key := fmt.Sprintf("%s %d", queue.Get("printer-name").Text(), changed)
	s.mu.Lock()
	known, ok := s.drivers[key]
	s.mu.Unlock()
	if ok {
		return known
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	text, err := s.client.Get(ctx, printerPath(queue.Get("printer-name").Text())+".ppd", maxDriver)
	if err != nil {
		return nil
	}
	known = parseTrays(string(text))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drivers[key] = known
	return known
}

// parseTrays reads the choices of InputSlot and their Italian names, which stand in
// lines of their own (PPD 4.3 §5.14; "cups-ppd" PPD extensions, globalized PPD files).
func parseTrays(ppd string) []choice {
	var all []choice
	for line := range strings.Lines(ppd) {
		line = strings.TrimRight(line, "\r\n")
		if rest, ok := strings.CutPrefix(line, "*InputSlot "); ok && len(all) < maxChoices {
			word, text := option(rest)
			all = append(all, choice{word: word, text: text})
		}
		if rest, ok := strings.CutPrefix(line, "*it.InputSlot "); ok {
			word, text := option(rest)
			for i := range all {
				if all[i].word == word {
					all[i].translated = text
				}
			}
		}
	}
	return all
}

// option reads "word/text: ...".
func option(s string) (word, text string) {
	s, _, _ = strings.Cut(s, ":")
	word, text, _ = strings.Cut(s, "/")
	return strings.TrimSpace(word), readable(text)
}

// readable undoes what the format does to letters that are not of ASCII: bytes in
// hexadecimal between angle brackets, and bytes of ISO 8859-1.
func readable(s string) string {
	var b []byte
	for s != "" {
		before, rest, open := strings.Cut(s, "<")
		b = append(b, before...)
		if !open {
			break
		}
		code, after, closed := strings.Cut(rest, ">")
		raw, err := hex.DecodeString(strings.ReplaceAll(code, " ", ""))
		if !closed || err != nil {
			b, s = append(b, '<'), rest
			continue
		}
		b, s = append(b, raw...), after
	}
	if !utf8.Valid(b) {
		runes := make([]rune, len(b))
		for i, c := range b {
			runes[i] = rune(c)
		}
		b = []byte(string(runes))
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, string(b)))
}
