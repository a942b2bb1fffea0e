package paper

import (
	"cmp"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Folders of the distribution's cupsd; the Mac's has the same.
const (
	serverBin = "/usr/lib/cups"
	dataDir   = "/usr/share/cups"
)

//go:embed data/cupsd.conf
var cupsdConf string

//go:embed data/cups-files.conf
var filesConf string

//go:embed data/backend.sh
var backend string

// lay writes everything that cupsd needs before it starts.
func (s *Server) lay() error {
	for _, d := range []string{"", "conf/ppd", "spool/tmp", "cache", "run", "log", "bin/backend", "sheets", "faults"} {
		if err := os.MkdirAll(filepath.Join(s.dir, d), 0o755); err != nil {
			return err
		}
	}
	if err := os.Chmod(s.dir, 0o755); err != nil { // filters run as another user when root starts cupsd
		return err
	}
	for _, part := range []string{"filter", "daemon", "notifier", "cgi-bin", "driver", "monitor", "backend/ipp"} {
		if err := link(filepath.Join(serverBin, part), filepath.Join(s.dir, "bin", part)); err != nil {
			return err
		}
	}
	for name, text := range map[string]string{
		"cupsd.conf":      fmt.Sprintf(cupsdConf, s.Socket(), s.opt.Settings),
		"cups-files.conf": strings.NewReplacer("@DIR@", s.dir, "@BIN@", filepath.Join(s.dir, "bin"), "@DATA@", dataDir).Replace(filesConf),
		"printers.conf":   s.queues(),
	} {
		if err := os.WriteFile(filepath.Join(s.dir, "conf", name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	for _, p := range s.opt.Printers {
		if p.Kind == Everywhere {
			continue // added to the running service
		}
		if err := s.outfit(p); err != nil {
			return fmt.Errorf("printer %s: %w", p.Name, err)
		}
	}
	// Mode 0700 has cupsd run it as the user who started cupsd, root included.
	return os.WriteFile(filepath.Join(s.dir, "bin", "backend", "sheets"), []byte(strings.ReplaceAll(backend, "@DIR@", s.dir)), 0o700)
}

func link(target, at string) error {
	if err := os.Symlink(target, at); !os.IsExist(err) {
		return err
	}
	return nil
}

// queues is printers.conf, as cupsd writes it itself.
func (s *Server) queues() string {
	var b strings.Builder
	for i, p := range s.opt.Printers {
		if p.Kind == Everywhere {
			continue
		}
		word := "Printer"
		if i == 0 {
			word = "DefaultPrinter"
		}
		fmt.Fprintf(&b, "<%s %s>\nInfo %s\nLocation %s\nDeviceURI %s\nState Idle\nAccepting Yes\nShared No\nErrorPolicy %s\n</%s>\n",
			word, p.Name, cmp.Or(p.Info, p.Name), p.Location, p.device(), p.policy(), "Printer")
	}
	return b.String()
}

func (p Printer) device() string {
	if p.Kind == CupsPDF {
		return "sheets:/cups-pdf"
	}
	return "sheets:/"
}

func (p Printer) policy() string { return cmp.Or(p.ErrorPolicy, "retry-job") }

// outfit makes what a queue needs besides its entry.
func (s *Server) outfit(p Printer) error {
	if err := os.MkdirAll(filepath.Join(s.dir, "sheets", p.Name), 0o777); err != nil {
		return err
	}
	switch p.Kind {
	case Raw:
		return nil
	case Everywhere:
		return s.open(p)
	}
	text, err := p.ppd()
	if err != nil {
		return err
	}
	return os.WriteFile(s.ppdPath(p), text, 0o644)
}

func (s *Server) ppdPath(p Printer) string {
	return filepath.Join(s.dir, "conf", "ppd", p.Name+".ppd")
}
