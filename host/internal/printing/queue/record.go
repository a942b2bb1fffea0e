package queue

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// Request is what is handed in.
type Request struct {
	ClientID string // the page's own name of the sheet; with the same Origin it is printed once
	Origin   string // whose it is; empty: the extension's own pages, the command line
	Kind     string
	Profile  wire.SheetKind
	Title    string // for people; never logged, never sent to the spooler
	Copies   int
	Pages    int
	Notices  []wire.Notice
	PDF      []byte // as it was received or drawn, before it is fitted to a sheet
}

// Job is what a Prepare gets.
type Job struct {
	ID       string
	ClientID string
	Origin   string
	Kind     string
	Profile  wire.SheetKind
	Title    string
	Copies   int
	Pages    int
	Notices  []wire.Notice
	PDF      []byte // of Prepare only
}

// stage is how far a job came, as the disk knows it.
type stage string

const (
	// waiting: the spooler may have held jobs of its name, and none was released.
	waiting stage = "waiting"
	// releasing: the spooler's job is known, and may have been released.
	releasing stage = "releasing"
	// released: the spooler has confirmed it.
	released stage = "released"
	// finished: nothing will be done about it any more.
	finished stage = "finished"
)

// record is what the disk has of a job besides its PDF.
type record struct {
	ID       string
	Seq      uint64
	ClientID string `json:",omitempty"`
	Origin   string `json:",omitempty"`
	Kind     string
	Profile  wire.SheetKind
	Title    string
	Copies   int
	Pages    int
	Notices  []wire.Notice `json:",omitempty"`
	Size     int           // of the PDF, bytes
	Created  time.Time

	Stage   stage
	Tried   []string        `json:",omitempty"` // printers that may hold jobs of its name
	Ticket  printing.Ticket `json:",omitzero"`  // with which the spooler's job was made
	Spooled string          `json:",omitempty"` // the spooler's job
	Fitted  []wire.Notice   `json:",omitempty"`

	State   wire.PrintState
	Problem wire.ErrorCode `json:",omitempty"`
	Detail  string         `json:",omitempty"`
	Seen    bool           `json:",omitempty"` // printing
	Repeat  bool           `json:",omitempty"` // handed in again since: nobody waits for this one
	Stray   bool           `json:",omitempty"` // finished, and held jobs of its name may be at the spooler
	Updated time.Time
}

// name is the job's name at the spooler.
func (r record) name() string { return jobName + r.ID[:8] }

const jobName = "Raccordo "

func (r record) client() client { return client{r.Origin, r.ClientID} }

func (r record) job() Job {
	return Job{ID: r.ID, ClientID: r.ClientID, Origin: r.Origin, Kind: r.Kind, Profile: r.Profile, Title: r.Title,
		Copies: r.Copies, Pages: r.Pages, Notices: slices.Clone(r.Notices)}
}

// mayHaveLeft tells whether a sheet of it may lie in the printer.
func (r record) mayHaveLeft() bool { return r.Stage != waiting && r.Spooled != "" }

// The names in the box: the PDF behind the record as it was at first, and the
// record since something has become of it.
const (
	sheetPrefix = "sheet-"
	statePrefix = "state-"
)

// pack is the record as it was handed in, with its PDF.
func pack(r record, pdf []byte) ([]byte, error) {
	head, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	packed := make([]byte, 0, 4+len(head)+len(pdf))
	packed = binary.BigEndian.AppendUint32(packed, uint32(len(head)))
	return append(append(packed, head...), pdf...), nil
}

var errDamaged = errors.New("not what was written")

func unpack(packed []byte) (record, []byte, error) {
	if len(packed) < 4 {
		return record{}, nil, errDamaged
	}
	n := uint64(binary.BigEndian.Uint32(packed))
	if n > uint64(len(packed)-4) {
		return record{}, nil, errDamaged
	}
	r, err := parse(packed[4 : 4+n])
	pdf := packed[4+n:]
	if err == nil && len(pdf) != r.Size {
		err = errDamaged
	}
	return r, pdf, err
}

// parse reads a record, which must be one that this package can go on with.
func parse(plain []byte) (record, error) {
	var r record
	dec := json.NewDecoder(bytes.NewReader(plain))
	if err := dec.Decode(&r); err != nil {
		return record{}, err
	}
	known := r.Stage == waiting || r.Stage == finished || (r.Stage == releasing || r.Stage == released) && r.Spooled != ""
	if !known || len(r.ID) != idLength {
		return record{}, errDamaged
	}
	return r, nil
}
