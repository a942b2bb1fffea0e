package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"raccordo/host/internal/wire"
)

// signCommand signs files. Where they go and what they are called is for this
// program alone; the agent knows no path.
type signCommand struct {
	Format   string     `enum:"pades,cades,xades,jws,asic" required:"" help:"Formato: pades (PDF), cades (.p7m), xades (XML), jws, asic."`
	Level    string     `enum:"B,T" default:"B" help:"B, o T con marca temporale."`
	Card     bool       `xor:"via" help:"Firma con la carta."`
	Remote   remoteFlag `xor:"via" help:"Firma remota; con --remote=ID uno dei servizi configurati." placeholder:"ID"`
	Detached bool       `help:"Firma separata dal documento (cades, xades, jws)."`
	Reason   string     `help:"Motivo della firma (pades)."`
	Location string     `help:"Luogo della firma (pades)."`
	Field    string     `help:"Firma visibile (pades): PAGINA,X,Y,LARGHEZZA,ALTEZZA in punti dall'angolo in basso a sinistra; pagina -1 è l'ultima." placeholder:"P,X,Y,L,A"`
	Out      string     `help:"Cartella dei file firmati; altrimenti accanto ai documenti." type:"path"`
	Watch    string     `help:"Cartella da tenere d'occhio: firma i documenti che vi arrivano, fino a Ctrl-C." type:"existingdir" placeholder:"CARTELLA"`
	JSON     bool       `help:"Stampa in JSON."`
	Files    []string   `arg:"" optional:"" help:"File da firmare; sono ammessi i modelli (*.pdf)."`
}

// remoteFlag is --remote, or --remote=ID.
type remoteFlag struct {
	Wanted  bool
	Service string
}

// Decode takes a value that is attached to the flag, and no other: what comes
// after it is a file.
func (f *remoteFlag) Decode(ctx *kong.DecodeContext) error {
	f.Wanted = true
	if ctx.Scan.Peek().Type == kong.FlagValueToken {
		f.Service = ctx.Scan.Pop().String()
	}
	return nil
}

// IsBool lets the flag stand alone.
func (f *remoteFlag) IsBool() bool { return true }

// Run ends with 2 when not every document was signed.
func (c *signCommand) Run() error {
	if (c.Watch == "") == (len(c.Files) == 0) {
		return errors.New("indicare i file da firmare, oppure una cartella con --watch")
	}
	if _, err := c.field(); err != nil {
		return err
	}
	conn, err := dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	if c.Watch != "" {
		return c.watch(over(conn), os.Stdout, os.Stderr)
	}
	files, err := expand(c.Files)
	if err != nil {
		return err
	}
	all, err := c.sign(over(conn), files, os.Stdout, os.Stderr)
	if c.JSON && len(all) > 0 {
		err = errors.Join(err, printJSON(all))
	}
	if err == nil && slices.ContainsFunc(all, func(s signedFile) bool { return s.Error != nil }) {
		return exit{code: 2}
	}
	return err
}

// expand resolves patterns, which the shell of Windows leaves to the program.
func expand(args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		if _, err := os.Lstat(arg); err == nil || !strings.ContainsAny(arg, "*?[") {
			files = append(files, arg)
			continue
		}
		found, err := filepath.Glob(arg)
		if err != nil || len(found) == 0 {
			return nil, fmt.Errorf("%s: nessun file corrisponde", arg)
		}
		files = append(files, found...)
	}
	return files, nil
}

// signedFile is what became of a file.
type signedFile struct {
	File   string      `json:"file"`
	Signed string      `json:"signed,omitempty"` // path of the signed one
	SHA256 string      `json:"sha256,omitempty"`
	Error  *wire.Error `json:"error,omitempty"`
}

// A batch is as large as one request may be, and as what the agent keeps for one
// caller has room for, the signed documents included.
const (
	batchFiles = 200
	batchBytes = 400 << 20
)

// batches cuts a list so that each part is one consent.
func batches(files []string) [][]string {
	var all [][]string
	var part []string
	size := int64(0)
	for _, f := range files {
		n := int64(0)
		if info, err := os.Stat(f); err == nil {
			n = info.Size()
		}
		if len(part) > 0 && (len(part) == batchFiles || size+n > batchBytes) {
			all, part, size = append(all, part), nil, 0
		}
		part, size = append(part, f), size+n
	}
	if len(part) > 0 {
		all = append(all, part)
	}
	return all
}

// sign signs files, batch after batch, and stops with the first that fails as a
// whole: a wrong PIN must not be followed by the next attempt.
func (c *signCommand) sign(talk talker, files []string, out, aside io.Writer) ([]signedFile, error) {
	var all []signedFile
	for _, part := range batches(files) {
		done, err := c.batch(talk, part, out, aside)
		all = append(all, done...)
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// batch is one consent.
func (c *signCommand) batch(talk talker, files []string, out, aside io.Writer) ([]signedFile, error) {
	p := wire.SignParams{Via: "auto", Service: c.Remote.Service}
	switch {
	case c.Card:
		p.Via = "card"
	case c.Remote.Wanted:
		p.Via = "remote"
	}
	defer func() {
		for _, d := range p.Documents {
			letGo(talk, d.Document)
		}
	}()
	for _, f := range files {
		d := c.document(f)
		var err error
		if d.Document, err = handIn(talk, f); err != nil {
			letGo(talk, d.Document)
			return nil, err
		}
		p.Documents = append(p.Documents, d)
	}
	var r wire.SignResult
	if err := talk("sign", p, &r, hearSigned(aside)); err != nil {
		return nil, err
	}
	var all []signedFile
	for i, d := range r.Documents {
		one := signedFile{File: files[i], SHA256: d.SHA256, Error: d.Error}
		if d.Error == nil {
			var err error
			if one.Signed, err = c.keep(talk, d, files[i]); err != nil {
				return all, err
			}
		}
		all = append(all, one)
		if !c.JSON {
			if err := writeLines(out, one.lines()...); err != nil {
				return all, err
			}
		}
	}
	return all, nil
}

func (s signedFile) lines() []string {
	if s.Error != nil {
		return []string{s.File + ": non firmato", "  " + strings.ReplaceAll(explain(s.Error), "\n", "\n  ")}
	}
	return []string{s.File + " → " + s.Signed}
}

// document is a file as the agent is asked to sign it.
func (c *signCommand) document(file string) wire.SignDocument {
	d := wire.SignDocument{Name: filepath.Base(file), Format: c.Format, Level: c.Level, Reason: c.Reason, Location: c.Location}
	if c.Detached {
		d.Packaging = "detached"
	}
	d.Field, _ = c.field() // Run has looked at it
	return d
}

// field reads --field.
func (c *signCommand) field() (*wire.SignField, error) {
	if c.Field == "" {
		return nil, nil
	}
	var f wire.SignField
	n, err := fmt.Sscanf(c.Field, "%d,%f,%f,%f,%f", &f.Page, &f.X, &f.Y, &f.Width, &f.Height)
	if err != nil || n != 5 {
		return nil, errors.New("--field: indicare PAGINA,X,Y,LARGHEZZA,ALTEZZA, per esempio -1,36,36,180,48")
	}
	return &f, nil
}

// keep fetches a signed document to its place.
func (c *signCommand) keep(talk talker, d wire.SignedDocument, file string) (string, error) {
	defer letGo(talk, d.Document)
	dir := c.Out
	if dir == "" {
		dir = filepath.Dir(file)
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		target := filepath.Join(dir, signedName(d.Name, filepath.Base(file), n))
		if _, err := os.Lstat(target); err == nil {
			continue
		}
		if err := fetch(talk, d.Document, target); !errors.Is(err, os.ErrExist) {
			return target, err
		}
	}
}

// signedName is what a signed file is called: never as the document itself, and
// with a number where that name is taken.
func signedName(name, original string, n int) string {
	if name == original {
		ext := filepath.Ext(name)
		name = strings.TrimSuffix(name, ext) + signedMark + ext
	}
	if n > 1 {
		ext := filepath.Ext(name)
		name = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext)
	}
	return name
}

// signedMark is in the names of signed files that end like their originals.
const signedMark = "-firmato"

// hearSigned writes how far a batch has come.
func hearSigned(aside io.Writer) func(string, json.RawMessage) error {
	return func(event string, params json.RawMessage) error {
		var p wire.SignProgress
		if event != wire.EventSign {
			return nil
		}
		if err := json.Unmarshal(params, &p); err != nil {
			return err
		}
		return writeLines(aside, fmt.Sprintf("%d di %d: %s", p.Done, p.Total, p.Name))
	}
}
