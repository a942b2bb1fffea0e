//go:build unix

package agent

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/ipc"
	"raccordo/host/internal/wire"
)

// listen takes the real socket.
func listen(t *testing.T) net.Listener {
	t.Helper()
	dir, err := os.MkdirTemp("", "rc") // short enough for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	t.Setenv("XDG_RUNTIME_DIR", dir)
	l, err := ipc.Listen()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// serve runs an agent at the real socket.
func serve(t *testing.T, opt Options) (end func()) {
	t.Helper()
	l := listen(t)
	opt.Log = zerolog.Nop()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- New(ready(&fake{}), opt).Serve(ctx, l) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestServe(t *testing.T) {
	own, err := ipc.OwnDir()
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		trusted []string
		answers bool
	}{
		"program of the folder":   {[]string{own}, true},
		"any program of the user": {nil, true},
		"foreign program":         {[]string{"/opt/raccordo"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			end := serve(t, Options{Trusted: tt.trusted})
			conn, err := ipc.Dial()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			// A caller who was refused may find the connection closed already.
			_ = frame.Write(conn, []byte(`{"raccordo":1,"caller":{"kind":"cli"}}`))
			_ = frame.Write(conn, []byte(`{"jsonrpc":"2.0","id":1,"method":"hello"}`))
			body, err := frame.Read(conn, wire.MaxFrame)
			if tt.answers {
				var resp wire.Response
				if err != nil || json.Unmarshal(body, &resp) != nil || resp.Error != nil || string(resp.ID) != "1" {
					t.Errorf("%s, %v", body, err)
				}
			} else if err == nil {
				t.Errorf("a foreign program was answered: %s", body)
			}
			end() // with the caller still there
			if _, err := frame.Read(conn, wire.MaxFrame); err == nil {
				t.Error("the connection outlives the agent")
			} else if tt.answers && !errors.Is(err, io.EOF) {
				t.Errorf("%v, not a clean end", err)
			}
			if _, err := ipc.Dial(); !errors.Is(err, ipc.ErrNoAgent) {
				t.Errorf("%v, not ErrNoAgent", err)
			}
		})
	}
}

// broken is a socket that fails after its first caller.
type broken struct {
	net.Listener
	callers int
}

var errSocket = errors.New("too many open files")

func (b *broken) Accept() (net.Conn, error) {
	if b.callers++; b.callers > 1 {
		return nil, errSocket
	}
	return b.Listener.Accept()
}

// An agent that can not hear anybody ends, callers or not: its place is free
// for another.
func TestSocketFails(t *testing.T) {
	l := listen(t)
	ended := make(chan error, 1)
	go func() {
		ended <- New(ready(&fake{}), Options{Log: zerolog.Nop()}).Serve(t.Context(), &broken{Listener: l})
	}()
	conn, err := ipc.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	select {
	case err := <-ended:
		if !errors.Is(err, errSocket) {
			t.Errorf("%v, not the socket's fault", err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("waits for a caller that has no reason to go")
	}
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		again, err := ipc.Dial()
		if errors.Is(err, ipc.ErrNoAgent) {
			break
		}
		if err == nil {
			again.Close()
		}
		if time.Now().After(end) {
			t.Fatal("the place is not free")
		}
	}
}
