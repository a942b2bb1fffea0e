package faults

import (
	"net"
	"net/http"
	"sync"
)

// Attach makes the server drop the connections it has when a fault of its
// handshakes is planned, each as soon as it is idle: a client that keeps one
// would never shake hands again.
func (h Hello) Attach(srv *http.Server) {
	c := &connections{open: map[net.Conn]bearing{}}
	srv.ConnState = c.follow
	h.Plan.Watch(func(f Fault) {
		if h.concerns(f) {
			c.drop()
		}
	}, nil)
}

// bearing is what a connection is doing and whether it should end.
type bearing struct{ idle, stale bool }

type connections struct {
	mutex sync.Mutex
	open  map[net.Conn]bearing
}

// follow is an http.Server's ConnState.
func (c *connections) follow(conn net.Conn, state http.ConnState) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	b := c.open[conn]
	b.idle = state == http.StateIdle
	switch {
	case state == http.StateClosed || state == http.StateHijacked:
		delete(c.open, conn)
		return
	case b.idle && b.stale:
		_ = conn.Close()
	}
	c.open[conn] = b
}

func (c *connections) drop() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for conn, b := range c.open {
		if b.stale = true; b.idle {
			_ = conn.Close()
		}
		c.open[conn] = b
	}
}

// concerns tells whether a fault happens in handshakes of this listener.
func (h Hello) concerns(f Fault) bool {
	when, _ := f.Kind.Moment()
	if when != AtHandshake {
		return false
	}
	for _, name := range h.Names {
		if f.Service == name {
			return true
		}
	}
	return f.Service == ""
}
