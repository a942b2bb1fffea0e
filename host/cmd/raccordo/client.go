package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/ipc"
	"raccordo/host/internal/texts"
	"raccordo/host/internal/wire"
)

// ask puts one question to the running agent.
func ask(method string, params, result any) error {
	conn, err := dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	return question(conn, method, params, result)
}

// asker is ask, and what stands in for it in a test.
type asker func(method string, params, result any) error

// converse puts one question and passes on the events that come before its
// answer.
func converse(method string, params, result any, heard func(event string, params json.RawMessage) error) error {
	conn, err := dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	return discuss(conn, method, params, result, heard)
}

// question asks over a connection on which no events are to come.
func question(conn io.ReadWriter, method string, params, result any) error {
	return discuss(conn, method, params, result, func(string, json.RawMessage) error { return nil })
}

func discuss(conn io.ReadWriter, method string, params, result any, heard func(event string, params json.RawMessage) error) error {
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
	for {
		answer, err := frame.Read(conn, wire.MaxFrame)
		if err != nil {
			return fmt.Errorf("il connettore ha chiuso la connessione: %w", err)
		}
		var resp struct {
			Method string
			Params json.RawMessage
			wire.Response
		}
		if err := json.Unmarshal(answer, &resp); err != nil {
			return err
		}
		switch {
		case resp.Method != "":
			if err := heard(resp.Method, resp.Params); err != nil {
				return err
			}
		case resp.Error != nil:
			return resp.Error
		default:
			return json.Unmarshal(resp.Result, result)
		}
	}
}

// follow calls changed with the cards there are and at each change, until the
// agent ends. The events begin with hello's answer; that the present state comes
// after it leaves no gap.
func follow(conn io.ReadWriter, changed func(wire.CardList) error) error {
	var hello wire.HelloResult
	if err := question(conn, "hello", wire.HelloParams{Protocol: wire.Protocol, Client: "raccordo/" + version}, &hello); err != nil {
		return err
	}
	req, err := json.Marshal(wire.Request{JSONRPC: "2.0", ID: json.RawMessage("2"), Method: "card.list"})
	if err != nil {
		return err
	}
	if err := frame.Write(conn, req); err != nil {
		return err
	}
	for {
		body, err := frame.Read(conn, wire.MaxFrame)
		if err != nil {
			return fmt.Errorf("il connettore ha chiuso la connessione: %w", err)
		}
		var message struct {
			Method string
			Params json.RawMessage
			Result json.RawMessage
			Error  *wire.Error
		}
		if err := json.Unmarshal(body, &message); err != nil {
			return err
		}
		state := message.Result
		switch {
		case message.Error != nil:
			return message.Error
		case message.Method == wire.EventCard:
			state = message.Params
		case message.Method != "":
			continue
		}
		var list wire.CardList
		if err := json.Unmarshal(state, &list); err != nil {
			return err
		}
		if err := changed(list); err != nil {
			return err
		}
	}
}

// explain words an error for a person: what happened, what to do, and the raw
// code for whoever helps.
func explain(err error) string {
	var fault *wire.Error
	if !errors.As(err, &fault) {
		return err.Error()
	}
	m := texts.Of(fault.Data.Code)
	text := m.Text + "\n  " + m.Remedy
	switch left := fault.Data.AttemptsLeft; {
	case fault.Data.FinalTry:
		text += "\n  È l'ultimo tentativo prima del blocco della carta."
	case left != nil && *left > 0:
		text += fmt.Sprintf("\n  Tentativi rimasti: %d.", *left)
	}
	for _, n := range fault.Data.Notices {
		text += "\n  " + n.Text
	}
	text += "\n  [" + string(fault.Data.Code)
	for _, more := range []string{fault.Data.Detail, fault.Data.Reference} {
		if more != "" {
			text += ", " + more
		}
	}
	return text + "]"
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
