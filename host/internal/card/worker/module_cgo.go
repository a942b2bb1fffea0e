//go:build cgo

package worker

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/miekg/pkcs11"
)

// bound is a module behind the C binding.
type bound struct{ ctx *pkcs11.Ctx }

var _ cryptoki = (*bound)(nil)

func load(path string) (cryptoki, error) {
	ctx := pkcs11.New(path)
	if ctx == nil {
		return nil, fmt.Errorf("%s can not be loaded as a PKCS#11 module", path)
	}
	return &bound{ctx}, nil
}

// returned makes the binding's error an rv.
func returned(err error) error {
	var r pkcs11.Error
	if errors.As(err, &r) {
		return rv(r)
	}
	return err
}

func (b *bound) unload()           { b.ctx.Destroy() }
func (b *bound) Initialize() error { return returned(b.ctx.Initialize()) }
func (b *bound) Finalize() error   { return returned(b.ctx.Finalize()) }

func (b *bound) GetSlotList() ([]uint, error) {
	list, err := b.ctx.GetSlotList(true)
	return list, returned(err)
}

func (b *bound) GetSlotInfo(slot uint) (string, error) {
	info, err := b.ctx.GetSlotInfo(slot)
	return info.SlotDescription, returned(err)
}

func (b *bound) GetTokenInfo(slot uint) (tokenInfo, error) {
	t, err := b.ctx.GetTokenInfo(slot)
	return tokenInfo{t.Label, t.SerialNumber, t.Flags, t.MinPinLen, t.MaxPinLen}, returned(err)
}

func (b *bound) GetMechanismList(slot uint) ([]uint, error) {
	list, err := b.ctx.GetMechanismList(slot)
	kinds := make([]uint, len(list))
	for i, m := range list {
		kinds[i] = m.Mechanism
	}
	return kinds, returned(err)
}

func (b *bound) OpenSession(slot uint) (session, error) {
	h, err := b.ctx.OpenSession(slot, flagSerialSession)
	return session(h), returned(err)
}

func (b *bound) GetSessionInfo(s session) error {
	_, err := b.ctx.GetSessionInfo(pkcs11.SessionHandle(s))
	return returned(err)
}

func (b *bound) CloseAllSessions(slot uint) error { return returned(b.ctx.CloseAllSessions(slot)) }

// Login lends the PIN to a binding that wants a string. The binding's own copy,
// in C memory, is freed and not wiped.
func (b *bound) Login(s session, user uint, pin []byte) error {
	text := unsafe.String(unsafe.SliceData(pin), len(pin))
	return returned(b.ctx.Login(pkcs11.SessionHandle(s), user, text))
}

func (b *bound) Logout(s session) error { return returned(b.ctx.Logout(pkcs11.SessionHandle(s))) }

func (b *bound) FindObjectsInit(s session, conditions []attribute) error {
	template := make([]*pkcs11.Attribute, len(conditions))
	for i, c := range conditions {
		template[i] = pkcs11.NewAttribute(c.kind, c.value)
	}
	return returned(b.ctx.FindObjectsInit(pkcs11.SessionHandle(s), template))
}

func (b *bound) FindObjects(s session, limit int) ([]object, error) {
	list, _, err := b.ctx.FindObjects(pkcs11.SessionHandle(s), limit)
	found := make([]object, len(list))
	for i, h := range list {
		found[i] = object(h)
	}
	return found, returned(err)
}

func (b *bound) FindObjectsFinal(s session) error {
	return returned(b.ctx.FindObjectsFinal(pkcs11.SessionHandle(s)))
}

func (b *bound) GetAttributeValue(s session, o object, kind uint) ([]byte, error) {
	list, err := b.ctx.GetAttributeValue(pkcs11.SessionHandle(s), pkcs11.ObjectHandle(o), []*pkcs11.Attribute{pkcs11.NewAttribute(kind, nil)})
	if err != nil || len(list) != 1 {
		return nil, returned(err)
	}
	return list[0].Value, nil
}

func (b *bound) SignInit(s session, how mechanism, key object) error {
	var param any
	if how.pss != nil {
		param = pkcs11.NewPSSParams(how.pss.hash, how.pss.mgf, how.pss.salt)
	}
	m := pkcs11.NewMechanism(how.kind, param)
	return returned(b.ctx.SignInit(pkcs11.SessionHandle(s), []*pkcs11.Mechanism{m}, pkcs11.ObjectHandle(key)))
}

func (b *bound) Sign(s session, data []byte) ([]byte, error) {
	signature, err := b.ctx.Sign(pkcs11.SessionHandle(s), data)
	return signature, returned(err)
}
