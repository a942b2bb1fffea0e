//go:build !cgo && (linux || darwin) && !android && (amd64 || arm64)

package worker

import (
	"fmt"
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
)

// bound is a module whose functions are called without cgo. CK_ULONG is Go's
// uint and no structure is packed on the systems of this file (pkcs11t.h,
// PKCS#11 2.40, 2.1).
type bound struct {
	handle uintptr
	call   functions
}

var _ cryptoki = (*bound)(nil)

// load opens the library. The loader's message names the file and what is wrong
// with it, nothing else.
func load(path string) (cryptoki, error) {
	runtime.LockOSThread() // the message belongs to the thread
	defer runtime.UnlockOSThread()
	handle, err := purego.Dlopen(path, purego.RTLD_LAZY|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("loading %s: %w", path, err)
	}
	b := &bound{handle: handle}
	if err := b.call.fill(handle); err != nil {
		purego.Dlclose(handle)
		return nil, fmt.Errorf("%s can not be loaded as a PKCS#11 module: %w", path, err)
	}
	return b, nil
}

// returned makes a CK_RV an error.
func returned(r rv) error {
	if r == 0 {
		return nil
	}
	return r
}

// sized refuses a length that no value, list or signature of a card has: a
// damaged module must not make this process allocate it.
func sized(n uint) error {
	if n > MaxFrame {
		return rv(GeneralError)
	}
	return nil
}

func (b *bound) unload() { purego.Dlclose(b.handle) }

func (b *bound) Initialize() error {
	return returned(b.call.initialize(&initializeArgs{flags: flagOSLocking}))
}

func (b *bound) Finalize() error { return returned(b.call.finalize(nil)) }

func (b *bound) GetSlotList() ([]uint, error) {
	return listed(func(list *uint, n *uint) rv { return b.call.getSlotList(1, list, n) })
}

func (b *bound) GetMechanismList(slot uint) ([]uint, error) {
	return listed(func(list *uint, n *uint) rv { return b.call.getMechanismList(slot, list, n) })
}

// listed asks for a length and then for as many values; what came meanwhile is
// left for the next time (PKCS#11 2.40, 5.2).
func listed[T any](get func(list *T, n *uint) rv) ([]T, error) {
	var n uint
	if r := get(nil, &n); r != 0 {
		return nil, r
	}
	if err := sized(n); err != nil || n == 0 {
		return nil, err
	}
	list := make([]T, n)
	if r := get(&list[0], &n); r != 0 {
		return nil, r
	}
	return list[:min(n, uint(len(list)))], nil
}

func (b *bound) GetSlotInfo(slot uint) (string, error) {
	var info ckSlotInfo
	err := returned(b.call.getSlotInfo(slot, &info))
	return string(info.description[:]), err
}

func (b *bound) GetTokenInfo(slot uint) (tokenInfo, error) {
	var t ckTokenInfo
	err := returned(b.call.getTokenInfo(slot, &t))
	return tokenInfo{string(t.label[:]), string(t.serial[:]), t.flags, t.minPIN, t.maxPIN}, err
}

func (b *bound) OpenSession(slot uint) (session, error) {
	var s session
	r := b.call.openSession(slot, flagSerialSession, nil, nil, &s)
	return s, returned(r)
}

func (b *bound) GetSessionInfo(s session) error {
	return returned(b.call.getSessionInfo(s, &ckSessionInfo{}))
}

func (b *bound) CloseAllSessions(slot uint) error { return returned(b.call.closeAllSessions(slot)) }

// Login shows the module the caller's own bytes: no copy is left to wipe.
func (b *bound) Login(s session, user uint, pin []byte) error {
	return returned(b.call.login(s, user, first(pin), uint(len(pin))))
}

func (b *bound) Logout(s session) error { return returned(b.call.logout(s)) }

// first is where the bytes begin, NULL when there are none.
func first(data []byte) *byte {
	if len(data) == 0 {
		return nil
	}
	return &data[0]
}

func (b *bound) FindObjectsInit(s session, conditions []attribute) error {
	template := make([]ckAttribute, len(conditions))
	for i, c := range conditions {
		template[i].kind = c.kind
		switch v := c.value.(type) {
		case uint:
			template[i].value, template[i].size = unsafe.Pointer(&v), uint(unsafe.Sizeof(v))
		case []byte:
			template[i].value, template[i].size = unsafe.Pointer(first(v)), uint(len(v))
		}
	}
	return returned(b.call.findObjectsInit(s, unsafe.SliceData(template), uint(len(template))))
}

func (b *bound) FindObjects(s session, limit int) ([]object, error) {
	list, n := make([]object, limit), uint(0)
	if r := b.call.findObjects(s, &list[0], uint(limit), &n); r != 0 {
		return nil, r
	}
	return list[:min(n, uint(limit))], nil
}

func (b *bound) FindObjectsFinal(s session) error { return returned(b.call.findObjectsFinal(s)) }

func (b *bound) GetAttributeValue(s session, o object, kind uint) ([]byte, error) {
	return listed(func(value *byte, n *uint) rv {
		a := ckAttribute{kind: kind, value: unsafe.Pointer(value), size: *n}
		r := b.call.getAttributeValue(s, o, &a, 1)
		if *n = a.size; a.size == ^uint(0) { // CK_UNAVAILABLE_INFORMATION
			*n = 0
		}
		return r
	})
}

func (b *bound) SignInit(s session, how mechanism, key object) error {
	m := ckMechanism{kind: how.kind}
	if how.pss != nil { // pssParams is laid out as CK_RSA_PKCS_PSS_PARAMS
		m.param, m.size = unsafe.Pointer(how.pss), uint(unsafe.Sizeof(*how.pss))
	}
	return returned(b.call.signInit(s, &m, key))
}

func (b *bound) Sign(s session, data []byte) ([]byte, error) {
	return listed(func(signature *byte, n *uint) rv {
		return b.call.sign(s, first(data), uint(len(data)), signature, n)
	})
}
