package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"raccordo/host/internal/prompt"
	"raccordo/host/internal/signature/prepare"
	"raccordo/host/internal/wire"
)

// readingTime is how long the window waits for a user who reads what is to be
// signed.
const readingTime = 10 * time.Minute

// consent asks for one leave for all documents that can be signed, and answers
// with those it was given for. The documents can be opened from the window as
// often as one likes.
func (s *signJob) consent(ctx context.Context) ([]*signRow, error) {
	approved := s.able()
	shown := &shownCopies{store: s.e.documents, log: s.e.log}
	defer shown.removeLater()
	window := prompt.Request{
		Title: "Raccordo – Firma di " + counted(len(approved)), Description: s.consentText(approved, ""),
		OK: "Firma", Other: "Apri i documenti", Wait: readingTime,
	}
	if len(approved) == 1 {
		window.Other = "Apri il documento"
	}
	for {
		choice, err := s.e.prompts.Choose(ctx, window)
		switch {
		case errors.Is(err, prompt.ErrCancelled):
			return nil, wire.NewError(wire.ErrConsent, "")
		case err != nil:
			return nil, err
		case choice == prompt.Yes:
			return approved, nil
		}
		said, err := shown.show(ctx, approved)
		if err != nil {
			return nil, err
		}
		window.Description = s.consentText(approved, said)
	}
}

// listed is how many documents the window names at most.
const listed = 12

// consentText names who asks, who signs and with what, and each document with
// its type, its size and the beginning of its SHA-256. What does not fit into
// every window is counted. said is about the last attempt to open them.
func (s *signJob) consentText(list []*signRow, said string) string {
	head := fmt.Sprintf("%s chiede di firmare %s.\nFirma %s di %s %s.\n", caller(s.c), counted(len(list)), formatNames(list), s.hand.who.Name, s.hand.with)
	if said != "" {
		head = said + "\n\n" + head
	}
	if out := len(s.rows) - len(list); out > 0 {
		head += fmt.Sprintf("Esclusi perché non si possono firmare così: %d.\n", out)
	}
	const tail = "\n(tipo, dimensione, inizio dell’impronta SHA-256)"
	for n := min(listed, len(list)); ; n-- {
		text := head + rows(list, n) + tail
		if n == 0 || prompt.Fits(text) {
			return text
		}
	}
}

// rows are the first n documents, one to a line, and what the others come to.
func rows(list []*signRow, n int) string {
	var text strings.Builder
	for i, row := range list[:n] {
		fmt.Fprintf(&text, "\n%d. %s (%s, %s, %.8s)", i+1, shortName(prepare.Clean(row.want.Name)), prepare.KindOf(row.src), sizeText(row.src.Size()), row.src.SHA256())
	}
	if rest := list[n:]; len(rest) > 0 {
		size := int64(0)
		for _, row := range rest {
			size += row.src.Size()
		}
		also := "e altri "
		switch {
		case n == 0:
			also = ""
		case len(rest) == 1:
			also = "e "
		}
		fmt.Fprintf(&text, "\n%s%s (%s)", also, counted(len(rest)), sizeText(size))
	}
	return text.String() + "\n"
}

// nameLength is how much of a document's name is shown, in characters.
const nameLength = 40

// shortName leaves out the middle: the ending says what it is.
func shortName(name string) string {
	if utf8.RuneCountInString(name) <= nameLength {
		return name
	}
	r := []rune(name)
	const end = 12
	return string(r[:nameLength-end-1]) + "…" + string(r[len(r)-end:])
}

// sizeText is a size as people in Italy read it.
func sizeText(bytes int64) string {
	const k, m = 1000, 1000 * 1000
	switch {
	case bytes < k:
		return fmt.Sprintf("%d byte", bytes)
	case bytes < m:
		return fmt.Sprintf("%d kB", (bytes+k/2)/k)
	}
	return strings.Replace(fmt.Sprintf("%.1f MB", float64(bytes)/m), ".", ",", 1)
}

// formatNames are the formats as they are written.
func formatNames(list []*signRow) string {
	written := map[string]string{"cades": "CAdES", "pades": "PAdES", "xades": "XAdES", "jws": "JWS", "asic": "ASiC-E"}
	var names []string
	stamped := false
	for _, row := range list {
		if name := written[row.want.Format]; !slices.Contains(names, name) {
			names = append(names, name)
		}
		stamped = stamped || row.want.Level == "T"
	}
	text := strings.Join(names, ", ")
	if stamped {
		text += " con marca temporale"
	}
	return text
}
