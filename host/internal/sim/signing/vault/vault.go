// Package vault is what every remote signature interface of the simulator
// stands on: the doctors' accounts with password, PIN and one-time passwords,
// the credentials with their keys and certificates, and what goes wrong on
// command.
//
// Who they are is anagrafe's; nobody of them exists, and their secrets are the
// same for all and shown to everybody. Keys are made at run time and kept, when
// they are kept, in a folder of the user's. An account locks as those of real
// services do: after four wrong one-time passwords or three wrong PINs in a row.
package vault

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"sync"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/testca"
)

// The secrets of every account.
const (
	Password = "Firma.prova1"
	PIN      = "12345678"
)

// Attempts in a row before an account locks.
const (
	MaxWrongOTP = 4
	MaxWrongPIN = 3
)

// Options of a vault. CA is needed.
type Options struct {
	CA     *testca.CA      // issues the certificates
	KeyDir string          // keeps the keys between runs (0600 PEM); empty: fresh ones
	RSA    *rsa.PrivateKey // everybody's RSA key, where making one is too slow; nil: one each
	Now    func() time.Time
}

// Vault has accounts, credentials and settings. Its methods may be called from
// any goroutine.
type Vault struct {
	opt Options

	mu       sync.Mutex
	accounts map[string]*account // by codice fiscale
	byID     map[string]*Credential
	settings Settings
	orders   []Order
	messages []Message
	asked    []*asked
	stranger map[string]crypto.Signer // keys of nobody, by kind
	signed   int
}

// New makes a vault with the usual settings.
func New(o Options) (*Vault, error) {
	if o.CA == nil {
		return nil, errors.New("vault without its authority")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Vault{
		opt: o, accounts: map[string]*account{}, byID: map[string]*Credential{}, settings: Usual(), stranger: map[string]crypto.Signer{},
	}, nil
}

// Now is the vault's time.
func (v *Vault) Now() time.Time { return v.opt.Now() }

// CA is who issued the certificates.
func (v *Vault) CA() *testca.CA { return v.opt.CA }

// account is a doctor's, made when it is first named.
type account struct {
	doctor      anagrafe.Doctor
	credentials []*Credential
	otp         sent   // the last one sent
	app         []byte // secret of the doctor's code generator
	spent       string // the last code of the generator that was used
	wrongPIN    int
	wrongOTP    int
	locked      bool
}

// account finds or makes an account; nil: there is no such doctor.
func (v *Vault) account(cf string) (*account, error) {
	if a := v.accounts[cf]; a != nil {
		return a, nil
	}
	d, ok := anagrafe.FindDoctor(cf)
	if !ok {
		return nil, nil
	}
	a := &account{doctor: d, app: random(20)}
	var err error
	if a.credentials, err = v.credentialsOf(d); err != nil {
		return nil, err
	}
	for _, c := range a.credentials {
		v.byID[c.ID] = c
	}
	v.accounts[cf] = a
	return a, nil
}

// Login tells whether user and password are an account's.
func (v *Vault) Login(user, password string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	a, err := v.account(user)
	return err == nil && a != nil && password == Password
}

// Locked tells whether an account is.
func (v *Vault) Locked(user string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	a := v.accounts[user]
	return a != nil && a.locked
}

// Unlock gives every account its attempts back.
func (v *Vault) Unlock() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, a := range v.accounts {
		a.locked, a.wrongPIN, a.wrongOTP = false, 0, 0
	}
}

// Attempts are the wrong PINs and one-time passwords in a row of an account.
func (v *Vault) Attempts(user string) (pin, otp int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if a := v.accounts[user]; a != nil {
		return a.wrongPIN, a.wrongOTP
	}
	return 0, 0
}

// Signed counts the signatures made.
func (v *Vault) Signed() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.signed
}
