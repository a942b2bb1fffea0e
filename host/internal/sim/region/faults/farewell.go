package faults

import (
	"io"
	"net"
	"sync/atomic"
	"time"
)

// Listener gives connections that end politely after a planned refusal, for
// servers that leave the handshake to net/http.
type Listener struct{ net.Listener }

// Accept waits for a connection.
func (l Listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		return &polite{TCPConn: tcp}, err
	}
	return c, err
}

type polite struct {
	*net.TCPConn
	refused atomic.Bool
}

func (p *polite) Close() error {
	if p.refused.Load() {
		Farewell(p.TCPConn)
	}
	return p.TCPConn.Close()
}

// Farewell closes a refused connection once the client has had time to read the
// alert: what it sent meanwhile would turn the end into a reset.
func Farewell(conn net.Conn) {
	defer conn.Close()
	if tcp, ok := conn.(*net.TCPConn); ok && tcp.CloseWrite() == nil && tcp.SetReadDeadline(time.Now().Add(time.Second)) == nil {
		_, _ = io.Copy(io.Discard, tcp)
	}
}
