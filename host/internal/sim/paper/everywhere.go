package paper

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"raccordo/host/internal/printing/ipp"
)

// device is a printer without a driver (IPP Everywhere, PWG 5100.14) on a port of the
// loopback, which CUPS speaks to by its own backend. It makes one sheet of each job.
type device struct {
	printer Printer
	dir     string // of its sheets
	fault   func() Fault
	http    *http.Server
	port    int

	mu   sync.Mutex
	last int
	jobs map[int]*deviceJob
}

type deviceJob struct {
	at      time.Time
	user    string
	title   string
	options map[string]string
	body    []byte // of PDF; nil before there is one
	done    bool
}

// open makes the device and switches it on; it goes on while CUPS is stopped.
func (s *Server) open(p Printer) error {
	d := &device{printer: p, dir: filepath.Join(s.dir, "sheets", p.Name), jobs: map[int]*deviceJob{}, fault: func() Fault {
		word, _ := os.ReadFile(filepath.Join(s.dir, "faults", p.Name))
		return Fault(word)
	}}
	if s.devices == nil {
		s.devices = map[string]*device{}
	}
	s.devices[p.Name] = d
	return d.on()
}

// on has the device listen, always on the same port.
func (d *device) on() error {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", d.port))
	if err != nil {
		return err
	}
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return fmt.Errorf("listening on %v", l.Addr())
	}
	d.port = addr.Port
	d.http = &http.Server{Handler: d, ReadHeaderTimeout: time.Minute}
	go d.http.Serve(l) // until it is closed
	return nil
}

// SwitchOff takes the power from a printer of the kind Everywhere.
func (s *Server) SwitchOff(printer string) error { return s.devices[printer].http.Close() }

// SwitchOn gives it back.
func (s *Server) SwitchOn(printer string) error { return s.devices[printer].on() }

func (d *device) uri() string { return fmt.Sprintf("ipp://127.0.0.1:%d/ipp/print", d.port) }

func (d *device) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	asked, document, err := ipp.Decode(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	status, groups := d.answer(asked, document)
	answer := ipp.Message{Major: 2, Code: uint16(status), ID: asked.ID, Groups: append([]ipp.Group{{Tag: ipp.TagOperation, Attributes: []ipp.Attribute{
		ipp.Strings(ipp.TagCharset, "attributes-charset", "utf-8"), ipp.Strings(ipp.TagLanguage, "attributes-natural-language", "en"),
	}}}, groups...)}
	b, err := answer.Encode()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/ipp")
	w.Write(b)
}

const (
	printJob    ipp.Op = 2
	validateJob ipp.Op = 4
)

func (d *device) answer(m ipp.Message, document []byte) (ipp.Status, []ipp.Group) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch op := ipp.Op(m.Code); op {
	case ipp.GetPrinterAttributes:
		return 0, []ipp.Group{{Tag: ipp.TagPrinter, Attributes: d.attributes()}}
	case validateJob, ipp.GetJobs:
		return 0, nil
	case printJob, ipp.CreateJob:
		d.last++
		job := &deviceJob{at: time.Now(), user: m.Group(ipp.TagOperation).Get("requesting-user-name").Text(),
			title: m.Group(ipp.TagOperation).Get("job-name").Text(), options: said(m.Group(ipp.TagJob))}
		d.jobs[d.last] = job
		if op == printJob {
			job.body = document
		}
		return 0, d.tell(d.last)
	}
	id, _ := m.Group(ipp.TagOperation).Get("job-id").Int()
	job := d.jobs[id]
	switch {
	case job == nil:
		return ipp.NotFound, nil
	case ipp.Op(m.Code) == ipp.SendDocument:
		job.body = document
		return 0, d.tell(id)
	case ipp.Op(m.Code) == ipp.GetJobAttributes:
		return 0, d.tell(id)
	case ipp.Op(m.Code) == ipp.CancelJob:
		delete(d.jobs, id)
		return 0, nil
	default:
		return 0x0501, nil
	}
}

// tell says how a job stands, which is when a sheet comes out: CUPS asks until it has.
func (d *device) tell(id int) []ipp.Group {
	job := d.jobs[id]
	state, reason := 5, "job-printing"
	if job.body != nil && !job.done && d.fault() == Fine {
		if d.put(id, job) == nil {
			job.done = true
		}
	}
	if job.done {
		state, reason = 9, "job-completed-successfully"
	}
	return []ipp.Group{{Tag: ipp.TagJob, Attributes: []ipp.Attribute{
		ipp.Strings(ipp.TagURI, "job-uri", d.uri()+"/"+strconv.Itoa(id)), ipp.Int(ipp.TagInteger, "job-id", id),
		ipp.Int(ipp.TagEnum, "job-state", state), ipp.Strings(ipp.TagKeyword, "job-state-reasons", reason),
	}}}
}

// put writes the sheet as the other printers' backend does.
func (d *device) put(id int, job *deviceJob) error {
	base := filepath.Join(d.dir, fmt.Sprintf("%d-%d", id, time.Now().UnixNano()))
	var options []string
	for k, v := range job.options {
		options = append(options, k+"="+v)
	}
	copies := job.options["copies"]
	if copies == "" {
		copies = "1"
	}
	words := []string{strconv.Itoa(id), job.user, job.title, copies, strings.Join(options, " "), "application/pdf", "application/pdf", ""}
	if err := os.WriteFile(base+".ticket", []byte(strings.Join(words, "\x00")), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(base+".part", job.body, 0o644); err != nil {
		return err
	}
	return os.Rename(base+".part", base+".pdf")
}

// said flattens what a job asks for; members of collections stand by their own names.
func said(g ipp.Group) map[string]string {
	all := map[string]string{}
	var flatten func([]ipp.Attribute)
	flatten = func(attributes []ipp.Attribute) {
		for _, a := range attributes {
			for _, v := range a.Values {
				switch {
				case v.Tag == ipp.TagBegin:
					flatten(v.Members)
				case v.Text != "":
					all[a.Name] = v.Text
				default:
					all[a.Name] = strconv.Itoa(int(v.Int))
				}
			}
		}
	}
	flatten(g.Attributes)
	return all
}
