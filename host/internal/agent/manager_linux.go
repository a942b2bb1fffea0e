package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/kardianos/service"
)

const (
	programName = "raccordo"
	serviceName = "raccordo"
)

// unitName is the file of the systemd user unit.
const unitName = "raccordo.service"

// systemdUser is the user's systemd. The library finds the manager by process
// 1, which tells nothing of whether this user has one, and takes every unclear
// answer for "not installed": both are asked here.
type systemdUser struct {
	service.Service
	unit string
	file string // where the library installs
}

func newManager(exe string) (manager, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, err
	}
	text := unit(exe)
	if strings.Contains(text, "{{") { // the library's templates
		return nil, fmt.Errorf("%s: a folder's name with braces is not possible for a service", exe)
	}
	conf := config(exe, service.KeyValue{"UserService": true, "SystemdScript": text}, "agent", "--service")
	for _, system := range service.AvailableSystems() {
		if system.String() != "linux-systemd" {
			continue
		}
		s, err := system.New(controlled{}, conf)
		if err != nil {
			return nil, err
		}
		return &systemdUser{s, text, filepath.Join(home, ".config/systemd/user", unitName)}, nil
	}
	return nil, ErrNoManager
}

// show asks systemd for properties of the unit.
func (s *systemdUser) show() (map[string]string, error) {
	out, err := exec.Command("systemctl", "--user", "show", "--property=LoadState,ActiveState,UnitFileState,FragmentPath", unitName).Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoManager, err)
	}
	is := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			is[name] = value
		}
	}
	return is, nil
}

// Status takes a unit that nobody has enabled, as a package brings it along,
// for one that is not installed.
func (s *systemdUser) Status() (service.Status, error) {
	is, err := s.show()
	if err != nil {
		return service.StatusUnknown, err
	}
	switch active := is["ActiveState"]; {
	case active == "active" || active == "activating" || active == "reloading":
		return service.StatusRunning, nil
	case is["LoadState"] != "loaded" || is["UnitFileState"] == "disabled":
		return service.StatusUnknown, service.ErrNotInstalled
	}
	return service.StatusStopped, nil
}

// Current compares the user's own unit; one that a package brought is the
// package's.
func (s *systemdUser) Current() (bool, error) {
	text, err := os.ReadFile(s.file)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	return string(text) == s.unit, err
}

// Install leaves a package's unit where it is and enables it. A failed
// installation leaves nothing behind.
func (s *systemdUser) Install() error {
	is, err := s.show()
	if err != nil {
		return err
	}
	if is["LoadState"] == "loaded" && is["FragmentPath"] != s.file {
		return systemctl("enable")
	}
	if err := os.Remove(s.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err // one that was disabled by hand
	}
	if err := s.Service.Install(); err != nil {
		_ = os.Remove(s.file)
		return fmt.Errorf("systemctl --user enable: %w", err)
	}
	return nil
}

// Uninstall disables the unit and removes it, unless it is a package's.
func (s *systemdUser) Uninstall() error {
	if err := s.Service.Uninstall(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("systemctl --user disable: %w", err)
	}
	return nil
}

func (s *systemdUser) Start() error   { return systemctl("start") }
func (s *systemdUser) Stop() error    { return systemctl("stop") }
func (s *systemdUser) Restart() error { return systemctl("restart") }

// systemctl says why, which the library does not.
func systemctl(action string) error {
	if out, err := exec.Command("systemctl", "--user", action, unitName).CombinedOutput(); err != nil {
		return fmt.Errorf("systemctl --user %s: %w: %s", action, err, strings.TrimSpace(string(out)))
	}
	return nil
}
