// Command minimal is the least that a native messaging host in Go can be: it
// answers every frame with the same frame until the pipe ends. The benchmarks
// set it beside raccordo-host, and a bare extension speaks to it.
package main

import (
	"encoding/binary"
	"io"
	"os"
)

func main() {
	for {
		var head [4]byte
		if _, err := io.ReadFull(os.Stdin, head[:]); err != nil {
			return
		}
		frame := make([]byte, 4+binary.LittleEndian.Uint32(head[:]))
		copy(frame, head[:])
		if _, err := io.ReadFull(os.Stdin, frame[4:]); err != nil {
			return
		}
		if _, err := os.Stdout.Write(frame); err != nil {
			return
		}
	}
}
