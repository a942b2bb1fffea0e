package render

import "time"

// Hurry makes the limits short, so that tests need not wait for them.
func (r *Renderer) Hurry(page, cancel, idle time.Duration) {
	r.limits.page, r.limits.cancel, r.limits.idle = page, cancel, idle
}

// Pid is that of the running child, 0 without one.
func (r *Renderer) Pid() int {
	r.turn <- struct{}{}
	defer func() { <-r.turn }()
	if r.child == nil || !r.child.alive() {
		return 0
	}
	return r.child.cmd.Process.Pid
}
