package wire

// A sheet is printed without a dialog, with the profile of its kind. A job is
// on disk before the spooler hears of it and is handed over in two steps, so
// that no fault makes a second sheet or loses one.

// MaxPrintBytes is the largest PDF that a page may have printed.
const MaxPrintBytes = 20 << 20

// MaxPrintPages is how many pages such a PDF may have.
const MaxPrintPages = 100

// SheetKind is one of the three kinds of print that a doctor's printers are set up for.
type SheetKind string

// The kinds.
const (
	SheetRossa      SheetKind = "rossa"      // the red form of the SSN, pre-printed
	SheetBianca     SheetKind = "bianca"     // the doctor's own white prescription
	SheetPromemoria SheetKind = "promemoria" // the slip of a dematerialised prescription
)

// SheetKinds has all kinds in the order in which people see them.
var SheetKinds = []SheetKind{SheetRossa, SheetBianca, SheetPromemoria}

// PrintParams asks for sheets. The answer comes when each was taken by the
// spooler, or waits for it with the reason.
type PrintParams struct {
	Items []PrintItem `json:"items" jsonschema:"minItems=1,maxItems=200"`
}

// PrintItem is one thing to print.
type PrintItem struct {
	ClientID     string             `json:"client_id,omitempty" jsonschema:"maxLength=64"` // the page's own name of this sheet: asked for twice it is printed once
	Kind         string             `json:"kind" jsonschema:"enum=promemoria,enum=rossa,enum=bianca,enum=document,enum=test"`
	Profile      SheetKind          `json:"profile,omitempty" jsonschema:"enum=rossa,enum=bianca,enum=promemoria"` // of a document (empty: bianca) or a test page
	NRE          string             `json:"nre,omitempty" jsonschema:"pattern=^[0-9]{3}[0-9A-Z]{2}[0-7][0-9]{9}$"` // promemoria
	Prescription *Prescription      `json:"prescription,omitempty"`                                                // rossa; promemoria where the region returns none
	White        *WhitePrescription `json:"white,omitempty"`                                                       // bianca
	Doctor       *PrintDoctor       `json:"doctor,omitempty"`                                                      // rossa, bianca, promemoria drawn here; empty: the session's
	Document     string             `json:"document,omitempty" jsonschema:"pattern=^[0-9a-f]{32}$"`                // a PDF, by document.open
	Content      string             `json:"content,omitempty" jsonschema:"maxLength=699052"`                       // base64, instead of Document
	Name         string             `json:"name,omitempty" jsonschema:"maxLength=255"`                             // of a document, as people are shown it
	Copies       int                `json:"copies,omitempty" jsonschema:"minimum=0,maximum=9"`                     // 0: the profile's
}

// PrintDoctor is who prescribes, as it is to be read on paper.
type PrintDoctor struct {
	Name          string   `json:"name,omitempty" jsonschema:"maxLength=120"`
	CodiceFiscale string   `json:"codice_fiscale,omitempty" jsonschema:"pattern=^[A-Z0-9]{16}$"`
	Lines         []string `json:"lines,omitempty" jsonschema:"maxItems=6"` // of a letterhead: specialisation, address, telephone
}

// WhitePrescription is what the doctor's own paper says.
type WhitePrescription struct {
	CodiceFiscale string      `json:"codice_fiscale,omitempty" jsonschema:"maxLength=20"`
	Name          string      `json:"name" jsonschema:"minLength=1,maxLength=120"`
	Address       string      `json:"address,omitempty" jsonschema:"maxLength=200"`
	Date          string      `json:"date,omitempty" jsonschema:"pattern=^[0-9]{4}-[0-9]{2}-[0-9]{2}$"` // empty: today, Europe/Rome
	Items         []WhiteItem `json:"items" jsonschema:"minItems=1,maxItems=10"`
	Note          string      `json:"note,omitempty" jsonschema:"maxLength=600"`
	NRBE          string      `json:"nrbe,omitempty" jsonschema:"pattern=^[0-9A-Z]{5\\,20}$"` // number of the electronic white prescription, printed with its bar code
	PIN           string      `json:"pin_nrbe,omitempty" jsonschema:"pattern=^[0-9A-Z]{2\\,12}$"`
}

// WhiteItem is one line of it.
type WhiteItem struct {
	Text     string `json:"text" jsonschema:"minLength=1,maxLength=300"`
	Quantity int    `json:"quantity,omitempty" jsonschema:"minimum=0,maximum=99"`
	Dosage   string `json:"dosage,omitempty" jsonschema:"maxLength=300"`
	Times    int    `json:"times,omitempty" jsonschema:"minimum=0,maximum=10"` // how often it may be dispensed; 0: nothing is said
}

// PrintState is where a job stands.
type PrintState string

// The states.
const (
	PrintQueued    PrintState = "queued"    // here, not yet with the spooler
	PrintAccepted  PrintState = "accepted"  // the spooler has it
	PrintPrinting  PrintState = "printing"  // the printer works on it
	PrintHeld      PrintState = "held"      // the printer waits for somebody: paper, pause, fault
	PrintPrinted   PrintState = "printed"   // the spooler says that it came out
	PrintFailed    PrintState = "failed"    // it did not, and will not by itself
	PrintCancelled PrintState = "cancelled" // somebody gave it up
)

// PrintJob is one sheet, or several copies of it, on its way.
type PrintJob struct {
	ID        string     `json:"id"`
	ClientID  string     `json:"client_id,omitempty"`
	Kind      string     `json:"kind"`
	Profile   SheetKind  `json:"profile" jsonschema:"enum=rossa,enum=bianca,enum=promemoria"`
	Title     string     `json:"title"` // for people: "Promemoria 0900A4000000001"
	State     PrintState `json:"state" jsonschema:"enum=queued,enum=accepted,enum=printing,enum=held,enum=printed,enum=failed,enum=cancelled"`
	Problem   *Error     `json:"problem,omitempty"` // why it waits, is held or failed
	Printer   string     `json:"printer,omitempty"`
	Pages     int        `json:"pages"`
	Copies    int        `json:"copies"`
	CreatedAt string     `json:"created_at"` // RFC 3339
	UpdatedAt string     `json:"updated_at"`
	Notices   []Notice   `json:"notices,omitempty"` // what was done to fit the sheet; that a red form takes the place of an electronic prescription
}

// PrintResult has a row for each item, in the order of the request. An item that
// can not be printed at all is a failed job without an id.
type PrintResult struct {
	Jobs     []PrintJob `json:"jobs"`
	Accepted int        `json:"accepted"` // with the spooler
}

// PrintIDs chooses jobs; without any, all of the last day that the caller may see.
type PrintIDs struct {
	IDs []string `json:"ids,omitempty" jsonschema:"maxItems=200"`
}

// PrintList is what was printed, or is to be, newest first.
type PrintList struct {
	Jobs []PrintJob `json:"jobs"`
}

// Printing counts the jobs that are not done.
type Printing struct {
	Waiting int `json:"waiting"` // queued, accepted, printing
	Held    int `json:"held"`    // need somebody at the printer, or failed within the last day
}

// PreviewParams asks how an item would come out.
type PreviewParams struct {
	Item     PrintItem        `json:"item"`
	Page     int              `json:"page,omitempty" jsonschema:"minimum=0,maximum=100"` // from 1; 0 is the first
	Settings *PrinterSettings `json:"settings,omitempty"`                                // not yet kept: for the extension's own pages
}

// PreviewResult is one sheet as somebody holds it who reads it.
type PreviewResult struct {
	PNG     string   `json:"png"` // base64
	Width   int      `json:"width"`
	Height  int      `json:"height"` // pixels
	Page    int      `json:"page"`
	Pages   int      `json:"pages"`
	Notices []Notice `json:"notices,omitempty"`
}

// PrinterList is what can be printed on, and with which settings.
type PrinterList struct {
	Spooler  string           `json:"spooler" jsonschema:"enum=cups,enum=windows"`
	Problem  *Error           `json:"problem,omitempty"` // why Printers is empty
	Printers []Printer        `json:"printers"`
	Profiles []PrinterProfile `json:"profiles"` // three, in the order of SheetKinds
}

// Printer is a queue of the system's spooler.
type Printer struct {
	Name      string    `json:"name"` // as the spooler calls it
	Info      string    `json:"info,omitempty"`
	Location  string    `json:"location,omitempty"`
	Default   bool      `json:"default,omitempty"`
	State     string    `json:"state" jsonschema:"enum=idle,enum=printing,enum=stopped"`
	Accepting bool      `json:"accepting"`
	Problem   ErrorCode `json:"problem,omitempty"` // paper, offline, …
	Papers    []Paper   `json:"papers"`
	AnyPaper  bool      `json:"any_paper,omitempty"` // takes sizes of one's own
	Trays     []Tray    `json:"trays"`               // none: it has one and does not name it
}

// Paper is a sheet, upright, in tenths of a millimetre.
type Paper struct {
	Name   string `json:"name"` // A4, A5, …; the spooler's word for any other
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// Tray is where sheets come from.
type Tray struct {
	ID   string `json:"id"`   // the spooler's word
	Name string `json:"name"` // for people
}

// PrinterSettings is how one kind of sheet is printed. Lengths are tenths of a millimetre.
type PrinterSettings struct {
	Kind        SheetKind `json:"kind" jsonschema:"enum=rossa,enum=bianca,enum=promemoria"`
	Printer     string    `json:"printer,omitempty" jsonschema:"maxLength=255"`                    // empty: none is chosen
	Paper       string    `json:"paper" jsonschema:"enum=A4,enum=A5,enum=custom"`                  // what lies in the tray
	Width       int       `json:"width,omitempty" jsonschema:"minimum=0,maximum=4200"`             // of a custom paper, upright
	Height      int       `json:"height,omitempty" jsonschema:"minimum=0,maximum=5940"`            // of a custom paper, upright
	Tray        string    `json:"tray,omitempty" jsonschema:"maxLength=255"`                       // empty: the printer decides
	Orientation string    `json:"orientation" jsonschema:"enum=auto,enum=portrait,enum=landscape"` // of the sheet as it is read; auto: A4 upright, A5 lying, the red form upright
	Copies      int       `json:"copies" jsonschema:"minimum=1,maximum=9"`
	Scale       int       `json:"scale,omitempty" jsonschema:"minimum=0,maximum=150"` // per cent; 0: full size, smaller only where it would not fit
	OffsetX     int       `json:"offset_x" jsonschema:"minimum=-500,maximum=500"`     // to the right
	OffsetY     int       `json:"offset_y" jsonschema:"minimum=-500,maximum=500"`     // down
}

// PrinterProfile is such settings with what is known of them.
type PrinterProfile struct {
	PrinterSettings
	Ready   bool     `json:"ready"`             // a sheet could be printed now
	Problem *Error   `json:"problem,omitempty"` // why not
	Locked  []string `json:"locked,omitempty"`  // settings that the administrator has set, by their names here
	Lying   bool     `json:"lying,omitempty"`   // its layout is read lying, whatever the paper
}

// ConfigureParams keeps settings for this user.
type ConfigureParams struct {
	Settings PrinterSettings `json:"settings"`
}
