// Package logx is the log of the agent and the one place where personal data
// is taken out of it: whatever any part writes passes the redactor before it
// reaches the file. It never writes to stdout, which belongs to frames.
package logx

import (
	"io"
	"os"
	"path/filepath"

	"github.com/rs/zerolog"
)

// maxSize is when a log file is put aside (one is kept).
const maxSize = 4 << 20

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
	if err != nil || level == "" { // zerolog takes "" for silence
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
