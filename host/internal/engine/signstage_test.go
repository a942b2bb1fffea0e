//go:build unix

package engine

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/prompt"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/pinentry"
	"raccordo/host/internal/sim/signtest"
	"raccordo/host/internal/wire"
)

// desk is a stage with a person in front of it who reads windows, and a key of
// this PC in place of a card.
type desk struct {
	*stage
	house  *signtest.House
	person string // folder of the person's script
	key    *testKey
	viewed string // folder: what the system's viewer was given
}

// testKey is a signer that counts, and does what a test wants instead of signing.
type testKey struct {
	signature.Signer
	mu     sync.Mutex
	asked  [][]byte // digests
	before func(ctx context.Context, i int) error
	rogue  func(i int, each func(int, []byte), value []byte) // after each
	spoil  func(i int, value []byte) []byte
	keeps  int // values from this one on to itself; 0: none
	closed int
}

func (k *testKey) SignAll(ctx context.Context, digests [][]byte, each func(int, []byte)) error {
	for i, d := range digests {
		if k.before != nil {
			if err := k.before(ctx, i); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		k.mu.Lock()
		k.asked = append(k.asked, d)
		k.mu.Unlock()
		err := k.Signer.SignAll(ctx, [][]byte{d}, func(_ int, value []byte) {
			if k.spoil != nil {
				value = k.spoil(i, value)
			}
			if k.keeps == 0 || i < k.keeps {
				each(i, value)
			}
			if k.rogue != nil {
				k.rogue(i, each, value)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (k *testKey) Close() error { k.closed++; return k.Signer.Close() }

// viewerScript keeps what it is asked to show.
const viewerScript = `#!/bin/sh
cp "$1" '%[1]s/' && ls -ld "$(dirname "$1")" "$1" >> '%[1]s/rights' && echo "$1" >> '%[1]s/files'
`

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{stage: newStage(t, "extension"), house: signtest.New(t), viewed: t.TempDir()}
	who := d.house.One(t, "P-256 SHA-256")
	d.key = &testKey{Signer: signature.Local(who.Identity, who.Key, nil)}
	d.e.hands = func(context.Context, Call, wire.SignParams) (*hand, error) {
		return &hand{via: "card", who: signature.Signatory(who.Identity.Certificate), with: "con la carta di prova", signer: d.key}, nil
	}
	d.sits(pinentry.Script{})
	bin := t.TempDir()
	d.must(os.WriteFile(filepath.Join(bin, "xdg-open"), []byte(strings.ReplaceAll(viewerScript, "%[1]s", d.viewed)), 0o700))
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	return d
}

// sits puts a person in front of the windows.
func (d *desk) sits(s pinentry.Script) {
	d.t.Helper()
	exe, err := os.Executable()
	d.must(err)
	d.person = d.t.TempDir()
	program, err := pinentry.Install(d.person, exe)
	d.must(err)
	d.must(pinentry.Set(d.person, s))
	d.e.prompts = prompt.New(program, time.Minute, zerolog.Nop())
}

func (d *desk) shown() []pinentry.Window {
	d.t.Helper()
	all, err := pinentry.Shown(d.person)
	d.must(err)
	return all
}

// do is one request over a connection.
func do[R any](d *desk, open context.Context, caller wire.Caller, origin, method string, params any, notify func(wire.Event)) (R, wire.ErrorCode) {
	d.t.Helper()
	text, err := json.Marshal(params)
	d.must(err)
	var out R
	if open == nil {
		open = context.Background()
	}
	ctx, cancel := context.WithTimeout(open, 30*time.Second)
	defer cancel()
	result, fault := d.e.Do(ctx, Call{Request: wire.Request{Method: method, Params: text, Origin: origin, UserGesture: true}, Caller: caller, Open: open, Notify: notify})
	if fault != nil {
		return out, fault.Data.Code
	}
	body, err := json.Marshal(result)
	d.must(err)
	d.must(json.Unmarshal(body, &out))
	return out, ""
}

func (d *desk) sign(p wire.SignParams) (wire.SignResult, wire.ErrorCode) {
	d.t.Helper()
	return do[wire.SignResult](d, nil, d.caller(), clinic, "sign", p, nil)
}

// within is a document that comes within the request.
func within(name, format, content string) wire.SignDocument {
	return wire.SignDocument{Name: name, Format: format, Content: base64.StdEncoding.EncodeToString([]byte(content))}
}

// hand in gives a document in pieces.
func (d *desk) handIn(open context.Context, origin string, content []byte) string {
	d.t.Helper()
	h, code := do[wire.DocumentHandle](d, open, d.caller(), origin, "document.open", wire.DocumentOpenParams{Name: "a", Size: int64(len(content))}, nil)
	if code != "" {
		d.t.Fatal(code)
	}
	for at := 0; at < len(content); {
		n := min(wire.MaxPiece, len(content)-at)
		w, code := do[wire.DocumentWritten](d, open, d.caller(), origin, "document.write",
			wire.DocumentWriteParams{Document: h.Document, Offset: int64(at), Data: base64.StdEncoding.EncodeToString(content[at : at+n])}, nil)
		if at += n; code != "" || w.Received != int64(at) {
			d.t.Fatalf("%q %+v", code, w)
		}
	}
	return h.Document
}

// fetch reads a document in pieces.
func (d *desk) fetch(open context.Context, origin, handle string) []byte {
	d.t.Helper()
	var all []byte
	for {
		p, code := do[wire.DocumentPiece](d, open, d.caller(), origin, "document.read", wire.DocumentReadParams{Document: handle, Offset: int64(len(all))}, nil)
		if code != "" {
			d.t.Fatal(code)
		}
		piece, err := base64.StdEncoding.DecodeString(p.Data)
		d.must(err)
		if all = append(all, piece...); p.End {
			if int64(len(all)) != p.Size {
				d.t.Fatalf("%d of %d bytes", len(all), p.Size)
			}
			return all
		}
	}
}

// bytesOf is the content of an inline answer.
func bytesOf(t *testing.T, r wire.SignedDocument) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(r.Content)
	if err != nil || len(b) == 0 {
		t.Fatalf("%s: no content: %v, %+v", r.Name, err, r.Error)
	}
	return b
}
