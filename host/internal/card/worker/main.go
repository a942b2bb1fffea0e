package worker

import (
	"io"
	"os"
	"runtime"
	"time"

	"raccordo/host/internal/slim"
)

// restful is how long nothing was asked until memory is given back.
const restful = 5 * time.Second

// Main is the child process: it loads the module and serves until in ends. The
// module is initialised by the first request, not here, so that a worker can be
// started before the card is ready.
func Main(modulePath string, in io.Reader, out io.Writer) error {
	in, out, err := ownPipes(in, out)
	if err != nil {
		return err
	}
	// Some modules keep per-thread state: all calls come from one thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := limitMemory(); err != nil {
		return err
	}
	lib, err := load(modulePath)
	if err != nil {
		return refuse(in, out, unloadable(modulePath, err))
	}
	m := &module{lib: lib, slots: map[uint]*slot{}}
	requests, fault := frames(in, func() {
		time.AfterFunc(orphanGrace, func() { os.Exit(3) })
	})
	quiet := time.AfterFunc(restful, slim.Now)
	defer quiet.Stop()
	err = serve(requests, out, func(req Request, secret []byte) Response {
		quiet.Stop()
		defer quiet.Reset(restful)
		return m.handle(req, secret)
	})
	if err != nil {
		return err
	}
	m.close()
	return *fault
}
