package pcsc

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// The range lies under the one from which Linux takes the local ports of
// outgoing connections (32768), so that only another listener can be in the way.
const (
	firstPort = 20000
	lastPort  = 32000
)

// freePorts finds the first ports of n runs of slotsPerEntry free ones.
func freePorts(n int) ([]int, error) {
	var held []net.Listener
	defer func() {
		for _, l := range held {
			l.Close()
		}
	}()
	var ports []int
	for range 1000 {
		port := firstPort + slotsPerEntry*rand.IntN((lastPort-firstPort)/slotsPerEntry)
		run, err := listenRun(port)
		held = append(held, run...)
		if err != nil {
			continue
		}
		if ports = append(ports, port); len(ports) == n {
			return ports, nil
		}
	}
	return nil, errors.New("no free ports for the virtual readers")
}

func listenRun(port int) ([]net.Listener, error) {
	var run []net.Listener
	for i := range slotsPerEntry {
		l, err := net.Listen("tcp4", fmt.Sprintf("0.0.0.0:%d", port+i)) // the driver's own address
		if err != nil {
			return run, err
		}
		run = append(run, l)
	}
	return run, nil
}
