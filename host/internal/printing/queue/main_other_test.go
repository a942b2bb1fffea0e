//go:build !linux

package queue

func another() bool { return false }
