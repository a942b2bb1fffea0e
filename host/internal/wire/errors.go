package wire

// ErrorCode is a stable name of what went wrong. It is never renamed and never
// reused; docs/errors.md and the extension's texts have one entry for each.
type ErrorCode string

// Hop is the link of the chain that failed.
type Hop string

// The hops, from the page outwards.
const (
	HopExtension Hop = "extension"
	HopConnector Hop = "connector"
	HopService   Hop = "pcsc"
	HopReader    Hop = "reader"
	HopCard      Hop = "card"
	HopModule    Hop = "module"
	HopPIN       Hop = "pin"
	HopTLS       Hop = "tls"
	HopRegion    Hop = "region"
	HopSession   Hop = "session"
	HopData      Hop = "data"
	HopRemote    Hop = "remote"
	HopPrinter   Hop = "printer"
)

// Error is the error member of a Response (JSON-RPC 2.0, section 5.1).
type Error struct {
	Code    int       `json:"code"`
	Message string    `json:"message"` // English, for logs; free of personal data
	Data    ErrorData `json:"data"`
}

// ErrorData is what a client branches on.
type ErrorData struct {
	Code         ErrorCode `json:"code"`
	Hop          Hop       `json:"hop"`
	Retryable    bool      `json:"retryable"`
	Detail       string    `json:"detail,omitempty"`        // raw code of the failing part: CKR_…, SCARD_…, HTTP 503, a field name
	AttemptsLeft *int      `json:"attempts_left,omitempty"` // of the PIN, when the card tells
	FinalTry     bool      `json:"final_try,omitempty"`
	Notices      []Notice  `json:"notices,omitempty"`   // what the region or our checks said
	Reference    string    `json:"reference,omitempty"` // also in the log
	// Alternative is the other way into the region that may work now.
	Alternative string `json:"alternative,omitempty" jsonschema:"enum=card,enum=cloud"`
}

func (e *Error) Error() string { return string(e.Data.Code) + ": " + e.Message }

// Fault describes an ErrorCode.
type Fault struct {
	Code      ErrorCode
	Hop       Hop
	Retryable bool   // the same request may succeed later without any change
	RPC       int    // JSON-RPC code
	English   string // for logs and docs/errors.md
}

// The codes.
const (
	ErrInternal       ErrorCode = "internal"
	ErrUnsupported    ErrorCode = "unsupported"
	ErrCancelled      ErrorCode = "cancelled"
	ErrDeadline       ErrorCode = "deadline"
	ErrFrameEmpty     ErrorCode = "frame.empty"
	ErrFrameTooBig    ErrorCode = "frame.too_large"
	ErrFrameShort     ErrorCode = "frame.truncated"
	ErrParse          ErrorCode = "rpc.parse"
	ErrInvalid        ErrorCode = "rpc.invalid"
	ErrMethod         ErrorCode = "rpc.unknown_method"
	ErrParams         ErrorCode = "rpc.invalid_params"
	ErrBusy           ErrorCode = "rpc.too_many_requests"
	ErrProtocol       ErrorCode = "protocol.unsupported"
	ErrAgentDown      ErrorCode = "agent.unreachable"
	ErrAgentPeer      ErrorCode = "agent.untrusted"
	ErrHostMissing    ErrorCode = "connector.missing"
	ErrHostForbid     ErrorCode = "connector.forbidden"
	ErrHostLost       ErrorCode = "connector.lost"
	ErrHostTimeout    ErrorCode = "connector.timeout"
	ErrOrigin         ErrorCode = "origin.denied"
	ErrGesture        ErrorCode = "gesture.required"
	ErrConsent        ErrorCode = "consent.denied"
	ErrPCSCDown       ErrorCode = "card.service_down"
	ErrNoReader       ErrorCode = "card.no_reader"
	ErrNoCard         ErrorCode = "card.none"
	ErrCardMute       ErrorCode = "card.mute"
	ErrCardRemoved    ErrorCode = "card.removed"
	ErrCardUnknown    ErrorCode = "card.unknown"
	ErrCardBusy       ErrorCode = "card.busy"
	ErrNoModule       ErrorCode = "card.module_missing"
	ErrModule         ErrorCode = "card.module_failed"
	ErrModuleLost     ErrorCode = "card.module_crashed"
	ErrModuleArch     ErrorCode = "card.module_architecture"
	ErrModuleDep      ErrorCode = "card.module_dependency"
	ErrModuleBlind    ErrorCode = "card.module_no_token"
	ErrContactless    ErrorCode = "card.contactless"
	ErrMechanism      ErrorCode = "card.mechanism_missing"
	ErrNoCert         ErrorCode = "card.no_certificate"
	ErrCertExpired    ErrorCode = "card.certificate_expired"
	ErrCertEarly      ErrorCode = "card.certificate_not_yet_valid"
	ErrCertSign       ErrorCode = "card.certificate_for_signing"
	ErrCertPolicy     ErrorCode = "card.certificate_not_accepted"
	ErrCertNoKey      ErrorCode = "card.certificate_without_key"
	ErrPINWrong       ErrorCode = "card.pin_wrong"
	ErrPINLocked      ErrorCode = "card.pin_locked"
	ErrPINFormat      ErrorCode = "card.pin_format"
	ErrPINNotSet      ErrorCode = "card.pin_not_initialised"
	ErrPromptNone     ErrorCode = "prompt.unavailable"
	ErrPromptCancel   ErrorCode = "prompt.cancelled"
	ErrPromptTime     ErrorCode = "prompt.timeout"
	ErrTLSServer      ErrorCode = "tls.server_untrusted"
	ErrTLSRefused     ErrorCode = "tls.certificate_refused"
	ErrTLS            ErrorCode = "tls.failed"
	ErrRegionDown     ErrorCode = "region.unreachable"
	ErrRegionTime     ErrorCode = "region.timeout"
	ErrRegionBusy     ErrorCode = "region.unavailable"
	ErrRegionFault    ErrorCode = "region.fault"
	ErrRegionAnswer   ErrorCode = "region.bad_answer"
	ErrRegionConfig   ErrorCode = "region.misconfigured"
	ErrRegionCipher   ErrorCode = "region.cipher_certificate_expired"
	ErrSessionNone    ErrorCode = "session.none"
	ErrSessionEnded   ErrorCode = "session.expired"
	ErrSessionBusy    ErrorCode = "session.busy"
	ErrSessionLock    ErrorCode = "session.locked"
	ErrWrongDoctor    ErrorCode = "session.wrong_doctor"
	ErrMaintenance    ErrorCode = "region.maintenance"
	ErrIncomplete     ErrorCode = "region.incomplete"
	ErrCipherSoon     ErrorCode = "region.cipher_certificate_expiring"
	ErrProxy          ErrorCode = "proxy.failed"
	ErrProxyAuth      ErrorCode = "proxy.authentication"
	ErrClock          ErrorCode = "clock.wrong"
	ErrLoginNeeded    ErrorCode = "session.login_needed"
	ErrLingering      ErrorCode = "session.lingering"
	ErrDisplaced      ErrorCode = "session.displaced"
	ErrNoWay          ErrorCode = "session.way_missing"
	ErrNotDoctor      ErrorCode = "session.not_a_doctor"
	ErrLoginState     ErrorCode = "session.state_mismatch"
	ErrLoginTime      ErrorCode = "session.login_timeout"
	ErrLoginCancel    ErrorCode = "session.login_cancelled"
	ErrLoginRefused   ErrorCode = "session.login_refused"
	ErrIdentity       ErrorCode = "session.identity_invalid"
	ErrRedirect       ErrorCode = "session.redirect_denied"
	ErrCredentials    ErrorCode = "session.credentials_refused"
	ErrNoAccount      ErrorCode = "session.credentials_missing"
	ErrTokenForm      ErrorCode = "session.id_sessione_invalid"
	ErrTokenMail      ErrorCode = "session.id_sessione_mailed"
	ErrA2F            ErrorCode = "session.id_sessione_refused"
	ErrNoBrowser      ErrorCode = "session.no_browser"
	ErrSubstitute     ErrorCode = "session.substitute_unsupported"
	ErrNoKeyring      ErrorCode = "secret.no_keyring"
	ErrKeyring        ErrorCode = "secret.keyring_locked"
	ErrKeyMissing     ErrorCode = "secret.key_missing"
	ErrPatientNone    ErrorCode = "patient.unknown"
	ErrPatientID      ErrorCode = "patient.invalid"
	ErrNotYours       ErrorCode = "patient.not_yours"
	ErrRxInvalid      ErrorCode = "prescription.invalid"
	ErrRxRefused      ErrorCode = "prescription.refused"
	ErrRxNone         ErrorCode = "prescription.not_found"
	ErrRxState        ErrorCode = "prescription.wrong_state"
	ErrRxUnknown      ErrorCode = "prescription.outcome_unknown"
	ErrRxChanged      ErrorCode = "prescription.changed"
	ErrPinCode        ErrorCode = "prescription.pincode_missing"
	ErrRxUnclear      ErrorCode = "prescription.unclear"
	ErrRxWaits        ErrorCode = "prescription.retries_exhausted"
	ErrRxNoPDF        ErrorCode = "prescription.promemoria_missing"
	ErrTitolare       ErrorCode = "session.titolare_mismatch"
	ErrRegionLimit    ErrorCode = "region.too_many_requests"
	ErrOutbox         ErrorCode = "outbox.unavailable"
	ErrOutboxEntry    ErrorCode = "outbox.not_found"
	ErrOutboxState    ErrorCode = "outbox.wrong_state"
	ErrOutboxFull     ErrorCode = "outbox.disk_full"
	ErrOutboxRO       ErrorCode = "outbox.read_only"
	ErrOutboxKey      ErrorCode = "outbox.wrong_key"
	ErrOutboxBroken   ErrorCode = "outbox.damaged"
	ErrOutboxInUse    ErrorCode = "outbox.in_use"
	ErrNoSignCert     ErrorCode = "sign.no_certificate"
	ErrSignWay        ErrorCode = "sign.way_missing"
	ErrSignFormat     ErrorCode = "sign.format_unsuitable"
	ErrSignAlgorithm  ErrorCode = "sign.algorithm"
	ErrSignChanged    ErrorCode = "sign.document_changed"
	ErrDocNone        ErrorCode = "document.unknown"
	ErrDocShort       ErrorCode = "document.incomplete"
	ErrDocLarge       ErrorCode = "document.too_large"
	ErrDocDisk        ErrorCode = "document.storage"
	ErrPDFSealed      ErrorCode = "document.pdf_encrypted"
	ErrPDFBroken      ErrorCode = "document.pdf_broken"
	ErrPDFLocked      ErrorCode = "document.pdf_locked"
	ErrXMLRefused     ErrorCode = "document.xml_refused"
	ErrNotSigned      ErrorCode = "document.not_signed"
	ErrSigBroken      ErrorCode = "document.signature_broken"
	ErrNoOriginal     ErrorCode = "document.original_missing"
	ErrTSANone        ErrorCode = "timestamp.not_configured"
	ErrTSADown        ErrorCode = "timestamp.unreachable"
	ErrTSARefused     ErrorCode = "timestamp.refused"
	ErrRemoteDown     ErrorCode = "remote.unreachable"
	ErrRemoteBusy     ErrorCode = "remote.unavailable"
	ErrRemoteAnswer   ErrorCode = "remote.bad_answer"
	ErrRemoteLogin    ErrorCode = "remote.credentials_refused"
	ErrRemotePIN      ErrorCode = "remote.pin_wrong"
	ErrRemoteOTP      ErrorCode = "remote.otp_wrong"
	ErrRemoteLocked   ErrorCode = "remote.locked"
	ErrRemoteSAD      ErrorCode = "remote.authorization_expired"
	ErrRemoteLimit    ErrorCode = "remote.too_many"
	ErrRemoteCred     ErrorCode = "remote.credential_unusable"
	ErrRemoteSig      ErrorCode = "remote.signature_invalid"
	ErrRemoteRefused  ErrorCode = "remote.refused"
	ErrRemoteConfig   ErrorCode = "remote.misconfigured"
	ErrPrintNone      ErrorCode = "print.no_printer"
	ErrPrintMissing   ErrorCode = "print.printer_missing"
	ErrPrintSpooler   ErrorCode = "print.spooler_down"
	ErrPrintStopped   ErrorCode = "print.printer_stopped"
	ErrPrintReject    ErrorCode = "print.printer_rejects"
	ErrPrintOffline   ErrorCode = "print.offline"
	ErrPrintPaper     ErrorCode = "print.paper_out"
	ErrPrintJam       ErrorCode = "print.paper_jam"
	ErrPrintAttention ErrorCode = "print.attention"
	ErrPrintRefused   ErrorCode = "print.refused"
	ErrPrintMedia     ErrorCode = "print.media_unsupported"
	ErrPrintFit       ErrorCode = "print.does_not_fit"
	ErrPrintLayout    ErrorCode = "print.too_much_text"
	ErrPrintGlyph     ErrorCode = "print.unprintable"
	ErrPrintEarly     ErrorCode = "print.not_authorised"
	ErrPrintTaken     ErrorCode = "print.prescription_taken"
	ErrPrintScript    ErrorCode = "print.pdf_active"
	ErrPrintPages     ErrorCode = "print.too_many_pages"
	ErrPrintJob       ErrorCode = "print.job_unknown"
	ErrPrintState     ErrorCode = "print.wrong_state"
	ErrPrintUnclear   ErrorCode = "print.outcome_unknown"
	ErrPrintRender    ErrorCode = "print.render_failed"
	ErrPrintLocked    ErrorCode = "print.settings_locked"
	ErrPrintForm      ErrorCode = "print.layout_invalid"
)

// Faults is the table of every code, in the order of docs/errors.md.
var Faults = []Fault{
	{ErrInternal, HopConnector, false, -32603, "unexpected fault inside the connector"},
	{ErrUnsupported, HopConnector, false, -32000, "not supported by this build or this system"},
	{ErrCancelled, HopConnector, true, -32000, "cancelled by the caller"},
	{ErrDeadline, HopConnector, true, -32000, "not finished within its deadline"},
	{ErrFrameEmpty, HopConnector, false, -32600, "empty frame"},
	{ErrFrameTooBig, HopConnector, false, -32600, "frame larger than 1 MiB"},
	{ErrFrameShort, HopConnector, false, -32600, "frame shorter than its header says"},
	{ErrParse, HopConnector, false, -32700, "not JSON"},
	{ErrInvalid, HopConnector, false, -32600, "not a JSON-RPC 2.0 request"},
	{ErrMethod, HopConnector, false, -32601, "unknown method"},
	{ErrParams, HopConnector, false, -32602, "invalid params"},
	{ErrBusy, HopConnector, true, -32000, "too many requests at once"},
	{ErrProtocol, HopConnector, false, -32000, "no common protocol version"},
	{ErrAgentDown, HopConnector, true, -32000, "the agent could not be started or reached"},
	{ErrAgentPeer, HopConnector, false, -32000, "the program at the local socket is not the agent"},
	{ErrHostMissing, HopExtension, false, -32000, "the native host is not registered with the browser"},
	{ErrHostForbid, HopExtension, false, -32000, "the browser forbids this extension to use the native host"},
	{ErrHostLost, HopExtension, true, -32000, "the connector stopped while a request was under way"},
	{ErrHostTimeout, HopExtension, true, -32000, "no answer from the connector within the deadline"},
	{ErrOrigin, HopExtension, false, -32000, "this page is not allowed to use the connector"},
	{ErrGesture, HopExtension, false, -32000, "the request does not come from a user's action"},
	{ErrConsent, HopConnector, false, -32000, "the user refused"},
	{ErrPCSCDown, HopService, true, -32000, "the PC/SC service does not run"},
	{ErrNoReader, HopReader, true, -32000, "no smart card reader"},
	{ErrNoCard, HopReader, true, -32000, "no card in any reader"},
	{ErrCardMute, HopCard, true, -32000, "the card does not answer: upside down, dirty or not a smart card"},
	{ErrCardRemoved, HopCard, true, -32000, "the card was removed"},
	{ErrCardUnknown, HopCard, false, -32000, "not a card that can log in to a region"},
	{ErrContactless, HopCard, false, -32000, "the card answers by radio and does not say what it is"},
	{ErrCardBusy, HopCard, true, -32000, "the card is held by another program"},
	{ErrNoModule, HopModule, false, -32000, "no PKCS#11 module for this card is installed"},
	{ErrModule, HopModule, true, -32000, "the PKCS#11 module failed"},
	{ErrModuleLost, HopModule, true, -32000, "the PKCS#11 module crashed or hung and was restarted"},
	{ErrModuleArch, HopModule, false, -32000, "the PKCS#11 module is made for another processor architecture"},
	{ErrModuleDep, HopModule, false, -32000, "a library that the PKCS#11 module needs is missing"},
	{ErrModuleBlind, HopModule, false, -32000, "the PKCS#11 module works and does not see this card"},
	{ErrMechanism, HopModule, false, -32000, "the module cannot sign with this card's key"},
	{ErrNoCert, HopCard, false, -32000, "no certificate on the card can log in"},
	{ErrCertExpired, HopCard, false, -32000, "the certificate has expired"},
	{ErrCertEarly, HopCard, false, -32000, "the certificate is not valid yet"},
	{ErrCertSign, HopCard, false, -32000, "a signing certificate cannot log in"},
	{ErrCertPolicy, HopCard, false, -32000, "the region does not accept this kind of certificate for login"},
	{ErrCertNoKey, HopCard, false, -32000, "the card has no private key for this certificate"},
	{ErrPINWrong, HopPIN, false, -32000, "wrong PIN"},
	{ErrPINLocked, HopPIN, false, -32000, "the PIN is locked"},
	{ErrPINFormat, HopPIN, false, -32000, "the PIN has a wrong length or characters"},
	{ErrPINNotSet, HopModule, false, -32000, "the module says that no PIN is set: it does not know this card"},
	{ErrPromptNone, HopPIN, false, -32000, "no program to ask for the PIN is available on this PC"},
	{ErrPromptCancel, HopPIN, true, -32000, "the user closed the PIN window"},
	{ErrPromptTime, HopPIN, true, -32000, "the PIN window was not answered in time"},
	{ErrTLSServer, HopTLS, false, -32000, "the region's server certificate is not trusted"},
	{ErrTLSRefused, HopTLS, false, -32000, "the region refused the card's certificate"},
	{ErrTLS, HopTLS, true, -32000, "the secure connection failed"},
	{ErrRegionDown, HopRegion, true, -32000, "the region cannot be reached"},
	{ErrRegionTime, HopRegion, true, -32000, "the region did not answer in time"},
	{ErrRegionBusy, HopRegion, true, -32000, "the region is temporarily unavailable"},
	{ErrRegionFault, HopRegion, false, -32000, "the region answered with a fault"},
	{ErrRegionAnswer, HopRegion, false, -32000, "the region's answer could not be understood"},
	{ErrRegionConfig, HopRegion, false, -32000, "the region profile is incomplete"},
	{ErrRegionCipher, HopRegion, false, -32000, "the region's encryption certificate has expired"},
	{ErrSessionNone, HopSession, false, -32000, "not connected to the region"},
	{ErrSessionEnded, HopSession, true, -32000, "the regional session has expired"},
	{ErrSessionBusy, HopSession, true, -32000, "another login is under way"},
	{ErrSessionLock, HopSession, true, -32000, "the screen was locked"},
	{ErrWrongDoctor, HopSession, false, -32000, "the card belongs to another doctor"},
	{ErrMaintenance, HopRegion, true, -32000, "the region shows a page for people, as during maintenance, where an answer was due"},
	{ErrIncomplete, HopRegion, false, -32000, "the region profile lacks values that only the region gives"},
	{ErrCipherSoon, HopRegion, false, -32000, "the region's encryption certificate expires soon"},
	{ErrProxy, HopRegion, true, -32000, "the proxy could not be found or reached, or refused"},
	{ErrProxyAuth, HopRegion, false, -32000, "the proxy wants a name and a password"},
	{ErrClock, HopTLS, false, -32000, "this PC's clock is wrong"},
	{ErrLoginNeeded, HopSession, false, -32000, "the session is over and only the user can open a new one"},
	{ErrLingering, HopSession, true, -32000, "the session lives and processes nothing"},
	{ErrDisplaced, HopSession, false, -32000, "another program uses a newer ID-SESSIONE of this doctor"},
	{ErrNoWay, HopSession, false, -32000, "the region does not offer this way of logging in"},
	{ErrNotDoctor, HopSession, false, -32000, "only doctors may connect to the region"},
	{ErrLoginState, HopSession, false, -32000, "the answer does not belong to a login that is under way"},
	{ErrLoginTime, HopSession, true, -32000, "the region's login page was not completed in time"},
	{ErrLoginCancel, HopSession, true, -32000, "the region's login page was closed or cancelled"},
	{ErrLoginRefused, HopSession, false, -32000, "the region's login refused"},
	{ErrIdentity, HopSession, false, -32000, "the identity that the region's login returned could not be verified"},
	{ErrRedirect, HopSession, false, -32000, "the login may not return to this address"},
	{ErrCredentials, HopSession, false, -32000, "Sistema TS does not accept user name and password"},
	{ErrNoAccount, HopSession, false, -32000, "the doctor's account of Sistema TS is not set"},
	{ErrTokenForm, HopSession, false, -32000, "not an ID-SESSIONE"},
	{ErrTokenMail, HopSession, false, -32000, "the ID-SESSIONE was sent to the doctor's certified mailbox"},
	{ErrA2F, HopSession, false, -32000, "Sistema TS refused the ID-SESSIONE request"},
	{ErrNoBrowser, HopSession, false, -32000, "no browser can be opened for the region's login page"},
	{ErrSubstitute, HopSession, false, -32000, "the region, ASL and specialisation of the titolare are not known"},
	{ErrNoKeyring, HopConnector, false, -32000, "no keyring on this PC: the data key lies in a file of the user"},
	{ErrKeyring, HopConnector, true, -32000, "the keyring is locked"},
	{ErrKeyMissing, HopConnector, false, -32000, "the data key is not where it was: keyring not there, or emptied"},
	{ErrPatientNone, HopRegion, false, -32000, "the region does not know this patient"},
	{ErrPatientID, HopData, false, -32000, "not a valid codice fiscale"},
	{ErrNotYours, HopRegion, false, -32000, "the patient is registered with another doctor: the patient's health card is needed"},
	{ErrRxInvalid, HopData, false, -32000, "the prescription is not complete or not correct"},
	{ErrRxRefused, HopRegion, false, -32000, "the region refused the prescription"},
	{ErrRxNone, HopRegion, false, -32000, "the region does not know this prescription"},
	{ErrRxState, HopRegion, false, -32000, "the state of the prescription does not allow it"},
	{ErrRxUnknown, HopRegion, true, -32000, "the outcome is unknown; sending again repeats the same NRE"},
	{ErrRxChanged, HopData, false, -32000, "a prescription with this client_id was already taken in charge with other contents"},
	{ErrPinCode, HopData, false, -32000, "the doctor's pinCode is not set"},
	{ErrRxUnclear, HopRegion, false, -32000, "the region cannot tell whether it has the prescription: the doctor has to look"},
	{ErrRxWaits, HopRegion, true, -32000, "tried as often as is decent; goes on when the doctor asks"},
	{ErrRxNoPDF, HopData, false, -32000, "the PDF of this prescription is not kept"},
	{ErrTitolare, HopSession, false, -32000, "the prescription names another titolare than the session"},
	{ErrRegionLimit, HopRegion, true, -32000, "the region asks for fewer requests"},
	{ErrOutbox, HopConnector, true, -32000, "the outbox cannot be opened"},
	{ErrOutboxEntry, HopData, false, -32000, "no such entry in the outbox"},
	{ErrOutboxState, HopData, false, -32000, "not possible in the state of this entry"},
	{ErrOutboxFull, HopConnector, true, -32000, "no room left on the disk"},
	{ErrOutboxRO, HopConnector, false, -32000, "the outbox cannot be written: read-only"},
	{ErrOutboxKey, HopConnector, false, -32000, "the outbox was sealed with another key"},
	{ErrOutboxBroken, HopConnector, false, -32000, "the outbox is damaged; a copy was kept"},
	{ErrOutboxInUse, HopConnector, true, -32000, "another program has what is kept on this PC open"},
	{ErrNoSignCert, HopCard, false, -32000, "the card has no signing certificate"},
	{ErrSignWay, HopConnector, false, -32000, "neither a card that signs nor a remote signature service"},
	{ErrSignFormat, HopData, false, -32000, "the format does not suit the document"},
	{ErrSignAlgorithm, HopCard, false, -32000, "the key can not make a signature of the kind wanted"},
	{ErrSignChanged, HopConnector, false, -32000, "the document's bytes are not those that were shown"},
	{ErrDocNone, HopConnector, false, -32000, "no such document of this caller"},
	{ErrDocShort, HopConnector, false, -32000, "not all of the document has arrived"},
	{ErrDocLarge, HopData, false, -32000, "the document is larger than what can be handled"},
	{ErrDocDisk, HopConnector, true, -32000, "the document can not be kept on this PC's disk"},
	{ErrPDFSealed, HopData, false, -32000, "the PDF is encrypted"},
	{ErrPDFBroken, HopData, false, -32000, "the PDF is damaged or not a PDF"},
	{ErrPDFLocked, HopData, false, -32000, "a signature of the PDF forbids further ones"},
	{ErrXMLRefused, HopData, false, -32000, "the XML is not well-formed or holds what can not be signed safely"},
	{ErrNotSigned, HopData, false, -32000, "there is no signature in the document"},
	{ErrSigBroken, HopData, false, -32000, "the signature's envelope can not be read"},
	{ErrNoOriginal, HopData, false, -32000, "a detached signature comes without what it signs"},
	{ErrTSANone, HopConnector, false, -32000, "a time-stamp is wanted and no authority is configured"},
	{ErrTSADown, HopRemote, true, -32000, "the time-stamping authority does not answer"},
	{ErrTSARefused, HopRemote, false, -32000, "the time-stamping authority refused, or its token does not fit"},
	{ErrRemoteDown, HopRemote, true, -32000, "the remote signature service can not be reached"},
	{ErrRemoteBusy, HopRemote, true, -32000, "the remote signature service is out of order"},
	{ErrRemoteAnswer, HopRemote, false, -32000, "the remote signature service gave an answer that is not one"},
	{ErrRemoteLogin, HopRemote, false, -32000, "the remote signature service refused user and password"},
	{ErrRemotePIN, HopPIN, false, -32000, "the PIN of the remote signature is wrong"},
	{ErrRemoteOTP, HopPIN, false, -32000, "the one-time password is wrong or old"},
	{ErrRemoteLocked, HopRemote, false, -32000, "the remote signature account is locked"},
	{ErrRemoteSAD, HopRemote, true, -32000, "the authorisation ended before all was signed"},
	{ErrRemoteLimit, HopRemote, false, -32000, "more documents than the service signs at once"},
	{ErrRemoteCred, HopRemote, false, -32000, "the remote certificate is disabled, expired or revoked, or there is none"},
	{ErrRemoteSig, HopRemote, false, -32000, "the signature that came back is not one of ours over this document"},
	{ErrRemoteRefused, HopRemote, false, -32000, "the remote signature service refused the request"},
	{ErrRemoteConfig, HopRemote, false, -32000, "the remote signature service is not set up rightly"},
	{ErrPrintNone, HopPrinter, false, -32000, "no printer is chosen for this kind of sheet"},
	{ErrPrintMissing, HopPrinter, true, -32000, "the chosen printer does not exist any more"},
	{ErrPrintSpooler, HopPrinter, true, -32000, "the system's print service does not answer"},
	{ErrPrintStopped, HopPrinter, true, -32000, "the printer is paused"},
	{ErrPrintReject, HopPrinter, true, -32000, "the printer takes no jobs"},
	{ErrPrintOffline, HopPrinter, true, -32000, "the printer is off or can not be reached"},
	{ErrPrintPaper, HopPrinter, true, -32000, "the printer has no paper, or not the right one"},
	{ErrPrintJam, HopPrinter, true, -32000, "paper is jammed in the printer"},
	{ErrPrintAttention, HopPrinter, true, -32000, "somebody has to look after the printer"},
	{ErrPrintRefused, HopPrinter, false, -32000, "the print service refused or gave up the job"},
	{ErrPrintMedia, HopPrinter, false, -32000, "the printer does not have this paper or tray"},
	{ErrPrintFit, HopData, false, -32000, "the page does not fit the sheet"},
	{ErrPrintLayout, HopData, false, -32000, "more is to be written than the form has room for"},
	{ErrPrintGlyph, HopData, false, -32000, "a text holds characters that the sheet's fonts do not have"},
	{ErrPrintEarly, HopData, false, -32000, "the prescription has no codAutenticazione yet"},
	{ErrPrintTaken, HopData, false, -32000, "the prescription is in the outbox or at the region: on paper it would exist twice"},
	{ErrPrintScript, HopData, false, -32000, "the PDF holds scripts, files or actions"},
	{ErrPrintPages, HopData, false, -32000, "the PDF has too many pages"},
	{ErrPrintJob, HopData, false, -32000, "no such print job"},
	{ErrPrintState, HopData, false, -32000, "not possible in the state of this print job"},
	{ErrPrintUnclear, HopPrinter, false, -32000, "the sheet may have come out: somebody has to look"},
	{ErrPrintRender, HopConnector, true, -32000, "the page can not be drawn"},
	{ErrPrintLocked, HopConnector, false, -32000, "the administrator has set this"},
	{ErrPrintForm, HopConnector, false, -32000, "the layout of the sheet is not usable"},
}

// Lookup returns the row of code; an unknown code is ErrInternal's.
func Lookup(code ErrorCode) Fault {
	for _, f := range Faults {
		if f.Code == code {
			return f
		}
	}
	return Faults[0]
}

// NewError builds the wire error of code. Detail is a raw code or a field
// name, never personal data.
func NewError(code ErrorCode, detail string) *Error {
	f := Lookup(code)
	return &Error{Code: f.RPC, Message: f.English, Data: ErrorData{Code: code, Hop: f.Hop, Retryable: f.Retryable, Detail: detail}}
}
