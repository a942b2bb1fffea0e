package vcard

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"net"
	"time"
)

// The control messages of vpcd: a payload of one byte.
const (
	controlOff   = 0
	controlOn    = 1
	controlReset = 2
	controlATR   = 4 // the only one that wants an answer
)

// noise is longer than any ATR (33 bytes, ISO 7816-3 §8.2.1): the driver knows
// by it that a card is there, and can make nothing of it.
var noise [64]byte

// redialPause is how often a card looks for the service that died under it.
const redialPause = 200 * time.Millisecond

func dial(ctx context.Context, addr string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp", addr)
}

// stay serves the card until ctx ends, over as many connections as it takes.
func (c *Card) stay(ctx context.Context, conn net.Conn, addr string) {
	for {
		c.serve(ctx, conn)
		for conn = nil; conn == nil; conn, _ = dial(ctx, addr) {
			select {
			case <-ctx.Done():
				return
			case <-time.After(redialPause):
			}
		}
	}
}

// serve answers one connection until it ends or the card is pulled.
func (c *Card) serve(ctx context.Context, conn net.Conn) {
	unplug := context.AfterFunc(ctx, func() { conn.Close() })
	defer unplug()
	defer conn.Close()
	in := bufio.NewReader(quickReader{conn})
	chip := c.reset()
	for {
		message, err := readMessage(in)
		if err != nil {
			return
		}
		var answer []byte
		switch {
		case len(message) == 1 && message[0] == controlATR:
			answer = c.atr
			if c.mute {
				answer = noise[:]
			}
		case len(message) == 1: // power off, power on, reset
			chip = c.reset()
			continue
		case len(message) == 0:
			continue
		default:
			answer = c.exchange(ctx, chip, message)
		}
		if ctx.Err() != nil { // pulled in the middle of an operation
			return
		}
		if err := writeMessage(conn, answer); err != nil {
			return
		}
	}
}

// exchange runs one command, or lets the hook answer it.
func (c *Card) exchange(ctx context.Context, chip *chip, apdu []byte) []byte {
	c.apdus.Add(1)
	c.mu.Lock()
	hook := c.hook
	c.mu.Unlock()
	if hook != nil {
		if answer, replace := hook(append([]byte(nil), apdu...)); replace {
			return answer
		}
	}
	data, status := chip.run(ctx, apdu)
	return binary.BigEndian.AppendUint16(data, uint16(status))
}

func readMessage(r io.Reader) ([]byte, error) {
	var size [2]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	message := make([]byte, binary.BigEndian.Uint16(size[:]))
	_, err := io.ReadFull(r, message)
	return message, err
}

func writeMessage(w io.Writer, payload []byte) error {
	_, err := w.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(payload))), payload...))
	return err
}

// quickReader acknowledges at once. The driver sends length and payload in two
// segments with Nagle's algorithm on: without this each command would wait for
// the delayed acknowledgement, 40 ms. Linux forgets the option after use, so
// it is set before every read.
type quickReader struct{ net.Conn }

func (r quickReader) Read(p []byte) (int, error) {
	acknowledgeAtOnce(r.Conn)
	return r.Conn.Read(p)
}
