package worker

// cryptoki is a loaded PKCS#11 module, call by call. It is the part that
// differs between builds (see load): a method is one C function of the same
// name, and its errors are returns, so that all that follows is written once.
type cryptoki interface {
	Initialize() error
	GetSlotList() ([]uint, error)          // of slots with a token
	GetSlotInfo(slot uint) (string, error) // the description, padded as it came
	GetTokenInfo(slot uint) (tokenInfo, error)
	GetMechanismList(slot uint) ([]uint, error)

	OpenSession(slot uint) (session, error) // serial and read-only
	GetSessionInfo(session) error
	CloseAllSessions(slot uint) error
	Login(s session, user uint, pin []byte) error // an empty PIN is passed as NULL
	Logout(session) error

	FindObjectsInit(session, []attribute) error
	FindObjects(s session, limit int) ([]object, error)
	FindObjectsFinal(session) error
	GetAttributeValue(s session, o object, kind uint) ([]byte, error)

	SignInit(s session, how mechanism, key object) error
	Sign(s session, data []byte) ([]byte, error)

	Finalize() error
	unload()
}

type (
	session uint // CK_SESSION_HANDLE
	object  uint // CK_OBJECT_HANDLE
)

// tokenInfo is what is used of CK_TOKEN_INFO; texts are padded as they came.
type tokenInfo struct {
	label, serial  string
	flags          uint
	minPIN, maxPIN uint
}

// attribute is one condition of a search. Its value is a []byte or a uint: only
// the binding knows how wide a CK_ULONG is.
type attribute struct {
	kind  uint
	value any
}

// mechanism is CK_MECHANISM; pss is nil for those without parameters.
type mechanism struct {
	kind uint
	pss  *pssParams
}

// pssParams is CK_RSA_PKCS_PSS_PARAMS.
type pssParams struct{ hash, mgf, salt uint }

// Of pkcs11t.h (PKCS#11 2.40), what is used in this package alone.
const (
	userNormal  = 1 // CKU_USER
	userContext = 2 // CKU_CONTEXT_SPECIFIC

	flagTokenInitialized = 0x00000400
	flagSerialSession    = 0x00000004
	flagOSLocking        = 0x00000002

	attrClass       = 0x000
	attrLabel       = 0x003
	attrValue       = 0x011
	attrID          = 0x102
	attrAlwaysLogin = 0x202 // CKA_ALWAYS_AUTHENTICATE

	classCertificate uint = 1
	classPublicKey   uint = 2
	classPrivateKey  uint = 3

	mechPKCS1 = 0x0001
	mechRaw   = 0x0003
	mechPSS   = 0x000D
	mechECDSA = 0x1041

	mechSHA1, mgfSHA1     = 0x220, 1
	mechSHA256, mgfSHA256 = 0x250, 2
	mechSHA384, mgfSHA384 = 0x260, 3
	mechSHA512, mgfSHA512 = 0x270, 4
)
