package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/prompt"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/prepare"
	"raccordo/host/internal/wire"
)

// shownCopies are the documents of one consent as the system's viewer is given
// them: copies of the very bytes that will be signed, read-only, in a folder that
// only the user can enter, and that is removed soon after.
type shownCopies struct {
	store *documents
	log   zerolog.Logger
	dir   string // empty: nothing was opened
	files []string
}

// opensAtOnce is how many documents are opened by themselves; more get a page
// that lists them.
const opensAtOnce = 3

// show opens the documents. The sentence it returns is for the user: why not all
// of them could be.
func (s *shownCopies) show(ctx context.Context, list []*signRow) (said string, err error) {
	if s.dir == "" {
		if err := s.copyAll(ctx, list); err != nil {
			return "", err
		}
	}
	open := s.viewable()
	missing := len(list) - len(open)
	switch {
	case len(open) == 0:
		return "Nessuno di questi documenti è di un tipo che si possa mostrare qui: aprirli nel programma di origine.", nil
	case len(list) > opensAtOnce:
		page, err := s.index(list)
		if err != nil {
			return "", err
		}
		open = []string{page}
	}
	for _, f := range open {
		if err := prompt.View(f); err != nil {
			s.log.Warn().Err(err).Msg("a document can not be shown")
			return "Su questo computer manca un programma per aprire i documenti.", nil
		}
	}
	if missing > 0 {
		return fmt.Sprintf("Di un tipo che non si può mostrare qui: %d.", missing), nil
	}
	return "", nil
}

func (s *shownCopies) viewable() []string {
	var list []string
	for _, f := range s.files {
		if f != "" {
			list = append(list, f)
		}
	}
	return list
}

func (s *shownCopies) copyAll(ctx context.Context, list []*signRow) error {
	dir, err := s.store.folder()
	if err != nil {
		return wire.NewError(wire.ErrDocDisk, "")
	}
	s.dir = dir
	s.files = make([]string, len(list))
	for i, row := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		// The ending is the content's, never the page's: the system starts what
		// some endings name.
		seen := prepare.Seen(row.want, row.src)
		ending := prepare.KindOf(seen).Ending()
		if ending == "" {
			continue
		}
		name := strings.TrimSuffix(shortName(prepare.Clean(row.want.Name)), ending) + ending
		file := filepath.Join(dir, fmt.Sprintf("%03d-%s", i+1, name))
		if err := copyOut(row.src, seen, file); err != nil {
			return err
		}
		s.files[i] = file
	}
	return nil
}

// copyOut writes the bytes that will be signed, and makes sure that they are. seen
// may be what an envelope holds.
func copyOut(src source, seen signature.Source, file string) error {
	out, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o400)
	if err != nil {
		return wire.NewError(wire.ErrDocDisk, "")
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, sum), io.NewSectionReader(seen, 0, seen.Size()))
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return wire.NewError(wire.ErrDocDisk, "")
	}
	if seen == signature.Source(src) && hex.EncodeToString(sum.Sum(nil)) != src.SHA256() {
		return wire.NewError(wire.ErrSignChanged, "")
	}
	return nil
}

// index is a page of this PC that lists the documents. Nothing in it comes from
// elsewhere, and it runs nothing.
func (s *shownCopies) index(list []*signRow) (string, error) {
	var text strings.Builder
	fmt.Fprintf(&text, indexHead, counted(len(list)))
	for i, row := range list {
		name := html.EscapeString(prepare.Clean(row.want.Name))
		if s.files[i] != "" {
			name = fmt.Sprintf(`<a href="%s">%s</a>`, html.EscapeString((&url.URL{Path: filepath.Base(s.files[i])}).EscapedPath()), name)
		} else {
			name += " (non si può mostrare qui)"
		}
		fmt.Fprintf(&text, "<tr><td>%d<td>%s<td>%s<td>%s<td><code>%s</code>\n", i+1, name, prepare.KindOf(row.src), sizeText(row.src.Size()), row.src.SHA256())
	}
	text.WriteString("</table></main></body></html>\n")
	file := filepath.Join(s.dir, "documenti.html")
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o400); err != nil {
		return "", wire.NewError(wire.ErrDocDisk, "")
	}
	return file, nil
}

const indexHead = `<!DOCTYPE html>
<html lang="it"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><title>Raccordo – Documenti da firmare</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:64rem;padding:0 1.5rem;color:#17324d;background:#fff}table{border-collapse:collapse;width:100%%}td,th{text-align:left;padding:.35rem .75rem .35rem 0;border-bottom:1px solid #d9dadb;vertical-align:top}code{font-size:.75rem;overflow-wrap:anywhere}a{color:#06c}</style>
</head><body><main><h1>Firma di %s</h1><p>Sono i documenti che verranno firmati, byte per byte. Si decide nella finestra di Raccordo.</p>
<table><tr><th>N.<th>Documento<th>Tipo<th>Dimensione<th>SHA-256
`

// viewerTime is how long the copies stay after the decision: a viewer may still
// be starting.
const viewerTime = 2 * time.Minute

func (s *shownCopies) removeLater() {
	if s.dir != "" {
		s.store.removeLater(s.dir)
	}
}
