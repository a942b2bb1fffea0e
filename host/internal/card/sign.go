package card

import (
	"context"
	"errors"

	"raccordo/host/internal/card/worker"
	"raccordo/host/internal/wire"
)

// loginLost is a signature refused because the login is gone while the card is
// still there.
type loginLost struct{ fault *Error }

func (l *loginLost) Error() string { return l.fault.Error() }
func (l *loginLost) Unwrap() error { return l.fault }

// sign tries the plans in order: some tokens list a mechanism and then refuse
// it, and the host can pad instead.
func (k *Key) sign(plans []step, pin []byte) ([]byte, error) {
	defer clear(pin)
	defer k.s.stir()
	ctx, cancel := context.WithTimeout(k.in.ctx, k.s.limits.sign)
	defer cancel()
	if err := lock(ctx, k.in, k.in.turn); err != nil {
		return nil, err
	}
	defer func() { <-k.in.turn }()
	ctx = k.in.ctx // from here on each call has its own deadline
	b, h, fault := k.s.ready(ctx, k.in, k.held.fingerprint)
	if fault != nil {
		return nil, fault
	}
	if !k.in.loggedIn(h.slot) {
		return nil, &loginLost{&Error{Code: wire.ErrModule, Detail: "login lost"}}
	}
	var last error
	for _, p := range plans {
		req := p.request(h)
		req.Secret = k.always
		answer, err := b.module.call(ctx, k.s.limits.sign, req, append([]byte{}, pin...))
		if err == nil {
			k.afterSign(h.slot)
			return answer.Signature, nil
		}
		last = err
		if !refusedMechanism(err) {
			break
		}
	}
	return nil, k.signFault(h.slot, last)
}

func (k *Key) afterSign(slot uint) {
	if k.s.opt.LoginIdle < 0 {
		k.s.logOut(k.in, slot)
		return
	}
	k.s.used(k.in, slot)
}

func (k *Key) signFault(slot uint, err error) error {
	var f *worker.Fault
	if !errors.As(err, &f) {
		return k.s.fault(k.in, err)
	}
	if why := k.in.gone(err); why != nil {
		return why
	}
	switch f.Return {
	case worker.NotLoggedIn, worker.SessionHandle, worker.SessionClosed, worker.DeviceRemoved, worker.KeyHandleInvalid:
		k.s.logOut(k.in, slot)
		return &loginLost{moduleError(err)}
	case worker.PINIncorrect, worker.PINLocked, worker.PINLength, worker.PINInvalid, worker.FunctionCanceled:
		e := pinError(f)
		k.in.note(slot, e)
		return e
	}
	return moduleError(err)
}

// askAgain gets the PIN of a key that wants it for each signature, which closes
// done when it is over.
func (k *Key) askAgain(done <-chan struct{}) ([]byte, error) {
	if err := lock(k.in.ctx, k.in, k.in.turn); err != nil {
		return nil, err
	}
	b, h, fault := k.s.ready(k.in.ctx, k.in, k.held.fingerprint)
	if fault != nil {
		<-k.in.turn
		return nil, fault
	}
	req, _, fault := k.s.request(k.in, b.tokens[h.slot], h)
	<-k.in.turn
	if fault != nil {
		return nil, fault
	}
	req.Done = done
	return k.s.askPIN(k.in.ctx, k.in, req, k.ask)
}

func refusedMechanism(err error) bool {
	var f *worker.Fault
	if !errors.As(err, &f) {
		return false
	}
	switch f.Return {
	case worker.MechanismInvalid, worker.MechanismParam, worker.NotSupported, worker.KeyTypeWrong, worker.KeyNotPermitted:
		return true
	}
	return false
}
