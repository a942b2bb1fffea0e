// Package vcard is a virtual TS-CNS: the file system, PINs and RSA keys of an
// Italian health card behind the vpcd protocol, driven by the real pcscd and
// the real middleware (OpenSC's itacns driver). The card is the TCP client;
// connecting is insertion, closing is removal.
//
// It follows the CNS file system (AgID, "CNS – File System") and ISO 7816-4
// and -8 as far as middleware asks; what it does not know it refuses with the
// standard's status word. Private keys stay inside Card: no command reads
// them, and only Options.KeyDir, for tests, ever puts them on a disk. It logs
// nothing, because its commands carry PINs.
package vcard

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/testca"
)

// DefaultSignPIN protects the signing key unless Options says otherwise.
const DefaultSignPIN = "24680"

// minAbsence is how long a card stays out at least. pcscd looks at a virtual
// reader every 400 ms and would never notice a card that was back sooner than
// that; no hand is so quick.
const minAbsence = 600 * time.Millisecond

// ErrInserted: the card is in a reader already.
var ErrInserted = errors.New("card already inserted")

// Options make a card. CA and one of Doctor and Patient are required.
type Options struct {
	Doctor       anagrafe.Doctor
	Patient      *anagrafe.Patient // makes a patient's TS-CNS, which has no signing key
	AuthOnly     bool              // a doctor's TS-CNS that has no signing key either
	CA           *testca.CA
	Delay        time.Duration // of one RSA operation; see SetDelay
	Version      byte          // of the CNS, in the ATR: 0x11 (default) is 1.1
	AuthNotAfter time.Time     // end of the authentication certificate, default one year from now
	SignPIN      string        // of the signing key, default DefaultSignPIN
	KeyBits      int           // of both RSA keys, default 2048; older cards have 1024
	KeyDir       string        // keeps the RSA keys between runs (0600 PEM). Test only: a real card never lets them out

	// ZeroTriesOnBlock answers 63C0 instead of 6983 to a VERIFY with no try
	// left, as some masks do.
	ZeroTriesOnBlock bool

	// Mute is a card put in upside down, or a dead one: the reader feels it and
	// gets no answer to reset from it.
	Mute bool
}

// Card is a virtual card. Its methods may be called from any goroutine.
type Card struct {
	doctor     anagrafe.Doctor
	atr        []byte
	root       *file
	keys       map[byte]*key // by security environment object, see keyAuth
	zeroTries  bool
	mute       bool
	delay      atomic.Int64
	signatures atomic.Int64
	apdus      atomic.Int64

	mu       sync.Mutex // guards what survives a reset: PINs, and the hook
	pins     map[byte]*pin
	hook     func(apdu []byte) (answer []byte, replace bool)
	inserted *insertion // nil when in no reader
	removed  time.Time  // when it was last pulled out
}

// insertion is one stay in one reader.
type insertion struct {
	pull context.CancelFunc
	done chan struct{}
}

// New makes a card with two fresh (or kept) keys and certificates issued by
// opt.CA.
func New(opt Options) (*Card, error) {
	if opt.Version == 0 {
		opt.Version = 0x11
	}
	if opt.KeyBits == 0 {
		opt.KeyBits = 2048
	}
	if opt.SignPIN == "" {
		opt.SignPIN = DefaultSignPIN
	}
	if opt.Patient != nil {
		opt.Doctor = holder(*opt.Patient)
	}
	c := &Card{doctor: opt.Doctor, atr: atr(opt.Version), zeroTries: opt.ZeroTriesOnBlock, mute: opt.Mute}
	c.SetDelay(opt.Delay)
	var err error
	if c.pins, err = newPINs(opt.Doctor.PIN, opt.SignPIN, opt.Doctor.PUK); err != nil {
		return nil, err
	}
	personal, err := personalData(opt.Doctor)
	if err != nil {
		return nil, err
	}
	if len(opt.Doctor.CardSerial) != serialSize {
		return nil, fmt.Errorf("card serial %q: EF_IDCarta holds %d characters", opt.Doctor.CardSerial, serialSize)
	}
	if c.keys, err = newKeys(opt, personal); err != nil {
		return nil, err
	}
	c.root = fileSystem(opt.Doctor.CardSerial, personal, c.keys[keyAuth], c.keys[keySign])
	return c, nil
}

// Insert puts the card into the reader whose vpcd listens at addr and serves
// it in the background until Remove; ctx bounds the first connection only. A
// card whose PC/SC service dies stays in its reader, as a real one does: it is
// there again when the service is. A card that was pulled out a moment ago
// waits until the reader has surely seen it gone.
func (c *Card) Insert(ctx context.Context, addr string) error {
	c.mu.Lock()
	absent := time.Since(c.removed)
	c.mu.Unlock()
	if !pause(ctx, minAbsence-absent) {
		return fmt.Errorf("virtual reader: %w", ctx.Err())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inserted != nil {
		return ErrInserted
	}
	conn, err := dial(ctx, addr)
	if err != nil {
		return fmt.Errorf("virtual reader: %w", err)
	}
	stay, pull := context.WithCancel(context.Background())
	in := &insertion{pull: pull, done: make(chan struct{})}
	c.inserted = in
	go func() {
		defer close(in.done)
		c.stay(stay, conn, addr)
	}()
	return nil
}

// Remove pulls the card out, in the middle of an operation if there is one,
// and returns when nothing of it runs any more. A hook must not call it, for
// it would wait for itself.
func (c *Card) Remove() {
	c.mu.Lock()
	in := c.inserted
	c.mu.Unlock()
	if in == nil {
		return
	}
	in.pull()
	<-in.done
	c.mu.Lock()
	if c.inserted == in {
		c.inserted, c.removed = nil, time.Now()
	}
	c.mu.Unlock()
}

// Inserted says whether the card is in a reader.
func (c *Card) Inserted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.inserted != nil
}

// TriesLeft are the attempts left for the PIN of the authentication key.
func (c *Card) TriesLeft() int { return c.tries(pinAuth) }

// SignTriesLeft are those for the PIN of the signing key.
func (c *Card) SignTriesLeft() int { return c.tries(pinSign) }

func (c *Card) tries(ref byte) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pins[ref].tries
}

// Block uses up the attempts of the authentication PIN.
func (c *Card) Block() { c.setTries(pinAuth, 0) }

// BlockSign uses up those of the signing PIN.
func (c *Card) BlockSign() { c.setTries(pinSign, 0) }

// Unblock gives both PINs their attempts back; the PINs stay.
func (c *Card) Unblock() {
	c.setTries(pinAuth, maxTries)
	c.setTries(pinSign, maxTries)
}

func (c *Card) setTries(ref byte, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pins[ref].tries = n
}

// SetDelay sets how long one RSA operation takes; 600 ms is typical of a real
// card, zero is as fast as the PC can.
func (c *Card) SetDelay(d time.Duration) { c.delay.Store(int64(max(d, 0))) }

// Delay is the time of one RSA operation.
func (c *Card) Delay() time.Duration { return time.Duration(c.delay.Load()) }

// Signatures counts the RSA operations done since New.
func (c *Card) Signatures() int { return int(c.signatures.Load()) }

// APDUs counts the commands received since New.
func (c *Card) APDUs() int { return int(c.apdus.Load()) }

// Hook sees every command before the card does and may answer in its place;
// the card then knows nothing of it. nil takes the hook off.
func (c *Card) Hook(hook func(apdu []byte) (answer []byte, replace bool)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hook = hook
}

// AuthCertificate is the CNS certificate, for TLS client authentication.
func (c *Card) AuthCertificate() *x509.Certificate { return c.keys[keyAuth].cert }

// SignCertificate is the certificate of the signing key (nonRepudiation), nil on
// a card without one.
func (c *Card) SignCertificate() *x509.Certificate {
	if k := c.keys[keySign]; k != nil {
		return k.cert
	}
	return nil
}

// ATR is the card's answer to reset.
func (c *Card) ATR() []byte { return append([]byte(nil), c.atr...) }

// Doctor is whose card it is.
func (c *Card) Doctor() anagrafe.Doctor { return c.doctor }
