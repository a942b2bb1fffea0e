package agent

import (
	"context"

	"github.com/rs/zerolog"
	"golang.org/x/sys/windows/svc"
)

// RunService is the system service: started by the service control manager, it
// keeps one agent in each user's session until it is told to stop.
//
// The dispatcher is that of x/sys and not the library's, which accepts stop
// and shutdown only: the session's change of a logon comes this way, and an
// agent starts with the desktop instead of at the next look.
func RunService(exe string) error {
	s, err := newService(exe)
	if err != nil {
		return err
	}
	log := zerolog.Nop()
	if events, err := s.SystemLogger(nil); err == nil {
		log = zerolog.New(eventLog{events})
	}
	return svc.Run(serviceName, &dispatch{exe, log})
}

type dispatch struct {
	exe string
	log zerolog.Logger
}

// Execute implements svc.Handler.
func (d *dispatch) Execute(_ []string, requests <-chan svc.ChangeRequest, states chan<- svc.Status) (bool, uint32) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	changed := make(chan struct{}, 1)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		keep(ctx, &sessions{d.exe}, changed, d.log)
	}()
	states <- svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown | svc.AcceptSessionChange}
	for r := range requests {
		switch r.Cmd {
		case svc.Interrogate:
			states <- r.CurrentStatus
		case svc.SessionChange:
			select {
			case changed <- struct{}{}:
			default: // it will look anyway
			}
		case svc.Stop, svc.Shutdown:
			states <- svc.Status{State: svc.StopPending, WaitHint: uint32((endTime + drainTime).Milliseconds())}
			stop()
			<-kept
			return false, 0
		}
	}
	return false, 0
}
