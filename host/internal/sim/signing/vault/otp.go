package vault

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"
	"time"
)

// step of the code generator (RFC 6238 section 4.1).
const step = 30 * time.Second

const maxMessages = 100

// Message is an SMS that a doctor's telephone got.
type Message struct {
	At    time.Time `json:"quando"` // when it arrives
	User  string    `json:"utente"`
	Name  string    `json:"nome"`
	Phone string    `json:"telefono"`
	Code  string    `json:"codice"`
	Text  string    `json:"testo"`
}

// sent is a one-time password under way or used.
type sent struct {
	code string // empty: there is none, or it was used
	ends time.Time
}

// Verdict is how the check of a PIN or a one-time password ended.
type Verdict int

// The verdicts.
const (
	Right Verdict = iota
	WrongPIN
	WrongOTP
	Locked
)

// SendOTP sends a one-time password to the doctor's telephone; the one before
// is no longer good. false: there is no such doctor.
func (v *Vault) SendOTP(user string) (Message, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	a, err := v.account(user)
	if err != nil || a == nil {
		return Message{}, false
	}
	now := v.opt.Now()
	code := digits(6)
	for code == a.otp.code {
		code = digits(6)
	}
	a.otp = sent{code, now.Add(v.settings.OTPLife())}
	m := Message{
		At: now.Add(v.settings.SMSDelay()), User: user, Name: a.doctor.Name + " " + a.doctor.Surname, Phone: Phone, Code: code,
		Text: fmt.Sprintf("Raccordo simulato: il codice per firmare è %s. Non comunicarlo a nessuno.", code),
	}
	v.messages = append(v.messages, m)
	if over := len(v.messages) - maxMessages; over > 0 {
		v.messages = slices.Delete(v.messages, 0, over)
	}
	return m, true
}

// Phone is everybody's telephone, as a service hints at it.
const Phone = "*** *** **45"

// Messages are those that have arrived, the newest first.
func (v *Vault) Messages() []Message {
	v.mu.Lock()
	defer v.mu.Unlock()
	var arrived []Message
	for _, m := range slices.Backward(v.messages) {
		if !m.At.After(v.opt.Now()) {
			arrived = append(arrived, m)
		}
	}
	return arrived
}

// LastOTP is the newest code that has arrived at a doctor's telephone.
func (v *Vault) LastOTP(user string) (Message, bool) {
	for _, m := range v.Messages() {
		if m.User == user {
			return m, true
		}
	}
	return Message{}, false
}

// AppCode is what the doctor's code generator shows now; empty: no such doctor.
func (v *Vault) AppCode(user string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	a, err := v.account(user)
	if err != nil || a == nil {
		return ""
	}
	return totp(a.app, v.opt.Now())
}

// Check holds PIN and one-time password against the account's; a nil one was
// not wanted. A one-time password is good once.
func (v *Vault) Check(user string, pin, otp *string) Verdict {
	v.mu.Lock()
	defer v.mu.Unlock()
	a, err := v.account(user)
	switch {
	case err != nil || a == nil || a.locked:
		return Locked
	case pin != nil && *pin != PIN:
		a.wrongPIN++
		a.locked = a.wrongPIN >= MaxWrongPIN
		return WrongPIN
	case otp != nil && !v.goodOTP(a, *otp):
		a.wrongOTP++
		a.locked = a.wrongOTP >= MaxWrongOTP
		return WrongOTP
	}
	if pin != nil {
		a.wrongPIN = 0
	}
	if otp != nil {
		a.otp.code, a.wrongOTP = "", 0
	}
	return Right
}

// goodOTP also takes what the code generator shows, or showed before, once.
func (v *Vault) goodOTP(a *account, code string) bool {
	now := v.opt.Now()
	if code != "" && code == a.otp.code && now.Before(a.otp.ends) {
		return true
	}
	if v.settings.OTPType != OTPOffline || code == a.spent {
		return false
	}
	if code == totp(a.app, now) || code == totp(a.app, now.Add(-step)) {
		a.spent = code
		return true
	}
	return false
}

// totp is the code of a moment (RFC 6238, six digits).
func totp(secret []byte, at time.Time) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, at.Unix()/int64(step/time.Second)) // a hash takes everything
	sum := mac.Sum(nil)
	from := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[from:])&0x7fffffff%1000000)
}

func digits(n int) string {
	most := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
	k, err := rand.Int(rand.Reader, most)
	if err != nil {
		panic(err) // crypto/rand never fails (Go 1.24)
	}
	return fmt.Sprintf("%0*d", n, k)
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (Go 1.24)
	return b
}
