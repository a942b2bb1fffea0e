package paper

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"raccordo/host/internal/printing/ipp"
)

// Fault is what is wrong with a printer: any word of printer-state-reasons (RFC 8011
// §5.4.12), or one of the two that are ours.
type Fault string

// Faults.
const (
	Fine       Fault = ""
	PaperOut   Fault = "media-empty-error"
	Jam        Fault = "media-jam-error"
	Cover      Fault = "cover-open-error"
	Toner      Fault = "toner-empty-error"
	TonerLow   Fault = "toner-low-report"
	Offline    Fault = "offline-report" // what the backends of CUPS say
	Connecting Fault = "connecting-to-device"
	Fail       Fault = "fail" // the backend gives up: the queue's error policy decides
	Slow       Fault = "slow" // prints for as long as this stands
)

// Set makes something wrong with a printer, or Fine again, also while it prints.
func (s *Server) Set(printer string, f Fault) error {
	path := filepath.Join(s.dir, "faults", printer)
	if f == Fine {
		if err := os.Remove(path); !os.IsNotExist(err) {
			return err
		}
		return nil
	}
	aside := path + ".new" // the backend must never read half a word
	if err := os.WriteFile(aside, []byte(f), 0o644); err != nil {
		return err
	}
	return os.Rename(aside, path)
}

// Pause stops a printer: it takes jobs and prints none.
func (s *Server) Pause(ctx context.Context, printer string) error {
	return s.tool(ctx, "cupsdisable", printer)
}

// Resume has it print again.
func (s *Server) Resume(ctx context.Context, printer string) error {
	return s.tool(ctx, "cupsenable", printer)
}

// Reject has it take no more jobs.
func (s *Server) Reject(ctx context.Context, printer string) error {
	return s.tool(ctx, "cupsreject", printer)
}

// Accept has it take jobs again.
func (s *Server) Accept(ctx context.Context, printer string) error {
	return s.tool(ctx, "cupsaccept", printer)
}

// Remove takes a printer away.
func (s *Server) Remove(ctx context.Context, printer string) error {
	return s.tool(ctx, "lpadmin", "-x", printer)
}

// Add puts a printer there, or another in the place of one.
func (s *Server) Add(ctx context.Context, p Printer) error {
	if err := s.outfit(p); err != nil {
		return err
	}
	args := []string{"-p", p.Name, "-E", "-o", "printer-error-policy=" + p.policy()}
	switch p.Kind {
	case Everywhere:
		args = append(args, "-v", s.devices[p.Name].uri(), "-m", "everywhere")
	case Raw:
		args = append(args, "-v", p.device())
	default:
		args = append(args, "-v", p.device(), "-P", s.ppdPath(p))
	}
	if err := s.tool(ctx, "lpadmin", args...); err != nil || p.Kind != Everywhere {
		return err
	}
	return s.knows(ctx, p.Name)
}

// knows waits until cupsd, which asks a printer without a driver aside, can say of
// which papers it is.
func (s *Server) knows(ctx context.Context, printer string) error {
	c := ipp.NewClient(func() ipp.Place { return ipp.Place{Socket: s.Socket()} }, "root")
	defer c.Close()
	for {
		m, err := c.Do(ctx, ipp.Request{Op: ipp.GetPrinterAttributes, Path: "/", Groups: []ipp.Group{{Tag: ipp.TagOperation, Attributes: []ipp.Attribute{
			ipp.Strings(ipp.TagCharset, "attributes-charset", "utf-8"), ipp.Strings(ipp.TagLanguage, "attributes-natural-language", "en"),
			ipp.Strings(ipp.TagURI, "printer-uri", "ipp://localhost/printers/"+printer),
		}}}})
		if err != nil || len(m.Group(ipp.TagPrinter).Get("media-size-supported").Values) > 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no driver for %s: %w%s", printer, ctx.Err(), s.tail())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Tool runs one of CUPS' own programs on this print room: lp, lpstat, cancel.
func (s *Server) Tool(ctx context.Context, name string, args ...string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil { // some are the administrator's
		path = filepath.Join("/usr/sbin", name)
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), append(s.Env(), "LC_ALL=C")...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return string(out), nil
}

func (s *Server) tool(ctx context.Context, name string, args ...string) error {
	_, err := s.Tool(ctx, name, args...)
	return err
}
