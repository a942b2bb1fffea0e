package config_test

import (
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/config"
)

func TestDefaultPaths(t *testing.T) {
	inTemp := "/tmp/raccordo-state-" + strconv.Itoa(os.Getuid())
	both := func(user string) config.Paths {
		return config.Paths{Config: []string{"/etc/raccordo", user}, Regions: []string{"/etc/raccordo/regions", user + "/regions"}}
	}
	admin := config.Paths{Config: []string{"/etc/raccordo"}, Regions: []string{"/etc/raccordo/regions"}}
	tests := map[string]struct {
		home, xdgConfig, xdgState string
		want                      config.Paths
		state                     string
	}{
		"home":                       {"/home/giulia", "", "", both("/home/giulia/.config/raccordo"), "/home/giulia/.local/state/raccordo"},
		"XDG":                        {"/home/giulia", "/c", "/s", both("/c/raccordo"), "/s/raccordo"},
		"relative state is ignored":  {"/home/giulia", "", "s", both("/home/giulia/.config/raccordo"), "/home/giulia/.local/state/raccordo"},
		"no home":                    {"", "", "", admin, inTemp},
		"no home, state elsewhere":   {"", "", "/s", admin, "/s/raccordo"},
		"no home, configuration set": {"", "/c", "", both("/c/raccordo"), inTemp},
		"relative home for state":    {"giulia", "/c", "", both("/c/raccordo"), inTemp},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TMPDIR", "/tmp")
			t.Setenv("HOME", tt.home)
			t.Setenv("XDG_CONFIG_HOME", tt.xdgConfig)
			t.Setenv("XDG_STATE_HOME", tt.xdgState)
			tt.want.State = tt.state
			if diff := cmp.Diff(tt.want, config.DefaultPaths()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
