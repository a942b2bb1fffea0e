package cups

import (
	"bufio"
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"

	"raccordo/host/internal/printing/ipp"
)

// sockets are where cupsd listens on its own machine: Linux, elder Linux, the Mac.
var sockets = []string{"/run/cups/cups.sock", "/var/run/cups/cups.sock", "/private/var/run/cupsd"}

// files are the configuration of clients, the stronger one first (client.conf(5)).
func files() []string {
	all := []string{"/etc/cups/client.conf"}
	if dir := os.Getenv("CUPS_SERVERROOT"); dir != "" {
		all[0] = filepath.Join(dir, "client.conf")
	}
	if home, err := os.UserHomeDir(); err == nil {
		all = append([]string{filepath.Join(home, ".cups", "client.conf")}, all...)
	}
	return all
}

// place finds the service as libcups does: what a caller says, the environment, the
// files, the socket of this machine, and port 631 of it.
func place(server string, getenv func(string) string, files func() []string) ipp.Place {
	encryption := getenv("CUPS_ENCRYPTION")
	if server == "" {
		server = getenv("CUPS_SERVER")
	}
	for _, f := range files() {
		if server != "" && encryption != "" {
			break
		}
		text, err := os.ReadFile(f)
		if err != nil {
			continue // there is none, or it is not for us
		}
		if server == "" {
			server = directive(text, "ServerName")
		}
		if encryption == "" {
			encryption = directive(text, "Encryption")
		}
	}
	if server == "" {
		for _, s := range sockets {
			if _, err := os.Stat(s); err == nil {
				return ipp.Place{Socket: s}
			}
		}
		server = "localhost"
	}
	return parsePlace(server, encryption)
}

// parsePlace reads a socket's path or host[:port][/version=1.1].
func parsePlace(server, encryption string) ipp.Place {
	if strings.HasPrefix(server, "/") {
		return ipp.Place{Socket: server}
	}
	host, _, _ := strings.Cut(server, "/")
	if _, _, err := net.SplitHostPort(host); err != nil {
		host = net.JoinHostPort(strings.Trim(host, "[]"), "631")
	}
	secure := strings.EqualFold(encryption, "required") || strings.EqualFold(encryption, "always")
	return ipp.Place{Host: host, TLS: secure || strings.HasSuffix(host, ":443")}
}

// directive finds a line of client.conf.
func directive(text []byte, name string) string {
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(line)
		if len(words) == 2 && strings.EqualFold(words[0], name) {
			return words[1]
		}
	}
	return ""
}
