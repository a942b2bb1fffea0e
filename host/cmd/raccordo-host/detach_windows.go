package main

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// detached takes the agent out of the browser's job object, which would end it
// together with the host.
func detached() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		HideWindow:    true,
		CreationFlags: windows.CREATE_BREAKAWAY_FROM_JOB | windows.DETACHED_PROCESS | windows.CREATE_NEW_PROCESS_GROUP,
	}
}
