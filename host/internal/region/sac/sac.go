// Package sac speaks the prescriber's services of Sistema TS: it writes the
// four SOAP 1.1 requests (send, view, cancel, lot of NRE) exactly as the
// ministry's schemas want them, seals pinCode and the patient's code, and reads
// the answers. It knows bytes only: it never opens a connection and never keeps
// anything.
//
// Source: MEF/Sogei, "Web services per la trasmissione delle ricette
// dematerializzate, parte 1: prescrizione", 5 Dec 2024, sections 3 and 4, and
// the XSD kit 1.2 of 2026 (lots: 2024).
package sac

import "errors"

// The namespaces of the schemas.
const (
	nsEnvelope    = "http://schemas.xmlsoap.org/soap/envelope/"
	nsTypes       = "http://tipodati.xsd.dem.sanita.finanze.it"
	nsSend        = "http://invioprescrittorichiesta.xsd.dem.sanita.finanze.it"
	nsSendAnswer  = "http://invioprescrittoricevuta.xsd.dem.sanita.finanze.it"
	nsView        = "http://visualizzaprescrittorichiesta.xsd.dem.sanita.finanze.it"
	nsViewAnswer  = "http://visualizzaprescrittoricevuta.xsd.dem.sanita.finanze.it"
	nsCancel      = "http://annullaprescrittorichiesta.xsd.dem.sanita.finanze.it"
	nsCancelReply = "http://annullaprescrittoricevuta.xsd.dem.sanita.finanze.it"
	nsLot         = "http://lottorichiesta.xsd.nre.mirsac.sanita.finanze.it"
	nsLotAnswer   = "http://lottoricevuta.xsd.nre.mirsac.sanita.finanze.it"
	nsLotTypes    = "http://tipodati.xsd.nre.mirsac.sanita.finanze.it"
)

// Operation is one service: its SOAPAction and the last step of its path. The
// soap:address of the published WSDL is a developer's own machine, so paths are
// told by the region profile.
type Operation struct{ Path, Action string }

// The operations.
var (
	Send   = Operation{"/demInvioPrescritto", "http://invioprescritto.wsdl.dem.sanita.finanze.it/InvioPrescritto"}
	View   = Operation{"/demVisualizzaPrescritto", "http://visualizzaprescritto.wsdl.dem.sanita.finanze.it/VisualizzaPrescritto"}
	Cancel = Operation{"/demAnnullaPrescritto", "http://annullaprescritto.wsdl.dem.sanita.finanze.it/AnnullaPrescritto"}
	Lot    = Operation{"", "http://lottorichiesta.wsdl.nre.mirsac.sanita.finanze.it/LottoRichiesta"}
)

// Codes of ErroreRicetta that change what the client does next.
const (
	CodeDone       = "0000" // "operazione eseguita correttamente"
	CodeWrongState = "1120" // cancel: not to be dispensed any more
	CodeUsedNRE    = "5004"
	CodeUnknownNRE = "5005"
)

// ErrAnswer is wrapped by every complaint about the bytes of an answer.
var ErrAnswer = errors.New("answer not understood")

// Fault is a SOAP 1.1 fault.
type Fault struct {
	Code string // without prefix: Client, Server, VersionMismatch, MustUnderstand
	Text string
}

func (f *Fault) Error() string { return "soap fault " + f.Code }

// Client tells that the request itself was refused: repeating it is useless,
// and it had no effect.
func (f *Fault) Client() bool {
	return f.Code == "Client" || f.Code == "VersionMismatch" || f.Code == "MustUnderstand"
}
