package lab

import (
	"context"
	"path/filepath"

	"raccordo/host/internal/register"
	"raccordo/host/internal/sim/firefox"
)

// Firefox starts a Firefox with the extension, registered as for one user: its
// native messaging manifest lies in the lab's HOME.
func (l *Lab) Firefox(ctx context.Context, extension string, headless bool) (*firefox.Browser, error) {
	hosts := filepath.Join(l.Dir, "home", ".mozilla", "native-messaging-hosts")
	if _, err := register.Write(hosts, register.Firefox, filepath.Join(l.opt.Bin, "raccordo-host")); err != nil {
		return nil, err
	}
	return firefox.Start(ctx, firefox.Options{
		Profile: filepath.Join(l.Dir, "firefox"), Headless: headless, Env: l.Env(), Extension: extension,
	})
}
