package config

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
)

// Paths are the folders of this user's Raccordo.
type Paths struct {
	Config  []string // administrator's first, user's last
	Regions []string // region profiles, in the same order
	State   string   // data and logs; 0700
}

// DefaultPaths follows the XDG base directory specification on Linux and the
// system's habits elsewhere. Without a home folder only the administrator's
// configuration counts and the state lies in the temporary directory.
func DefaultPaths() Paths {
	var p Paths
	add := func(dir string) {
		p.Config = append(p.Config, dir)
		p.Regions = append(p.Regions, filepath.Join(dir, "regions"))
	}
	add(systemDir())
	user, err := os.UserConfigDir()
	if err == nil {
		user = filepath.Join(user, "raccordo")
		add(user)
	}
	p.State = stateDir(user)
	return p
}

// stateDir keeps users apart in the temporary directory; who opens secrets
// there checks that the folder is the user's own.
func stateDir(userConfig string) string {
	if runtime.GOOS == "linux" {
		if d := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(d) {
			return filepath.Join(d, "raccordo")
		}
		if home, err := os.UserHomeDir(); err == nil && filepath.IsAbs(home) {
			return filepath.Join(home, ".local", "state", "raccordo")
		}
	} else if userConfig != "" {
		return filepath.Join(userConfig, "state")
	}
	return filepath.Join(os.TempDir(), "raccordo-state-"+strconv.Itoa(os.Getuid()))
}

func systemDir() string {
	switch runtime.GOOS {
	case "windows":
		return filepath.Join(os.Getenv("ProgramData"), "Raccordo")
	case "darwin":
		return "/Library/Application Support/Raccordo"
	}
	return "/etc/raccordo"
}

// Files are the places of a configuration file, the administrator's first.
func (p Paths) Files(name string) []string {
	var files []string
	for _, dir := range p.Config {
		files = append(files, filepath.Join(dir, name))
	}
	return files
}
