package worker

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/windows"
)

// limitMemory puts the process into a job of its own: a module that allocates
// without end is refused memory before the PC begins to swap.
func limitMemory() error {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return fmt.Errorf("limiting memory: %w", err)
	}
	info := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{ProcessMemoryLimit: maxMemory}
	info.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_PROCESS_MEMORY
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)))
	if err == nil {
		err = windows.AssignProcessToJobObject(job, windows.CurrentProcess())
	}
	if err != nil {
		windows.CloseHandle(job)
		return fmt.Errorf("limiting memory: %w", err)
	}
	return nil // the handle, and with it the limit, lives as long as the process
}
