//go:build !linux

package vcard

import "net"

// acknowledgeAtOnce: only Linux has TCP_QUICKACK.
func acknowledgeAtOnce(net.Conn) {}
