package worker

import "golang.org/x/sys/windows"

// giveWay lets other programs go first. Where it fails it is quicker, that is all.
func giveWay() {
	_ = windows.SetPriorityClass(windows.CurrentProcess(), windows.BELOW_NORMAL_PRIORITY_CLASS)
}
