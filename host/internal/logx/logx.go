// Package logx is the log of the agent and the one place where personal data
// is taken out of it: whatever any part writes passes the redactor before it
// reaches the file. It never writes to stdout, which belongs to frames.
package logx

import (
	"io"
	"os"
	"path/filepath"
	"regexp"

	"github.com/rs/zerolog"
)

// maxSize is when a log file is put aside (one is kept).
const maxSize = 4 << 20

// redactions replace what must never be shown to support: codici fiscali (also
// STP/ENI), NRE, session and access tokens, long base64 (certificates,
// ciphertexts), authentication codes.
var redactions = []struct {
	pattern *regexp.Regexp
	with    []byte
}{
	{regexp.MustCompile(`\b[A-Za-z]{6}[0-9LMNPQRSTUVlmnpqrstuv]{2}[A-Za-z][0-9LMNPQRSTUVlmnpqrstuv]{2}[A-Za-z][0-9LMNPQRSTUVlmnpqrstuv]{3}[A-Za-z]`), []byte("[CF]")},
	{regexp.MustCompile(`\b(?:STP|ENI)[0-9]{13}\b`), []byte("[CF]")},
	{regexp.MustCompile(`\b[0-9]{3}[0-9A-Z]{2}[0-7][0-9]{9}\b`), []byte("[NRE]")},
	{regexp.MustCompile(`\b[0-9]{20,30}\b`), []byte("[NUMERO]")},
	{regexp.MustCompile(`\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b`), []byte("[TOKEN]")},
	{regexp.MustCompile(`\b(?i:Bearer|Basic) [A-Za-z0-9._~+/=-]+`), []byte("[TOKEN]")},
	{regexp.MustCompile(`[A-Za-z0-9+/]{80,}={0,2}`), []byte("[BASE64]")},
}

// Redact returns line without personal data and secrets.
func Redact(line []byte) []byte {
	for _, r := range redactions {
		line = r.pattern.ReplaceAll(line, r.with)
	}
	return line
}

// redactor is the choke point.
type redactor struct{ w io.Writer }

func (r redactor) Write(line []byte) (int, error) {
	if _, err := r.w.Write(Redact(line)); err != nil {
		return 0, err
	}
	return len(line), nil
}

// New logs to w, redacted.
func New(w io.Writer, level string) zerolog.Logger {
	l, err := zerolog.ParseLevel(level)
	if err != nil {
		l = zerolog.InfoLevel
	}
	return zerolog.New(redactor{w}).Level(l).With().Timestamp().Logger()
}

// File opens STATE/log/NAME.log for appending, putting a large one aside.
func File(state, name string) (*os.File, error) {
	dir := filepath.Join(state, "log")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, name+".log")
	if info, err := os.Stat(path); err == nil && info.Size() > maxSize {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
}
