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
	hello, err := json.Marshal(wire.Greeting{Raccordo: wire.Protocol, Caller: caller, Answer: true})
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
	var answer wire.GreetingAnswer
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	if answer.Retiring {
		return errRetires
	}
	return conn.SetDeadline(time.Time{})
}
