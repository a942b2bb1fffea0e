package main

import (
	"net"

	"golang.org/x/sys/windows"
)

var allowForeground = windows.NewLazySystemDLL("user32.dll").NewProc("AllowSetForegroundWindow")

// foregroundConn lets the agent come to the front with each request: a PIN
// window behind the browser would be waited for in vain. The right is the
// browser's, which passes it to what it starts; the agent runs on its own, and
// the next key or click takes the right away.
type foregroundConn struct {
	net.Conn
	agent int
}

func lendForeground(conn net.Conn, agent int) net.Conn { return &foregroundConn{conn, agent} }

func (c *foregroundConn) Write(b []byte) (int, error) {
	allowForeground.Call(uintptr(c.agent)) // a refusal costs the window a click on the task bar
	return c.Conn.Write(b)
}
