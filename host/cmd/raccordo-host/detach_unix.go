//go:build unix

package main

import "syscall"

// detached puts the agent in a session of its own (setsid(2)). Its standard
// streams are the null device, as os/exec does for nil.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
