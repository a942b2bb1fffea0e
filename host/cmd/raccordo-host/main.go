// Command raccordo-host is the native messaging host that browsers start: a
// relay that copies frames between the browser's pipe and the agent's socket
// and says who is calling. It holds no state and no secret, imports no cgo,
// starts the agent when none runs, and ends when either side does.
//
// Exactly one framed answer goes out for each frame that came in. What can
// not reach the agent (a broken frame, no agent) is answered here with a typed
// error; stdout carries frames and nothing else.
package main

import (
	"io"
	"os"
)

func main() {
	out := os.Stdout
	os.Stdout = os.Stderr // whatever prints by mistake must not reach the browser
	os.Exit(run(os.Args, os.Stdin, out))
}

// run relays until one side ends. The exit code is 0 when the browser closed
// the pipe, 1 when the agent was lost or the stream could not be read on.
func run(args []string, in io.Reader, out io.Writer) int {
	r := &relay{out: out, caller: callerOf(args)}
	return r.serve(in)
}
