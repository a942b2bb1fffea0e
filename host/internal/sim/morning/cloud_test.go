package morning

import (
	"testing"

	"raccordo/host/internal/sim/lab"
)

// The doctor comes in by the region's own page, in each browser.
func TestCloudLogin(t *testing.T) {
	p := openPractice(t, lab.Options{})
	desks := []*desk{p.chromiumDesk(), p.openFirefox().desk()}
	for i, d := range desks {
		other := desks[1-i]
		t.Run(d.name, func(t *testing.T) {
			d, other := d.on(t), other.on(t)
			for door, method := range map[string]string{"SPID": "SPID L2", "CIE": "CIE L3"} {
				d.chooses("Login Cloud regionale")
				d.sees("^In attesa della pagina della regione…$")
				d.passes(door)
				d.connected(method)
				other.connected(method)
				if n := p.lab.Region.LiveSessions(); n != 1 {
					t.Errorf("%s: %d sessions at the region", door, n)
				}
				other.chooses("Logout Cloud Regionale")
				d.sees("^Non collegato$")
				other.sees("^Non collegato$")
				if n := p.lab.Region.LiveSessions(); n != 0 {
					t.Errorf("%s: %d sessions left at the region", door, n)
				}
			}
		})
	}
}

func (d *desk) on(t *testing.T) *desk {
	q := *d
	q.practice = d.practice.on(t)
	return &q
}
