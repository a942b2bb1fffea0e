package cups

import (
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/printing/ipp"
	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/wire"
)

func TestPlace(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		ok(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	mine := file("mine", "# ServerName no\nservername  stampe.example # yes\n")
	secure := file("secure", "ServerName stampe.example:1631\nEncryption Required\n")
	rows := []struct {
		name   string
		server string
		env    map[string]string
		files  []string
		want   ipp.Place
	}{
		{"a socket by the caller", "/x/cups.sock", map[string]string{"CUPS_SERVER": "no"}, nil, ipp.Place{Socket: "/x/cups.sock"}},
		{"a socket by the environment", "", map[string]string{"CUPS_SERVER": "/y"}, []string{mine}, ipp.Place{Socket: "/y"}},
		{"a host by the environment", "", map[string]string{"CUPS_SERVER": "srv"}, nil, ipp.Place{Host: "srv:631"}},
		{"a port", "", map[string]string{"CUPS_SERVER": "srv:1234/version=1.1"}, nil, ipp.Place{Host: "srv:1234"}},
		{"IPv6", "", map[string]string{"CUPS_SERVER": "[::1]"}, nil, ipp.Place{Host: "[::1]:631"}},
		{"a file", "", nil, []string{filepath.Join(dir, "none"), mine, secure}, ipp.Place{Host: "stampe.example:631", TLS: true}},
		{"encryption by a file", "", nil, []string{secure}, ipp.Place{Host: "stampe.example:1631", TLS: true}},
		{"encryption by the environment", "srv", map[string]string{"CUPS_ENCRYPTION": "always"}, nil, ipp.Place{Host: "srv:631", TLS: true}},
		{"the port of https", "srv:443", nil, nil, ipp.Place{Host: "srv:443", TLS: true}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got := place(row.server, func(k string) string { return row.env[k] }, func() []string { return row.files })
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Without anything said it is the socket of this machine, or its port.
func TestPlaceOfThisMachine(t *testing.T) {
	got := place("", func(string) string { return "" }, func() []string { return nil })
	for _, s := range sockets {
		if _, err := os.Stat(s); err == nil {
			if got.Socket != s {
				t.Errorf("%+v, not %s", got, s)
			}
			return
		}
	}
	if got != (ipp.Place{Host: "localhost:631"}) {
		t.Errorf("%+v", got)
	}
}

func TestFilesOfClients(t *testing.T) {
	t.Setenv("HOME", "/home/medico")
	t.Setenv("CUPS_SERVERROOT", "/opt/cups")
	if diff := cmp.Diff([]string{"/home/medico/.cups/client.conf", "/opt/cups/client.conf"}, files()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A service on the network knows only what it is told who asks.
func TestAServiceOnTheNetwork(t *testing.T) {
	l := must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	address := l.Addr().String()
	ok(t, l.Close())
	r, _ := room(t, paper.Options{Printers: one, Settings: "Listen " + address})
	s := New(Options{Server: address, User: "medico"})
	defer s.Close()
	job := printed(t, s, ticketA5)
	await(t, s, "uno", job, is(wire.PrintPrinted))
	sheet := must[[]paper.Sheet](t)(r.Await(t.Context(), "uno", 1))[0]
	if sheet.User != "medico" {
		t.Errorf("printed for %q", sheet.User)
	}
}
