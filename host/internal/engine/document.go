package engine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"os"
	"sync"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/spool"
	"raccordo/host/internal/wire"
)

// documents are those that callers have handed in, and what was made of them.
type documents struct {
	store *spool.Store

	dir    string // where the store is, and copies for a viewer
	mu     sync.Mutex
	owners map[owner]func() bool  // stops the watch over its connection
	copies map[string]*time.Timer // folders of copies, and when they go
}

// owner is a page, or a program, at one connection.
type owner struct {
	connection context.Context
	caller     wire.Caller
	origin     string
}

func newDocuments(dir string, now func() time.Time) (*documents, error) {
	store, err := spool.Open(dir, now)
	return &documents{store: store, dir: dir, owners: map[owner]func() bool{}, copies: map[string]*time.Timer{}}, err
}

func ownerOf(c Call) owner { return owner{c.Open, c.Caller, c.Origin} }

// of is who asks. What an owner has goes with its connection.
func (d *documents) of(c Call) owner {
	o := ownerOf(c)
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.owners[o]; known || o.connection == nil {
		return o
	}
	d.owners[o] = context.AfterFunc(o.connection, func() {
		d.mu.Lock()
		delete(d.owners, o)
		d.mu.Unlock()
		d.store.Leave(o)
	})
	return o
}

func (d *documents) shut() {
	d.mu.Lock()
	for o, stop := range d.owners {
		stop()
		delete(d.owners, o)
	}
	for dir, timer := range d.copies {
		timer.Stop()
		_ = os.RemoveAll(dir)
	}
	d.mu.Unlock()
	d.store.Shut()
}

// folder makes one for copies that a viewer is given. What is left of it by an
// agent that was killed goes with the next start (spool.Open).
func (d *documents) folder() (string, error) { return os.MkdirTemp(d.dir, "copie-") }

// removeLater removes a folder of copies in a while.
func (d *documents) removeLater(dir string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.copies[dir] = time.AfterFunc(viewerTime, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		_ = os.RemoveAll(dir)
		delete(d.copies, dir)
	})
}

// source is a document that is read in place, and what people know of it.
type source interface {
	signature.Source
	SHA256() string
	Release()
}

// inline is a document that came within its request.
type inline struct {
	*bytes.Reader
	sum string
}

func (d inline) SHA256() string { return d.sum }
func (d inline) Release()       {}

func newInline(content []byte) source {
	sum := sha256.Sum256(content)
	return inline{bytes.NewReader(content), hex.EncodeToString(sum[:])}
}

// source finds a document by its handle, or takes the content of a request.
// Exactly one of the two is given.
func (d *documents) source(c Call, handle, content, place string) (source, error) {
	switch {
	case (handle != "") == (content != ""):
		return nil, wire.NewError(wire.ErrParams, place)
	case handle != "":
		return d.store.Get(d.of(c), handle)
	}
	body, err := base64.StdEncoding.DecodeString(content)
	if err != nil {
		return nil, wire.NewError(wire.ErrParams, place)
	}
	return newInline(body), nil
}

func (e *Engine) openDocument(c Call, p wire.DocumentOpenParams) (wire.DocumentHandle, error) {
	id, err := e.documents.store.Create(e.documents.of(c), p.Size)
	return wire.DocumentHandle{Document: id}, err
}

func (e *Engine) writeDocument(c Call) (any, error) {
	var data []byte
	c.Params, data = cutData(c.Params)
	return call(c, func(p wire.DocumentWriteParams) (wire.DocumentWritten, error) {
		if data == nil {
			data = []byte(p.Data)
		}
		piece, err := base64.StdEncoding.AppendDecode(nil, data)
		if err != nil {
			return wire.DocumentWritten{}, wire.NewError(wire.ErrParams, "/data")
		}
		received, err := e.documents.store.Write(e.documents.of(c), p.Document, p.Offset, piece)
		return wire.DocumentWritten{Received: received}, err
	})
}

func (e *Engine) readDocument(c Call, p wire.DocumentReadParams) (wire.DocumentPiece, error) {
	piece, size, err := e.documents.store.Read(e.documents.of(c), p.Document, p.Offset)
	if err != nil {
		return wire.DocumentPiece{}, err
	}
	return wire.DocumentPiece{Data: base64.StdEncoding.EncodeToString(piece), Size: size, End: p.Offset+int64(len(piece)) == size}, nil
}

func (e *Engine) closeDocument(c Call, p wire.DocumentHandle) (wire.NoParams, error) {
	return wire.NoParams{}, e.documents.store.Close(e.documents.of(c), p.Document)
}
