package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"raccordo/host/internal/wire"
)

// errChangedFile tells that a file is not what it was when it was opened.
var errChangedFile = errors.New("il file è cambiato durante la lettura: riprovare")

// over puts questions over one connection: what is handed in in pieces belongs
// to the connection that it came over.
func over(conn io.ReadWriter) talker {
	return func(method string, params, result any, heard func(string, json.RawMessage) error) error {
		return discuss(conn, method, params, result, heard)
	}
}

// deaf lets events pass by.
func deaf(string, json.RawMessage) error { return nil }

// handIn gives a file to the agent, piece by piece.
func handIn(talk talker, file string) (handle string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	before, err := f.Stat()
	if err != nil {
		return "", err
	}
	if !before.Mode().IsRegular() {
		return "", fmt.Errorf("%s: non è un file", file)
	}
	var h wire.DocumentHandle
	if err := talk("document.open", wire.DocumentOpenParams{Name: filepath.Base(file), Size: before.Size()}, &h, deaf); err != nil {
		return "", err
	}
	piece := make([]byte, wire.MaxPiece)
	for at := int64(0); at < before.Size(); {
		n, err := io.ReadFull(f, piece[:min(wire.MaxPiece, before.Size()-at)])
		if err != nil {
			return h.Document, fmt.Errorf("%s: %w", file, errChangedFile)
		}
		p := wire.DocumentWriteParams{Document: h.Document, Offset: at, Data: base64.StdEncoding.EncodeToString(piece[:n])}
		if err := talk("document.write", p, &wire.DocumentWritten{}, deaf); err != nil {
			return h.Document, err
		}
		at += int64(n)
	}
	if after, err := f.Stat(); err != nil || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return h.Document, fmt.Errorf("%s: %w", file, errChangedFile)
	}
	return h.Document, nil
}

// letGo closes a document; that there is none is no fault here.
func letGo(talk talker, handle string) {
	if handle != "" {
		_ = talk("document.close", wire.DocumentHandle{Document: handle}, &wire.NoParams{}, deaf)
	}
}

// fetch writes a document of the agent into a file that is not there yet. Until
// it is complete it has another name.
func fetch(talk talker, handle, file string) error {
	part, err := os.CreateTemp(filepath.Dir(file), ".raccordo-*.part")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	for at, end := int64(0), false; !end; {
		var p wire.DocumentPiece
		if err := talk("document.read", wire.DocumentReadParams{Document: handle, Offset: at}, &p, deaf); err != nil {
			part.Close()
			return err
		}
		piece, err := base64.StdEncoding.DecodeString(p.Data)
		if err == nil {
			_, err = part.Write(piece)
		}
		if err != nil {
			part.Close()
			return err
		}
		at, end = at+int64(len(piece)), p.End
	}
	if err := errors.Join(part.Sync(), part.Chmod(0o644), part.Close()); err != nil {
		return err
	}
	return place(part.Name(), file)
}

// place gives a complete file its name, and never takes another one's: a hard
// link fails where there is one, which a renaming does not. File systems without
// links get the name by renaming.
func place(part, file string) error {
	err := os.Link(part, file)
	if err == nil || errors.Is(err, os.ErrExist) {
		return err
	}
	if _, err := os.Lstat(file); err == nil {
		return &os.PathError{Op: "create", Path: file, Err: os.ErrExist}
	}
	return os.Rename(part, file)
}
