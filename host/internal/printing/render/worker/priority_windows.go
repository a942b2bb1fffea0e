package worker

import "golang.org/x/sys/windows"

// giveWay lets every other program go first. Where it fails it is quicker, that is all.
func giveWay() { _ = windows.SetPriorityClass(windows.CurrentProcess(), windows.IDLE_PRIORITY_CLASS) }
