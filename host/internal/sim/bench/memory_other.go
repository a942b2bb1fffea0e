//go:build !linux

package bench

import "errors"

func peakMemory(int) (float64, error) {
	return 0, errors.New("peak memory can be read on Linux only")
}

func ownMemory(int) (float64, error) { return 0, errors.New("resident memory is read on Linux only") }
