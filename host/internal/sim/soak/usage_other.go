//go:build !linux

package soak

import "errors"

func usageOf(int) (Usage, error) { return Usage{}, errors.ErrUnsupported }

// Proportional is measured on Linux only.
func Proportional(int) (int, error) { return 0, errors.ErrUnsupported }

// Ticks are counted on Linux only.
func Ticks(int) (int, error) { return 0, errors.ErrUnsupported }

func workerPID() (int, error) { return 0, errors.ErrUnsupported }

// Resident is measured on Linux only.
func Resident(int) (int, error) { return 0, errors.ErrUnsupported }
