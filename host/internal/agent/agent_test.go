//go:build unix

package agent

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/rs/zerolog"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/ipc"
	"raccordo/host/internal/wire"
)

// serve runs an agent at the real socket.
func serve(t *testing.T, opt Options) (end func()) {
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
