package region

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// change is one line of the journal: exactly one of its parts is there.
type change struct {
	Lot          string        `json:",omitempty"` // NRE without its progressive,
	Owner        string        `json:",omitempty"` // given to this doctor
	Prescription *prescription `json:",omitempty"` // accepted,
	OwnNRE       bool          `json:",omitempty"` // with a number of the region's
	NRE          string        `json:",omitempty"` // moved
	State        string        `json:",omitempty"` // to this state
	Web          bool          `json:",omitempty"` // or found to be written in the web application
	Declaration  *declaration  `json:",omitempty"`
}

// journal is a file of changes, one JSON object a line, only ever appended to.
type journal struct{ file *os.File }

const journalName = "archivio.jsonl"

// openJournal reads what is there. A last line without its end is what a kill
// leaves behind: it was never answered for, and goes.
func openJournal(dir string, apply func(change)) (*journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(dir, journalName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	whole, err := replay(file, apply)
	if err == nil {
		err = file.Truncate(whole)
	}
	if err == nil {
		_, err = file.Seek(whole, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &journal{file}, nil
}

// replay returns how many bytes are whole lines.
func replay(r io.Reader, apply func(change)) (whole int64, err error) {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return whole, nil
		}
		if err != nil {
			return whole, err
		}
		var c change
		if err := json.Unmarshal(bytes.TrimSpace(line), &c); err != nil {
			return whole, fmt.Errorf("journal, byte %d: %w", whole, err)
		}
		apply(c)
		whole += int64(len(line))
	}
}

func (j *journal) append(c change) error {
	line, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = j.file.Write(append(line, '\n'))
	return err
}

func (a *archive) close() error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.journal == nil || a.journal.file == nil {
		return nil
	}
	err := a.journal.file.Close()
	a.journal.file = nil
	return err
}
