package worker

import (
	"errors"
	"syscall"
)

// loaderSays loads the file once more for the sake of the system's error, in
// English whatever the language of the PC; empty when it loads.
func loaderSays(path string) string {
	h, err := syscall.LoadLibrary(path)
	if err == nil {
		_ = syscall.FreeLibrary(h) // this process ends soon
		return ""
	}
	if errors.Is(err, syscall.ERROR_MOD_NOT_FOUND) {
		return "The specified module could not be found"
	}
	return err.Error()
}
