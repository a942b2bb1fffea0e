package agent

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

// ErrReplaced ends an agent whose program file is another one by now: who
// started it starts the new one.
var ErrReplaced = errors.New("the program was replaced")

// programLook is how often an agent looks whether its program was replaced.
const programLook = 30 * time.Second

// Program is the file that this process runs. Its version is not asked for:
// what lies in the folder is what the installer wanted there, newer or older,
// and only who may write to the folder can change it.
type Program struct{ path, build string }

// OwnProgram notes which file this process was started from.
func OwnProgram() (Program, error) {
	path, err := os.Executable()
	if err != nil {
		return Program{}, err
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return Program{}, err
	}
	build, err := buildOf(path)
	return Program{path, build}, err
}

// Replaced tells that the file is gone or another one.
func (p Program) Replaced() bool {
	now, err := buildOf(p.path)
	return err != nil || now != p.build
}
