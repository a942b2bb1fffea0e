// Generated from manifests/protocol/ by scripts/gen.mjs: do not edit.
// Members may be added by a newer host; a reader ignores what it does not know.

/**
 * Stable name of what went wrong: never renamed, never reused.
 */
export type ErrorCode =
	| "internal"
	| "unsupported"
	| "cancelled"
	| "deadline"
	| "frame.empty"
	| "frame.too_large"
	| "frame.truncated"
	| "rpc.parse"
	| "rpc.invalid"
	| "rpc.unknown_method"
	| "rpc.invalid_params"
	| "rpc.too_many_requests"
	| "protocol.unsupported"
	| "agent.unreachable"
	| "agent.untrusted"
	| "connector.missing"
	| "connector.forbidden"
	| "connector.lost"
	| "connector.timeout"
	| "origin.denied"
	| "gesture.required"
	| "consent.denied"
	| "card.service_down"
	| "card.no_reader"
	| "card.none"
	| "card.mute"
	| "card.removed"
	| "card.unknown"
	| "card.contactless"
	| "card.busy"
	| "card.module_missing"
	| "card.module_failed"
	| "card.module_crashed"
	| "card.module_architecture"
	| "card.module_dependency"
	| "card.module_no_token"
	| "card.mechanism_missing"
	| "card.no_certificate"
	| "card.certificate_expired"
	| "card.certificate_not_yet_valid"
	| "card.certificate_for_signing"
	| "card.certificate_not_accepted"
	| "card.certificate_without_key"
	| "card.pin_wrong"
	| "card.pin_locked"
	| "card.pin_format"
	| "card.pin_not_initialised"
	| "prompt.unavailable"
	| "prompt.cancelled"
	| "prompt.timeout"
	| "tls.server_untrusted"
	| "tls.certificate_refused"
	| "tls.failed"
	| "region.unreachable"
	| "region.timeout"
	| "region.unavailable"
	| "region.fault"
	| "region.bad_answer"
	| "region.misconfigured"
	| "region.cipher_certificate_expired"
	| "session.none"
	| "session.expired"
	| "session.busy"
	| "session.locked"
	| "session.wrong_doctor"
	| "region.maintenance"
	| "region.incomplete"
	| "region.cipher_certificate_expiring"
	| "proxy.failed"
	| "proxy.authentication"
	| "clock.wrong"
	| "session.login_needed"
	| "session.lingering"
	| "session.displaced"
	| "session.way_missing"
	| "session.not_a_doctor"
	| "session.state_mismatch"
	| "session.login_timeout"
	| "session.login_cancelled"
	| "session.login_refused"
	| "session.identity_invalid"
	| "session.redirect_denied"
	| "session.credentials_refused"
	| "session.credentials_missing"
	| "session.id_sessione_invalid"
	| "session.id_sessione_mailed"
	| "session.id_sessione_refused"
	| "session.no_browser"
	| "session.substitute_unsupported"
	| "secret.no_keyring"
	| "secret.keyring_locked"
	| "secret.key_missing"
	| "patient.unknown"
	| "patient.invalid"
	| "patient.not_yours"
	| "prescription.invalid"
	| "prescription.refused"
	| "prescription.not_found"
	| "prescription.wrong_state"
	| "prescription.outcome_unknown"
	| "prescription.changed"
	| "prescription.pincode_missing"
	| "prescription.unclear"
	| "prescription.retries_exhausted"
	| "prescription.promemoria_missing"
	| "session.titolare_mismatch"
	| "region.too_many_requests"
	| "outbox.unavailable"
	| "outbox.not_found"
	| "outbox.wrong_state"
	| "outbox.disk_full"
	| "outbox.read_only"
	| "outbox.wrong_key"
	| "outbox.damaged"
	| "outbox.in_use"
	| "sign.no_certificate"
	| "sign.way_missing"
	| "sign.format_unsuitable"
	| "sign.algorithm"
	| "sign.document_changed"
	| "document.unknown"
	| "document.incomplete"
	| "document.too_large"
	| "document.storage"
	| "document.pdf_encrypted"
	| "document.pdf_broken"
	| "document.pdf_locked"
	| "document.xml_refused"
	| "document.not_signed"
	| "document.signature_broken"
	| "document.original_missing"
	| "timestamp.not_configured"
	| "timestamp.unreachable"
	| "timestamp.refused"
	| "remote.unreachable"
	| "remote.unavailable"
	| "remote.bad_answer"
	| "remote.credentials_refused"
	| "remote.pin_wrong"
	| "remote.otp_wrong"
	| "remote.locked"
	| "remote.authorization_expired"
	| "remote.too_many"
	| "remote.credential_unusable"
	| "remote.signature_invalid"
	| "remote.refused"
	| "remote.misconfigured"
	| "print.no_printer"
	| "print.printer_missing"
	| "print.spooler_down"
	| "print.printer_stopped"
	| "print.printer_rejects"
	| "print.offline"
	| "print.paper_out"
	| "print.paper_jam"
	| "print.attention"
	| "print.refused"
	| "print.media_unsupported"
	| "print.does_not_fit"
	| "print.too_much_text"
	| "print.unprintable"
	| "print.not_authorised"
	| "print.prescription_taken"
	| "print.pdf_active"
	| "print.too_many_pages"
	| "print.job_unknown"
	| "print.wrong_state"
	| "print.outcome_unknown"
	| "print.render_failed"
	| "print.settings_locked"
	| "print.layout_invalid";

/**
 * Every shape by its name.
 */
export interface Vocabulary {
	BatchProgress?: BatchProgress;
	CancelResult?: CancelResult;
	Card?: Card;
	CardList?: CardList;
	CardTestParams?: CardTestParams;
	CardTestResult?: CardTestResult;
	Certificate?: Certificate;
	Change?: Change;
	CompleteParams?: CompleteParams;
	ConfigureParams?: ConfigureParams;
	Demographics?: Demographics;
	DemographicsOut?: DemographicsOut;
	DocumentHandle?: DocumentHandle;
	DocumentHandleOut?: DocumentHandleOut;
	DocumentOpenParams?: DocumentOpenParams;
	DocumentPiece?: DocumentPiece;
	DocumentReadParams?: DocumentReadParams;
	DocumentWriteParams?: DocumentWriteParams;
	DocumentWritten?: DocumentWritten;
	Error?: Error1;
	ErrorCode?: ErrorCode;
	ErrorData?: ErrorData;
	Event?: Event;
	Exemption?: Exemption;
	HelloParams?: HelloParams;
	HelloResult?: HelloResult;
	Known?: Known;
	ListParams?: ListParams;
	ListResult?: ListResult;
	ListedPrescription?: ListedPrescription;
	LoginParams?: LoginParams;
	LoginResult?: LoginResult;
	Module?: Module;
	NREParams?: NREParams;
	NoParams?: NoParams;
	NoParamsOut?: NoParamsOut;
	Notice?: Notice;
	Outbox?: Outbox;
	OutboxEntry?: OutboxEntry;
	OutboxParams?: OutboxParams;
	OutboxResult?: OutboxResult;
	Paper?: Paper;
	PatientHistory?: PatientHistory;
	PatientParams?: PatientParams;
	Person?: Person1;
	Prescription?: Prescription;
	PrescriptionItem?: PrescriptionItem;
	PrescriptionItemOut?: PrescriptionItemOut;
	PrescriptionOut?: PrescriptionOut;
	PrescriptionResult?: PrescriptionResult;
	PreviewParams?: PreviewParams;
	PreviewResult?: PreviewResult;
	PrintDoctor?: PrintDoctor1;
	PrintIDs?: PrintIDs;
	PrintItem?: PrintItem;
	PrintJob?: PrintJob;
	PrintList?: PrintList;
	PrintParams?: PrintParams;
	PrintResult?: PrintResult;
	Printer?: Printer;
	PrinterList?: PrinterList;
	PrinterProfile?: PrinterProfile;
	PrinterSettings?: PrinterSettings;
	Printing?: Printing;
	PromemoriaResult?: PromemoriaResult;
	Reader?: Reader;
	Region?: Region;
	RemoteSigner?: RemoteSigner;
	Request?: Request;
	ResolveParams?: ResolveParams;
	Response?: Response;
	SendParams?: SendParams;
	SendResult?: SendResult;
	Session?: Session;
	SignDocument?: SignDocument;
	SignField?: SignField1;
	SignParams?: SignParams;
	SignProgress?: SignProgress;
	SignResult?: SignResult;
	Signatory?: Signatory;
	SignedDocument?: SignedDocument;
	Signing?: Signing;
	Status?: Status;
	SubstitutionParams?: SubstitutionParams;
	SubstitutionResult?: SubstitutionResult;
	SyncParams?: SyncParams;
	SyncResult?: SyncResult;
	TableParams?: TableParams;
	TableResult?: TableResult;
	Timestamp?: Timestamp;
	Titolare?: Titolare1;
	Tray?: Tray;
	Verification?: Verification;
	VerifiedSignature?: VerifiedSignature;
	VerifyDocumentParams?: VerifyDocumentParams;
	VerifyResult?: VerifyResult;
	ViewResult?: ViewResult;
	WhiteItem?: WhiteItem;
	WhitePrescription?: WhitePrescription1;
}
/**
 * BatchProgress is sent after each prescription of a prescription.send.
 */
export interface BatchProgress {
	done: number;
	total: number;
	result: PrescriptionResult;
	/**
	 * Stable name of what went wrong: never renamed, never reused.
	 */
	paused?:
		| "internal"
		| "unsupported"
		| "cancelled"
		| "deadline"
		| "frame.empty"
		| "frame.too_large"
		| "frame.truncated"
		| "rpc.parse"
		| "rpc.invalid"
		| "rpc.unknown_method"
		| "rpc.invalid_params"
		| "rpc.too_many_requests"
		| "protocol.unsupported"
		| "agent.unreachable"
		| "agent.untrusted"
		| "connector.missing"
		| "connector.forbidden"
		| "connector.lost"
		| "connector.timeout"
		| "origin.denied"
		| "gesture.required"
		| "consent.denied"
		| "card.service_down"
		| "card.no_reader"
		| "card.none"
		| "card.mute"
		| "card.removed"
		| "card.unknown"
		| "card.contactless"
		| "card.busy"
		| "card.module_missing"
		| "card.module_failed"
		| "card.module_crashed"
		| "card.module_architecture"
		| "card.module_dependency"
		| "card.module_no_token"
		| "card.mechanism_missing"
		| "card.no_certificate"
		| "card.certificate_expired"
		| "card.certificate_not_yet_valid"
		| "card.certificate_for_signing"
		| "card.certificate_not_accepted"
		| "card.certificate_without_key"
		| "card.pin_wrong"
		| "card.pin_locked"
		| "card.pin_format"
		| "card.pin_not_initialised"
		| "prompt.unavailable"
		| "prompt.cancelled"
		| "prompt.timeout"
		| "tls.server_untrusted"
		| "tls.certificate_refused"
		| "tls.failed"
		| "region.unreachable"
		| "region.timeout"
		| "region.unavailable"
		| "region.fault"
		| "region.bad_answer"
		| "region.misconfigured"
		| "region.cipher_certificate_expired"
		| "session.none"
		| "session.expired"
		| "session.busy"
		| "session.locked"
		| "session.wrong_doctor"
		| "region.maintenance"
		| "region.incomplete"
		| "region.cipher_certificate_expiring"
		| "proxy.failed"
		| "proxy.authentication"
		| "clock.wrong"
		| "session.login_needed"
		| "session.lingering"
		| "session.displaced"
		| "session.way_missing"
		| "session.not_a_doctor"
		| "session.state_mismatch"
		| "session.login_timeout"
		| "session.login_cancelled"
		| "session.login_refused"
		| "session.identity_invalid"
		| "session.redirect_denied"
		| "session.credentials_refused"
		| "session.credentials_missing"
		| "session.id_sessione_invalid"
		| "session.id_sessione_mailed"
		| "session.id_sessione_refused"
		| "session.no_browser"
		| "session.substitute_unsupported"
		| "secret.no_keyring"
		| "secret.keyring_locked"
		| "secret.key_missing"
		| "patient.unknown"
		| "patient.invalid"
		| "patient.not_yours"
		| "prescription.invalid"
		| "prescription.refused"
		| "prescription.not_found"
		| "prescription.wrong_state"
		| "prescription.outcome_unknown"
		| "prescription.changed"
		| "prescription.pincode_missing"
		| "prescription.unclear"
		| "prescription.retries_exhausted"
		| "prescription.promemoria_missing"
		| "session.titolare_mismatch"
		| "region.too_many_requests"
		| "outbox.unavailable"
		| "outbox.not_found"
		| "outbox.wrong_state"
		| "outbox.disk_full"
		| "outbox.read_only"
		| "outbox.wrong_key"
		| "outbox.damaged"
		| "outbox.in_use"
		| "sign.no_certificate"
		| "sign.way_missing"
		| "sign.format_unsuitable"
		| "sign.algorithm"
		| "sign.document_changed"
		| "document.unknown"
		| "document.incomplete"
		| "document.too_large"
		| "document.storage"
		| "document.pdf_encrypted"
		| "document.pdf_broken"
		| "document.pdf_locked"
		| "document.xml_refused"
		| "document.not_signed"
		| "document.signature_broken"
		| "document.original_missing"
		| "timestamp.not_configured"
		| "timestamp.unreachable"
		| "timestamp.refused"
		| "remote.unreachable"
		| "remote.unavailable"
		| "remote.bad_answer"
		| "remote.credentials_refused"
		| "remote.pin_wrong"
		| "remote.otp_wrong"
		| "remote.locked"
		| "remote.authorization_expired"
		| "remote.too_many"
		| "remote.credential_unusable"
		| "remote.signature_invalid"
		| "remote.refused"
		| "remote.misconfigured"
		| "print.no_printer"
		| "print.printer_missing"
		| "print.spooler_down"
		| "print.printer_stopped"
		| "print.printer_rejects"
		| "print.offline"
		| "print.paper_out"
		| "print.paper_jam"
		| "print.attention"
		| "print.refused"
		| "print.media_unsupported"
		| "print.does_not_fit"
		| "print.too_much_text"
		| "print.unprintable"
		| "print.not_authorised"
		| "print.prescription_taken"
		| "print.pdf_active"
		| "print.too_many_pages"
		| "print.job_unknown"
		| "print.wrong_state"
		| "print.outcome_unknown"
		| "print.render_failed"
		| "print.settings_locked"
		| "print.layout_invalid";
}
/**
 * PrescriptionResult is the fate of one prescription.
 */
export interface PrescriptionResult {
	client_id: string;
	state: "draft" | "queued" | "sent" | "refused" | "unknown" | "cancelled";
	nre?: string;
	/**
	 * nothing may be printed without it
	 */
	cod_autenticazione?: string;
	/**
	 * as the region wrote it
	 */
	inserted_at?: string;
	warnings: Notice[];
	errors: Notice[];
	has_promemoria?: boolean;
	problem?: Error;
	/**
	 * requests that may have left
	 */
	attempts?: number;
	/**
	 * RFC 3339, Europe/Rome: when a queued or unknown one is tried again by itself
	 */
	next_attempt_at?: string;
}
/**
 * Notice is one remark: of the region (its own four-digit code) or of our own validation (empty code, field named).
 */
export interface Notice {
	code?: string;
	field?: string;
	/**
	 * 1-based item of the prescription, 0: the whole
	 */
	item?: number;
	/**
	 * Italian
	 */
	text: string;
	/**
	 * Remedy is what to do about a code that is known, Italian.
	 */
	remedy?: string;
}
/**
 * why queued or unknown
 */
export interface Error {
	code: number;
	/**
	 * English, for logs; free of personal data
	 */
	message: string;
	data: ErrorData;
}
/**
 * ErrorData is what a client branches on.
 */
export interface ErrorData {
	code: ErrorCode;
	hop: string;
	retryable: boolean;
	/**
	 * raw code of the failing part: CKR_…, SCARD_…, HTTP 503, a field name
	 */
	detail?: string;
	/**
	 * of the PIN, when the card tells
	 */
	attempts_left?: number;
	final_try?: boolean;
	/**
	 * what the region or our checks said
	 */
	notices?: Notice[];
	/**
	 * also in the log
	 */
	reference?: string;
	/**
	 * Alternative is the other way into the region that may work now.
	 */
	alternative?: "card" | "cloud";
}
/**
 * CancelResult confirms a cancellation.
 */
export interface CancelResult {
	nre: string;
	warnings: Notice[];
}
/**
 * Card is what could be learnt of a card without its PIN.
 */
export interface Card {
	/**
	 * upper-case hex
	 */
	atr: string;
	kind: "cns" | "ts_cns" | "operator" | "cie" | "other";
	/**
	 * of chip and mask, as far as the ATR tells
	 */
	maker?: string;
	/**
	 * EF_IDCarta: the number of the card
	 */
	serial?: string;
	holder?: Person;
	role?: "doctor" | "patient";
	certificates: Certificate[];
	/**
	 * base name of the PKCS#11 module that drives the card
	 */
	module?: string;
	/**
	 * those installed and tried, in order
	 */
	modules?: Module[];
	problem?: ErrorCode;
}
/**
 * EF_DatiPersonali
 */
export interface Person {
	codice_fiscale: string;
	/**
	 * "GIULIA VERDI"
	 */
	name: string;
}
/**
 * Certificate is one certificate of a card.
 */
export interface Certificate {
	/**
	 * SHA-256 of the DER, lower-case hex
	 */
	fingerprint: string;
	purpose: "auth" | "sign";
	/**
	 * holder's name, else common name
	 */
	subject: string;
	issuer: string;
	/**
	 * RFC 3339
	 */
	not_after: string;
	/**
	 * can log in to the active region now
	 */
	usable: boolean;
	/**
	 * Stable name of what went wrong: never renamed, never reused.
	 */
	reason?:
		| "internal"
		| "unsupported"
		| "cancelled"
		| "deadline"
		| "frame.empty"
		| "frame.too_large"
		| "frame.truncated"
		| "rpc.parse"
		| "rpc.invalid"
		| "rpc.unknown_method"
		| "rpc.invalid_params"
		| "rpc.too_many_requests"
		| "protocol.unsupported"
		| "agent.unreachable"
		| "agent.untrusted"
		| "connector.missing"
		| "connector.forbidden"
		| "connector.lost"
		| "connector.timeout"
		| "origin.denied"
		| "gesture.required"
		| "consent.denied"
		| "card.service_down"
		| "card.no_reader"
		| "card.none"
		| "card.mute"
		| "card.removed"
		| "card.unknown"
		| "card.contactless"
		| "card.busy"
		| "card.module_missing"
		| "card.module_failed"
		| "card.module_crashed"
		| "card.module_architecture"
		| "card.module_dependency"
		| "card.module_no_token"
		| "card.mechanism_missing"
		| "card.no_certificate"
		| "card.certificate_expired"
		| "card.certificate_not_yet_valid"
		| "card.certificate_for_signing"
		| "card.certificate_not_accepted"
		| "card.certificate_without_key"
		| "card.pin_wrong"
		| "card.pin_locked"
		| "card.pin_format"
		| "card.pin_not_initialised"
		| "prompt.unavailable"
		| "prompt.cancelled"
		| "prompt.timeout"
		| "tls.server_untrusted"
		| "tls.certificate_refused"
		| "tls.failed"
		| "region.unreachable"
		| "region.timeout"
		| "region.unavailable"
		| "region.fault"
		| "region.bad_answer"
		| "region.misconfigured"
		| "region.cipher_certificate_expired"
		| "session.none"
		| "session.expired"
		| "session.busy"
		| "session.locked"
		| "session.wrong_doctor"
		| "region.maintenance"
		| "region.incomplete"
		| "region.cipher_certificate_expiring"
		| "proxy.failed"
		| "proxy.authentication"
		| "clock.wrong"
		| "session.login_needed"
		| "session.lingering"
		| "session.displaced"
		| "session.way_missing"
		| "session.not_a_doctor"
		| "session.state_mismatch"
		| "session.login_timeout"
		| "session.login_cancelled"
		| "session.login_refused"
		| "session.identity_invalid"
		| "session.redirect_denied"
		| "session.credentials_refused"
		| "session.credentials_missing"
		| "session.id_sessione_invalid"
		| "session.id_sessione_mailed"
		| "session.id_sessione_refused"
		| "session.no_browser"
		| "session.substitute_unsupported"
		| "secret.no_keyring"
		| "secret.keyring_locked"
		| "secret.key_missing"
		| "patient.unknown"
		| "patient.invalid"
		| "patient.not_yours"
		| "prescription.invalid"
		| "prescription.refused"
		| "prescription.not_found"
		| "prescription.wrong_state"
		| "prescription.outcome_unknown"
		| "prescription.changed"
		| "prescription.pincode_missing"
		| "prescription.unclear"
		| "prescription.retries_exhausted"
		| "prescription.promemoria_missing"
		| "session.titolare_mismatch"
		| "region.too_many_requests"
		| "outbox.unavailable"
		| "outbox.not_found"
		| "outbox.wrong_state"
		| "outbox.disk_full"
		| "outbox.read_only"
		| "outbox.wrong_key"
		| "outbox.damaged"
		| "outbox.in_use"
		| "sign.no_certificate"
		| "sign.way_missing"
		| "sign.format_unsuitable"
		| "sign.algorithm"
		| "sign.document_changed"
		| "document.unknown"
		| "document.incomplete"
		| "document.too_large"
		| "document.storage"
		| "document.pdf_encrypted"
		| "document.pdf_broken"
		| "document.pdf_locked"
		| "document.xml_refused"
		| "document.not_signed"
		| "document.signature_broken"
		| "document.original_missing"
		| "timestamp.not_configured"
		| "timestamp.unreachable"
		| "timestamp.refused"
		| "remote.unreachable"
		| "remote.unavailable"
		| "remote.bad_answer"
		| "remote.credentials_refused"
		| "remote.pin_wrong"
		| "remote.otp_wrong"
		| "remote.locked"
		| "remote.authorization_expired"
		| "remote.too_many"
		| "remote.credential_unusable"
		| "remote.signature_invalid"
		| "remote.refused"
		| "remote.misconfigured"
		| "print.no_printer"
		| "print.printer_missing"
		| "print.spooler_down"
		| "print.printer_stopped"
		| "print.printer_rejects"
		| "print.offline"
		| "print.paper_out"
		| "print.paper_jam"
		| "print.attention"
		| "print.refused"
		| "print.media_unsupported"
		| "print.does_not_fit"
		| "print.too_much_text"
		| "print.unprintable"
		| "print.not_authorised"
		| "print.prescription_taken"
		| "print.pdf_active"
		| "print.too_many_pages"
		| "print.job_unknown"
		| "print.wrong_state"
		| "print.outcome_unknown"
		| "print.render_failed"
		| "print.settings_locked"
		| "print.layout_invalid";
	preferred?: boolean;
	/**
	 * authorities above it whose certificates are on the card, nearest first
	 */
	chain?: string[];
	/**
	 * ExpiresSoon: within 30 days, DaysLeft from now. NotifyExpiry is set once a
	 * day for each card, for a minute from its insertion.
	 */
	expires_soon?: boolean;
	days_left?: number;
	notify_expiry?: boolean;
}
/**
 * Module is a PKCS#11 module that was tried with a card.
 */
export interface Module {
	/**
	 * base name
	 */
	name: string;
	/**
	 * Stable name of what went wrong: never renamed, never reused.
	 */
	problem?:
		| "internal"
		| "unsupported"
		| "cancelled"
		| "deadline"
		| "frame.empty"
		| "frame.too_large"
		| "frame.truncated"
		| "rpc.parse"
		| "rpc.invalid"
		| "rpc.unknown_method"
		| "rpc.invalid_params"
		| "rpc.too_many_requests"
		| "protocol.unsupported"
		| "agent.unreachable"
		| "agent.untrusted"
		| "connector.missing"
		| "connector.forbidden"
		| "connector.lost"
		| "connector.timeout"
		| "origin.denied"
		| "gesture.required"
		| "consent.denied"
		| "card.service_down"
		| "card.no_reader"
		| "card.none"
		| "card.mute"
		| "card.removed"
		| "card.unknown"
		| "card.contactless"
		| "card.busy"
		| "card.module_missing"
		| "card.module_failed"
		| "card.module_crashed"
		| "card.module_architecture"
		| "card.module_dependency"
		| "card.module_no_token"
		| "card.mechanism_missing"
		| "card.no_certificate"
		| "card.certificate_expired"
		| "card.certificate_not_yet_valid"
		| "card.certificate_for_signing"
		| "card.certificate_not_accepted"
		| "card.certificate_without_key"
		| "card.pin_wrong"
		| "card.pin_locked"
		| "card.pin_format"
		| "card.pin_not_initialised"
		| "prompt.unavailable"
		| "prompt.cancelled"
		| "prompt.timeout"
		| "tls.server_untrusted"
		| "tls.certificate_refused"
		| "tls.failed"
		| "region.unreachable"
		| "region.timeout"
		| "region.unavailable"
		| "region.fault"
		| "region.bad_answer"
		| "region.misconfigured"
		| "region.cipher_certificate_expired"
		| "session.none"
		| "session.expired"
		| "session.busy"
		| "session.locked"
		| "session.wrong_doctor"
		| "region.maintenance"
		| "region.incomplete"
		| "region.cipher_certificate_expiring"
		| "proxy.failed"
		| "proxy.authentication"
		| "clock.wrong"
		| "session.login_needed"
		| "session.lingering"
		| "session.displaced"
		| "session.way_missing"
		| "session.not_a_doctor"
		| "session.state_mismatch"
		| "session.login_timeout"
		| "session.login_cancelled"
		| "session.login_refused"
		| "session.identity_invalid"
		| "session.redirect_denied"
		| "session.credentials_refused"
		| "session.credentials_missing"
		| "session.id_sessione_invalid"
		| "session.id_sessione_mailed"
		| "session.id_sessione_refused"
		| "session.no_browser"
		| "session.substitute_unsupported"
		| "secret.no_keyring"
		| "secret.keyring_locked"
		| "secret.key_missing"
		| "patient.unknown"
		| "patient.invalid"
		| "patient.not_yours"
		| "prescription.invalid"
		| "prescription.refused"
		| "prescription.not_found"
		| "prescription.wrong_state"
		| "prescription.outcome_unknown"
		| "prescription.changed"
		| "prescription.pincode_missing"
		| "prescription.unclear"
		| "prescription.retries_exhausted"
		| "prescription.promemoria_missing"
		| "session.titolare_mismatch"
		| "region.too_many_requests"
		| "outbox.unavailable"
		| "outbox.not_found"
		| "outbox.wrong_state"
		| "outbox.disk_full"
		| "outbox.read_only"
		| "outbox.wrong_key"
		| "outbox.damaged"
		| "outbox.in_use"
		| "sign.no_certificate"
		| "sign.way_missing"
		| "sign.format_unsuitable"
		| "sign.algorithm"
		| "sign.document_changed"
		| "document.unknown"
		| "document.incomplete"
		| "document.too_large"
		| "document.storage"
		| "document.pdf_encrypted"
		| "document.pdf_broken"
		| "document.pdf_locked"
		| "document.xml_refused"
		| "document.not_signed"
		| "document.signature_broken"
		| "document.original_missing"
		| "timestamp.not_configured"
		| "timestamp.unreachable"
		| "timestamp.refused"
		| "remote.unreachable"
		| "remote.unavailable"
		| "remote.bad_answer"
		| "remote.credentials_refused"
		| "remote.pin_wrong"
		| "remote.otp_wrong"
		| "remote.locked"
		| "remote.authorization_expired"
		| "remote.too_many"
		| "remote.credential_unusable"
		| "remote.signature_invalid"
		| "remote.refused"
		| "remote.misconfigured"
		| "print.no_printer"
		| "print.printer_missing"
		| "print.spooler_down"
		| "print.printer_stopped"
		| "print.printer_rejects"
		| "print.offline"
		| "print.paper_out"
		| "print.paper_jam"
		| "print.attention"
		| "print.refused"
		| "print.media_unsupported"
		| "print.does_not_fit"
		| "print.too_much_text"
		| "print.unprintable"
		| "print.not_authorised"
		| "print.prescription_taken"
		| "print.pdf_active"
		| "print.too_many_pages"
		| "print.job_unknown"
		| "print.wrong_state"
		| "print.outcome_unknown"
		| "print.render_failed"
		| "print.settings_locked"
		| "print.layout_invalid";
}
/**
 * CardList is the smart card side of the PC.
 */
export interface CardList {
	/**
	 * the PC/SC service
	 */
	service: "running" | "down" | "unsupported";
	readers: Reader[];
}
/**
 * Reader is one PC/SC reader.
 */
export interface Reader {
	name: string;
	state: "empty" | "reading" | "card" | "mute";
	card?: Card;
}
/**
 * CardTestParams asks for a trial signature.
 */
export interface CardTestParams {
	/**
	 * empty: the one that a login would take
	 */
	certificate?: string;
}
/**
 * CardTestResult is a signature over a random number that the certificate has verified.
 */
export interface CardTestResult {
	fingerprint: string;
	/**
	 * "RSA-2048, PKCS #1 v1.5, SHA-256"
	 */
	algorithm: string;
	/**
	 * of the signature alone, PIN window excluded
	 */
	took_ms: number;
}
/**
 * Change is one difference between the page and the region.
 */
export interface Change {
	/**
	 * of Demographics, or exemption
	 */
	field: string;
	/**
	 * empty: the page has no value
	 */
	page?: string;
	/**
	 * empty: the region has none
	 */
	region?: string;
}
/**
 * CompleteParams is what the region's page returned to the redirect URI (RFC 6749, section 4.1.2, and RFC 9207), or that the user closed it.
 */
export interface CompleteParams {
	state: string;
	code?: string;
	iss?: string;
	/**
	 * access_denied when the window was closed
	 */
	error?: string;
}
/**
 * ConfigureParams keeps settings for this user.
 */
export interface ConfigureParams {
	settings: PrinterSettings;
}
/**
 * PrinterSettings is how one kind of sheet is printed.
 */
export interface PrinterSettings {
	kind: "rossa" | "bianca" | "promemoria";
	/**
	 * empty: none is chosen
	 */
	printer?: string;
	/**
	 * what lies in the tray
	 */
	paper: "A4" | "A5" | "custom";
	/**
	 * of a custom paper, upright
	 */
	width?: number;
	/**
	 * of a custom paper, upright
	 */
	height?: number;
	/**
	 * empty: the printer decides
	 */
	tray?: string;
	/**
	 * of the sheet as it is read; auto: A4 upright, A5 lying, the red form upright
	 */
	orientation: "auto" | "portrait" | "landscape";
	copies: number;
	/**
	 * per cent; 0: full size, smaller only where it would not fit
	 */
	scale?: number;
	/**
	 * to the right
	 */
	offset_x: number;
	/**
	 * down
	 */
	offset_y: number;
}
/**
 * Demographics is the registry entry of a patient.
 */
export interface Demographics {
	codice_fiscale: string;
	surname: string;
	name: string;
	/**
	 * YYYY-MM-DD
	 */
	birth_date: string;
	birth_place: string;
	/**
	 * M or F
	 */
	sex: string;
	address: string;
	town: string;
	/**
	 * two letters
	 */
	province: string;
	cap: string;
	/**
	 * region and ASL, six digits
	 */
	asl: string;
	/**
	 * codice fiscale of the registered doctor
	 */
	doctor: string;
	/**
	 * of the tessera sanitaria, YYYY-MM-DD
	 */
	card_expiry: string;
}
/**
 * Demographics is the registry entry of a patient.
 */
export interface DemographicsOut {
	codice_fiscale: string;
	surname: string;
	name: string;
	/**
	 * YYYY-MM-DD
	 */
	birth_date: string;
	birth_place: string;
	/**
	 * M or F
	 */
	sex: string;
	address: string;
	town: string;
	/**
	 * two letters
	 */
	province: string;
	cap: string;
	/**
	 * region and ASL, six digits
	 */
	asl: string;
	/**
	 * codice fiscale of the registered doctor
	 */
	doctor: string;
	/**
	 * of the tessera sanitaria, YYYY-MM-DD
	 */
	card_expiry: string;
}
/**
 * DocumentHandle names a document of this caller.
 */
export interface DocumentHandle {
	document: string;
}
/**
 * DocumentHandle names a document of this caller.
 */
export interface DocumentHandleOut {
	document: string;
}
/**
 * DocumentOpenParams announces a document.
 */
export interface DocumentOpenParams {
	/**
	 * a file's name without folders, for people
	 */
	name: string;
	/**
	 * bytes, at most MaxDocument
	 */
	size: number;
}
/**
 * DocumentPiece is one.
 */
export interface DocumentPiece {
	/**
	 * base64
	 */
	data: string;
	/**
	 * of the whole document, bytes
	 */
	size: number;
	end?: boolean;
}
/**
 * DocumentReadParams asks for a piece of at most MaxPiece bytes.
 */
export interface DocumentReadParams {
	document: string;
	offset: number;
}
/**
 * DocumentWriteParams carries the next piece: pieces come in order.
 */
export interface DocumentWriteParams {
	document: string;
	offset: number;
	/**
	 * base64, at most MaxPiece bytes
	 */
	data: string;
}
/**
 * DocumentWritten says how much of the document is here, in bytes.
 */
export interface DocumentWritten {
	received: number;
}
/**
 * Error is the error member of a Response (JSON-RPC 2.0, section 5.1).
 */
export interface Error1 {
	code: number;
	/**
	 * English, for logs; free of personal data
	 */
	message: string;
	data: ErrorData;
}
/**
 * Event is a notification from the agent: it has no id and gets no answer.
 */
export interface Event {
	jsonrpc: string;
	method: string;
	params: unknown;
}
/**
 * Exemption is one active exemption from the co-payment.
 */
export interface Exemption {
	/**
	 * E01, 048, ...
	 */
	code: string;
	description: string;
	/**
	 * YYYY-MM-DD
	 */
	from: string;
	/**
	 * empty: no end
	 */
	to?: string;
}
/**
 * HelloParams opens a conversation.
 */
export interface HelloParams {
	protocol: number;
	/**
	 * name/version, for the log
	 */
	client: string;
}
/**
 * HelloResult says what this agent can do.
 */
export interface HelloResult {
	protocol: number;
	version: string;
	/**
	 * method names
	 */
	capabilities: string[];
}
/**
 * Known is what the page has of the patient.
 */
export interface Known {
	demographics: Demographics;
	/**
	 * codes
	 *
	 * @maxItems 50
	 */
	exemptions?: string[];
}
/**
 * ListParams asks which numbers the doctor has used (InterrogaNreUtilizzati).
 */
export interface ListParams {
	codice_assistito?: string;
	/**
	 * empty: both
	 */
	tipo_prescrizione?: "F" | "P";
	/**
	 * of the compilation, both days included
	 */
	from: string;
	to: string;
}
/**
 * ListResult are the doctor's prescriptions at the region, newest first.
 */
export interface ListResult {
	prescriptions: ListedPrescription[];
}
/**
 * ListedPrescription is one NreUtilRecord.
 */
export interface ListedPrescription {
	nre: string;
	tipo_prescrizione: string;
	/**
	 * as the region wrote it
	 */
	compiled_at: string;
	codice_assistito?: string;
	cod_autenticazione?: string;
	/**
	 * written in the web application of Sistema TS
	 */
	web?: boolean;
	lotto?: string;
	state?: string;
	state_text?: string;
	/**
	 * of the items, in one line
	 */
	description?: string;
}
/**
 * LoginParams asks for a regional session.
 */
export interface LoginParams {
	via: "auto" | "card" | "cloud";
	/**
	 * SHA-256 of the certificate; empty: the remembered or only one. With cloud: the agent logs in at the region's page with this card
	 */
	certificate?: string;
	/**
	 * codice fiscale of the doctor whom the page names
	 */
	doctor?: string;
	/**
	 * codice fiscale of the titolare, in substitute mode
	 */
	substitute_of?: string;
	/**
	 * what the page says its user is; only a doctor may connect
	 */
	role?: "doctor" | "secretary" | "nurse";
	/**
	 * where the region's page returns: the caller's own address and no other
	 */
	redirect_uri?: string;
}
/**
 * LoginResult is the session; with AuthorizeURL set the caller opens that page of the region in a window of its own and hands what comes back to session.complete.
 */
export interface LoginResult {
	state: "disconnected" | "connecting" | "connected" | "stale" | "reconnecting";
	/**
	 * what connecting waits for: browser is the region's page, token an ID-SESSIONE
	 */
	step?: "card" | "pin" | "pinpad" | "browser" | "token" | "region";
	via?: "card" | "cloud";
	doctor?: Person1;
	/**
	 * SubstituteOf is the codice fiscale of the titolare whom Doctor stands in for.
	 */
	substitute_of?: string;
	/**
	 * how the region saw the doctor authenticate, e.g. "CNS"
	 */
	method?: string;
	/**
	 * ISO/IEC 29115 level, e.g. "LoA4"
	 */
	level?: string;
	/**
	 * RFC 3339, Europe/Rome
	 */
	since?: string;
	/**
	 * RFC 3339, Europe/Rome
	 */
	expires_at?: string;
	/**
	 * Stable name of what went wrong: never renamed, never reused.
	 */
	reason?:
		| "internal"
		| "unsupported"
		| "cancelled"
		| "deadline"
		| "frame.empty"
		| "frame.too_large"
		| "frame.truncated"
		| "rpc.parse"
		| "rpc.invalid"
		| "rpc.unknown_method"
		| "rpc.invalid_params"
		| "rpc.too_many_requests"
		| "protocol.unsupported"
		| "agent.unreachable"
		| "agent.untrusted"
		| "connector.missing"
		| "connector.forbidden"
		| "connector.lost"
		| "connector.timeout"
		| "origin.denied"
		| "gesture.required"
		| "consent.denied"
		| "card.service_down"
		| "card.no_reader"
		| "card.none"
		| "card.mute"
		| "card.removed"
		| "card.unknown"
		| "card.contactless"
		| "card.busy"
		| "card.module_missing"
		| "card.module_failed"
		| "card.module_crashed"
		| "card.module_architecture"
		| "card.module_dependency"
		| "card.module_no_token"
		| "card.mechanism_missing"
		| "card.no_certificate"
		| "card.certificate_expired"
		| "card.certificate_not_yet_valid"
		| "card.certificate_for_signing"
		| "card.certificate_not_accepted"
		| "card.certificate_without_key"
		| "card.pin_wrong"
		| "card.pin_locked"
		| "card.pin_format"
		| "card.pin_not_initialised"
		| "prompt.unavailable"
		| "prompt.cancelled"
		| "prompt.timeout"
		| "tls.server_untrusted"
		| "tls.certificate_refused"
		| "tls.failed"
		| "region.unreachable"
		| "region.timeout"
		| "region.unavailable"
		| "region.fault"
		| "region.bad_answer"
		| "region.misconfigured"
		| "region.cipher_certificate_expired"
		| "session.none"
		| "session.expired"
		| "session.busy"
		| "session.locked"
		| "session.wrong_doctor"
		| "region.maintenance"
		| "region.incomplete"
		| "region.cipher_certificate_expiring"
		| "proxy.failed"
		| "proxy.authentication"
		| "clock.wrong"
		| "session.login_needed"
		| "session.lingering"
		| "session.displaced"
		| "session.way_missing"
		| "session.not_a_doctor"
		| "session.state_mismatch"
		| "session.login_timeout"
		| "session.login_cancelled"
		| "session.login_refused"
		| "session.identity_invalid"
		| "session.redirect_denied"
		| "session.credentials_refused"
		| "session.credentials_missing"
		| "session.id_sessione_invalid"
		| "session.id_sessione_mailed"
		| "session.id_sessione_refused"
		| "session.no_browser"
		| "session.substitute_unsupported"
		| "secret.no_keyring"
		| "secret.keyring_locked"
		| "secret.key_missing"
		| "patient.unknown"
		| "patient.invalid"
		| "patient.not_yours"
		| "prescription.invalid"
		| "prescription.refused"
		| "prescription.not_found"
		| "prescription.wrong_state"
		| "prescription.outcome_unknown"
		| "prescription.changed"
		| "prescription.pincode_missing"
		| "prescription.unclear"
		| "prescription.retries_exhausted"
		| "prescription.promemoria_missing"
		| "session.titolare_mismatch"
		| "region.too_many_requests"
		| "outbox.unavailable"
		| "outbox.not_found"
		| "outbox.wrong_state"
		| "outbox.disk_full"
		| "outbox.read_only"
		| "outbox.wrong_key"
		| "outbox.damaged"
		| "outbox.in_use"
		| "sign.no_certificate"
		| "sign.way_missing"
		| "sign.format_unsuitable"
		| "sign.algorithm"
		| "sign.document_changed"
		| "document.unknown"
		| "document.incomplete"
		| "document.too_large"
		| "document.storage"
		| "document.pdf_encrypted"
		| "document.pdf_broken"
		| "document.pdf_locked"
		| "document.xml_refused"
		| "document.not_signed"
		| "document.signature_broken"
		| "document.original_missing"
		| "timestamp.not_configured"
		| "timestamp.unreachable"
		| "timestamp.refused"
		| "remote.unreachable"
		| "remote.unavailable"
		| "remote.bad_answer"
		| "remote.credentials_refused"
		| "remote.pin_wrong"
		| "remote.otp_wrong"
		| "remote.locked"
		| "remote.authorization_expired"
		| "remote.too_many"
		| "remote.credential_unusable"
		| "remote.signature_invalid"
		| "remote.refused"
		| "remote.misconfigured"
		| "print.no_printer"
		| "print.printer_missing"
		| "print.spooler_down"
		| "print.printer_stopped"
		| "print.printer_rejects"
		| "print.offline"
		| "print.paper_out"
		| "print.paper_jam"
		| "print.attention"
		| "print.refused"
		| "print.media_unsupported"
		| "print.does_not_fit"
		| "print.too_much_text"
		| "print.unprintable"
		| "print.not_authorised"
		| "print.prescription_taken"
		| "print.pdf_active"
		| "print.too_many_pages"
		| "print.job_unknown"
		| "print.wrong_state"
		| "print.outcome_unknown"
		| "print.render_failed"
		| "print.settings_locked"
		| "print.layout_invalid";
	/**
	 * Repair says who mends a stale session: the agent by itself, or the user by
	 * one click on login.
	 */
	repair?: "auto" | "login";
	/**
	 * OnCardRemoval is the rule in force when the card is pulled out.
	 */
	on_card_removal: "logout" | "keep";
	authorize_url?: string;
}
/**
 * Person is somebody identified by codice fiscale.
 */
export interface Person1 {
	codice_fiscale: string;
	/**
	 * "GIULIA VERDI"
	 */
	name: string;
}
/**
 * NREParams names one prescription.
 */
export interface NREParams {
	nre: string;
}
/**
 * NoParams is the closed empty object.
 */
export interface NoParams {}
/**
 * NoParams is the closed empty object.
 */
export interface NoParamsOut {}
/**
 * Outbox is what is in charge, counted.
 */
export interface Outbox {
	/**
	 * kept for later
	 */
	drafts: number;
	/**
	 * goes out by itself as soon as it can
	 */
	pending: number;
	/**
	 * needs the doctor: refused, or its fate is open
	 */
	failed: number;
}
/**
 * OutboxEntry is one prescription in charge.
 */
export interface OutboxEntry {
	/**
	 * of the entry, for outbox.retry, .discard and .resolve
	 */
	id: string;
	client_id: string;
	state: "draft" | "queued" | "sent" | "refused" | "unknown" | "cancelled";
	nre?: string;
	/**
	 * nothing may be printed without it
	 */
	cod_autenticazione?: string;
	/**
	 * as the region wrote it
	 */
	inserted_at?: string;
	warnings: Notice[];
	errors: Notice[];
	has_promemoria?: boolean;
	problem?: Error2;
	/**
	 * requests that may have left
	 */
	attempts?: number;
	/**
	 * RFC 3339, Europe/Rome: when a queued or unknown one is tried again by itself
	 */
	next_attempt_at?: string;
	origin?: string;
	/**
	 * codice fiscale of who sends
	 */
	doctor: string;
	codice_assistito?: string;
	cognome_nome?: string;
	tipo_prescrizione?: string;
	/**
	 * of the items, in one line
	 */
	description?: string;
	/**
	 * RFC 3339, Europe/Rome: taken in charge
	 */
	since: string;
	updated_at: string;
	/**
	 * Decide says that the region cannot tell what became of it and the doctor
	 * has to (outbox.resolve).
	 */
	decide?: boolean;
}
/**
 * Error is the error member of a Response (JSON-RPC 2.0, section 5.1).
 */
export interface Error2 {
	code: number;
	/**
	 * English, for logs; free of personal data
	 */
	message: string;
	data: ErrorData;
}
/**
 * OutboxParams chooses entries; without any, all that the caller may see.
 */
export interface OutboxParams {
	/**
	 * the page's own names; settled ones are told too
	 *
	 * @maxItems 200
	 */
	client_ids?: string[];
	/**
	 * @maxItems 200
	 */
	ids?: string[];
}
/**
 * OutboxResult lists entries, oldest first.
 */
export interface OutboxResult {
	entries: OutboxEntry[];
}
/**
 * Paper is a sheet, upright, in tenths of a millimetre.
 */
export interface Paper {
	/**
	 * A4, A5, …; the spooler's word for any other
	 */
	name: string;
	width: number;
	height: number;
}
/**
 * PatientHistory is what became of the synchronisations of a patient.
 */
export interface PatientHistory {
	/**
	 * RFC 3339: the last that succeeded
	 */
	synced_at?: string;
	/**
	 * of the last one, when it failed
	 */
	failed_at?: string;
	problem?: Error1;
}
/**
 * PatientParams names a patient.
 */
export interface PatientParams {
	codice_fiscale: string;
}
/**
 * Prescription is one dematerialised prescription as the clinical application knows it.
 */
export interface Prescription {
	/**
	 * the page's own name of this intent: sending it twice sends it once
	 */
	client_id: string;
	/**
	 * F drugs, P specialist
	 */
	tipo_prescrizione: string;
	/**
	 * EE UE NA ND NE NX ST; empty: an ordinary prescription of the SSN
	 */
	tipo_ricetta?: string;
	codice_assistito?: string;
	cognome_nome?: string;
	indirizzo?: string;
	oscuramento_dati?: boolean;
	numero_tessera_sasn?: string;
	societa_navigazione?: string;
	/**
	 * specialist: dispensed in the structure that prescribes
	 */
	ricetta_interna?: boolean;
	cod_esenzione?: string;
	esente_reddito?: boolean;
	/**
	 * ICD-9-CM
	 */
	cod_diagnosi?: string;
	descrizione_diagnosi?: string;
	/**
	 * A in the surgery, D at home
	 */
	tipo_visita: string;
	/**
	 * dispReg
	 */
	disposizioni_regionali?: string;
	provincia_assistito?: string;
	asl_assistito?: string;
	/**
	 * S suggested, H hospital stay
	 */
	indicazione_prescrizione?: string;
	altro?: boolean;
	/**
	 * U, B, D, P
	 */
	classe_priorita?: string;
	/**
	 * AIFA protocol number; testata1 becomes PT=…;
	 */
	piano_terapeutico?: string;
	/**
	 * reserved to the region
	 */
	testata2?: string;
	/**
	 * to be dispensed "per conto": told in testata2 where the region wants it (EROGDPC)
	 */
	dpc?: boolean;
	stato_estero?: string;
	istituzione_competente?: string;
	numero_identificazione_personale?: string;
	numero_identificazione_tessera?: string;
	/**
	 * YYYY-MM-DD
	 */
	data_nascita_estero?: string;
	data_scadenza_tessera?: string;
	/**
	 * @maxItems 50
	 */
	dettagli: PrescriptionItem[];
}
/**
 * PrescriptionItem is one DettaglioPrescrizione.
 */
export interface PrescriptionItem {
	/**
	 * AIC, or specialist code
	 */
	cod_prod_prest?: string;
	descr_prod_prest?: string;
	cod_gruppo_equival?: string;
	descr_gruppo_equival?: string;
	/**
	 * descrTestoLiberoNote of a service, motivazNote of a drug
	 */
	note?: string;
	non_sostituibile?: boolean;
	cod_motivazione?: string;
	nota_aifa?: string;
	quantita: number;
	/**
	 * 1 first, 0 other
	 */
	tipo_accesso?: string;
	/**
	 * in the national waiting list plan, says the page's catalogue
	 */
	pngla?: boolean;
	/**
	 * prescrizione1 becomes TV;
	 */
	televisita?: boolean;
	/**
	 * reserved to the region
	 */
	prescrizione2?: string;
	/**
	 * codCatalogoPrescr
	 */
	cod_catalogo?: string;
	numero_nota?: string;
	cond_erogabilita?: string;
	appropr_prescrittiva?: string;
	patologia?: string;
	/**
	 * a cycle of sessions of branch 12, says the page's catalogue
	 */
	ciclica?: boolean;
	numero_sedute?: number;
	/**
	 * Stupefacente is the section of the table of narcotics: TDL (section A,
	 * pain therapy), 3BIS (annex III-bis), B, C, D, E (nota STUP).
	 */
	stupefacente?: string;
	/**
	 * goes into motivazNote
	 */
	posologia?: string;
	/**
	 * telephone and address, goes into motivazNote
	 */
	recapito_medico?: string;
}
/**
 * PrescriptionItem is one DettaglioPrescrizione.
 */
export interface PrescriptionItemOut {
	/**
	 * AIC, or specialist code
	 */
	cod_prod_prest?: string;
	descr_prod_prest?: string;
	cod_gruppo_equival?: string;
	descr_gruppo_equival?: string;
	/**
	 * descrTestoLiberoNote of a service, motivazNote of a drug
	 */
	note?: string;
	non_sostituibile?: boolean;
	cod_motivazione?: string;
	nota_aifa?: string;
	quantita: number;
	/**
	 * 1 first, 0 other
	 */
	tipo_accesso?: string;
	/**
	 * in the national waiting list plan, says the page's catalogue
	 */
	pngla?: boolean;
	/**
	 * prescrizione1 becomes TV;
	 */
	televisita?: boolean;
	/**
	 * reserved to the region
	 */
	prescrizione2?: string;
	/**
	 * codCatalogoPrescr
	 */
	cod_catalogo?: string;
	numero_nota?: string;
	cond_erogabilita?: string;
	appropr_prescrittiva?: string;
	patologia?: string;
	/**
	 * a cycle of sessions of branch 12, says the page's catalogue
	 */
	ciclica?: boolean;
	numero_sedute?: number;
	/**
	 * Stupefacente is the section of the table of narcotics: TDL (section A,
	 * pain therapy), 3BIS (annex III-bis), B, C, D, E (nota STUP).
	 */
	stupefacente?: string;
	/**
	 * goes into motivazNote
	 */
	posologia?: string;
	/**
	 * telephone and address, goes into motivazNote
	 */
	recapito_medico?: string;
}
/**
 * Prescription is one dematerialised prescription as the clinical application knows it.
 */
export interface PrescriptionOut {
	/**
	 * the page's own name of this intent: sending it twice sends it once
	 */
	client_id: string;
	/**
	 * F drugs, P specialist
	 */
	tipo_prescrizione: string;
	/**
	 * EE UE NA ND NE NX ST; empty: an ordinary prescription of the SSN
	 */
	tipo_ricetta?: string;
	codice_assistito?: string;
	cognome_nome?: string;
	indirizzo?: string;
	oscuramento_dati?: boolean;
	numero_tessera_sasn?: string;
	societa_navigazione?: string;
	/**
	 * specialist: dispensed in the structure that prescribes
	 */
	ricetta_interna?: boolean;
	cod_esenzione?: string;
	esente_reddito?: boolean;
	/**
	 * ICD-9-CM
	 */
	cod_diagnosi?: string;
	descrizione_diagnosi?: string;
	/**
	 * A in the surgery, D at home
	 */
	tipo_visita: string;
	/**
	 * dispReg
	 */
	disposizioni_regionali?: string;
	provincia_assistito?: string;
	asl_assistito?: string;
	/**
	 * S suggested, H hospital stay
	 */
	indicazione_prescrizione?: string;
	altro?: boolean;
	/**
	 * U, B, D, P
	 */
	classe_priorita?: string;
	/**
	 * AIFA protocol number; testata1 becomes PT=…;
	 */
	piano_terapeutico?: string;
	/**
	 * reserved to the region
	 */
	testata2?: string;
	/**
	 * to be dispensed "per conto": told in testata2 where the region wants it (EROGDPC)
	 */
	dpc?: boolean;
	stato_estero?: string;
	istituzione_competente?: string;
	numero_identificazione_personale?: string;
	numero_identificazione_tessera?: string;
	/**
	 * YYYY-MM-DD
	 */
	data_nascita_estero?: string;
	data_scadenza_tessera?: string;
	/**
	 * @maxItems 50
	 */
	dettagli: PrescriptionItemOut[];
}
/**
 * PreviewParams asks how an item would come out.
 */
export interface PreviewParams {
	item: PrintItem;
	/**
	 * from 1; 0 is the first
	 */
	page?: number;
	settings?: PrinterSettings1;
}
/**
 * PrintItem is one thing to print.
 */
export interface PrintItem {
	/**
	 * the page's own name of this sheet: asked for twice it is printed once
	 */
	client_id?: string;
	kind: "promemoria" | "rossa" | "bianca" | "document" | "test";
	/**
	 * of a document (empty: bianca) or a test page
	 */
	profile?: "rossa" | "bianca" | "promemoria";
	/**
	 * promemoria
	 */
	nre?: string;
	prescription?: Prescription1;
	white?: WhitePrescription;
	doctor?: PrintDoctor;
	/**
	 * a PDF, by document.open
	 */
	document?: string;
	/**
	 * base64, instead of Document
	 */
	content?: string;
	/**
	 * of a document, as people are shown it
	 */
	name?: string;
	/**
	 * 0: the profile's
	 */
	copies?: number;
}
/**
 * Prescription is one dematerialised prescription as the clinical application knows it.
 */
export interface Prescription1 {
	/**
	 * the page's own name of this intent: sending it twice sends it once
	 */
	client_id: string;
	/**
	 * F drugs, P specialist
	 */
	tipo_prescrizione: string;
	/**
	 * EE UE NA ND NE NX ST; empty: an ordinary prescription of the SSN
	 */
	tipo_ricetta?: string;
	codice_assistito?: string;
	cognome_nome?: string;
	indirizzo?: string;
	oscuramento_dati?: boolean;
	numero_tessera_sasn?: string;
	societa_navigazione?: string;
	/**
	 * specialist: dispensed in the structure that prescribes
	 */
	ricetta_interna?: boolean;
	cod_esenzione?: string;
	esente_reddito?: boolean;
	/**
	 * ICD-9-CM
	 */
	cod_diagnosi?: string;
	descrizione_diagnosi?: string;
	/**
	 * A in the surgery, D at home
	 */
	tipo_visita: string;
	/**
	 * dispReg
	 */
	disposizioni_regionali?: string;
	provincia_assistito?: string;
	asl_assistito?: string;
	/**
	 * S suggested, H hospital stay
	 */
	indicazione_prescrizione?: string;
	altro?: boolean;
	/**
	 * U, B, D, P
	 */
	classe_priorita?: string;
	/**
	 * AIFA protocol number; testata1 becomes PT=…;
	 */
	piano_terapeutico?: string;
	/**
	 * reserved to the region
	 */
	testata2?: string;
	/**
	 * to be dispensed "per conto": told in testata2 where the region wants it (EROGDPC)
	 */
	dpc?: boolean;
	stato_estero?: string;
	istituzione_competente?: string;
	numero_identificazione_personale?: string;
	numero_identificazione_tessera?: string;
	/**
	 * YYYY-MM-DD
	 */
	data_nascita_estero?: string;
	data_scadenza_tessera?: string;
	/**
	 * @maxItems 50
	 */
	dettagli: PrescriptionItem[];
}
/**
 * bianca
 */
export interface WhitePrescription {
	codice_fiscale?: string;
	name: string;
	address?: string;
	/**
	 * empty: today, Europe/Rome
	 */
	date?: string;
	/**
	 * @minItems 1
	 * @maxItems 10
	 */
	items: WhiteItem[];
	note?: string;
	/**
	 * number of the electronic white prescription, printed with its bar code
	 */
	nrbe?: string;
	pin_nrbe?: string;
}
/**
 * WhiteItem is one line of it.
 */
export interface WhiteItem {
	text: string;
	quantity?: number;
	dosage?: string;
	/**
	 * how often it may be dispensed; 0: nothing is said
	 */
	times?: number;
}
/**
 * rossa, bianca, promemoria drawn here; empty: the session's
 */
export interface PrintDoctor {
	name?: string;
	codice_fiscale?: string;
	/**
	 * of a letterhead: specialisation, address, telephone
	 *
	 * @maxItems 6
	 */
	lines?: string[];
}
/**
 * PrinterSettings is how one kind of sheet is printed.
 */
export interface PrinterSettings1 {
	kind: "rossa" | "bianca" | "promemoria";
	/**
	 * empty: none is chosen
	 */
	printer?: string;
	/**
	 * what lies in the tray
	 */
	paper: "A4" | "A5" | "custom";
	/**
	 * of a custom paper, upright
	 */
	width?: number;
	/**
	 * of a custom paper, upright
	 */
	height?: number;
	/**
	 * empty: the printer decides
	 */
	tray?: string;
	/**
	 * of the sheet as it is read; auto: A4 upright, A5 lying, the red form upright
	 */
	orientation: "auto" | "portrait" | "landscape";
	copies: number;
	/**
	 * per cent; 0: full size, smaller only where it would not fit
	 */
	scale?: number;
	/**
	 * to the right
	 */
	offset_x: number;
	/**
	 * down
	 */
	offset_y: number;
}
/**
 * PreviewResult is one sheet as somebody holds it who reads it.
 */
export interface PreviewResult {
	/**
	 * base64
	 */
	png: string;
	width: number;
	/**
	 * pixels
	 */
	height: number;
	page: number;
	pages: number;
	notices?: Notice[];
}
/**
 * PrintDoctor is who prescribes, as it is to be read on paper.
 */
export interface PrintDoctor1 {
	name?: string;
	codice_fiscale?: string;
	/**
	 * of a letterhead: specialisation, address, telephone
	 *
	 * @maxItems 6
	 */
	lines?: string[];
}
/**
 * PrintIDs chooses jobs; without any, all of the last day that the caller may see.
 */
export interface PrintIDs {
	/**
	 * @maxItems 200
	 */
	ids?: string[];
}
/**
 * PrintJob is one sheet, or several copies of it, on its way.
 */
export interface PrintJob {
	id: string;
	client_id?: string;
	kind: string;
	profile: "rossa" | "bianca" | "promemoria";
	/**
	 * for people: "Promemoria 0900A4000000001"
	 */
	title: string;
	state: "queued" | "accepted" | "printing" | "held" | "printed" | "failed" | "cancelled";
	problem?: Error3;
	printer?: string;
	pages: number;
	copies: number;
	/**
	 * RFC 3339
	 */
	created_at: string;
	updated_at: string;
	/**
	 * what was done to fit the sheet; that a red form takes the place of an electronic prescription
	 */
	notices?: Notice[];
}
/**
 * Error is the error member of a Response (JSON-RPC 2.0, section 5.1).
 */
export interface Error3 {
	code: number;
	/**
	 * English, for logs; free of personal data
	 */
	message: string;
	data: ErrorData;
}
/**
 * PrintList is what was printed, or is to be, newest first.
 */
export interface PrintList {
	jobs: PrintJob[];
}
/**
 * PrintParams asks for sheets.
 */
export interface PrintParams {
	/**
	 * @minItems 1
	 * @maxItems 200
	 */
	items: PrintItem[];
}
/**
 * PrintResult has a row for each item, in the order of the request.
 */
export interface PrintResult {
	jobs: PrintJob[];
	/**
	 * with the spooler
	 */
	accepted: number;
}
/**
 * Printer is a queue of the system's spooler.
 */
export interface Printer {
	/**
	 * as the spooler calls it
	 */
	name: string;
	info?: string;
	location?: string;
	default?: boolean;
	state: "idle" | "printing" | "stopped";
	accepting: boolean;
	/**
	 * Stable name of what went wrong: never renamed, never reused.
	 */
	problem?:
		| "internal"
		| "unsupported"
		| "cancelled"
		| "deadline"
		| "frame.empty"
		| "frame.too_large"
		| "frame.truncated"
		| "rpc.parse"
		| "rpc.invalid"
		| "rpc.unknown_method"
		| "rpc.invalid_params"
		| "rpc.too_many_requests"
		| "protocol.unsupported"
		| "agent.unreachable"
		| "agent.untrusted"
		| "connector.missing"
		| "connector.forbidden"
		| "connector.lost"
		| "connector.timeout"
		| "origin.denied"
		| "gesture.required"
		| "consent.denied"
		| "card.service_down"
		| "card.no_reader"
		| "card.none"
		| "card.mute"
		| "card.removed"
		| "card.unknown"
		| "card.contactless"
		| "card.busy"
		| "card.module_missing"
		| "card.module_failed"
		| "card.module_crashed"
		| "card.module_architecture"
		| "card.module_dependency"
		| "card.module_no_token"
		| "card.mechanism_missing"
		| "card.no_certificate"
		| "card.certificate_expired"
		| "card.certificate_not_yet_valid"
		| "card.certificate_for_signing"
		| "card.certificate_not_accepted"
		| "card.certificate_without_key"
		| "card.pin_wrong"
		| "card.pin_locked"
		| "card.pin_format"
		| "card.pin_not_initialised"
		| "prompt.unavailable"
		| "prompt.cancelled"
		| "prompt.timeout"
		| "tls.server_untrusted"
		| "tls.certificate_refused"
		| "tls.failed"
		| "region.unreachable"
		| "region.timeout"
		| "region.unavailable"
		| "region.fault"
		| "region.bad_answer"
		| "region.misconfigured"
		| "region.cipher_certificate_expired"
		| "session.none"
		| "session.expired"
		| "session.busy"
		| "session.locked"
		| "session.wrong_doctor"
		| "region.maintenance"
		| "region.incomplete"
		| "region.cipher_certificate_expiring"
		| "proxy.failed"
		| "proxy.authentication"
		| "clock.wrong"
		| "session.login_needed"
		| "session.lingering"
		| "session.displaced"
		| "session.way_missing"
		| "session.not_a_doctor"
		| "session.state_mismatch"
		| "session.login_timeout"
		| "session.login_cancelled"
		| "session.login_refused"
		| "session.identity_invalid"
		| "session.redirect_denied"
		| "session.credentials_refused"
		| "session.credentials_missing"
		| "session.id_sessione_invalid"
		| "session.id_sessione_mailed"
		| "session.id_sessione_refused"
		| "session.no_browser"
		| "session.substitute_unsupported"
		| "secret.no_keyring"
		| "secret.keyring_locked"
		| "secret.key_missing"
		| "patient.unknown"
		| "patient.invalid"
		| "patient.not_yours"
		| "prescription.invalid"
		| "prescription.refused"
		| "prescription.not_found"
		| "prescription.wrong_state"
		| "prescription.outcome_unknown"
		| "prescription.changed"
		| "prescription.pincode_missing"
		| "prescription.unclear"
		| "prescription.retries_exhausted"
		| "prescription.promemoria_missing"
		| "session.titolare_mismatch"
		| "region.too_many_requests"
		| "outbox.unavailable"
		| "outbox.not_found"
		| "outbox.wrong_state"
		| "outbox.disk_full"
		| "outbox.read_only"
		| "outbox.wrong_key"
		| "outbox.damaged"
		| "outbox.in_use"
		| "sign.no_certificate"
		| "sign.way_missing"
		| "sign.format_unsuitable"
		| "sign.algorithm"
		| "sign.document_changed"
		| "document.unknown"
		| "document.incomplete"
		| "document.too_large"
		| "document.storage"
		| "document.pdf_encrypted"
		| "document.pdf_broken"
		| "document.pdf_locked"
		| "document.xml_refused"
		| "document.not_signed"
		| "document.signature_broken"
		| "document.original_missing"
		| "timestamp.not_configured"
		| "timestamp.unreachable"
		| "timestamp.refused"
		| "remote.unreachable"
		| "remote.unavailable"
		| "remote.bad_answer"
		| "remote.credentials_refused"
		| "remote.pin_wrong"
		| "remote.otp_wrong"
		| "remote.locked"
		| "remote.authorization_expired"
		| "remote.too_many"
		| "remote.credential_unusable"
		| "remote.signature_invalid"
		| "remote.refused"
		| "remote.misconfigured"
		| "print.no_printer"
		| "print.printer_missing"
		| "print.spooler_down"
		| "print.printer_stopped"
		| "print.printer_rejects"
		| "print.offline"
		| "print.paper_out"
		| "print.paper_jam"
		| "print.attention"
		| "print.refused"
		| "print.media_unsupported"
		| "print.does_not_fit"
		| "print.too_much_text"
		| "print.unprintable"
		| "print.not_authorised"
		| "print.prescription_taken"
		| "print.pdf_active"
		| "print.too_many_pages"
		| "print.job_unknown"
		| "print.wrong_state"
		| "print.outcome_unknown"
		| "print.render_failed"
		| "print.settings_locked"
		| "print.layout_invalid";
	papers: Paper[];
	/**
	 * takes sizes of one's own
	 */
	any_paper?: boolean;
	/**
	 * none: it has one and does not name it
	 */
	trays: Tray[];
}
/**
 * Tray is where sheets come from.
 */
export interface Tray {
	/**
	 * the spooler's word
	 */
	id: string;
	/**
	 * for people
	 */
	name: string;
}
/**
 * PrinterList is what can be printed on, and with which settings.
 */
export interface PrinterList {
	spooler: "cups" | "windows";
	problem?: Error4;
	printers: Printer[];
	/**
	 * three, in the order of SheetKinds
	 */
	profiles: PrinterProfile[];
}
/**
 * Error is the error member of a Response (JSON-RPC 2.0, section 5.1).
 */
export interface Error4 {
	code: number;
	/**
	 * English, for logs; free of personal data
	 */
	message: string;
	data: ErrorData;
}
/**
 * PrinterProfile is such settings with what is known of them.
 */
export interface PrinterProfile {
	kind: "rossa" | "bianca" | "promemoria";
	/**
	 * empty: none is chosen
	 */
	printer?: string;
	/**
	 * what lies in the tray
	 */
	paper: "A4" | "A5" | "custom";
	/**
	 * of a custom paper, upright
	 */
	width?: number;
	/**
	 * of a custom paper, upright
	 */
	height?: number;
	/**
	 * empty: the printer decides
	 */
	tray?: string;
	/**
	 * of the sheet as it is read; auto: A4 upright, A5 lying, the red form upright
	 */
	orientation: "auto" | "portrait" | "landscape";
	copies: number;
	/**
	 * per cent; 0: full size, smaller only where it would not fit
	 */
	scale?: number;
	/**
	 * to the right
	 */
	offset_x: number;
	/**
	 * down
	 */
	offset_y: number;
	/**
	 * a sheet could be printed now
	 */
	ready: boolean;
	problem?: Error5;
	/**
	 * settings that the administrator has set, by their names here
	 */
	locked?: string[];
	/**
	 * its layout is read lying, whatever the paper
	 */
	lying?: boolean;
}
/**
 * Error is the error member of a Response (JSON-RPC 2.0, section 5.1).
 */
export interface Error5 {
	code: number;
	/**
	 * English, for logs; free of personal data
	 */
	message: string;
	data: ErrorData;
}
/**
 * Printing counts the jobs that are not done.
 */
export interface Printing {
	/**
	 * queued, accepted, printing
	 */
	waiting: number;
	/**
	 * need somebody at the printer, or failed within the last day
	 */
	held: number;
}
/**
 * PromemoriaResult is the PDF that the region gave with the prescription.
 */
export interface PromemoriaResult {
	nre: string;
	/**
	 * base64, as received
	 */
	pdf: string;
}
/**
 * Region is the active region profile, and the ways into it.
 */
export interface Region {
	id: string;
	name: string;
	/**
	 * with the card over mutual TLS
	 */
	card: boolean;
	/**
	 * without one: at the region's page, or with an ID-SESSIONE
	 */
	cloud?: "oidc" | "id-sessione";
	/**
	 * the card can also be used at the region's page
	 */
	cloud_card?: boolean;
	/**
	 * keys of the profile that only the region can give
	 */
	missing?: string[];
}
/**
 * RemoteSigner is a remote signature service of the configuration.
 */
export interface RemoteSigner {
	id: string;
	name: string;
	kind: "csc" | "arss";
}
/**
 * Request is one call.
 */
export interface Request {
	jsonrpc: "2.0";
	id: unknown;
	method: string;
	params?: unknown;
	origin?: string;
	user_gesture?: boolean;
}
/**
 * ResolveParams is the doctor's word on an entry whose fate the region cannot tell: he has looked at the region's own pages.
 */
export interface ResolveParams {
	id: string;
	/**
	 * absent: it is not there, send it; present: it is there
	 */
	decision: "absent" | "present";
	/**
	 * of the one that is there
	 */
	nre?: string;
}
/**
 * Response answers exactly one Request.
 */
export interface Response {
	jsonrpc: string;
	id: unknown;
	result?: unknown;
	error?: Error1;
}
/**
 * SendParams hands prescriptions over, to be sent in this order.
 */
export interface SendParams {
	/**
	 * @minItems 1
	 * @maxItems 100
	 */
	prescriptions: Prescription[];
	/**
	 * later: kept as draft until outbox.retry or another send; default now
	 */
	mode?: "now" | "later";
	titolare?: Titolare;
}
/**
 * in substitute mode: who is stood in for
 */
export interface Titolare {
	codice_fiscale: string;
	regione: string;
	asl: string;
	struttura?: string;
	specializzazione: string;
}
/**
 * SendResult has one entry for each prescription, in the order given.
 */
export interface SendResult {
	results: PrescriptionResult[];
}
/**
 * Session is the regional session as every client sees it.
 */
export interface Session {
	state: "disconnected" | "connecting" | "connected" | "stale" | "reconnecting";
	/**
	 * what connecting waits for: browser is the region's page, token an ID-SESSIONE
	 */
	step?: "card" | "pin" | "pinpad" | "browser" | "token" | "region";
	via?: "card" | "cloud";
	doctor?: Person1;
	/**
	 * SubstituteOf is the codice fiscale of the titolare whom Doctor stands in for.
	 */
	substitute_of?: string;
	/**
	 * how the region saw the doctor authenticate, e.g. "CNS"
	 */
	method?: string;
	/**
	 * ISO/IEC 29115 level, e.g. "LoA4"
	 */
	level?: string;
	/**
	 * RFC 3339, Europe/Rome
	 */
	since?: string;
	/**
	 * RFC 3339, Europe/Rome
	 */
	expires_at?: string;
	/**
	 * Stable name of what went wrong: never renamed, never reused.
	 */
	reason?:
		| "internal"
		| "unsupported"
		| "cancelled"
		| "deadline"
		| "frame.empty"
		| "frame.too_large"
		| "frame.truncated"
		| "rpc.parse"
		| "rpc.invalid"
		| "rpc.unknown_method"
		| "rpc.invalid_params"
		| "rpc.too_many_requests"
		| "protocol.unsupported"
		| "agent.unreachable"
		| "agent.untrusted"
		| "connector.missing"
		| "connector.forbidden"
		| "connector.lost"
		| "connector.timeout"
		| "origin.denied"
		| "gesture.required"
		| "consent.denied"
		| "card.service_down"
		| "card.no_reader"
		| "card.none"
		| "card.mute"
		| "card.removed"
		| "card.unknown"
		| "card.contactless"
		| "card.busy"
		| "card.module_missing"
		| "card.module_failed"
		| "card.module_crashed"
		| "card.module_architecture"
		| "card.module_dependency"
		| "card.module_no_token"
		| "card.mechanism_missing"
		| "card.no_certificate"
		| "card.certificate_expired"
		| "card.certificate_not_yet_valid"
		| "card.certificate_for_signing"
		| "card.certificate_not_accepted"
		| "card.certificate_without_key"
		| "card.pin_wrong"
		| "card.pin_locked"
		| "card.pin_format"
		| "card.pin_not_initialised"
		| "prompt.unavailable"
		| "prompt.cancelled"
		| "prompt.timeout"
		| "tls.server_untrusted"
		| "tls.certificate_refused"
		| "tls.failed"
		| "region.unreachable"
		| "region.timeout"
		| "region.unavailable"
		| "region.fault"
		| "region.bad_answer"
		| "region.misconfigured"
		| "region.cipher_certificate_expired"
		| "session.none"
		| "session.expired"
		| "session.busy"
		| "session.locked"
		| "session.wrong_doctor"
		| "region.maintenance"
		| "region.incomplete"
		| "region.cipher_certificate_expiring"
		| "proxy.failed"
		| "proxy.authentication"
		| "clock.wrong"
		| "session.login_needed"
		| "session.lingering"
		| "session.displaced"
		| "session.way_missing"
		| "session.not_a_doctor"
		| "session.state_mismatch"
		| "session.login_timeout"
		| "session.login_cancelled"
		| "session.login_refused"
		| "session.identity_invalid"
		| "session.redirect_denied"
		| "session.credentials_refused"
		| "session.credentials_missing"
		| "session.id_sessione_invalid"
		| "session.id_sessione_mailed"
		| "session.id_sessione_refused"
		| "session.no_browser"
		| "session.substitute_unsupported"
		| "secret.no_keyring"
		| "secret.keyring_locked"
		| "secret.key_missing"
		| "patient.unknown"
		| "patient.invalid"
		| "patient.not_yours"
		| "prescription.invalid"
		| "prescription.refused"
		| "prescription.not_found"
		| "prescription.wrong_state"
		| "prescription.outcome_unknown"
		| "prescription.changed"
		| "prescription.pincode_missing"
		| "prescription.unclear"
		| "prescription.retries_exhausted"
		| "prescription.promemoria_missing"
		| "session.titolare_mismatch"
		| "region.too_many_requests"
		| "outbox.unavailable"
		| "outbox.not_found"
		| "outbox.wrong_state"
		| "outbox.disk_full"
		| "outbox.read_only"
		| "outbox.wrong_key"
		| "outbox.damaged"
		| "outbox.in_use"
		| "sign.no_certificate"
		| "sign.way_missing"
		| "sign.format_unsuitable"
		| "sign.algorithm"
		| "sign.document_changed"
		| "document.unknown"
		| "document.incomplete"
		| "document.too_large"
		| "document.storage"
		| "document.pdf_encrypted"
		| "document.pdf_broken"
		| "document.pdf_locked"
		| "document.xml_refused"
		| "document.not_signed"
		| "document.signature_broken"
		| "document.original_missing"
		| "timestamp.not_configured"
		| "timestamp.unreachable"
		| "timestamp.refused"
		| "remote.unreachable"
		| "remote.unavailable"
		| "remote.bad_answer"
		| "remote.credentials_refused"
		| "remote.pin_wrong"
		| "remote.otp_wrong"
		| "remote.locked"
		| "remote.authorization_expired"
		| "remote.too_many"
		| "remote.credential_unusable"
		| "remote.signature_invalid"
		| "remote.refused"
		| "remote.misconfigured"
		| "print.no_printer"
		| "print.printer_missing"
		| "print.spooler_down"
		| "print.printer_stopped"
		| "print.printer_rejects"
		| "print.offline"
		| "print.paper_out"
		| "print.paper_jam"
		| "print.attention"
		| "print.refused"
		| "print.media_unsupported"
		| "print.does_not_fit"
		| "print.too_much_text"
		| "print.unprintable"
		| "print.not_authorised"
		| "print.prescription_taken"
		| "print.pdf_active"
		| "print.too_many_pages"
		| "print.job_unknown"
		| "print.wrong_state"
		| "print.outcome_unknown"
		| "print.render_failed"
		| "print.settings_locked"
		| "print.layout_invalid";
	/**
	 * Repair says who mends a stale session: the agent by itself, or the user by
	 * one click on login.
	 */
	repair?: "auto" | "login";
	/**
	 * OnCardRemoval is the rule in force when the card is pulled out.
	 */
	on_card_removal: "logout" | "keep";
}
/**
 * SignDocument is one document and how it is to be signed.
 */
export interface SignDocument {
	document?: string;
	/**
	 * base64, instead of Document
	 */
	content?: string;
	/**
	 * as people are shown it
	 */
	name: string;
	format: "cades" | "pades" | "xades" | "jws" | "asic";
	/**
	 * empty: B; T has a time-stamp
	 */
	level?: "B" | "T";
	/**
	 * empty: cades attached, xades enveloped, jws attached
	 */
	packaging?: "attached" | "detached" | "enveloped";
	/**
	 * pades
	 */
	reason?: string;
	/**
	 * pades
	 */
	location?: string;
	field?: SignField;
}
/**
 * pades: a signature that is seen
 */
export interface SignField {
	/**
	 * from 1; -1 is the last one
	 */
	page: number;
	x: number;
	y: number;
	width: number;
	height: number;
}
/**
 * SignField is where a PDF shows its signature, in points from the lower left corner of the page as it is looked at.
 */
export interface SignField1 {
	/**
	 * from 1; -1 is the last one
	 */
	page: number;
	x: number;
	y: number;
	width: number;
	height: number;
}
/**
 * SignParams asks for signatures: one consent, and one PIN or OTP, for all.
 */
export interface SignParams {
	/**
	 * @minItems 1
	 * @maxItems 200
	 */
	documents: SignDocument[];
	/**
	 * empty: auto
	 */
	via?: "auto" | "card" | "remote";
	/**
	 * of the card, when it has several
	 */
	certificate?: string;
	/**
	 * id of the remote service; empty: the first one
	 */
	service?: string;
}
/**
 * SignProgress is sent after each document of a sign.
 */
export interface SignProgress {
	done: number;
	total: number;
	name: string;
	error?: Error1;
}
/**
 * SignResult has a row for each document, in the order of the request; some may be signed and others not.
 */
export interface SignResult {
	documents: SignedDocument[];
	signed: number;
	via: "card" | "remote";
	signer: Signatory;
}
/**
 * SignedDocument is a signed document, or why it is not.
 */
export interface SignedDocument {
	/**
	 * with the ending of its format: "referto.pdf.p7m"
	 */
	name: string;
	document?: string;
	/**
	 * bytes
	 */
	size?: number;
	/**
	 * of the signed document, lower-case hex
	 */
	sha256?: string;
	/**
	 * base64, when all of the answer fits into a frame
	 */
	content?: string;
	error?: Error1;
}
/**
 * Signatory is who a certificate names.
 */
export interface Signatory {
	name: string;
	cf?: string;
	issuer: string;
	/**
	 * SHA-256 of the certificate, lower-case hex
	 */
	fingerprint: string;
	/**
	 * RFC 3339
	 */
	not_after: string;
	/**
	 * the certificate says that it is qualified (ETSI EN 319 412-5, QcCompliance)
	 */
	qualified?: boolean;
}
/**
 * Signing says with what a document could be signed now.
 */
export interface Signing {
	/**
	 * an inserted card has a signing certificate
	 */
	card: boolean;
	/**
	 * configured remote signature services
	 */
	remote?: RemoteSigner[];
}
/**
 * Status is the whole state in one answer, so that a page that has just been opened needs one round trip.
 */
export interface Status {
	version: string;
	region: Region;
	session: Session;
	cards: CardList;
	outbox: Outbox;
	signing: Signing;
	printing: Printing;
	/**
	 * Warnings are what is wrong and stops nothing: no keyring, a certificate
	 * that ends soon.
	 */
	warnings: ErrorCode[];
}
/**
 * SubstitutionParams declares a substitute to Sistema TS; the caller is the titolare (DichiarazioneSostituzioneMedico).
 */
export interface SubstitutionParams {
	sostituto: string;
	from: string;
	to: string;
	/**
	 * comunicazioneAsl
	 */
	asl_told?: boolean;
	note?: string;
	struttura?: string;
}
/**
 * SubstitutionResult confirms a declaration.
 */
export interface SubstitutionResult {
	/**
	 * as the region wrote it
	 */
	inserted_at?: string;
	warnings: Notice[];
}
/**
 * SyncParams asks the region for one patient.
 */
export interface SyncParams {
	codice_fiscale: string;
	/**
	 * last digits of the tessera sanitaria's number
	 */
	ts_last5?: string;
	known?: Known1;
}
/**
 * Known is what the page has of the patient.
 */
export interface Known1 {
	demographics: Demographics;
	/**
	 * codes
	 *
	 * @maxItems 50
	 */
	exemptions?: string[];
}
/**
 * SyncResult is what the region knows of a patient.
 */
export interface SyncResult {
	/**
	 * RFC 3339, Europe/Rome: the instant of the request
	 */
	synced_at: string;
	demographics: DemographicsOut;
	exemptions: Exemption[];
	/**
	 * Prescriptions of the last months that the doctor may see, newest first;
	 * Problem says why they are missing or not complete.
	 */
	prescriptions: ListedPrescription[];
	prescriptions_problem?: Error1;
	/**
	 * against what the page said it has
	 */
	changes: Change[];
}
/**
 * TableParams asks for a table of Sistema TS (ServiceAnag).
 */
export interface TableParams {
	operation: string;
	/**
	 * opzione1 to opzione5
	 *
	 * @maxItems 5
	 */
	options?: string[];
}
/**
 * TableResult is a table: a CSV file.
 */
export interface TableResult {
	name?: string;
	/**
	 * base64, as received
	 */
	csv?: string;
	options: string[];
	warnings: Notice[];
}
/**
 * Timestamp is a time-stamp token (RFC 3161) over a signature.
 */
export interface Timestamp {
	/**
	 * RFC 3339
	 */
	at: string;
	authority: string;
	trusted?: boolean;
}
/**
 * Titolare is the doctor whom the sender stands in for: region, ASL, structure and specialisation of a substitute's prescription are his (section 4.2.1).
 */
export interface Titolare1 {
	codice_fiscale: string;
	regione: string;
	asl: string;
	struttura?: string;
	specializzazione: string;
}
/**
 * Verification tells what was found.
 */
export interface Verification {
	verdict: "valid" | "indeterminate" | "invalid";
	/**
	 * the verdict in one Italian sentence
	 */
	text: string;
	format: string;
	size: number;
	/**
	 * of the document, lower-case hex
	 */
	sha256: string;
	signatures: VerifiedSignature[];
	/**
	 * Added is set when a PDF was changed after its last signature, or holds more than what is signed.
	 */
	added?: boolean;
}
/**
 * VerifiedSignature is one signature of a document.
 */
export interface VerifiedSignature {
	verdict: "valid" | "indeterminate" | "invalid";
	/**
	 * "PAdES-B-T"
	 */
	format: string;
	signer: Signatory;
	/**
	 * "RSA-2048, PKCS #1 v1.5, SHA-256"
	 */
	algorithm: string;
	/**
	 * RFC 3339, as the signer says
	 */
	claimed_at?: string;
	timestamp?: Timestamp;
	/**
	 * not_checked: of an algorithm that is not computed here
	 */
	integrity: "intact" | "broken" | "not_checked";
	/**
	 * revision: a PDF was added to afterwards
	 */
	covers: "whole" | "revision" | "part";
	/**
	 * to the trust list
	 */
	chain: "trusted" | "untrusted" | "not_checked";
	/**
	 * name of the service in the trust list
	 */
	trust?: string;
	/**
	 * at the time of signing
	 */
	revocation: "good" | "revoked" | "unknown" | "not_checked";
	/**
	 * of the certificate, at the time of signing
	 */
	validity: "valid" | "expired" | "not_yet_valid";
	/**
	 * why the verdict is what it is
	 */
	notices: Notice[];
}
/**
 * VerifyDocumentParams asks who signed a document, and whether that holds.
 */
export interface VerifyDocumentParams {
	document?: string;
	/**
	 * base64, instead of Document
	 */
	content?: string;
	name?: string;
	original?: string;
	original_content?: string;
}
/**
 * VerifyResult says whether a prescription is good, and where it can be seen.
 */
export interface VerifyResult {
	nre: string;
	/**
	 * statoProcesso
	 */
	state: string;
	/**
	 * Italian
	 */
	state_text: string;
	/**
	 * it can still be dispensed
	 */
	valid: boolean;
	/**
	 * the region has it, with its codAutenticazione
	 */
	validated: boolean;
	/**
	 * in the patient's FSE; unsupported: the region does not tell; unknown: it could not be asked
	 */
	fse: "visible" | "pending" | "hidden" | "unsupported" | "unknown";
	/**
	 * RFC 3339
	 */
	fse_since?: string;
	/**
	 * YYYY-MM-DD, last day on which it can be dispensed
	 */
	expires_on?: string;
	view: ViewResult;
}
/**
 * ViewResult is a prescription as the region has it.
 */
export interface ViewResult {
	nre: string;
	/**
	 * statoProcesso, "1".."10"
	 */
	state: string;
	/**
	 * Italian
	 */
	state_text: string;
	cod_autenticazione?: string;
	inserted_at?: string;
	compiled_at?: string;
	tipo_prescrizione?: string;
	cognome_nome?: string;
	cod_esenzione?: string;
	diagnosi?: string;
	dettagli: PrescriptionItemOut[];
	warnings: Notice[];
	prescription?: PrescriptionOut1;
	/**
	 * cfMedico1
	 */
	titolare?: string;
	/**
	 * cfMedico2
	 */
	sostituto?: string;
	/**
	 * dispensed at the patient's own expense (codEsito 5221)
	 */
	non_ssn?: boolean;
}
/**
 * Prescription is one dematerialised prescription as the clinical application knows it.
 */
export interface PrescriptionOut1 {
	/**
	 * the page's own name of this intent: sending it twice sends it once
	 */
	client_id: string;
	/**
	 * F drugs, P specialist
	 */
	tipo_prescrizione: string;
	/**
	 * EE UE NA ND NE NX ST; empty: an ordinary prescription of the SSN
	 */
	tipo_ricetta?: string;
	codice_assistito?: string;
	cognome_nome?: string;
	indirizzo?: string;
	oscuramento_dati?: boolean;
	numero_tessera_sasn?: string;
	societa_navigazione?: string;
	/**
	 * specialist: dispensed in the structure that prescribes
	 */
	ricetta_interna?: boolean;
	cod_esenzione?: string;
	esente_reddito?: boolean;
	/**
	 * ICD-9-CM
	 */
	cod_diagnosi?: string;
	descrizione_diagnosi?: string;
	/**
	 * A in the surgery, D at home
	 */
	tipo_visita: string;
	/**
	 * dispReg
	 */
	disposizioni_regionali?: string;
	provincia_assistito?: string;
	asl_assistito?: string;
	/**
	 * S suggested, H hospital stay
	 */
	indicazione_prescrizione?: string;
	altro?: boolean;
	/**
	 * U, B, D, P
	 */
	classe_priorita?: string;
	/**
	 * AIFA protocol number; testata1 becomes PT=…;
	 */
	piano_terapeutico?: string;
	/**
	 * reserved to the region
	 */
	testata2?: string;
	/**
	 * to be dispensed "per conto": told in testata2 where the region wants it (EROGDPC)
	 */
	dpc?: boolean;
	stato_estero?: string;
	istituzione_competente?: string;
	numero_identificazione_personale?: string;
	numero_identificazione_tessera?: string;
	/**
	 * YYYY-MM-DD
	 */
	data_nascita_estero?: string;
	data_scadenza_tessera?: string;
	/**
	 * @maxItems 50
	 */
	dettagli: PrescriptionItemOut[];
}
/**
 * WhitePrescription is what the doctor's own paper says.
 */
export interface WhitePrescription1 {
	codice_fiscale?: string;
	name: string;
	address?: string;
	/**
	 * empty: today, Europe/Rome
	 */
	date?: string;
	/**
	 * @minItems 1
	 * @maxItems 10
	 */
	items: WhiteItem[];
	note?: string;
	/**
	 * number of the electronic white prescription, printed with its bar code
	 */
	nrbe?: string;
	pin_nrbe?: string;
}

/** Params and result of every method. */
export interface Methods {
	"hello": { params: HelloParams; result: HelloResult };
	"status": { params: NoParams; result: Status };
	"card.list": { params: NoParams; result: CardList };
	"card.test": { params: CardTestParams; result: CardTestResult };
	"session.login": { params: LoginParams; result: LoginResult };
	"session.complete": { params: CompleteParams; result: Session };
	"session.logout": { params: NoParams; result: Session };
	"patient.sync": { params: SyncParams; result: SyncResult };
	"prescription.send": { params: SendParams; result: SendResult };
	"prescription.view": { params: NREParams; result: ViewResult };
	"prescription.cancel": { params: NREParams; result: CancelResult };
	"prescription.list": { params: ListParams; result: ListResult };
	"prescription.verify": { params: NREParams; result: VerifyResult };
	"prescription.promemoria": { params: NREParams; result: PromemoriaResult };
	"outbox.list": { params: OutboxParams; result: OutboxResult };
	"outbox.retry": { params: OutboxParams; result: OutboxResult };
	"outbox.discard": { params: OutboxParams; result: OutboxResult };
	"outbox.resolve": { params: ResolveParams; result: OutboxResult };
	"batch.stop": { params: NoParams; result: Outbox };
	"patient.history": { params: PatientParams; result: PatientHistory };
	"substitution.declare": { params: SubstitutionParams; result: SubstitutionResult };
	"table.fetch": { params: TableParams; result: TableResult };
	"document.open": { params: DocumentOpenParams; result: DocumentHandle };
	"document.write": { params: DocumentWriteParams; result: DocumentWritten };
	"document.read": { params: DocumentReadParams; result: DocumentPiece };
	"document.close": { params: DocumentHandle; result: NoParams };
	"document.verify": { params: VerifyDocumentParams; result: Verification };
	"sign": { params: SignParams; result: SignResult };
	"print": { params: PrintParams; result: PrintResult };
	"print.list": { params: PrintIDs; result: PrintList };
	"print.cancel": { params: PrintIDs; result: PrintList };
	"print.again": { params: PrintIDs; result: PrintResult };
	"print.preview": { params: PreviewParams; result: PreviewResult };
	"printer.list": { params: NoParams; result: PrinterList };
	"printer.configure": { params: ConfigureParams; result: PrinterList };
}
export type Method = keyof Methods;

/** Params of every event. */
export interface Events {
	"session.changed": Session;
	"card.changed": CardList;
	"outbox.changed": Outbox;
	"batch.progress": BatchProgress;
	"sign.progress": SignProgress;
	"print.changed": Printing;
}
export type EventName = keyof Events;

export const PROTOCOL = 1;
export const MAX_FRAME = 1048576;

/** Milliseconds within which the agent answers. */
export const DEADLINES: Readonly<Record<Method, number>> = {
	"hello": 2000,
	"status": 2000,
	"card.list": 5000,
	"card.test": 150000,
	"session.login": 150000,
	"session.complete": 30000,
	"session.logout": 15000,
	"patient.sync": 30000,
	"prescription.send": 600000,
	"prescription.view": 30000,
	"prescription.cancel": 150000,
	"prescription.list": 60000,
	"prescription.verify": 30000,
	"prescription.promemoria": 5000,
	"outbox.list": 5000,
	"outbox.retry": 600000,
	"outbox.discard": 120000,
	"outbox.resolve": 60000,
	"batch.stop": 2000,
	"patient.history": 2000,
	"substitution.declare": 150000,
	"table.fetch": 60000,
	"document.open": 2000,
	"document.write": 10000,
	"document.read": 10000,
	"document.close": 2000,
	"document.verify": 60000,
	"sign": 900000,
	"print": 120000,
	"print.list": 2000,
	"print.cancel": 15000,
	"print.again": 120000,
	"print.preview": 30000,
	"printer.list": 10000,
	"printer.configure": 10000,
};

/** Methods that only follow a user's action. */
export const GESTURES: readonly Method[] = ["card.test","session.login","session.logout","patient.sync","prescription.send","prescription.cancel","outbox.retry","outbox.discard","outbox.resolve","substitution.declare","table.fetch","sign","print","print.cancel","print.again","printer.configure"];

export type Hop = "connector" | "extension" | "pcsc" | "reader" | "card" | "module" | "pin" | "tls" | "region" | "session" | "data" | "remote" | "printer";

/** Hop, JSON-RPC code and English text of every error; retryable where the same request may succeed later. */
export const FAULTS: Readonly<Record<ErrorCode, { hop: Hop; rpc: number; retryable: boolean; english: string }>> = {
	"internal": { hop: "connector", rpc: -32603, retryable: false, english: "unexpected fault inside the connector" },
	"unsupported": { hop: "connector", rpc: -32000, retryable: false, english: "not supported by this build or this system" },
	"cancelled": { hop: "connector", rpc: -32000, retryable: true, english: "cancelled by the caller" },
	"deadline": { hop: "connector", rpc: -32000, retryable: true, english: "not finished within its deadline" },
	"frame.empty": { hop: "connector", rpc: -32600, retryable: false, english: "empty frame" },
	"frame.too_large": { hop: "connector", rpc: -32600, retryable: false, english: "frame larger than 1 MiB" },
	"frame.truncated": { hop: "connector", rpc: -32600, retryable: false, english: "frame shorter than its header says" },
	"rpc.parse": { hop: "connector", rpc: -32700, retryable: false, english: "not JSON" },
	"rpc.invalid": { hop: "connector", rpc: -32600, retryable: false, english: "not a JSON-RPC 2.0 request" },
	"rpc.unknown_method": { hop: "connector", rpc: -32601, retryable: false, english: "unknown method" },
	"rpc.invalid_params": { hop: "connector", rpc: -32602, retryable: false, english: "invalid params" },
	"rpc.too_many_requests": { hop: "connector", rpc: -32000, retryable: true, english: "too many requests at once" },
	"protocol.unsupported": { hop: "connector", rpc: -32000, retryable: false, english: "no common protocol version" },
	"agent.unreachable": { hop: "connector", rpc: -32000, retryable: true, english: "the agent could not be started or reached" },
	"agent.untrusted": { hop: "connector", rpc: -32000, retryable: false, english: "the program at the local socket is not the agent" },
	"connector.missing": { hop: "extension", rpc: -32000, retryable: false, english: "the native host is not registered with the browser" },
	"connector.forbidden": { hop: "extension", rpc: -32000, retryable: false, english: "the browser forbids this extension to use the native host" },
	"connector.lost": { hop: "extension", rpc: -32000, retryable: true, english: "the connector stopped while a request was under way" },
	"connector.timeout": { hop: "extension", rpc: -32000, retryable: true, english: "no answer from the connector within the deadline" },
	"origin.denied": { hop: "extension", rpc: -32000, retryable: false, english: "this page is not allowed to use the connector" },
	"gesture.required": { hop: "extension", rpc: -32000, retryable: false, english: "the request does not come from a user's action" },
	"consent.denied": { hop: "connector", rpc: -32000, retryable: false, english: "the user refused" },
	"card.service_down": { hop: "pcsc", rpc: -32000, retryable: true, english: "the PC/SC service does not run" },
	"card.no_reader": { hop: "reader", rpc: -32000, retryable: true, english: "no smart card reader" },
	"card.none": { hop: "reader", rpc: -32000, retryable: true, english: "no card in any reader" },
	"card.mute": { hop: "card", rpc: -32000, retryable: true, english: "the card does not answer: upside down, dirty or not a smart card" },
	"card.removed": { hop: "card", rpc: -32000, retryable: true, english: "the card was removed" },
	"card.unknown": { hop: "card", rpc: -32000, retryable: false, english: "not a card that can log in to a region" },
	"card.contactless": { hop: "card", rpc: -32000, retryable: false, english: "the card answers by radio and does not say what it is" },
	"card.busy": { hop: "card", rpc: -32000, retryable: true, english: "the card is held by another program" },
	"card.module_missing": { hop: "module", rpc: -32000, retryable: false, english: "no PKCS#11 module for this card is installed" },
	"card.module_failed": { hop: "module", rpc: -32000, retryable: true, english: "the PKCS#11 module failed" },
	"card.module_crashed": { hop: "module", rpc: -32000, retryable: true, english: "the PKCS#11 module crashed or hung and was restarted" },
	"card.module_architecture": { hop: "module", rpc: -32000, retryable: false, english: "the PKCS#11 module is made for another processor architecture" },
	"card.module_dependency": { hop: "module", rpc: -32000, retryable: false, english: "a library that the PKCS#11 module needs is missing" },
	"card.module_no_token": { hop: "module", rpc: -32000, retryable: false, english: "the PKCS#11 module works and does not see this card" },
	"card.mechanism_missing": { hop: "module", rpc: -32000, retryable: false, english: "the module cannot sign with this card's key" },
	"card.no_certificate": { hop: "card", rpc: -32000, retryable: false, english: "no certificate on the card can log in" },
	"card.certificate_expired": { hop: "card", rpc: -32000, retryable: false, english: "the certificate has expired" },
	"card.certificate_not_yet_valid": { hop: "card", rpc: -32000, retryable: false, english: "the certificate is not valid yet" },
	"card.certificate_for_signing": { hop: "card", rpc: -32000, retryable: false, english: "a signing certificate cannot log in" },
	"card.certificate_not_accepted": { hop: "card", rpc: -32000, retryable: false, english: "the region does not accept this kind of certificate for login" },
	"card.certificate_without_key": { hop: "card", rpc: -32000, retryable: false, english: "the card has no private key for this certificate" },
	"card.pin_wrong": { hop: "pin", rpc: -32000, retryable: false, english: "wrong PIN" },
	"card.pin_locked": { hop: "pin", rpc: -32000, retryable: false, english: "the PIN is locked" },
	"card.pin_format": { hop: "pin", rpc: -32000, retryable: false, english: "the PIN has a wrong length or characters" },
	"card.pin_not_initialised": { hop: "module", rpc: -32000, retryable: false, english: "the module says that no PIN is set: it does not know this card" },
	"prompt.unavailable": { hop: "pin", rpc: -32000, retryable: false, english: "no program to ask for the PIN is available on this PC" },
	"prompt.cancelled": { hop: "pin", rpc: -32000, retryable: true, english: "the user closed the PIN window" },
	"prompt.timeout": { hop: "pin", rpc: -32000, retryable: true, english: "the PIN window was not answered in time" },
	"tls.server_untrusted": { hop: "tls", rpc: -32000, retryable: false, english: "the region's server certificate is not trusted" },
	"tls.certificate_refused": { hop: "tls", rpc: -32000, retryable: false, english: "the region refused the card's certificate" },
	"tls.failed": { hop: "tls", rpc: -32000, retryable: true, english: "the secure connection failed" },
	"region.unreachable": { hop: "region", rpc: -32000, retryable: true, english: "the region cannot be reached" },
	"region.timeout": { hop: "region", rpc: -32000, retryable: true, english: "the region did not answer in time" },
	"region.unavailable": { hop: "region", rpc: -32000, retryable: true, english: "the region is temporarily unavailable" },
	"region.fault": { hop: "region", rpc: -32000, retryable: false, english: "the region answered with a fault" },
	"region.bad_answer": { hop: "region", rpc: -32000, retryable: false, english: "the region's answer could not be understood" },
	"region.misconfigured": { hop: "region", rpc: -32000, retryable: false, english: "the region profile is incomplete" },
	"region.cipher_certificate_expired": { hop: "region", rpc: -32000, retryable: false, english: "the region's encryption certificate has expired" },
	"session.none": { hop: "session", rpc: -32000, retryable: false, english: "not connected to the region" },
	"session.expired": { hop: "session", rpc: -32000, retryable: true, english: "the regional session has expired" },
	"session.busy": { hop: "session", rpc: -32000, retryable: true, english: "another login is under way" },
	"session.locked": { hop: "session", rpc: -32000, retryable: true, english: "the screen was locked" },
	"session.wrong_doctor": { hop: "session", rpc: -32000, retryable: false, english: "the card belongs to another doctor" },
	"region.maintenance": { hop: "region", rpc: -32000, retryable: true, english: "the region shows a page for people, as during maintenance, where an answer was due" },
	"region.incomplete": { hop: "region", rpc: -32000, retryable: false, english: "the region profile lacks values that only the region gives" },
	"region.cipher_certificate_expiring": { hop: "region", rpc: -32000, retryable: false, english: "the region's encryption certificate expires soon" },
	"proxy.failed": { hop: "region", rpc: -32000, retryable: true, english: "the proxy could not be found or reached, or refused" },
	"proxy.authentication": { hop: "region", rpc: -32000, retryable: false, english: "the proxy wants a name and a password" },
	"clock.wrong": { hop: "tls", rpc: -32000, retryable: false, english: "this PC's clock is wrong" },
	"session.login_needed": { hop: "session", rpc: -32000, retryable: false, english: "the session is over and only the user can open a new one" },
	"session.lingering": { hop: "session", rpc: -32000, retryable: true, english: "the session lives and processes nothing" },
	"session.displaced": { hop: "session", rpc: -32000, retryable: false, english: "another program uses a newer ID-SESSIONE of this doctor" },
	"session.way_missing": { hop: "session", rpc: -32000, retryable: false, english: "the region does not offer this way of logging in" },
	"session.not_a_doctor": { hop: "session", rpc: -32000, retryable: false, english: "only doctors may connect to the region" },
	"session.state_mismatch": { hop: "session", rpc: -32000, retryable: false, english: "the answer does not belong to a login that is under way" },
	"session.login_timeout": { hop: "session", rpc: -32000, retryable: true, english: "the region's login page was not completed in time" },
	"session.login_cancelled": { hop: "session", rpc: -32000, retryable: true, english: "the region's login page was closed or cancelled" },
	"session.login_refused": { hop: "session", rpc: -32000, retryable: false, english: "the region's login refused" },
	"session.identity_invalid": { hop: "session", rpc: -32000, retryable: false, english: "the identity that the region's login returned could not be verified" },
	"session.redirect_denied": { hop: "session", rpc: -32000, retryable: false, english: "the login may not return to this address" },
	"session.credentials_refused": { hop: "session", rpc: -32000, retryable: false, english: "Sistema TS does not accept user name and password" },
	"session.credentials_missing": { hop: "session", rpc: -32000, retryable: false, english: "the doctor's account of Sistema TS is not set" },
	"session.id_sessione_invalid": { hop: "session", rpc: -32000, retryable: false, english: "not an ID-SESSIONE" },
	"session.id_sessione_mailed": { hop: "session", rpc: -32000, retryable: false, english: "the ID-SESSIONE was sent to the doctor's certified mailbox" },
	"session.id_sessione_refused": { hop: "session", rpc: -32000, retryable: false, english: "Sistema TS refused the ID-SESSIONE request" },
	"session.no_browser": { hop: "session", rpc: -32000, retryable: false, english: "no browser can be opened for the region's login page" },
	"session.substitute_unsupported": { hop: "session", rpc: -32000, retryable: false, english: "the region, ASL and specialisation of the titolare are not known" },
	"secret.no_keyring": { hop: "connector", rpc: -32000, retryable: false, english: "no keyring on this PC: the data key lies in a file of the user" },
	"secret.keyring_locked": { hop: "connector", rpc: -32000, retryable: true, english: "the keyring is locked" },
	"secret.key_missing": { hop: "connector", rpc: -32000, retryable: false, english: "the data key is not where it was: keyring not there, or emptied" },
	"patient.unknown": { hop: "region", rpc: -32000, retryable: false, english: "the region does not know this patient" },
	"patient.invalid": { hop: "data", rpc: -32000, retryable: false, english: "not a valid codice fiscale" },
	"patient.not_yours": { hop: "region", rpc: -32000, retryable: false, english: "the patient is registered with another doctor: the patient's health card is needed" },
	"prescription.invalid": { hop: "data", rpc: -32000, retryable: false, english: "the prescription is not complete or not correct" },
	"prescription.refused": { hop: "region", rpc: -32000, retryable: false, english: "the region refused the prescription" },
	"prescription.not_found": { hop: "region", rpc: -32000, retryable: false, english: "the region does not know this prescription" },
	"prescription.wrong_state": { hop: "region", rpc: -32000, retryable: false, english: "the state of the prescription does not allow it" },
	"prescription.outcome_unknown": { hop: "region", rpc: -32000, retryable: true, english: "the outcome is unknown; sending again repeats the same NRE" },
	"prescription.changed": { hop: "data", rpc: -32000, retryable: false, english: "a prescription with this client_id was already taken in charge with other contents" },
	"prescription.pincode_missing": { hop: "data", rpc: -32000, retryable: false, english: "the doctor's pinCode is not set" },
	"prescription.unclear": { hop: "region", rpc: -32000, retryable: false, english: "the region cannot tell whether it has the prescription: the doctor has to look" },
	"prescription.retries_exhausted": { hop: "region", rpc: -32000, retryable: true, english: "tried as often as is decent; goes on when the doctor asks" },
	"prescription.promemoria_missing": { hop: "data", rpc: -32000, retryable: false, english: "the PDF of this prescription is not kept" },
	"session.titolare_mismatch": { hop: "session", rpc: -32000, retryable: false, english: "the prescription names another titolare than the session" },
	"region.too_many_requests": { hop: "region", rpc: -32000, retryable: true, english: "the region asks for fewer requests" },
	"outbox.unavailable": { hop: "connector", rpc: -32000, retryable: true, english: "the outbox cannot be opened" },
	"outbox.not_found": { hop: "data", rpc: -32000, retryable: false, english: "no such entry in the outbox" },
	"outbox.wrong_state": { hop: "data", rpc: -32000, retryable: false, english: "not possible in the state of this entry" },
	"outbox.disk_full": { hop: "connector", rpc: -32000, retryable: true, english: "no room left on the disk" },
	"outbox.read_only": { hop: "connector", rpc: -32000, retryable: false, english: "the outbox cannot be written: read-only" },
	"outbox.wrong_key": { hop: "connector", rpc: -32000, retryable: false, english: "the outbox was sealed with another key" },
	"outbox.damaged": { hop: "connector", rpc: -32000, retryable: false, english: "the outbox is damaged; a copy was kept" },
	"outbox.in_use": { hop: "connector", rpc: -32000, retryable: true, english: "another program has what is kept on this PC open" },
	"sign.no_certificate": { hop: "card", rpc: -32000, retryable: false, english: "the card has no signing certificate" },
	"sign.way_missing": { hop: "connector", rpc: -32000, retryable: false, english: "neither a card that signs nor a remote signature service" },
	"sign.format_unsuitable": { hop: "data", rpc: -32000, retryable: false, english: "the format does not suit the document" },
	"sign.algorithm": { hop: "card", rpc: -32000, retryable: false, english: "the key can not make a signature of the kind wanted" },
	"sign.document_changed": { hop: "connector", rpc: -32000, retryable: false, english: "the document's bytes are not those that were shown" },
	"document.unknown": { hop: "connector", rpc: -32000, retryable: false, english: "no such document of this caller" },
	"document.incomplete": { hop: "connector", rpc: -32000, retryable: false, english: "not all of the document has arrived" },
	"document.too_large": { hop: "data", rpc: -32000, retryable: false, english: "the document is larger than what can be handled" },
	"document.storage": { hop: "connector", rpc: -32000, retryable: true, english: "the document can not be kept on this PC's disk" },
	"document.pdf_encrypted": { hop: "data", rpc: -32000, retryable: false, english: "the PDF is encrypted" },
	"document.pdf_broken": { hop: "data", rpc: -32000, retryable: false, english: "the PDF is damaged or not a PDF" },
	"document.pdf_locked": { hop: "data", rpc: -32000, retryable: false, english: "a signature of the PDF forbids further ones" },
	"document.xml_refused": { hop: "data", rpc: -32000, retryable: false, english: "the XML is not well-formed or holds what can not be signed safely" },
	"document.not_signed": { hop: "data", rpc: -32000, retryable: false, english: "there is no signature in the document" },
	"document.signature_broken": { hop: "data", rpc: -32000, retryable: false, english: "the signature's envelope can not be read" },
	"document.original_missing": { hop: "data", rpc: -32000, retryable: false, english: "a detached signature comes without what it signs" },
	"timestamp.not_configured": { hop: "connector", rpc: -32000, retryable: false, english: "a time-stamp is wanted and no authority is configured" },
	"timestamp.unreachable": { hop: "remote", rpc: -32000, retryable: true, english: "the time-stamping authority does not answer" },
	"timestamp.refused": { hop: "remote", rpc: -32000, retryable: false, english: "the time-stamping authority refused, or its token does not fit" },
	"remote.unreachable": { hop: "remote", rpc: -32000, retryable: true, english: "the remote signature service can not be reached" },
	"remote.unavailable": { hop: "remote", rpc: -32000, retryable: true, english: "the remote signature service is out of order" },
	"remote.bad_answer": { hop: "remote", rpc: -32000, retryable: false, english: "the remote signature service gave an answer that is not one" },
	"remote.credentials_refused": { hop: "remote", rpc: -32000, retryable: false, english: "the remote signature service refused user and password" },
	"remote.pin_wrong": { hop: "pin", rpc: -32000, retryable: false, english: "the PIN of the remote signature is wrong" },
	"remote.otp_wrong": { hop: "pin", rpc: -32000, retryable: false, english: "the one-time password is wrong or old" },
	"remote.locked": { hop: "remote", rpc: -32000, retryable: false, english: "the remote signature account is locked" },
	"remote.authorization_expired": { hop: "remote", rpc: -32000, retryable: true, english: "the authorisation ended before all was signed" },
	"remote.too_many": { hop: "remote", rpc: -32000, retryable: false, english: "more documents than the service signs at once" },
	"remote.credential_unusable": { hop: "remote", rpc: -32000, retryable: false, english: "the remote certificate is disabled, expired or revoked, or there is none" },
	"remote.signature_invalid": { hop: "remote", rpc: -32000, retryable: false, english: "the signature that came back is not one of ours over this document" },
	"remote.refused": { hop: "remote", rpc: -32000, retryable: false, english: "the remote signature service refused the request" },
	"remote.misconfigured": { hop: "remote", rpc: -32000, retryable: false, english: "the remote signature service is not set up rightly" },
	"print.no_printer": { hop: "printer", rpc: -32000, retryable: false, english: "no printer is chosen for this kind of sheet" },
	"print.printer_missing": { hop: "printer", rpc: -32000, retryable: true, english: "the chosen printer does not exist any more" },
	"print.spooler_down": { hop: "printer", rpc: -32000, retryable: true, english: "the system's print service does not answer" },
	"print.printer_stopped": { hop: "printer", rpc: -32000, retryable: true, english: "the printer is paused" },
	"print.printer_rejects": { hop: "printer", rpc: -32000, retryable: true, english: "the printer takes no jobs" },
	"print.offline": { hop: "printer", rpc: -32000, retryable: true, english: "the printer is off or can not be reached" },
	"print.paper_out": { hop: "printer", rpc: -32000, retryable: true, english: "the printer has no paper, or not the right one" },
	"print.paper_jam": { hop: "printer", rpc: -32000, retryable: true, english: "paper is jammed in the printer" },
	"print.attention": { hop: "printer", rpc: -32000, retryable: true, english: "somebody has to look after the printer" },
	"print.refused": { hop: "printer", rpc: -32000, retryable: false, english: "the print service refused or gave up the job" },
	"print.media_unsupported": { hop: "printer", rpc: -32000, retryable: false, english: "the printer does not have this paper or tray" },
	"print.does_not_fit": { hop: "data", rpc: -32000, retryable: false, english: "the page does not fit the sheet" },
	"print.too_much_text": { hop: "data", rpc: -32000, retryable: false, english: "more is to be written than the form has room for" },
	"print.unprintable": { hop: "data", rpc: -32000, retryable: false, english: "a text holds characters that the sheet's fonts do not have" },
	"print.not_authorised": { hop: "data", rpc: -32000, retryable: false, english: "the prescription has no codAutenticazione yet" },
	"print.prescription_taken": { hop: "data", rpc: -32000, retryable: false, english: "the prescription is in the outbox or at the region: on paper it would exist twice" },
	"print.pdf_active": { hop: "data", rpc: -32000, retryable: false, english: "the PDF holds scripts, files or actions" },
	"print.too_many_pages": { hop: "data", rpc: -32000, retryable: false, english: "the PDF has too many pages" },
	"print.job_unknown": { hop: "data", rpc: -32000, retryable: false, english: "no such print job" },
	"print.wrong_state": { hop: "data", rpc: -32000, retryable: false, english: "not possible in the state of this print job" },
	"print.outcome_unknown": { hop: "printer", rpc: -32000, retryable: false, english: "the sheet may have come out: somebody has to look" },
	"print.render_failed": { hop: "connector", rpc: -32000, retryable: true, english: "the page can not be drawn" },
	"print.settings_locked": { hop: "connector", rpc: -32000, retryable: false, english: "the administrator has set this" },
	"print.layout_invalid": { hop: "connector", rpc: -32000, retryable: false, english: "the layout of the sheet is not usable" },
};
