package ipp

import (
	"encoding/hex"
	"net"
)

// socketHost marks a host name that stands for the path of a socket: net/http keeps
// connections by host, and the place of the service may change.
const socketHost = "socket-"

func hexed(path string) string { return hex.EncodeToString([]byte(path)) }

func unhex(host string) (string, error) {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		return "", err
	}
	path, err := hex.DecodeString(name)
	return string(path), err
}
