package wire

import "time"

// Method is one row of the method table.
type Method struct {
	Name     string
	Params   any           // zero value of the params struct
	Result   any           // zero value of the result struct
	Deadline time.Duration // the agent answers within it, whatever happens
	Gesture  bool          // only as the consequence of a user's action
}

// promptTime is how long a native window may stay open: a person is on the
// phone at times.
const promptTime = 2 * time.Minute

// Methods is the method table of protocol 1.
var Methods = []Method{
	{"hello", HelloParams{}, HelloResult{}, 2 * time.Second, false},
	{"status", NoParams{}, Status{}, 2 * time.Second, false},
	{"card.list", NoParams{}, CardList{}, 5 * time.Second, false},
	{"card.test", CardTestParams{}, CardTestResult{}, promptTime + 30*time.Second, true},
	{"session.login", LoginParams{}, LoginResult{}, promptTime + 30*time.Second, true},
	{"session.complete", CompleteParams{}, Session{}, 30 * time.Second, false},
	{"session.logout", NoParams{}, Session{}, 15 * time.Second, true},
	{"patient.sync", SyncParams{}, SyncResult{}, 30 * time.Second, true},
	{"prescription.send", SendParams{}, SendResult{}, 10 * time.Minute, true},
	{"prescription.view", NREParams{}, ViewResult{}, 30 * time.Second, false},
	{"prescription.cancel", NREParams{}, CancelResult{}, promptTime + 30*time.Second, true},
	{"prescription.list", ListParams{}, ListResult{}, time.Minute, false},
	{"prescription.verify", NREParams{}, VerifyResult{}, 30 * time.Second, false},
	{"prescription.promemoria", NREParams{}, PromemoriaResult{}, 5 * time.Second, false},
	{"outbox.list", OutboxParams{}, OutboxResult{}, 5 * time.Second, false},
	{"outbox.retry", OutboxParams{}, OutboxResult{}, 10 * time.Minute, true},
	{"outbox.discard", OutboxParams{}, OutboxResult{}, promptTime, true},
	{"outbox.resolve", ResolveParams{}, OutboxResult{}, time.Minute, true},
	{"batch.stop", NoParams{}, Outbox{}, 2 * time.Second, false},
	{"patient.history", PatientParams{}, PatientHistory{}, 2 * time.Second, false},
	{"substitution.declare", SubstitutionParams{}, SubstitutionResult{}, promptTime + 30*time.Second, true},
	{"table.fetch", TableParams{}, TableResult{}, time.Minute, true},
	{"document.open", DocumentOpenParams{}, DocumentHandle{}, 2 * time.Second, false},
	{"document.write", DocumentWriteParams{}, DocumentWritten{}, 10 * time.Second, false},
	{"document.read", DocumentReadParams{}, DocumentPiece{}, 10 * time.Second, false},
	{"document.close", DocumentHandle{}, NoParams{}, 2 * time.Second, false},
	{"document.verify", VerifyDocumentParams{}, Verification{}, time.Minute, false},
	{"sign", SignParams{}, SignResult{}, 15 * time.Minute, true},
	{"print", PrintParams{}, PrintResult{}, 2 * time.Minute, true},
	{"print.list", PrintIDs{}, PrintList{}, 2 * time.Second, false},
	{"print.cancel", PrintIDs{}, PrintList{}, 15 * time.Second, true},
	{"print.again", PrintIDs{}, PrintResult{}, 2 * time.Minute, true},
	{"print.preview", PreviewParams{}, PreviewResult{}, 30 * time.Second, false},
	{"printer.list", NoParams{}, PrinterList{}, 10 * time.Second, false},
	{"printer.configure", ConfigureParams{}, PrinterList{}, 10 * time.Second, true},
}

// EventType is one row of the event table.
type EventType struct {
	Name   string
	Params any
}

// The event names.
const (
	EventSession = "session.changed"
	EventCard    = "card.changed"
	EventOutbox  = "outbox.changed"
	EventBatch   = "batch.progress"
	EventSign    = "sign.progress"
	EventPrint   = "print.changed"
)

// Events is the event table of protocol 1.
var Events = []EventType{
	{EventSession, Session{}},
	{EventCard, CardList{}},
	{EventOutbox, Outbox{}},
	{EventBatch, BatchProgress{}},
	{EventSign, SignProgress{}},
	{EventPrint, Printing{}},
}

// LookupMethod finds a row of the table.
func LookupMethod(name string) (Method, bool) {
	for _, m := range Methods {
		if m.Name == name {
			return m, true
		}
	}
	return Method{}, false
}
