package wake

import (
	"context"
	"net"
	"slices"
	"strings"
	"time"
)

// late is what a look that comes too late is more than.
const late = 10 * time.Second

// each calls look every now and then until ctx ends.
func each(ctx context.Context, look func()) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			look()
		}
	}
}

// sleepByClock reports that far more time has passed than between two looks:
// the looks stand still while the PC sleeps, uptime does not.
func sleepByClock(ctx context.Context, uptime func() time.Duration, report func()) {
	last := uptime()
	each(ctx, func() {
		now := uptime()
		if now-last > lookEvery+late {
			report()
		}
		last = now
	})
}

// networkByLook reports that what look sees is not what it was.
func networkByLook(ctx context.Context, look func() string, report func()) {
	last := look()
	each(ctx, func() {
		if now := look(); now != last {
			last = now
			report()
		}
	})
}

// addresses are those of the PC, in one line.
func addresses() string {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return ""
	}
	var texts []string
	for _, a := range all {
		texts = append(texts, a.String())
	}
	slices.Sort(texts)
	return strings.Join(texts, " ")
}
