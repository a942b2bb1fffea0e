package agent

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kardianos/service"
)

// recorded is a service manager that notes what it was told.
type recorded struct {
	installed, running, current bool
	fails                       string // the step that fails
	did                         []string
}

var errStep = errors.New("no")

func (r *recorded) step(name string, effect func()) error {
	r.did = append(r.did, name)
	if r.fails == name {
		return errStep
	}
	effect()
	return nil
}

func (r *recorded) Status() (service.Status, error) {
	switch {
	case r.fails == "status":
		return service.StatusUnknown, errStep
	case !r.installed:
		return service.StatusUnknown, service.ErrNotInstalled
	case r.running:
		return service.StatusRunning, nil
	}
	return service.StatusStopped, nil
}
func (r *recorded) Current() (bool, error) { return r.current, nil }
func (r *recorded) Install() error {
	return r.step("install", func() { r.installed, r.current = true, true })
}
func (r *recorded) Uninstall() error { return r.step("uninstall", func() { r.installed = false }) }
func (r *recorded) Start() error     { return r.step("start", func() { r.running = true }) }
func (r *recorded) Stop() error      { return r.step("stop", func() { r.running = false }) }
func (r *recorded) Restart() error   { return r.step("restart", func() {}) }

// Each action from each state: what is done, what is said, and the exit code.
func TestControl(t *testing.T) {
	absent := recorded{}
	stopped := recorded{installed: true, current: true}
	runs := recorded{installed: true, current: true, running: true}
	other := recorded{installed: true}
	otherRuns := recorded{installed: true, running: true}
	tests := []struct {
		name, action string
		from         recorded
		did          []string
		text         string
		code         int
	}{
		{"first installation", "install", absent, []string{"install", "start"}, "è installato e in esecuzione", 0},
		{"installed twice", "install", runs, nil, "era già installato e in esecuzione", 0},
		{"installed twice, stopped", "install", stopped, []string{"start"}, "è stato avviato", 0},
		{"installed from elsewhere", "install", other, []string{"uninstall", "install", "start"}, "aggiornato", 0},
		{"installed from elsewhere, runs", "install", otherRuns, []string{"stop", "uninstall", "install", "start"}, "aggiornato", 0},
		{"removed", "uninstall", stopped, []string{"uninstall"}, "rimosso", 0},
		{"removed while it runs", "uninstall", runs, []string{"stop", "uninstall"}, "fermato e rimosso", 0},
		{"removed twice", "uninstall", absent, nil, "non era installato", 0},
		{"start", "start", stopped, []string{"start"}, "avviato", 0},
		{"start twice", "start", runs, nil, "già in esecuzione", 0},
		{"start of nothing", "start", absent, nil, "service install", ExitNotInstalled},
		{"stop", "stop", runs, []string{"stop"}, "fermato", 0},
		{"stop twice", "stop", stopped, nil, "già fermo", 0},
		{"stop of nothing", "stop", absent, nil, "service install", ExitNotInstalled},
		{"restart", "restart", runs, []string{"restart"}, "riavviato", 0},
		{"restart of a stopped one", "restart", stopped, []string{"start"}, "avviato", 0},
		{"restart of nothing", "restart", absent, nil, "service install", ExitNotInstalled},
		{"status, runs", "status", runs, nil, "in esecuzione", 0},
		{"status, stopped", "status", stopped, nil, "fermo", ExitStopped},
		{"status, none", "status", absent, nil, "Il servizio non è installato.", ExitNotInstalled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := tt.from
			got, err := control(tt.action, &m)
			if err != nil || got.Code != tt.code || !strings.Contains(got.Text, tt.text) {
				t.Errorf("%+v, %v", got, err)
			}
			if diff := cmp.Diff(tt.did, m.did); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A step that fails is told and nothing more is done.
func TestControlFails(t *testing.T) {
	for _, tt := range []struct {
		action, fails string
		from          recorded
		did           []string
	}{
		{"install", "install", recorded{}, []string{"install"}},
		{"install", "start", recorded{}, []string{"install", "start"}},
		{"uninstall", "stop", recorded{installed: true, running: true}, []string{"stop"}},
		{"restart", "restart", recorded{installed: true, running: true}, []string{"restart"}},
		{"status", "status", recorded{}, nil},
	} {
		t.Run(tt.action+", "+tt.fails, func(t *testing.T) {
			m := tt.from
			m.fails = tt.fails
			if got, err := control(tt.action, &m); !errors.Is(err, errStep) {
				t.Errorf("%+v, %v", got, err)
			}
			if diff := cmp.Diff(tt.did, m.did); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := control("explode", &recorded{installed: true}); err == nil {
		t.Error("an unknown action is none")
	}
}
