package render

import "time"

// Hurry makes the limits short, so that tests need not wait for them.
func (r *Renderer) Hurry(page, cancel, idle time.Duration) {
	r.limits.page, r.limits.cancel, r.limits.idle = page, cancel, idle
}

// Start limits how long a child may take to start.
func (r *Renderer) Start(limit time.Duration) { r.limits.compile = limit }

// Pid is that of the running child, 0 without one.
func (r *Renderer) Pid() int {
	r.turn <- struct{}{}
	defer func() { <-r.turn }()
	if r.child == nil || !r.child.alive() {
		return 0
	}
	return r.child.cmd.Process.Pid
}
