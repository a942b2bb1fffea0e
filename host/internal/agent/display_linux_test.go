package agent

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What systemctl show-environment says of a desktop; a manager that knows no
// display yet says nothing of use.
func TestDisplay(t *testing.T) {
	for name, tt := range map[string]struct {
		said string
		want map[string]string
	}{
		"none yet": {"HOME=/home/rossi\nXDG_CURRENT_DESKTOP=GNOME\n", nil},
		"X11": {"DISPLAY=:0\nHOME=/home/rossi\nXAUTHORITY=/run/user/1000/gdm/Xauthority\n",
			map[string]string{"DISPLAY": ":0", "XAUTHORITY": "/run/user/1000/gdm/Xauthority"}},
		"Wayland": {"WAYLAND_DISPLAY=wayland-0\nXDG_CURRENT_DESKTOP=ubuntu:GNOME\nDBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus",
			map[string]string{"WAYLAND_DISPLAY": "wayland-0", "XDG_CURRENT_DESKTOP": "ubuntu:GNOME", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/1000/bus"}},
		"quoted": {`DISPLAY=:1` + "\n" + `XAUTHORITY=$'/home/rossi/l\'altro "x" y'`,
			map[string]string{"DISPLAY": ":1", "XAUTHORITY": `/home/rossi/l'altro "x" y`}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, display(tt.said)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
