package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"raccordo/host/internal/wire"
)

type verifyCommand struct {
	Original string   `help:"Documento originale, per una firma separata (.p7s)." type:"existingfile"`
	JSON     bool     `help:"Stampa in JSON."`
	Files    []string `arg:"" help:"File firmati; sono ammessi i modelli (*.p7m)."`
}

// verifiedFile is what was found in a file.
type verifiedFile struct {
	File string `json:"file"`
	*wire.Verification
	Error *wire.Error `json:"error,omitempty"`
}

// Run ends with 2 when not every signature is valid.
func (c *verifyCommand) Run() error {
	files, err := expand(c.Files)
	if err != nil {
		return err
	}
	conn, err := dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	all, err := c.verify(over(conn), files, os.Stdout)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(v verifiedFile) bool { return v.Error != nil || v.Verdict != wire.VerdictValid }) {
		return exit{code: 2}
	}
	return nil
}

func (c *verifyCommand) verify(talk talker, files []string, out io.Writer) ([]verifiedFile, error) {
	var all []verifiedFile
	for _, f := range files {
		v := verifiedFile{File: f}
		found, err := c.one(talk, f)
		var fault *wire.Error
		switch {
		case err == nil:
			v.Verification = &found
		case errors.As(err, &fault) && strings.HasPrefix(string(fault.Data.Code), "document."):
			v.Error = fault
		default:
			return all, err
		}
		all = append(all, v)
		if !c.JSON {
			if err := writeLines(out, v.lines()...); err != nil {
				return all, err
			}
		}
	}
	if c.JSON {
		return all, writeJSON(out, all)
	}
	return all, nil
}

// one verifies a file. What a detached signature is over is looked for beside
// it, under its name without the ending, when nothing else was said.
func (c *verifyCommand) one(talk talker, file string) (v wire.Verification, err error) {
	p := wire.VerifyDocumentParams{Name: filepath.Base(file)}
	defer func() { letGo(talk, p.Document); letGo(talk, p.Original) }()
	if p.Document, err = handIn(talk, file); err != nil {
		return v, err
	}
	original := c.Original
	for {
		if original != "" && p.Original == "" {
			if p.Original, err = handIn(talk, original); err != nil {
				return v, err
			}
		}
		err = talk("document.verify", p, &v, deaf)
		var fault *wire.Error
		if p.Original != "" || !errors.As(err, &fault) || fault.Data.Code != wire.ErrNoOriginal {
			return v, err
		}
		if original = besides(file); original == "" {
			return v, err
		}
	}
}

// besides is the file that a detached signature is named after, if it is there.
func besides(file string) string {
	for _, ending := range signedEndings {
		if name, ok := strings.CutSuffix(file, ending); ok {
			if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
				return name
			}
		}
	}
	return ""
}

func (v verifiedFile) lines() []string {
	if v.Error != nil {
		return []string{v.File + ":", "  " + strings.ReplaceAll(explain(v.Error), "\n", "\n  ")}
	}
	lines := []string{v.File + ": " + v.Text}
	for _, s := range v.Signatures {
		who := s.Signer.Name
		if s.Signer.CF != "" {
			who += " (" + s.Signer.CF + ")"
		}
		line := fmt.Sprintf("  %s, %s, certificato di %s", who, s.Format, s.Signer.Issuer)
		if s.ClaimedAt != "" {
			line += ", firmato " + instant(s.ClaimedAt)
		}
		if s.Timestamp != nil {
			line += ", marca temporale " + instant(s.Timestamp.At)
		}
		lines = append(lines, line)
		for _, n := range s.Notices {
			lines = append(lines, "    "+n.Text)
		}
	}
	return lines
}
