package ipp

import "fmt"

// Status is how an answer begins (RFC 8011 §B.1).
type Status uint16

// Statuses that somebody decides by.
const (
	NotAuthenticated   Status = 0x0402
	NotAuthorized      Status = 0x0403
	Forbidden          Status = 0x0401
	NotPossible        Status = 0x0404
	NotFound           Status = 0x0406
	Gone               Status = 0x0407
	TooLarge           Status = 0x0408
	FormatUnsupported  Status = 0x040a
	ValuesUnsupported  Status = 0x040b
	ServerError        Status = 0x0500
	ServiceUnavailable Status = 0x0502
	DeviceError        Status = 0x0504
	TemporaryError     Status = 0x0505
	NotAccepting       Status = 0x0506
	Busy               Status = 0x0507
)

// OK tells the successful ones.
func (s Status) OK() bool { return s < 0x0100 }

var words = map[Status]string{
	0x0400: "client-error-bad-request", Forbidden: "client-error-forbidden", NotAuthenticated: "client-error-not-authenticated",
	NotAuthorized: "client-error-not-authorized", NotPossible: "client-error-not-possible", 0x0405: "client-error-timeout",
	NotFound: "client-error-not-found", Gone: "client-error-gone", TooLarge: "client-error-request-entity-too-large",
	0x0409: "client-error-request-value-too-long", FormatUnsupported: "client-error-document-format-not-supported",
	ValuesUnsupported: "client-error-attributes-or-values-not-supported", 0x040e: "client-error-conflicting-attributes",
	0x0411: "client-error-document-format-error", ServerError: "server-error-internal-error",
	0x0501: "server-error-operation-not-supported", ServiceUnavailable: "server-error-service-unavailable",
	0x0503: "server-error-version-not-supported", DeviceError: "server-error-device-error", TemporaryError: "server-error-temporary-error",
	NotAccepting: "server-error-not-accepting-jobs", Busy: "server-error-busy", 0x0508: "server-error-job-canceled",
}

// String is the keyword of the standard.
func (s Status) String() string {
	if w, ok := words[s]; ok {
		return w
	}
	return fmt.Sprintf("ipp-status-%#04x", uint16(s))
}

// Error is an answer that says no. What the service says in words is left out: it
// may hold names.
type Error struct {
	Op     Op
	Status Status
}

func (e *Error) Error() string { return fmt.Sprintf("ipp operation %#04x: %v", uint16(e.Op), e.Status) }
