package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/ipc"
	"raccordo/host/internal/wire"
)

// ask puts one question to the running agent.
func ask(method string, params, result any) error {
	conn, err := dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	body, err := json.Marshal(params)
	if err != nil {
		return err
	}
	req, err := json.Marshal(wire.Request{JSONRPC: "2.0", ID: json.RawMessage("1"), Method: method, Params: body, UserGesture: true})
	if err != nil {
		return err
	}
	if err := frame.Write(conn, req); err != nil {
		return err
	}
	answer, err := frame.Read(conn, wire.MaxFrame)
	if err != nil {
		return fmt.Errorf("il connettore ha chiuso la connessione: %w", err)
	}
	var resp wire.Response
	if err := json.Unmarshal(answer, &resp); err != nil {
		return err
	}
	if resp.Error != nil {
		return resp.Error
	}
	return json.Unmarshal(resp.Result, result)
}

func dial() (net.Conn, error) {
	conn, err := ipc.Dial()
	if errors.Is(err, ipc.ErrNoAgent) {
		return nil, errors.New("il connettore non è in esecuzione: avviarlo con «raccordo agent»")
	}
	if err != nil {
		return nil, err
	}
	dir, err := ipc.OwnDir()
	if err != nil {
		return nil, err
	}
	if _, err := ipc.Verify(conn, dir); err != nil {
		conn.Close()
		return nil, err
	}
	hello, err := json.Marshal(wire.Greeting{Raccordo: wire.Protocol, Caller: wire.Caller{Kind: "cli"}})
	if err != nil {
		return nil, err
	}
	return conn, frame.Write(conn, hello)
}
