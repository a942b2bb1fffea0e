package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"path/filepath"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/wire"
)

// line is a connection to an agent's own socket, as the command line has one.
type line struct{ conn net.Conn }

// dial opens a line; runtime is the agent's XDG_RUNTIME_DIR.
func dial(ctx context.Context, runtime string) (*line, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", filepath.Join(runtime, "raccordo", "agent.sock"))
	if err != nil {
		return nil, err
	}
	hello, err := json.Marshal(wire.Greeting{Raccordo: wire.Protocol, Caller: wire.Caller{Kind: "cli"}})
	if err == nil {
		err = frame.Write(conn, hello)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return &line{conn}, nil
}

func (l *line) close() { l.conn.Close() }

// ask puts one question. A *wire.Error is the agent's answer, any other error
// the end of the line.
func (l *line) ask(ctx context.Context, method string, params, result any) error {
	stop := context.AfterFunc(ctx, func() { l.conn.Close() })
	defer stop()
	body, err := json.Marshal(params)
	if err != nil {
		return err
	}
	req, err := json.Marshal(wire.Request{JSONRPC: "2.0", ID: json.RawMessage("1"), Method: method, Params: body, UserGesture: true})
	if err != nil {
		return err
	}
	if err := frame.Write(l.conn, req); err != nil {
		return err
	}
	for {
		body, err := frame.Read(l.conn, wire.MaxFrame)
		if err != nil {
			return err
		}
		var m struct {
			wire.Response
			Method string
		}
		if err := json.Unmarshal(body, &m); err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		switch {
		case m.Method != "": // progress of a batch
		case m.Error != nil:
			return m.Error
		default:
			return json.Unmarshal(m.Result, result)
		}
	}
}
