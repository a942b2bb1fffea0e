package main

import (
	"encoding/json"
	"fmt"
	"net"
	"time"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/ipc"
	"raccordo/host/internal/wire"
)

// greeting asks the agent to say whether it stays, before it is asked anything
// that would be lost with it.
type greeting struct {
	wire.Greeting
	Answer bool `json:"answer"`
}

// greetingAnswer is the agent's: it stays, or leaves its place to the program
// that is in the folder now.
type greetingAnswer struct {
	Raccordo int  `json:"raccordo"`
	Retiring bool `json:"retiring"`
}

// greet checks who is at the other end and says who is calling. The connection
// is closed when there is no agent of ours that stays.
func greet(conn net.Conn, dir string, caller wire.Caller) (net.Conn, error) {
	agent, err := ipc.Verify(conn, dir)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("%w: %w", errPeer, err)
	}
	conn = lendForeground(conn, agent.PID)
	if err := introduce(conn, caller); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

func introduce(conn net.Conn, caller wire.Caller) error {
	hello, err := json.Marshal(greeting{wire.Greeting{Raccordo: wire.Protocol, Caller: caller}, true})
	if err != nil {
		return err
	}
	conn.SetDeadline(time.Now().Add(greetTime))
	if err := frame.Write(conn, hello); err != nil {
		return fmt.Errorf("%w: %w", errRetires, err) // it closed the door
	}
	body, err := frame.Read(conn, 4096)
	if err != nil {
		return fmt.Errorf("%w: %w", errRetires, err)
	}
	var answer greetingAnswer
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	if answer.Retiring {
		return errRetires
	}
	return conn.SetDeadline(time.Time{})
}
