package agent

import (
	"crypto/rand"
	"fmt"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// endTime is how long an agent may take to end when it is asked to: its
// requests and the logout from the region.
const endTime = 15 * time.Second

// winAgent is an agent's process and the event by which it is told to end: it
// has no console for Ctrl-C, no window for WM_CLOSE, and its pipe is its
// user's alone.
type winAgent struct {
	code int
	dead chan struct{}

	mu             sync.Mutex
	process, event windows.Handle // 0 when it has ended
}

func newWinAgent(process, event windows.Handle) *winAgent {
	a := &winAgent{process: process, event: event, code: -1, dead: make(chan struct{})}
	go a.watch(process)
	return a
}

func (a *winAgent) watch(process windows.Handle) {
	defer close(a.dead)
	var code uint32
	if _, err := windows.WaitForSingleObject(process, windows.INFINITE); err == nil && windows.GetExitCodeProcess(process, &code) == nil {
		a.code = int(int32(code))
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	windows.CloseHandle(a.process)
	windows.CloseHandle(a.event)
	a.process, a.event = 0, 0
}

// Wait implements running.
func (a *winAgent) Wait() int {
	<-a.dead
	return a.code
}

// End implements running.
func (a *winAgent) End() {
	a.signal(windows.SetEvent, func() windows.Handle { return a.event })
	select {
	case <-a.dead:
	case <-time.After(endTime):
		a.signal(func(h windows.Handle) error { return windows.TerminateProcess(h, 1) }, func() windows.Handle { return a.process })
	}
}

// signal does something with a handle unless the process has ended.
func (a *winAgent) signal(do func(windows.Handle) error, of func() windows.Handle) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if h := of(); h != 0 {
		_ = do(h)
	}
}

// newEndEvent makes an event that the user may wait for and only the service
// may set. Its name is not to be guessed, so nobody can have made it before.
func newEndEvent(user string) (windows.Handle, string, error) {
	name := `Global\Raccordo-` + rand.Text()
	sd, err := windows.SecurityDescriptorFromString(fmt.Sprintf("D:P(A;;GA;;;SY)(A;;0x%x;;;%s)", windows.SYNCHRONIZE, user))
	if err != nil {
		return 0, "", err
	}
	wide, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return 0, "", err
	}
	attributes := windows.SecurityAttributes{SecurityDescriptor: sd}
	attributes.Length = uint32(unsafe.Sizeof(attributes))
	event, err := windows.CreateEvent(&attributes, 1, 0, wide)
	if err != nil {
		return 0, "", fmt.Errorf("CreateEvent: %w", err)
	}
	return event, name, nil
}

// UntilEvent calls end when the event of that name is set.
func UntilEvent(name string, end func()) error {
	wide, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return err
	}
	event, err := windows.OpenEvent(windows.SYNCHRONIZE, false, wide)
	if err != nil {
		return fmt.Errorf("OpenEvent: %w", err)
	}
	go func() {
		_, _ = windows.WaitForSingleObject(event, windows.INFINITE)
		end() // an event that can not be waited for is a service that is gone
	}()
	return nil
}
