package ipc

import (
	"errors"
	"net"
	"os"
)

// ErrTaken tells that another agent of this user has the place.
var ErrTaken = errors.New("another agent already runs")

// Place is the one place of a user's agent. Who holds it is alone with the
// user's stores, whether it listens or not: an agent that is ending keeps the
// place until everything is put away.
type Place struct{ lock *os.File }

// Close gives the place back.
func (p *Place) Close() error { return p.lock.Close() }

// Listen takes the place and listens; closing the listener gives it back.
func Listen() (net.Listener, error) {
	p, err := Take()
	if err != nil {
		return nil, err
	}
	l, err := p.Listen()
	if err != nil {
		p.Close()
		return nil, err
	}
	return &placed{l, p}, nil
}

type placed struct {
	net.Listener
	place *Place
}

func (l *placed) Close() error {
	return errors.Join(l.Listener.Close(), l.place.Close())
}
