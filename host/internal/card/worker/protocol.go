// Package worker is the child process that holds one PKCS#11 module: a vendor
// library that crashes, hangs or prints takes down this process and nothing
// else. It serves one request at a time on stdin/stdout, framed by package
// frame; the parent decides, restarts and sets every deadline.
//
// It is the only importer of the PKCS#11 binding. It never logs, never keeps a
// PIN longer than the call that needs it, never opens a module other than the
// one in its command line.
//
// Standard: PKCS#11 2.40 (cryptoki), sections 5.5 (slots), 5.6 (sessions) and
// 5.11 (signing).
package worker

// MaxFrame is the largest frame on the pipe, in bytes: many certificates of a
// few kilobytes each, and never a document.
const MaxFrame = 1 << 20

// Op names a request.
type Op string

// The requests. OpLogin and OpSign may be followed by a frame that is the PIN
// and nothing else, so that it is never part of a text that could be logged.
const (
	OpTokens  Op = "tokens"  // → Tokens: initialised tokens of all slots
	OpObjects Op = "objects" // Slot → Certificates
	OpLogin   Op = "login"   // Slot, Secret → Fault with the token's flags after a refusal
	OpKey     Op = "key"     // Slot, ID → AlwaysAuthenticate; Fault "no key"
	OpSign    Op = "sign"    // Slot, ID, Mechanism, Hash, Salt, Data, Secret → Signature
	OpLogout  Op = "logout"  // Slot: logs out and closes its sessions
)

// Mechanism is how the token pads what it signs.
type Mechanism string

// The mechanisms used here (PKCS#11 mechanisms 2.40, 2.1 and 2.3).
const (
	PKCS1 Mechanism = "CKM_RSA_PKCS"
	PSS   Mechanism = "CKM_RSA_PKCS_PSS"
	Raw   Mechanism = "CKM_RSA_X_509"
	ECDSA Mechanism = "CKM_ECDSA"
)

// Request is one call of the parent.
type Request struct {
	Op        Op        `json:"op"`
	Slot      uint      `json:"slot,omitempty"`
	ID        []byte    `json:"id,omitempty"`
	Mechanism Mechanism `json:"mechanism,omitempty"`
	Hash      uint      `json:"hash,omitempty"` // crypto.Hash of the PSS parameters
	Salt      int       `json:"salt,omitempty"` // bytes
	Data      []byte    `json:"data,omitempty"`
	Secret    bool      `json:"secret,omitempty"` // the next frame is the PIN
}

// Response answers one Request. Fault is nil when the call went well.
type Response struct {
	Fault        *Fault        `json:"fault,omitempty"`
	Tokens       []Token       `json:"tokens,omitempty"`
	Certificates []Certificate `json:"certificates,omitempty"`
	Always       bool          `json:"always,omitempty"` // CKA_ALWAYS_AUTHENTICATE
	Signature    []byte        `json:"signature,omitempty"`
}

// Fault is a call that the module refused.
type Fault struct {
	Call   string `json:"call"`             // C_Login
	Return uint   `json:"return,omitempty"` // CK_RV; 0 when the worker itself refused
	Name   string `json:"name"`             // CKR_PIN_INCORRECT, or what the worker says
	Flags  uint   `json:"flags,omitempty"`  // CK_TOKEN_INFO.flags after a refused C_Login
}

func (f *Fault) Error() string { return f.Call + ": " + f.Name }

// Token is an initialised token in a slot.
type Token struct {
	Slot        uint        `json:"slot"`
	Description string      `json:"description"` // of the slot: with most modules the reader's name
	Label       string      `json:"label"`
	Serial      string      `json:"serial"`
	Flags       uint        `json:"flags"`
	MinPIN      uint        `json:"min_pin"`
	MaxPIN      uint        `json:"max_pin"`
	Mechanisms  []Mechanism `json:"mechanisms"`
}

// Certificate is an X.509 certificate object.
type Certificate struct {
	DER    []byte `json:"der"`
	ID     []byte `json:"id"`
	Label  string `json:"label"`
	HasKey bool   `json:"has_key"` // a key object of the same id is visible without login
}

// The flags and return values that the parent branches on (PKCS#11 2.40,
// pkcs11t.h); here because it shares no package with the binding.
const (
	FlagProtectedPath = 0x00000100
	FlagFinalTry      = 0x00020000
	FlagLocked        = 0x00040000

	GeneralError       = 0x05
	FunctionFailed     = 0x06
	CantLock           = 0x0A
	DeviceError        = 0x30
	DeviceRemoved      = 0x32
	FunctionCanceled   = 0x50
	NotSupported       = 0x54
	KeyHandleInvalid   = 0x60
	KeyTypeWrong       = 0x63
	KeyNotPermitted    = 0x68
	MechanismInvalid   = 0x70
	MechanismParam     = 0x71
	PINIncorrect       = 0xA0
	PINInvalid         = 0xA1
	PINLength          = 0xA2
	PINExpired         = 0xA3
	PINLocked          = 0xA4
	SessionClosed      = 0xB0
	SessionHandle      = 0xB3
	TokenNotPresent    = 0xE0
	TokenNotRecognised = 0xE1
	AlreadyLoggedIn    = 0x100
	NotLoggedIn        = 0x101
	PINNotInitialised  = 0x102
)

// NoKey is the name of the fault of a certificate without private key.
const NoKey = "no private key of this id"
