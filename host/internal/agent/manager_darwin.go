package agent

import (
	"os"
	"path/filepath"

	"github.com/kardianos/service"
)

const (
	programName = "raccordo"
	serviceName = "it.raccordo.agent"
)

// launchdUser is the user's launchd.
type launchdUser struct {
	service.Service
	plist string
	file  string
}

func newManager(exe string) (manager, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, err
	}
	plist := launchAgent(serviceName, exe)
	s, err := service.New(controlled{}, config(exe, service.KeyValue{"UserService": true, "LaunchdConfig": plist}, "agent", "--service"))
	if err != nil {
		return nil, err
	}
	return &launchdUser{s, plist, filepath.Join(home, "Library/LaunchAgents", serviceName+".plist")}, nil
}

// Current compares the property list.
func (s *launchdUser) Current() (bool, error) {
	text, err := os.ReadFile(s.file)
	return string(text) == s.plist, err
}
