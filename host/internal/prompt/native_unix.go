//go:build unix && !darwin

package prompt

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// known are the graphical pinentry programs, best first.
var known = []string{"pinentry-gnome3", "pinentry-gtk-2", "pinentry-qt", "pinentry-qt5", "pinentry-qt6", "pinentry-fltk"}

// native lists what is installed: pinentry programs keep a PIN in locked
// memory and take the keyboard for themselves, which the others do not. None
// is of any use without a display.
func (p *Prompter) native() ([]window, error) {
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return nil, fmt.Errorf("%w: no display", ErrUnavailable)
	}
	var found []window
	for _, name := range known {
		if path, err := exec.LookPath(name); err == nil {
			found = append(found, p.pinentry(path))
		}
	}
	for _, d := range []dialog{zenity, kdialog} {
		if path, err := exec.LookPath(d.name); err == nil {
			found = append(found, p.dialog(d, path))
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%w: none of %s, %s, %s installed", ErrUnavailable, strings.Join(known, ", "), zenity.name, kdialog.name)
	}
	return found, nil
}
