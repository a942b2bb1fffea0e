package morning

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/lab"
)

// The product talks through pipes and a socket in the file system: with the
// whole chain up, none of its processes can be reached over the network.
func TestNoPort(t *testing.T) {
	p := openPractice(t, lab.Options{})
	p.atWork(patientPage())
	p.syncs()
	agent, err := p.lab.AgentPID()
	p.must(err)
	workers, err := p.lab.WorkerPIDs()
	p.must(err)
	relays, err := p.lab.RelayPIDs()
	p.must(err)
	if agent == 0 || len(workers) == 0 || len(relays) == 0 {
		t.Fatalf("chain: agent %d, workers %v, relays %v", agent, workers, relays)
	}
	open := listening(t)
	for _, pid := range append(append([]int{agent}, workers...), relays...) {
		if ports := portsOf(t, pid, open); len(ports) > 0 {
			t.Errorf("process %d listens: %v", pid, ports)
		}
	}
	if len(portsOf(t, os.Getpid(), open)) == 0 { // the clinic and the region are ours
		t.Error("this test can not see a listening socket")
	}
}

// listening are the sockets that take connections or datagrams, by inode
// (proc(5), /proc/net/tcp; state 0A is LISTEN).
func listening(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6"} {
		text, err := os.ReadFile(filepath.Join("/proc/net", table))
		if os.IsNotExist(err) {
			continue // no IPv6 here
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(text), "\n")[1:] {
			f := strings.Fields(line)
			if len(f) > 9 && (f[3] == "0A" || strings.HasPrefix(table, "udp")) {
				found[f[9]] = table + " " + f[1]
			}
		}
	}
	return found
}

func portsOf(t *testing.T, pid int, open map[string]string) (ports []string) {
	t.Helper()
	links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil || len(links) == 0 {
		t.Fatalf("descriptors of %d: %v", pid, err)
	}
	for _, link := range links {
		name, err := os.Readlink(link)
		if err != nil {
			continue // closed meanwhile
		}
		inode, isSocket := strings.CutPrefix(name, "socket:[")
		if port, ok := open[strings.TrimSuffix(inode, "]")]; isSocket && ok {
			ports = append(ports, port)
		}
	}
	return ports
}

// shared is a log that one goroutine writes and another reads.
type shared struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *shared) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *shared) lines(part string) (found []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, line := range strings.Split(s.text.String(), "\n") {
		if strings.Contains(line, part) {
			found = append(found, line)
		}
	}
	return found
}

// The region has verified the card's own certificate in the TLS handshake,
// once for the whole session.
func TestServerLog(t *testing.T) {
	log := &shared{}
	p := openPractice(t, lab.Options{Log: zerolog.New(log)})
	p.atWork(patientPage())
	signed := p.lab.Card.Signatures()
	p.syncs()
	p.visit("#/ricette")
	p.sendAll()

	cert := p.lab.Card.AuthCertificate()
	stats := p.lab.Region.Stats()
	if c := stats.LastClient; c.Serial != cert.SerialNumber.Text(16) || c.CommonName != cert.Subject.CommonName || c.Issuer != cert.Issuer.String() {
		t.Errorf("the region saw %+v", c)
	}
	if stats.FullHandshakes != 1 || stats.ResumedHandshakes != 0 || stats.FailedHandshakes != 0 {
		t.Errorf("handshakes: %d full, %d resumed, %d failed", stats.FullHandshakes, stats.ResumedHandshakes, stats.FailedHandshakes)
	}
	if signed != 1 || p.lab.Card.Signatures() != 1 {
		t.Errorf("the card signed %d times for the login, %d in all", signed, p.lab.Card.Signatures())
	}
	verified := log.lines("TLS handshake, client certificate verified")
	if len(verified) != 1 || !strings.Contains(verified[0], cert.SerialNumber.Text(16)) {
		t.Errorf("the region's log: %q", verified)
	}
	if slices.ContainsFunc(log.lines(""), func(l string) bool { return strings.Contains(l, p.lab.Doctor.PIN) }) {
		t.Error("the PIN is in the region's log")
	}
}
