//go:build !unix || darwin

package prompt

func hasDisplay() bool { return true }
