package remotesign

import "context"

// Asker shows native windows. An error of his ends what is under way, as it is.
type Asker interface {
	// Account asks for the account of the service when nothing usable is kept.
	Account(ctx context.Context, q AccountRequest) (user string, password []byte, err error)
	PIN(ctx context.Context, q SecretRequest) ([]byte, error)
	// OTP asks for a one-time password; resend: the user wants another one sent.
	OTP(ctx context.Context, q OTPRequest) (otp []byte, resend bool, err error)
	// Browse opens an address in the user's browser. The page answers to an
	// address of this PC (RFC 8252, section 7.3), not to Browse.
	Browse(ctx context.Context, address string) error
}

// AccountRequest says which account.
type AccountRequest struct {
	Service string // as users know it
	User    string // who it is, where the profile says so; then it is not asked
	Client  bool   // of this program at the service, not of a person
	Again   bool   // what was given or kept before was refused
}

// SecretRequest asks for the PIN of a remote key.
type SecretRequest struct {
	Service   string
	Signer    string // name on the certificate
	Documents int    // that the PIN is for
	Label     string // the service's name for it; may be empty
	Numeric   bool   // digits only
}

// OTPRequest asks for a one-time password.
type OTPRequest struct {
	Service      string
	Signer       string // name on the certificate
	Documents    int    // that the password is for
	Page, Pages  int    // from 1: which of the passwords that the batch needs; both 1 usually
	Hint         string // the service's words on where to find it: digits of a phone, an app
	Numeric      bool   // digits only
	Sent         bool   // it is on its way to the user
	CanResend    bool
	AttemptsLeft int // before the account is locked; 0: not known. 1 is worth a warning
}

// Kept keeps small secrets sealed, each under a plain word. A value that was
// never put is an error of Get.
type Kept interface {
	Get(name string) ([]byte, error)
	Put(name string, value []byte) error
	Delete(name string) error
}
