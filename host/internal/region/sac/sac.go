// Package sac speaks the prescriber's services of Sistema TS: it writes the
// SOAP 1.1 requests (send, view, cancel, used numbers, lot of NRE, declaration
// of a substitute, tables) exactly as the ministry's schemas want them, seals
// pinCode and the patient's code, and reads the answers by namespace and local
// name. It knows bytes only: it never opens a connection and never keeps
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
	nsUsed        = "http://interroganreutilrichiesta.xsd.dem.sanita.finanze.it"
	nsUsedAnswer  = "http://interroganreutilricevuta.xsd.dem.sanita.finanze.it"
	nsSubst       = "http://dichiarazionesostituzionemedicorichiesta.xsd.dem.sanita.finanze.it"
	nsSubstAnswer = "http://dichiarazionesostituzionemedicoricevuta.xsd.dem.sanita.finanze.it"
	nsSubstTypes  = "http://tipodatidichiarazionesostituzionemedico.xsd.dem.sanita.finanze.it"
	nsTable       = "http://serviceanagrichiesta.xsd.dem.sanita.finanze.it"
	nsTableAnswer = "http://serviceanagricevuta.xsd.dem.sanita.finanze.it"
	nsTableTypes  = "http://tipidatiserviceanag.xsd.dem.sanita.finanze.it"
	nsLot         = "http://lottorichiesta.xsd.nre.mirsac.sanita.finanze.it"
	nsLotAnswer   = "http://lottoricevuta.xsd.nre.mirsac.sanita.finanze.it"
	nsLotTypes    = "http://tipodati.xsd.nre.mirsac.sanita.finanze.it"
)

// Operation is one service: its SOAPAction and the last step of its path. The
// soap:address of the published WSDL is a developer's own machine, so paths are
// told by the region profile.
type Operation struct{ Path, Action string }

// The operations. The SOAPAction of the used numbers speaks of associated ones
// in every published WSDL, and that is what the service wants.
var (
	Send         = Operation{"/demInvioPrescritto", "http://invioprescritto.wsdl.dem.sanita.finanze.it/InvioPrescritto"}
	View         = Operation{"/demVisualizzaPrescritto", "http://visualizzaprescritto.wsdl.dem.sanita.finanze.it/VisualizzaPrescritto"}
	Cancel       = Operation{"/demAnnullaPrescritto", "http://annullaprescritto.wsdl.dem.sanita.finanze.it/AnnullaPrescritto"}
	Used         = Operation{"", "http://interroganreassociati.wsdl.dem.sanita.finanze.it/InterrogaNreUtilizzati"}
	Lot          = Operation{"", "http://lottorichiesta.wsdl.nre.mirsac.sanita.finanze.it/LottoRichiesta"}
	Substitution = Operation{"", "http://dichiarazionesostituzionemedico.wsdl.dem.sanita.finanze.it/DichiarazioneSostituzioneMedico"}
	Table        = Operation{"", "http://serviceanag.wsdl.dem.sanita.finanze.it/ServiceAnag"}
)

// Codes of ErroreRicetta that change what the client does next.
const (
	CodeDone       = "0000" // "operazione eseguita correttamente"
	CodeWrongState = "1120" // cancel: not to be dispensed any more
	CodeUnknownNRE = "5005"
)

// ErrAnswer is wrapped by every complaint about the bytes of an answer.
var ErrAnswer = errors.New("answer not understood")
