package winspool

// system is Windows as far as printing goes. Its errors are syscall.Errno, wrapped.
type system interface {
	names() ([]string, error)                           // EnumPrinters, level 4
	standard() string                                   // GetDefaultPrinter; empty: none
	printer(name string) (printerInfo, error)           // GetPrinter, level 2
	capabilities(name, port string) capabilities        // DeviceCapabilities; empty where the driver says nothing
	settings(name string) (devmode, error)              // DocumentProperties: the user's
	merge(name string, d devmode) (devmode, error)      // DocumentProperties: made whole by the driver
	open(name string, d devmode) (document, error)      // CreateDC
	control(name string, job int, command uint32) error // SetJob
	job(name string, job int) (jobInfo, error)          // GetJob, level 2
	jobs(name string) ([]jobInfo, error)                // EnumJobs, level 2
}

// document is a device context, with a job from start to end. Each is used by one goroutine
// at a time.
type document interface {
	start(title string) (job int, err error) // StartDoc
	surface() surface                        // GetDeviceCaps
	page(picture []band) error               // StartPage, StretchDIBits, EndPage
	end() error                              // EndDoc, DeleteDC
	abort()                                  // AbortDoc, DeleteDC: the spooler forgets the job
}

// Commands of SetJob.
const (
	jobPause  = 1 // JOB_CONTROL_PAUSE
	jobResume = 2 // JOB_CONTROL_RESUME
	jobDelete = 5 // JOB_CONTROL_DELETE
)

// printerInfo is what is used of a PRINTER_INFO_2W.
type printerInfo struct {
	Name, Port, Comment, Location string
	Attributes, Status            uint32
	Jobs                          uint32
}

// jobInfo is what is used of a JOB_INFO_2W.
type jobInfo struct {
	ID       int
	Document string
	Status   uint32
	Said     string // pStatus, the port's own words
}

// capabilities is what a driver tells of a printer.
type capabilities struct {
	Fields  uint32 // DM_ bits that it understands
	Papers  []paper
	Bins    []bin
	Copies  int  // the most of one job
	Collate bool // copies come sorted
}

// ownSize are the fields of a paper that the driver does not list.
const ownSize = dmPaperLength | dmPaperWidth

func (c capabilities) anySize() bool { return c.Fields&ownSize == ownSize }

// paper is one of DC_PAPERS, DC_PAPERNAMES and DC_PAPERSIZE; tenths of a millimetre.
type paper struct {
	ID            int16
	Name          string
	Width, Height int
}

// bin is one of DC_BINS and DC_BINNAMES.
type bin struct {
	ID   int16
	Name string
}
