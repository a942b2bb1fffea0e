// Package cups brings jobs to CUPS, on Linux and on the Mac, in IPP and without any
// of its programs. It owns the words for it: which attributes a job gets (PWG 5100.7,
// PWG 5100.13) and what the states and reasons of jobs and printers mean (RFC 8011
// §5.3.7, §5.4.11, §5.4.12).
//
// A job is created with job-hold-until=indefinite, gets its pages, and is released.
// Nothing is asked twice by itself: who does not know what became of a request looks.
// What is sent names nobody: the name of a job is the queue's.
package cups

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"strconv"
	"strings"
	"sync"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/ipp"
	"raccordo/host/internal/wire"
)

// Options choose the service. The zero value is what every program of the user prints with.
type Options struct {
	Server  string        // as in the environment variable CUPS_SERVER; empty: as libcups finds it
	User    string        // empty: who runs this program
	Timeout time.Duration // of one request; zero: 30 s
}

// Spooler is CUPS.
type Spooler struct {
	client  *ipp.Client
	user    string
	timeout time.Duration

	mu      sync.Mutex
	drivers map[string][]choice // how drivers name trays, by queue and its last change
}

var _ printing.Spooler = (*Spooler)(nil)

// New makes one; nothing is asked yet.
func New(opt Options) *Spooler {
	s := &Spooler{user: opt.User, timeout: opt.Timeout, drivers: map[string][]choice{}}
	if s.timeout == 0 {
		s.timeout = 30 * time.Second
	}
	if s.user == "" {
		s.user = whoami()
	}
	s.client = ipp.NewClient(func() ipp.Place { return place(opt.Server, os.Getenv, files) }, s.user)
	return s
}

// Close ends connections that wait for further use.
func (s *Spooler) Close() { s.client.Close() }

// Kind is cups.
func (s *Spooler) Kind() string { return "cups" }

// whoami is the user's name as the system knows it; the environment's where the
// system asks a directory that this program can not.
func whoami() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return os.Getenv("USER")
}

// Create makes a held job without pages.
func (s *Spooler) Create(ctx context.Context, t printing.Ticket) (string, error) {
	more, err := s.suits(ctx, t)
	if err != nil {
		return "", err
	}
	m, err := s.ask(ctx, ipp.Request{Op: ipp.CreateJob, Path: printerPath(t.Printer), Groups: []ipp.Group{
		s.operation(uri("printer-uri", printerPath(t.Printer)), ipp.Strings(ipp.TagName, "job-name", t.Name)),
		{Tag: ipp.TagJob, Attributes: append(ticket(t), more...)},
	}})
	if err != nil {
		return "", printerFault(err)
	}
	n, ok := m.Group(ipp.TagJob).Get("job-id").Int()
	if !ok {
		return "", printing.Fault(wire.ErrPrintSpooler, "job-id", fmt.Errorf("%w: a job without a number", ipp.ErrMessage))
	}
	return number{n, t.Name}.String(), nil
}

// Send gives the held job its pages. A job that has some already gets no others.
func (s *Spooler) Send(ctx context.Context, _ printing.Ticket, job string, pdf printing.Source) error {
	n, found, err := s.find(ctx, job, "job-name", "job-state", "number-of-documents")
	if err != nil {
		return err
	}
	if docs, _ := found.Get("number-of-documents").Int(); docs > 0 {
		return printing.Fault(wire.ErrPrintState, "number-of-documents", nil)
	}
	_, err = s.ask(ctx, ipp.Request{Op: ipp.SendDocument, Path: "/jobs/", Groups: []ipp.Group{
		s.operation(n.uri(), ipp.Strings(ipp.TagMIME, "document-format", "application/pdf"), ipp.Bool("last-document", true)),
	}, Body: io.NewSectionReader(pdf, 0, pdf.Size()), Length: pdf.Size()})
	return jobFault(err)
}

// Release lets the job print, unless it was let already.
func (s *Spooler) Release(ctx context.Context, _ printing.Ticket, job string) error {
	n, found, err := s.find(ctx, job, "job-name", "job-state", "job-hold-until")
	if err != nil || !held(found) {
		return err
	}
	_, err = s.ask(ctx, ipp.Request{Op: ipp.ReleaseJob, Path: "/jobs/", Groups: []ipp.Group{s.operation(n.uri())}})
	var said *ipp.Error
	if errors.As(err, &said) && said.Status == ipp.NotPossible { // somebody else did, since we looked
		return nil
	}
	return jobFault(err)
}

// Cancel ends a job that is not done.
func (s *Spooler) Cancel(ctx context.Context, _, job string) error {
	n, _, err := s.find(ctx, job, "job-name", "job-state")
	if err != nil {
		return err
	}
	_, err = s.ask(ctx, ipp.Request{Op: ipp.CancelJob, Path: "/jobs/", Groups: []ipp.Group{s.operation(n.uri())}})
	var said *ipp.Error
	if errors.As(err, &said) && said.Status == ipp.NotPossible { // done or cancelled already
		return printing.ErrGone
	}
	return jobFault(err)
}

// Find names the held jobs of a name that this user has with a printer.
func (s *Spooler) Find(ctx context.Context, printer, name string) ([]string, error) {
	m, err := s.ask(ctx, ipp.Request{Op: ipp.GetJobs, Path: "/", Groups: []ipp.Group{
		s.operation(uri("printer-uri", printerPath(printer)), ipp.Bool("my-jobs", true),
			ipp.Strings(ipp.TagKeyword, "which-jobs", "not-completed"),
			ipp.Strings(ipp.TagKeyword, "requested-attributes", "job-id", "job-name", "job-state", "job-hold-until")),
	}})
	if err != nil {
		return nil, printerFault(err)
	}
	found := []string{}
	for _, g := range m.Groups {
		n, ok := g.Get("job-id").Int()
		if g.Tag == ipp.TagJob && ok && g.Get("job-name").Text() == name && held(g) {
			found = append(found, number{n, name}.String())
		}
	}
	return found, nil
}

// find asks for a job and makes sure that it is ours: a service that was set up anew
// counts from 1 again.
func (s *Spooler) find(ctx context.Context, job string, wanted ...string) (number, ipp.Group, error) {
	n, err := parseNumber(job)
	if err != nil {
		return n, ipp.Group{}, err
	}
	m, err := s.ask(ctx, ipp.Request{Op: ipp.GetJobAttributes, Path: "/jobs/", Groups: []ipp.Group{
		s.operation(n.uri(), ipp.Strings(ipp.TagKeyword, "requested-attributes", wanted...)),
	}})
	if err != nil {
		return n, ipp.Group{}, jobFault(err)
	}
	g := m.Group(ipp.TagJob)
	if g.Get("job-name").Text() != n.name {
		return n, g, printing.ErrGone
	}
	return n, g, nil
}

func (s *Spooler) ask(ctx context.Context, r ipp.Request) (ipp.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.client.Do(ctx, r)
}

// operation begins a request: the first two attributes are those, the target is the
// third (RFC 8011 §4.1.4).
func (s *Spooler) operation(target ipp.Attribute, more ...ipp.Attribute) ipp.Group {
	all := []ipp.Attribute{
		ipp.Strings(ipp.TagCharset, "attributes-charset", "utf-8"),
		ipp.Strings(ipp.TagLanguage, "attributes-natural-language", "en"),
	}
	if target.Name != "" {
		all = append(all, target)
	}
	all = append(all, ipp.Strings(ipp.TagName, "requesting-user-name", s.user))
	return ipp.Group{Tag: ipp.TagOperation, Attributes: append(all, more...)}
}

// number is a job: its number with the service, and the name that it must bear.
type number struct {
	id   int
	name string
}

func (n number) String() string { return strconv.Itoa(n.id) + " " + n.name }

func (n number) uri() ipp.Attribute { return uri("job-uri", "/jobs/"+strconv.Itoa(n.id)) }

func parseNumber(job string) (number, error) {
	id, name, _ := strings.Cut(job, " ")
	n, err := strconv.Atoi(id)
	if err != nil || n < 1 {
		return number{}, fmt.Errorf("no job of cups: %q", id)
	}
	return number{n, name}, nil
}
