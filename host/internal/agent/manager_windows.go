package agent

import (
	"errors"
	"strings"
	"syscall"
	"unsafe"

	"github.com/kardianos/service"
	"golang.org/x/sys/windows"
)

const (
	programName = "raccordo.exe"
	serviceName = "Raccordo"
)

// serviceArgs start the program as the system service.
var serviceArgs = []string{"service", "run"}

// controlManager is Windows' service control manager.
type controlManager struct {
	service.Service
	command string
}

func newManager(exe string) (manager, error) {
	s, err := newService(exe)
	if err != nil {
		return nil, err
	}
	words := []string{syscall.EscapeArg(exe)}
	for _, a := range serviceArgs {
		words = append(words, syscall.EscapeArg(a))
	}
	return &controlManager{s, strings.Join(words, " ")}, nil
}

func newService(exe string) (service.Service, error) {
	return service.New(controlled{}, config(exe, service.KeyValue{
		service.OnFailure: service.OnFailureRestart, service.OnFailureDelayDuration: "1s",
	}, serviceArgs...))
}

// Current compares the command line of the service.
func (s *controlManager) Current() (bool, error) {
	manager, err := windows.OpenSCManager(nil, nil, windows.SC_MANAGER_CONNECT)
	if err != nil {
		return false, err
	}
	defer windows.CloseServiceHandle(manager)
	name, err := windows.UTF16PtrFromString(serviceName)
	if err != nil {
		return false, err
	}
	opened, err := windows.OpenService(manager, name, windows.SERVICE_QUERY_CONFIG)
	if err != nil {
		return false, err
	}
	defer windows.CloseServiceHandle(opened)
	var conf [128]windows.QUERY_SERVICE_CONFIG // 8 KiB at most, QueryServiceConfigW; the texts follow
	size, needed := uint32(unsafe.Sizeof(conf)), uint32(0)
	if err := windows.QueryServiceConfig(opened, &conf[0], size, &needed); err != nil {
		return false, err
	}
	return windows.UTF16PtrToString(conf[0].BinaryPathName) == s.command, nil
}

// Uninstall tells what the library words away: who may not.
func (s *controlManager) Uninstall() error {
	h, err := windows.OpenSCManager(nil, nil, windows.SC_MANAGER_ALL_ACCESS)
	if err != nil {
		return err
	}
	if err := windows.CloseServiceHandle(h); err != nil {
		return err
	}
	err = s.Service.Uninstall()
	if err != nil && strings.HasPrefix(err.Error(), "RemoveEventLogSource") && errors.Is(s.gone(), service.ErrNotInstalled) {
		return nil // the service is gone; its name in the event log never was
	}
	return err
}

func (s *controlManager) gone() error {
	_, err := s.Status()
	return err
}
