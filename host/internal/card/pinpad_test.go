//go:build linux

package card

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"testing"
	"time"

	"raccordo/host/internal/card/worker"
	"raccordo/host/internal/frame"
	"raccordo/host/internal/wire"
)

// padWorker stands for a module whose reader has a keypad: the PIN is typed
// there, which no virtual reader can do. The "module" is a file with the
// certificate; a file beside it makes the user of the keypad slow.
func padWorker(path string, in io.Reader, out io.Writer) error {
	der, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for {
		body, err := frame.Read(in, worker.MaxFrame)
		if err != nil {
			return err
		}
		var req worker.Request
		if err := json.Unmarshal(body, &req); err != nil {
			return err
		}
		var answer worker.Response
		switch req.Op {
		case worker.OpTokens:
			answer.Tokens = []worker.Token{{Slot: 1, Flags: worker.FlagProtectedPath, MinPIN: 5, MaxPIN: 8, Mechanisms: []worker.Mechanism{worker.PKCS1}}}
		case worker.OpObjects:
			answer.Certificates = []worker.Certificate{{DER: der, ID: []byte{1}}}
		case worker.OpLogin:
			if _, err := os.Stat(path + ".slow"); err == nil {
				time.Sleep(time.Minute)
			}
			if req.Secret {
				answer.Fault = &worker.Fault{Call: "C_Login", Name: "a PIN was sent to a keypad"}
			}
		}
		text, err := json.Marshal(answer)
		if err != nil {
			return err
		}
		if err := frame.Write(out, text); err != nil {
			return err
		}
	}
}

func padModule(t *testing.T) func(*Options) {
	path := t.TempDir() + "/pad"
	write(t, path, string(certificate(t, nothing).Raw))
	return func(o *Options) {
		o.Worker, o.Catalogue = argv(argPad), Catalogue{Prefer: []string{path}}
	}
}

func TestPinpadGetsNoPIN(t *testing.T) {
	r := start(t, padModule(t))
	card := r.insert(newCard(t))
	asked := 0
	k, err := r.Open(t.Context(), authOf(t, card), func(_ context.Context, req PINRequest) ([]byte, error) {
		asked++
		if !req.Pinpad {
			t.Error("the prompt was not told of the keypad")
		}
		return nil, nil
	})
	if err != nil || asked != 1 {
		t.Fatalf("%v, asked %d times", err, asked)
	}
	defer k.Close()
	if k.MaxTLSVersion() == 0 {
		t.Error("no TLS limit for a token with PKCS1 only")
	}
}

func TestWaitForThePinpadCanBeCancelled(t *testing.T) {
	change := padModule(t)
	var o Options
	change(&o)
	write(t, o.Catalogue.Prefer[0]+".slow", "")
	r := start(t, change)
	card := r.insert(newCard(t))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := r.Open(ctx, authOf(t, card), func(context.Context, PINRequest) ([]byte, error) { return nil, nil })
	if codeOf(err) != wire.ErrDeadline || time.Since(began) > 2*time.Second {
		t.Fatalf("%v after %v", err, time.Since(began))
	}
}
